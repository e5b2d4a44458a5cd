import type { MenuItem, NavItem } from '#pages/view.ts'

const sections = {
  home: { path: '/', icon: 'it-pa' },
  'top-up': { path: '/ricarica', icon: 'it-card' },
  payments: { path: '/pagamenti', icon: 'it-list' },
  'payment-codes': { path: '/codici-pagamento', icon: 'qr-code' },
} as const
export type Section = keyof typeof sections

/** The main menu of a signed-in parent, with the section where the page lies. */
export function navigation(base: string, current: Section | null): NavItem[] {
  return Object.entries(sections).map(([key, { path, icon }]) => ({
    label: `portal.nav.${key}`,
    short: `portal.nav.short.${key}`,
    href: base + path,
    icon,
    current: key === current,
    items: [],
  }))
}

/** What a parent's own menu offers. */
export function profileMenu(base: string): MenuItem[] {
  return [
    { label: 'menus.title', href: `${base}/menu` },
    { label: 'meals.absences.title', href: `${base}/assenze` },
    { label: 'diets.own.title', href: `${base}/diete` },
    { label: 'portal.enrolments.title', href: `${base}/iscrizioni` },
    { label: 'households.title', href: `${base}/inviti` },
    { label: 'portal.payment_codes.title', href: `${base}/codici-pagamento` },
    { label: 'passwords.email.title', href: `${base}/email` },
    { label: 'portal.profile.title', href: `${base}/profilo` },
  ]
}
