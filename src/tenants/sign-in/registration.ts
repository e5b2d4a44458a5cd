import { DomainError } from '#core/errors.ts'
import type { Services } from '#core/services.ts'
import type { Tenant } from '#core/tenant.ts'
import { requestEmailConfirmation } from '../people/email-address.ts'
import { registerGuardian, type NewGuardian } from '../people/guardians.ts'
import type { Attempts } from './attempts.ts'
import { assertPasswordOpen } from './methods.ts'
import { assertGoodPassword } from './password-choice.ts'

/**
 * Registers a parent with user name and password, and asks for a sign that the address of e-mail is theirs. What makes a
 * password account closes with the password. A user name that is taken must be told: asking for many is slowed down.
 * @param address where the caller is: remoteAddress()
 * @returns the account's id
 * @throws DomainError sign_in.method_closed, password.too_short, password.too_common, registration.username_taken,
 *   request.too_many
 */
export async function registerWithPassword(
  services: Services,
  attempts: Attempts,
  tenant: Tenant,
  person: NewGuardian,
  address: string,
): Promise<string> {
  const { db, vault, clock } = services
  assertPasswordOpen(tenant, clock.now())
  assertGoodPassword(person.password, { username: person.username, entityName: tenant.name })
  const accountId = await attempts.guess(tenant.id, { secret: 'username', address }, async () => {
    await attempts.request(tenant.id, 'registration', undefined, address)
    return registerGuardian(db, vault, tenant.id, person, clock.now())
  })
  if (person.email !== null) await askForConfirmation(services, attempts, tenant, accountId, person, address)
  return accountId
}

/** A mailbox that has had its share of such letters gets none; the person can ask again later. */
async function askForConfirmation(
  services: Services,
  attempts: Attempts,
  tenant: Tenant,
  accountId: string,
  { email, language }: NewGuardian,
  address: string,
): Promise<void> {
  if (email === null) return
  try {
    await attempts.request(tenant.id, 'email-confirmation', email.toLowerCase(), address)
  } catch (error) {
    if (error instanceof DomainError && error.code === 'request.too_many') return
    throw error
  }
  await requestEmailConfirmation(services, tenant, accountId, email, language)
}
