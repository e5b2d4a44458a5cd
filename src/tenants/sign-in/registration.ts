import { DomainError } from '#core/errors.ts'
import type { Services } from '#core/services.ts'
import type { Tenant } from '#core/tenant.ts'
import { registerGuardian, type NewGuardian } from '../people/guardians.ts'
import { isMethodOpen } from './methods.ts'
import type { Face, Sessions } from './sessions.ts'

/**
 * Registers a parent and begins the first session. Registration makes a password account: it closes with the password.
 * @throws DomainError sign_in.method_closed, registration.username_taken
 */
export async function registerAndSignIn(
  { db, vault, clock }: Services,
  sessions: Sessions,
  tenant: Tenant,
  person: NewGuardian,
  face: Face,
): Promise<{ accountId: string; token: string; expiresAt: Date }> {
  const now = clock.now()
  if (!isMethodOpen(tenant, 'password', now))
    throw new DomainError('sign_in.method_closed', { date: tenant.policies.passwordLoginUntil ?? '' })
  const accountId = await registerGuardian(db, vault, tenant.id, person, now)
  return { accountId, ...(await sessions.begin(tenant.id, accountId, face)) }
}
