import { Secret, TOTP } from 'otpauth'

/** The code that a telephone shows for a secret; `stepsLater` moves its clock by steps of 30 seconds. */
export function totpCode(secret: string, at: Date = new Date(), stepsLater = 0): string {
  const totp = new TOTP({ secret: Secret.fromBase32(secret) })
  return totp.generate({ timestamp: at.getTime() + stepsLater * 30_000 })
}

/** What a page of a sign-in carries in its hidden fields. */
export function hiddenField(html: string, name: string): string {
  const found = new RegExp(`name="${name}" value="([^"]*)"`).exec(html)
  if (!found) throw new Error(`the page has no field ${name}`)
  return found[1]!
}

/** The secret on a page that sets a second factor up. */
export function shownSecret(html: string): string {
  const found = /secret-key">([A-Z2-7 ]+)</.exec(html)
  if (!found) throw new Error('the page shows no secret')
  return found[1]!.replaceAll(' ', '')
}
