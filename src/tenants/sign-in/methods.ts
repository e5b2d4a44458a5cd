import { daysBetween, romeDate, type RomeDate } from '#core/clock.ts'
import type { SignInMethodId } from '#core/db/people-tables.ts'
import type { Tenant } from '#core/tenant.ts'

/** A way to sign in, and how long an entity offers it. SPID and CIE join this list. */
export interface SignInMethod {
  id: 'password'
  open: boolean
  /** The last day; null while there is no end. */
  availableUntil: RomeDate | null
  /** Set within the last 60 days: the banner's countdown. */
  daysLeft: number | null
}

const BANNER_DAYS = 60

/** The entity's methods on a given day, in the order in which pages show them. */
export function signInMethods({ policies }: Pick<Tenant, 'policies'>, now: Date): readonly SignInMethod[] {
  const until = policies.passwordLoginUntil
  const daysLeft = until === null ? null : daysBetween(romeDate(now), until)
  return [
    {
      id: 'password',
      open: daysLeft === null || daysLeft >= 0,
      availableUntil: until,
      daysLeft: daysLeft !== null && daysLeft >= 0 && daysLeft <= BANNER_DAYS ? daysLeft : null,
    },
  ]
}

/** True while the method may be used; also asked of sessions that it began. */
export function isMethodOpen(tenant: Pick<Tenant, 'policies'>, id: SignInMethodId, now: Date): boolean {
  // A session that SPID or CIE began stays what it is, also where the entity's registration ends meanwhile.
  if (id !== 'password') return true
  return signInMethods(tenant, now).some((method) => method.id === id && method.open)
}
