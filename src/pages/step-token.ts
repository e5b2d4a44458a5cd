import { z } from 'zod'
import type { Clock } from '#core/clock.ts'
import { deriveKey, open, seal, type Key } from '#core/crypto.ts'
import { DomainError } from '#core/errors.ts'

const stepSchema = z.object({
  /** Whose password was right. */
  accountId: z.string(),
  /** How the account is called in an authenticator app. */
  username: z.string(),
  /** Where to go once signed in: a path of ours, from safeNext(). */
  next: z.string(),
  /** Of who sets a second factor up: the secret that is to be proved, in base32. */
  secret: z.string().optional(),
})

/** What is known of somebody between the password and the code. */
export type SignInStep = z.infer<typeof stepSchema>

/**
 * What the browser carries between the steps of a sign-in, in a hidden field: sealed, so that it can neither be read nor
 * made elsewhere, and short-lived. It opens nothing: the code must come with it.
 */
export interface StepTokens {
  /** @param whose the tenant's id, or the name of another place to sign in to: a token opens in no other */
  issue(whose: string, step: SignInStep): string
  /** @throws DomainError form.expired when it is missing, altered, too old or another place's */
  read(whose: string, token: string | undefined): SignInStep
}

/** Time to look at the phone; and, for who sets up, to put an app on it first. */
const LIFE_MS = { code: 5 * 60_000, setUp: 15 * 60_000 }

export function createStepTokens(masterKey: Key, clock: Clock): StepTokens {
  const key = deriveKey(masterKey, 'sign-in-step')
  const sealedSchema = z.object({ step: stepSchema, at: z.number() })
  return {
    issue: (whose, step) =>
      seal(key, whose, JSON.stringify({ step, at: clock.now().getTime() })).toString('base64url'),
    read(whose, token) {
      const text = unsealed(key, whose, token ?? '')
      const parsed = text === undefined ? undefined : sealedSchema.parse(JSON.parse(text))
      const age = parsed === undefined ? Number.NaN : clock.now().getTime() - parsed.at
      const life = parsed?.step.secret === undefined ? LIFE_MS.code : LIFE_MS.setUp
      if (!parsed || !(age >= 0 && age <= life)) throw new DomainError('form.expired')
      return parsed.step
    },
  }
}

/** Undefined for whatever was not sealed here: anybody can post anything. */
function unsealed(key: Key, whose: string, token: string): string | undefined {
  try {
    return open(key, whose, Buffer.from(token, 'base64url')).toString('utf8')
  } catch {
    return undefined
  }
}
