import type { Translate } from '#core/i18n.ts'
import type { PageView } from '#pages/view.ts'
import { STAFF_ROLES, roleChoices } from '../../src/backoffice/pages/role-choices.ts'
import type { StaffMemberRow } from '../../src/backoffice/views/staff.ts'
import { at, badge, type OfficeExample, type OfficeFrame } from './example-office.ts'

/** Three colleagues: the reader, one who is locked out, one who has just begun. */
export function exampleColleagues(
  base: string,
  t: Translate,
): [StaffMemberRow, StaffMemberRow, StaffMemberRow] {
  const member = {
    name: 'Laura Bianchi',
    isViewer: true,
    role: t('office.role.administrator'),
    state: badge(t('office.staff.state.set'), 'paid'),
    since: at,
    recoveryCodes: 8,
    href: `${base}/personale/1`,
    resetHref: `${base}/personale/1/secondo-fattore`,
  }
  return [
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
}

/** The entity's staff: colleagues, invitations, joining, and letting the operators in. */
export function examplePersonnel(
  frame: OfficeFrame,
  outside: PageView,
  base: string,
  t: Translate,
): OfficeExample[] {
  const { language } = outside
  const rows = exampleColleagues(base, t)
  const later = new Date('2026-11-30T14:05:00Z')
  const waiting = {
    email: 'segreteria.scuola@comune.cassano-magnago.example.it',
    role: t('office.role.school'),
    state: badge(t('personnel.waiting.sent'), 'open'),
    sentAt: at,
    expiresAt: later,
    href: `${base}/personale/inviti/1`,
  }
  const staff = {
    ...frame('staff'),
    rows,
    waiting: [
      waiting,
      {
        ...waiting,
        email: 'ragioneria@example.it',
        role: t('office.role.accountant'),
        state: badge(t('personnel.waiting.over'), 'plain'),
      },
    ],
    former: [{ name: 'Ada Grigi', role: t('office.role.clerk'), since: at, href: `${base}/personale/4` }],
    roles: roleChoices(STAFF_ROLES, undefined, language),
    days: 7,
    values: { email: '' },
    errors: {},
    supportHref: `${base}/assistenza`,
    tokensHref: `${base}/personale/token`,
  }
  const colleague = {
    ...frame('staff'),
    parentHref: `${base}/personale`,
    href: `${base}/personale/2`,
    name: 'Maria Antonietta De Benedictis Colombo',
    role: t('office.role.accountant'),
    isViewer: false,
    leftAt: null,
    state: badge(t('office.staff.state.set'), 'paid'),
    resetHref: `${base}/personale/2/secondo-fattore`,
    roles: roleChoices(STAFF_ROLES, 'accountant', language),
    values: { email: '' },
    errors: {},
  }
  const support = {
    ...frame('staff'),
    parentHref: `${base}/personale`,
    roles: roleChoices(['clerk', 'accountant', 'school'], 'clerk', language),
    hours: [1, 2, 4].map((count) => ({
      value: `${count}`,
      label: t('support.hours', { count }),
      selected: count === 2,
    })),
  }
  const banner = { role: t('office.role.clerk'), until: '23/11/2026, 17:05' }
  return [
    { name: 'office-staff', page: 'office/staff', view: staff },
    {
      name: 'office-staff-alone',
      page: 'office/staff',
      view: {
        ...staff,
        rows: [rows[0]],
        waiting: [],
        former: [],
        values: { email: 'nome' },
        errors: { email: t('personnel.error.email'), role: t('personnel.error.role') },
      },
    },
    { name: 'office-colleague', page: 'office/colleague', view: colleague },
    {
      name: 'office-colleague-own',
      page: 'office/colleague',
      view: { ...colleague, name: 'Laura Bianchi', isViewer: true },
    },
    {
      name: 'office-colleague-former',
      page: 'office/colleague',
      view: {
        ...colleague,
        leftAt: at,
        state: null,
        resetHref: null,
        values: { email: 'ada@example.it' },
        errors: { email: t('fault.staff.already_invited.detail') },
      },
    },
    {
      name: 'office-join',
      page: 'office/join',
      view: {
        ...outside,
        action: `${base}/invito/x`,
        role: t('office.role.administrator'),
        roleNote: t('personnel.role.administrator'),
        passwordMinimum: 10,
        values: { firstName: 'Ada', lastName: '', username: 'ada' },
        errors: { lastName: t('personnel.join.error.lastName') },
      },
    },
    { name: 'office-support', page: 'office/support', view: { ...support, leave: null } },
    {
      name: 'office-support-open',
      page: 'office/support',
      view: {
        ...support,
        alerts: [{ kind: 'warning', text: t('support.banner', banner) }],
        leave: { role: t('office.role.clerk'), since: at, until: later },
      },
    },
  ]
}
