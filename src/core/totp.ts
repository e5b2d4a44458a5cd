import { Secret, TOTP } from 'otpauth'
import { outsideTime, type Clock } from './clock.ts'

/** Seconds for which a code stands; codes of one step before and after are taken too (RFC 6238 §5.2). */
const STEP_SECONDS = 30
const STEPS_AROUND = 1
/** RFC 4226 §4, R6: the length that it recommends. */
const SECRET_BYTES = 20

/** A fresh secret for an authenticator app, in base32. */
export function newTotpSecret(): string {
  return new Secret({ size: SECRET_BYTES }).base32
}

/**
 * The address that an authenticator app reads from a QR code. SHA-1, 6 digits and 30 seconds are what every app knows.
 * @param issuer whose sign-in it is, and `label` which account of it, as the app lists them
 */
export function totpUri(secret: string, { issuer, label }: { issuer: string; label: string }): string {
  return totp(secret, issuer, label).toString()
}

/**
 * Which step's code this is; undefined when it is no code of now, the step before or the step after. Compared in constant
 * time. Whoever takes it must remember the step, so that it is taken once.
 */
export function totpStep(secret: string, code: string, clock: Clock): bigint | undefined {
  const timestamp = outsideTime(clock).getTime()
  const delta = totp(secret).validate({ token: code, timestamp, window: STEPS_AROUND })
  return delta === null ? undefined : BigInt(Math.floor(timestamp / 1000 / STEP_SECONDS) + delta)
}

function totp(secret: string, issuer = '', label = ''): TOTP {
  return new TOTP({
    issuer,
    label,
    algorithm: 'SHA1',
    digits: 6,
    period: STEP_SECONDS,
    secret: Secret.fromBase32(secret),
  })
}

/** A code as somebody types it, without the blanks and dashes between its groups; undefined for anything else than digits. */
export function typedCode(text: string): string | undefined {
  const digits = text.replaceAll(/[\s-]/g, '')
  return /^\d+$/.test(digits) ? digits : undefined
}
