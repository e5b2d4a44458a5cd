/** An IBAN as it is stored: capitals, without the blanks that people type between groups of four. */
export function plainIban(text: string): string {
  return text.replaceAll(/[\s.-]/g, '').toUpperCase()
}

/** Whether the check digits of an Italian IBAN are right (ISO 13616: the number, read as digits, is 1 modulo 97). */
export function isItalianIban(text: string): boolean {
  if (!/^IT\d{2}[A-Z]\d{10}[0-9A-Z]{12}$/.test(text)) return false
  const moved = text.slice(4) + text.slice(0, 4)
  const digits = moved.replaceAll(/[A-Z]/g, (letter) => String(letter.charCodeAt(0) - 55))
  return BigInt(digits) % 97n === 1n
}

/** Whether an account is one of Poste Italiane (ABI 07601), which a payment slip needs. */
export function isPostalIban(text: string): boolean {
  return /^IT\d{2}[A-Z]07601\d{17}$/.test(text)
}

/**
 * Whether the last digit of an eleven-digit fiscal code is the one that the others ask for (DM 23/12/1976: the sum of the
 * digits, every second one doubled and cast to one digit, ends in 0).
 */
export function isFiscalCodeOfBody(text: string): boolean {
  if (!/^\d{11}$/.test(text)) return false
  const sum = Array.from(text, Number).reduce((total, digit, place) => {
    const value = place % 2 === 0 ? digit : digit * 2
    return total + (value > 9 ? value - 9 : value)
  }, 0)
  return sum % 10 === 0
}
