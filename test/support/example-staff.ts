import { AUDIT_ACTIONS } from '#core/audit.ts'
import { translator, type Language, type Translate } from '#core/i18n.ts'
import type { AssetPaths } from '#pages/assets.ts'
import { inGroups, setUpFacts } from '#pages/second-step.ts'
import type { PageView } from '#pages/view.ts'
import { operatorNavigation, type OperatorSection } from '../../src/operator/frame.ts'
import type { OperatorViews } from '../../src/operator/views/pages.ts'
import { at, badge, type OfficeExample, type OfficeFrame } from './example-office.ts'

const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'
const carriedOf = (username: string) => ({
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
  const member = {
    name: 'Laura Bianchi',
    isViewer: true,
    role: t('office.role.administrator'),
    state: badge(t('office.staff.state.set'), 'paid'),
    since: at,
    recoveryCodes: 8,
    resetHref: `${base}/personale/1/secondo-fattore`,
  }
  const rows = [
    member,
    {
      ...member,
      name: 'Maria Antonietta De Benedictis Colombo',
      isViewer: false,
      role: t('office.role.accountant'),
      state: badge(t('office.staff.state.locked'), 'open'),
      recoveryCodes: 1,
    },
    {
      ...member,
      name: 'Ugo Neri',
      isViewer: false,
      role: t('office.role.clerk'),
      state: badge(t('office.staff.state.none'), 'open'),
      since: null,
      recoveryCodes: 0,
      resetHref: null,
    },
  ]
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
    { name: 'office-staff', page: 'office/staff', view: { ...frame('staff'), rows } },
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

/** A page of who runs the installation as a name and a view, to render and to look at. */
type OperatorExample = {
  [Page in keyof OperatorViews]: {
    readonly name: string
    readonly page: Page
    readonly view: OperatorViews[Page]
  }
}[keyof OperatorViews]

/** Every page of who runs the installation: they belong to no entity. */
export function exampleOperator(language: Language, assets: AssetPaths): readonly OperatorExample[] {
  const t = translator(language)
  const frame = (section: OperatorSection | null): PageView => ({
    language,
    languages: ['it', 'en'],
    tenant: null,
    base: '/gestione',
    viewer: { firstName: 'Gilda Gestori', name: 'Gilda Gestori', initials: 'GG' },
    nav: operatorNavigation(section),
    phoneNav: 'menu',
    menu: [],
    formToken: 'form-token-of-an-example',
    alerts: [],
    assets,
  })
  const outside = { ...frame(null), viewer: null, nav: [] }
  const live = { text: t('operator.state.live'), tone: 'paid' } as const
  const facts = setUpFacts(carriedOf('gilda'), { issuer: 'Borsellino', language })
  const entity = {
    name: 'Comune di Cassano Magnago',
    slug: 'cassano',
    state: live,
    activationCode: '1287764115',
    passwordUntil: null,
  }
  const other = {
    ...entity,
    name: 'Comunità scolastica Valdorata · Schulgemeinschaft Goldtal',
    slug: 'valdorata',
    state: { text: t('operator.state.rehearsal'), tone: 'open' },
    passwordUntil: '2027-01-31',
  } as const
  const created = {
    at,
    what: t('operator_audit.operator.created'),
    who: t('operator.audit.command'),
    about: 'Gilda Gestori',
  }
  const signedIn = { at, what: t('operator_audit.sign_in.succeeded'), who: 'Gilda Gestori', about: '' }
  return [
    {
      name: 'operator-sign-in',
      page: 'operator/sign-in',
      view: {
        ...outside,
        values: { username: 'gilda' },
        errors: { username: 'Il nome utente o la password non corrispondono.' },
        next: null,
      },
    },
    {
      name: 'operator-second-step',
      page: 'second-step',
      view: { ...outside, step: 'token-of-an-example', recovery: false, errors: {} },
    },
    {
      name: 'operator-second-step-setup',
      page: 'second-step-setup',
      view: {
        ...outside,
        ...facts,
        newPassword: { minimum: 10, maximum: 200 },
        errors: { repeated: t('second_factor.setup.error_repeated') },
      },
    },
    {
      name: 'operator-entities',
      page: 'operator/entities',
      view: { ...frame('entities'), rows: [entity, other] },
    },
    {
      name: 'operator-entities-none',
      page: 'operator/entities',
      view: { ...frame('entities'), rows: [] },
    },
    {
      name: 'operator-audit-log',
      page: 'operator/audit-log',
      view: { ...frame('audit'), rows: [signedIn, created], nextHref: '?dopo=1', firstHref: null },
    },
  ]
}
