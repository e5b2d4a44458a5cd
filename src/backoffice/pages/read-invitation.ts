import { z } from 'zod'
import { translator, type Language } from '#core/i18n.ts'
import type { NewStaffInvitation } from '#tenants/staff/invitations.ts'
import type { StaffView } from '../views/staff.ts'
import { roleOf, STAFF_ROLES } from './role-choices.ts'

const address = z.email().max(256)

/** What a form of invitation says, or what is wrong with it. */
export function readInvitation(
  fields: Readonly<Record<string, string>>,
  language: Language,
): { invitation: NewStaffInvitation | undefined; errors: StaffView['errors'] } {
  const t = translator(language)
  const email = address.safeParse(fields.email?.trim())
  const role = roleOf(fields.role, STAFF_ROLES)
  const errors = {
    ...(!email.success && { email: t('personnel.error.email') }),
    ...(!role && { role: t('personnel.error.role') }),
  }
  if (!email.success || !role) return { invitation: undefined, errors }
  return { invitation: { email: email.data.toLowerCase(), role, language }, errors: {} }
}
