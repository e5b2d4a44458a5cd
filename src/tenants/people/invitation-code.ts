import type { TenantVault } from '#core/vault.ts'

/** Without characters that look alike. */
const ALPHABET = '23456789ABCDEFGHJKMNPQRSTVWXYZ'

/**
 * The code of an invitation, `XXXXX-XXXXX`. It follows from the invitation's id and the entity's secret key, so that the
 * letter can say it and a form sent twice shows it again, and still it stands nowhere: the table has a hash.
 */
export function invitationCode(keys: TenantVault, invitationId: string): string {
  const bytes = [...keys.lookUpHash(`invitation ${invitationId}`)].slice(0, 10)
  const characters = bytes.map((byte) => ALPHABET[byte % ALPHABET.length])
  return `${characters.slice(0, 5).join('')}-${characters.slice(5).join('')}`
}

/** By what an invitation is found; blanks, hyphens and small letters are people's to write as they like. */
export function invitationCodeHash(keys: TenantVault, code: string): Buffer {
  const plain = code.toUpperCase().replace(/[^0-9A-Z]/g, '')
  return keys.lookUpHash(`invitation code ${plain}`)
}
