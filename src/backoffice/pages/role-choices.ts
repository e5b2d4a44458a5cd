import type { Language } from '#core/i18n.ts'
import { translator } from '#core/i18n.ts'
import type { StaffRole } from '#tenants/people/guardians.ts'
import type { RoleChoice } from '../views/staff.ts'

/** In the order in which they are offered. */
export const STAFF_ROLES: readonly StaffRole[] = ['clerk', 'accountant', 'school', 'administrator']

/** The roles to choose from, each with a sentence of what it is for. */
export function roleChoices(
  roles: readonly StaffRole[],
  selected: string | undefined,
  language: Language,
): RoleChoice[] {
  const t = translator(language)
  return roles.map((value) => ({
    value,
    label: t(`office.role.${value}`),
    note: t(`personnel.role.${value}`),
    selected: value === selected,
  }))
}

/** One of the roles that a form offers; undefined for anything else. */
export function roleOf<Role extends StaffRole>(
  text: string | undefined,
  offered: readonly Role[],
): Role | undefined {
  return offered.find((role) => role === text)
}
