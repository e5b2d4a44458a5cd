import { Secret, TOTP } from 'otpauth'
import type { Registry } from '../world/registry.ts'

const PERIOD_SECONDS = 30

/** A code of the second factor (RFC 6238 with SHA-1, six digits, thirty seconds) and how long it still lasts. */
export interface Code {
  readonly code: string
  readonly secondsLeft: number
}

/** The code of a base32 secret at an instant; undefined for a text that is no such secret. */
export function codeAt(text: string, now: Date): Code | undefined {
  const secret = text.replace(/[\s=-]/g, '').toUpperCase()
  if (!/^[A-Z2-7]{16,128}$/.test(secret)) return undefined
  const totp = new TOTP({
    secret: Secret.fromBase32(secret),
    algorithm: 'SHA1',
    digits: 6,
    period: PERIOD_SECONDS,
  })
  const seconds = Math.floor(now.getTime() / 1000)
  return {
    code: totp.generate({ timestamp: now.getTime() }),
    secondsLeft: PERIOD_SECONDS - (seconds % PERIOD_SECONDS),
  }
}

/** The codes of everybody who was introduced with a secret, as their phones show them. */
export function codesOf(registry: Registry, now: Date) {
  return registry.all().flatMap(({ name: entity, people }) =>
    people.flatMap(({ name, username, totpSecret }) => {
      const code = totpSecret === undefined ? undefined : codeAt(totpSecret, now)
      return code ? [{ entity, name, username, ...code }] : []
    }),
  )
}
