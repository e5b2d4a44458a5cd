import { daysBetween, romeDate, type RomeDate } from '#core/clock.ts'
import type { SignInMethodId } from '#core/db/people-tables.ts'
import { DomainError } from '#core/errors.ts'
import type { Tenant } from '#core/tenant.ts'

/** A way to sign in, and how long an entity offers it. */
export interface SignInMethod {
  id: Exclude<SignInMethodId, 'support'>
  open: boolean
  /** The last day; null while there is no end. */
  availableUntil: RomeDate | null
}

/** User name and password, with the end that the entity has announced. */
export interface PasswordMethod extends SignInMethod {
  id: 'password'
  /** Set within the last 60 days: the banner's countdown. */
  daysLeft: number | null
  /** True within the last 14 days: whoever still uses it is led to SPID and CIE first. */
  isEnding: boolean
}

const BANNER_DAYS = 60
const ENDING_DAYS = 14

/** User name and password on a given day. */
export function passwordMethod({ policies }: Pick<Tenant, 'policies'>, now: Date): PasswordMethod {
  const until = policies.passwordLoginUntil
  const daysLeft = until === null ? null : daysBetween(romeDate(now), until)
  const open = daysLeft === null || daysLeft >= 0
  return {
    id: 'password',
    open,
    availableUntil: until,
    daysLeft: daysLeft !== null && open && daysLeft <= BANNER_DAYS ? daysLeft : null,
    isEnding: daysLeft !== null && open && daysLeft <= ENDING_DAYS,
  }
}

/**
 * The entity's methods on a given day, in the order in which pages show them.
 * @param schemes those of SPID and CIE that are offered: Federation.offered()
 */
export function signInMethods(
  tenant: Pick<Tenant, 'policies'>,
  schemes: readonly string[],
  now: Date,
): readonly SignInMethod[] {
  const vouched = (['spid', 'cie'] as const).filter((id) => schemes.includes(id))
  return [...vouched.map((id) => ({ id, open: true, availableUntil: null })), passwordMethod(tenant, now)]
}

/** True while the method may be used; also asked of sessions that it began. */
export function isMethodOpen(tenant: Pick<Tenant, 'policies'>, id: SignInMethodId, now: Date): boolean {
  // A session that SPID or CIE began stays what it is, also where the entity's registration ends meanwhile.
  return id !== 'password' || passwordMethod(tenant, now).open
}

/**
 * Refuses whatever makes, changes or takes a guardian's password once the entity has closed them.
 * @throws DomainError sign_in.method_closed with the last day
 */
export function assertPasswordOpen(tenant: Pick<Tenant, 'policies'>, now: Date): void {
  if (isMethodOpen(tenant, 'password', now)) return
  throw new DomainError('sign_in.method_closed', { date: tenant.policies.passwordLoginUntil ?? '' })
}
