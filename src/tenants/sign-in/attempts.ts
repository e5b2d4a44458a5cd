import { sql } from 'kysely'
import type { Clock } from '#core/clock.ts'
import type { Db } from '#core/db/connect.ts'
import { inTenant } from '#core/db/tenant.ts'
import { DomainError, type FaultCode } from '#core/errors.ts'
import { networkOf } from '#core/remote-address.ts'
import type { Vault } from '#core/vault.ts'

/** What can be guessed. Each kind is counted apart: who mistypes one secret is not held back from another. */
export type Secret =
  | 'password'
  | 'claim-code'
  | 'verification-code'
  | 'username'
  | 'link'
  | 'office-code'
  | 'second-factor'
  | 'invitation-code'

/** The faults that say that a guess was wrong. Any other one leaves no count behind. */
export const WRONG_GUESSES: readonly FaultCode[] = [
  'sign_in.wrong',
  'second_factor.wrong',
  'enrolment.unknown_code',
  'invitation.unknown_code',
  'verification.unknown',
  'registration.username_taken',
  'link.not_valid',
  'account.unknown_code',
]

/** Whose secret is guessed, and from where. */
export interface Guesser {
  readonly secret: Secret
  /** The account as it was named: a user name, or an id. Left out where a guess aims at nobody in particular. */
  readonly account?: string
  /** As remoteAddress() tells it; of an IPv6 address its network counts, since the rest is the caller's to choose. */
  readonly address: string
}

/** What may be asked for without being guessed, but not without end. */
export type Request =
  | 'password-reset'
  | 'email-confirmation'
  | 'invitation'
  | 'registration'
  | 'staff-invitation'

/** Slows down guessing and asking, of all processes together. */
export interface Attempts {
  /**
   * Does something that a wrong guess fails. Counted before, so that guesses sent together do not slip through; only
   * wrong ones stay counted.
   * @throws DomainError request.too_many with the seconds to wait, and what the work throws
   */
  guess<Result>(tenantId: string, guesser: Guesser, work: () => Promise<Result>): Promise<Result>
  /**
   * Counts one more of something that costs us or others, whatever comes of it.
   * @param who the account as it was named, or an address of e-mail; left out where only the caller's address counts
   * @throws DomainError request.too_many with the seconds to wait
   */
  request(tenantId: string, what: Request, who: string | undefined, address: string): Promise<void>
  /** Forgets the wrong guesses at an account from everywhere: its password has just been changed by its owner. */
  forgive(tenantId: string, secret: Secret, account: string): Promise<void>
}

const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** Wrong guesses at one account from one address. */
export const PAIR = { most: 10, windowMs: MINUTE } as const
/** Wrong guesses at one account from anywhere: many machines share the work of guessing it. */
export const ACCOUNT = { most: 100, windowMs: HOUR } as const
/** Wrong guesses from one address at any account: one password is tried on many. A whole school may share an address. */
export const ADDRESS = { most: 60, windowMs: MINUTE } as const

/** Within an hour. `shared` ones count at their goal from everywhere: a mailbox can be flooded from anywhere. */
const REQUESTS: Record<Request, { most: number; shared: boolean; fromOneAddress: number }> = {
  'password-reset': { most: 5, shared: false, fromOneAddress: 30 },
  'email-confirmation': { most: 5, shared: true, fromOneAddress: 60 },
  invitation: { most: 5, shared: true, fromOneAddress: 60 },
  registration: { most: 60, shared: false, fromOneAddress: 60 },
  'staff-invitation': { most: 5, shared: true, fromOneAddress: 60 },
}

interface Counter {
  readonly who: string
  readonly most: number
  readonly windowMs: number
}

/**
 * Counts in fixed windows of the clock's time, in the database: with a count in each process a guesser would get as many
 * tries more as there are processes (docs/decisions/0016).
 */
export function createAttempts({ db, vault, clock }: { db: Db; vault: Vault; clock: Clock }): Attempts {
  async function count(tenantId: string, counters: readonly Counter[]): Promise<() => Promise<void>> {
    const now = clock.now().getTime()
    const keys = await vault.of(tenantId)
    const hashes = counters.map(({ who }) => keys.lookUpHash(`guess ${who}`).toString('hex'))
    const ends = counters.map(({ windowMs }) => new Date((Math.floor(now / windowMs) + 1) * windowMs))
    const { rows } = await sql<{ until: Date | null }>`
      select count_guess(${tenantId}, ${hashes}, ${ends}, ${counters.map(({ most }) => most)}) as until`.execute(
      db,
    )
    const until = rows[0]?.until
    if (until) {
      const seconds = Math.max(1, Math.ceil((until.getTime() - now) / 1000))
      throw new DomainError('request.too_many', { seconds })
    }
    return async () => {
      await sql`select uncount_guess(${tenantId}, ${hashes}, ${ends})`.execute(db)
    }
  }

  return {
    async guess(tenantId, guesser, work) {
      const takeBack = await count(tenantId, countersOf(guesser))
      try {
        const result = await work()
        await takeBack()
        return result
      } catch (error) {
        if (!(error instanceof DomainError && WRONG_GUESSES.includes(error.code))) await takeBack()
        throw error
      }
    },
    async request(tenantId, what, who, address) {
      const { most, shared, fromOneAddress } = REQUESTS[what]
      const from = networkOf(address)
      const goal = shared ? `${what} goal ${who}` : `${what} pair ${from} ${who}`
      await count(tenantId, [
        ...(who === undefined ? [] : [{ who: goal, most, windowMs: HOUR }]),
        { who: `${what} address ${from}`, most: fromOneAddress, windowMs: HOUR },
      ])
    },
    async forgive(tenantId, secret, account) {
      const keys = await vault.of(tenantId)
      const counted = keys.lookUpHash(`guess ${secret} account ${account}`).toString('hex')
      await inTenant(db, tenantId, (tx) =>
        tx.deleteFrom('guesses').where('tenant_id', '=', tenantId).where('counted', '=', counted).execute(),
      )
    },
  }
}

/** The narrowest first, and kinds always in this order: count_guess relies on both. */
function countersOf({ secret, account, address }: Guesser): Counter[] {
  const from = networkOf(address)
  if (account === undefined) return [{ who: `${secret} pair ${from}`, ...PAIR }]
  return [
    { who: `${secret} pair ${from} ${account}`, ...PAIR },
    { who: `${secret} account ${account}`, ...ACCOUNT },
    { who: `${secret} address ${from}`, ...ADDRESS },
  ]
}
