import { AUDIT_ACTIONS } from '#core/audit.ts'
import type { Translate } from '#core/i18n.ts'
import { inGroups, setUpFacts } from '#pages/second-step.ts'
import type { PageView } from '#pages/view.ts'
import { at, type OfficeExample, type OfficeFrame } from './example-office.ts'
import { exampleColleagues } from './example-personnel.ts'

const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'
export const carriedOf = (username: string) => ({
  token: 'token-of-an-example',
  step: { accountId: 'account-1', username, next: '/x/ufficio/', secret },
})
const wrong = { code: 'Il codice non è giusto, o è già stato usato.' }

/** The second factor of the staff, who works at the office, and the log. */
export function exampleStaff(
  frame: OfficeFrame,
  outside: PageView,
  base: string,
  t: Translate,
): OfficeExample[] {
  const rows = exampleColleagues(base, t)
  const [member] = rows
  const line = {
    at,
    what: t('audit.sign_in.succeeded'),
    how: `${t('office.audit.method.password')}, ${t('office.audit.face.office')}`,
    who: 'Laura Bianchi',
    about: '',
    aboutHref: null,
  }
  const log = {
    ...frame('audit'),
    actions: AUDIT_ACTIONS.map((value) => ({ value, label: t(`audit.${value}`), selected: false })),
    values: { giorno: '' },
    errors: {},
    filtered: false,
    rows: [
      line,
      {
        ...line,
        what: t('audit.reconciliation.difference_accepted'),
        how: '',
        about: t('office.audit.about.difference'),
        aboutHref: `${base}/riconciliazione/differenze/1`,
      },
      {
        ...line,
        what: t('audit.support.read'),
        how: 'GET /alunni/:id',
        who: t('office.audit.who.operator'),
        about: t('office.audit.about.child'),
        aboutHref: `${base}/alunni/1`,
      },
      { ...line, what: t('audit.sign_in.refused'), who: t('office.audit.who.nobody'), about: 'Ugo Neri' },
    ],
    exportHref: `${base}/registro.csv`,
    nextHref: '?dopo=1',
    firstHref: null,
  }
  const setUp = {
    ...outside,
    ...setUpFacts(carriedOf('laura.bianchi'), {
      issuer: 'Borsellino, Comune di Cassano Magnago',
      language: outside.language,
    }),
    newPassword: null,
    errors: {},
  }
  const codes = Array.from({ length: 10 }, (_, n) =>
    inGroups(`${4_182_907_755_310n + BigInt(n) * 97n}`.slice(1)),
  )
  const code = { ...outside, step: 'token-of-an-example', recovery: true, errors: {} }
  return [
    { name: 'office-second-step', page: 'second-step', view: code },
    { name: 'office-second-step-wrong', page: 'second-step', view: { ...code, errors: wrong } },
    { name: 'office-second-step-setup', page: 'second-step-setup', view: setUp },
    {
      name: 'office-recovery-codes',
      page: 'recovery-codes',
      view: { ...outside, codes, username: 'laura.bianchi', next: `${base}/` },
    },
    {
      name: 'office-staff-reset',
      page: 'office/staff-reset',
      view: { ...frame('staff'), parentHref: `${base}/personale`, member },
    },
    { name: 'office-audit-log', page: 'office/audit-log', view: log },
    {
      name: 'office-audit-log-none',
      page: 'office/audit-log',
      view: {
        ...log,
        rows: [],
        filtered: true,
        values: { giorno: 'ieri' },
        errors: { giorno: t('office.audit.error_day') },
        exportHref: null,
        nextHref: null,
      },
    },
  ]
}
