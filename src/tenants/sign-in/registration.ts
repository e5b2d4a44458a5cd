import { DomainError } from '#core/errors.ts'
import type { Services } from '#core/services.ts'
import type { Tenant } from '#core/tenant.ts'
import { registerGuardian, type NewGuardian } from '../people/guardians.ts'
import { isMethodOpen } from './methods.ts'

/**
 * Registers a parent with user name and password. What makes a password account closes with the password.
 * @returns the account's id
 * @throws DomainError sign_in.method_closed, registration.username_taken
 */
export async function registerWithPassword(
  { db, vault, clock }: Services,
  tenant: Tenant,
  person: NewGuardian,
): Promise<string> {
  const now = clock.now()
  if (!isMethodOpen(tenant, 'password', now))
    throw new DomainError('sign_in.method_closed', { date: tenant.policies.passwordLoginUntil ?? '' })
  return registerGuardian(db, vault, tenant.id, person, now)
}
