import type { NavItem } from '#pages/view.ts'
import type { StaffRole } from '#tenants/people/guardians.ts'
import { mayUse, type OfficeRoute } from './access.ts'

/** The main menu of the office. A new section is a line here and its routes in access.ts. */
const SECTIONS = {
  overview: { path: '/', icon: 'it-pa' },
  payments: { path: '/pagamenti', icon: 'it-list' },
  suspense: { path: '/sospesi', icon: 'it-help-circle' },
  till: { path: '/sportello', icon: 'it-inbox' },
  approvals: { path: '/da-approvare', icon: 'it-check' },
  attendance: { path: '/presenze', icon: 'it-check-circle' },
  calendar: { path: '/calendario', icon: 'it-clock' },
  charges: { path: '/addebiti', icon: 'it-list' },
  requests: { path: '/richieste', icon: 'it-user' },
  enrolments: { path: '/iscrizioni', icon: 'it-inbox' },
  children: { path: '/alunni', icon: 'it-user' },
  schools: { path: '/scuole', icon: 'it-pa' },
  tariffs: { path: '/tariffe', icon: 'it-card' },
  accounts: { path: '/accessi', icon: 'it-key' },
  imports: { path: '/importazioni', icon: 'it-upload' },
  reconciliation: { path: '/riconciliazione', icon: 'it-check-circle' },
  leaflet: { path: '/foglio', icon: 'it-print' },
  staff: { path: '/personale', icon: 'it-user' },
  settings: { path: '/avvio', icon: 'it-settings' },
  audit: { path: '/registro', icon: 'it-clock' },
} as const satisfies Record<string, { path: string; icon: string }>
export type OfficeSection = keyof typeof SECTIONS

/** The sections that a role may open. */
export function officeNavigation(base: string, role: StaffRole, current: OfficeSection | null): NavItem[] {
  return Object.entries(SECTIONS)
    .filter(([, { path }]) => mayUse(role, `GET ${path}` satisfies OfficeRoute))
    .map(([key, { path, icon }]) => ({
      label: `office.nav.${key}`,
      short: `office.nav.${key}`,
      href: base + path,
      icon,
      current: key === current,
    }))
}
