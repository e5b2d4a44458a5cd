import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Clock } from '#core/clock.ts'
import { deriveKey, type Key } from '#core/crypto.ts'
import { DomainError } from '#core/errors.ts'

/** The hidden field of every form: proves that the page was ours, says how old it is, and names its one submission. */
export interface FormTokens {
  /** A token for a form shown to this person; `subject` is the account's id, or empty for nobody. */
  issue(subject: string): string
  /**
   * Checks a posted token and answers the name of the submission, under which it is done once.
   * @throws DomainError form.expired when it is missing, altered, too old or somebody else's
   */
  check(token: string | undefined, subject: string): string
}

/** Longer than anybody keeps a form open on purpose. */
const LIFE_MS = 4 * 3_600_000

export function createFormTokens(masterKey: Key, clock: Clock): FormTokens {
  const key = deriveKey(masterKey, 'form-token')
  const sign = (body: string, subject: string) =>
    createHmac('sha256', key).update(`${body}/${subject}`).digest('base64url')
  return {
    issue(subject) {
      const body = `${clock.now().getTime().toString(36)}.${randomBytes(12).toString('base64url')}`
      return `${body}.${sign(body, subject)}`
    },
    check(token, subject) {
      const [time = '', random = '', signature = ''] = (token ?? '').split('.')
      const expected = sign(`${time}.${random}`, subject)
      const age = clock.now().getTime() - Number.parseInt(time, 36)
      if (!equal(signature, expected) || !(age >= 0 && age <= LIFE_MS)) throw new DomainError('form.expired')
      return `form ${random}`
    },
  }
}

function equal(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}
