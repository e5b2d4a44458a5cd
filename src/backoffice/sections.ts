import type { NavItem } from '#pages/view.ts'
import type { StaffRole } from '#tenants/people/guardians.ts'
import { mayUse, type OfficeRoute } from './routes.ts'

/** The areas of the office, in the order of its main menu, and the sections of each. */
const AREAS = {
  overview: ['overview'],
  meals: ['attendance', 'kitchen', 'menus', 'certificates', 'charges', 'calendar'],
  families: ['children', 'enrolments', 'requests', 'accounts'],
  services: ['schools', 'tariffs', 'imports'],
  money: ['payments', 'till', 'suspense', 'approvals', 'reconciliation'],
  entity: ['settings', 'leaflet', 'staff', 'audit'],
} as const satisfies Record<string, readonly OfficeSection[]>

/** Every section of the office. A new one is a line here, its place in an area, and its routes in access.ts. */
const SECTIONS = {
  overview: { path: '/', icon: 'it-pa' },
  payments: { path: '/pagamenti', icon: 'it-list' },
  suspense: { path: '/sospesi', icon: 'it-help-circle' },
  till: { path: '/sportello', icon: 'it-inbox' },
  approvals: { path: '/da-approvare', icon: 'it-check' },
  attendance: { path: '/presenze', icon: 'it-check-circle' },
  kitchen: { path: '/cucina', icon: 'it-pa' },
  menus: { path: '/menu', icon: 'it-list' },
  certificates: { path: '/certificati', icon: 'it-clock' },
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

/** The areas in which a role may open something, each with the sections that it may open. */
export function officeNavigation(base: string, role: StaffRole, current: OfficeSection | null): NavItem[] {
  return Object.entries(AREAS).flatMap(([area, all]): NavItem[] => {
    const items = all
      .filter((section) => mayUse(role, `GET ${SECTIONS[section].path}` satisfies OfficeRoute))
      .map((section) => item(base, `office.nav.${section}`, section, section === current))
    const [first] = items
    if (!first) return []
    // An area with one page is that page.
    if (items.length === 1) return [first]
    const isHere = items.some((one) => one.current)
    return [{ ...first, label: `office.area.${area}`, short: `office.area.${area}`, current: isHere, items }]
  })
}

function item(base: string, label: string, section: OfficeSection, isCurrent: boolean): NavItem {
  const { path, icon } = SECTIONS[section]
  return { label, short: label, href: base + path, icon, current: isCurrent, items: [] }
}
