/** Values of characters in odd places (DM 23/12/1976, art. 6); even places count their plain order. */
const ODD = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23]
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'

/** Digits may be replaced by letters where two people would have the same code ("omocodia"). */
const FORM = /^[A-Z]{6}[0-9LMNPQRSTUV]{2}[ABCDEHLMPRST][0-9LMNPQRSTUV]{2}[A-Z][0-9LMNPQRSTUV]{3}[A-Z]$/

/** Reads a codice fiscale as people write it; undefined when its form or its check character is wrong. */
export function parseFiscalCode(text: string): string | undefined {
  const code = text.replace(/\s/g, '').toUpperCase()
  if (!FORM.test(code)) return undefined
  return checkCharacter(code.slice(0, 15)) === code[15] ? code : undefined
}

/** The sixteenth character that belongs to the first fifteen. */
export function checkCharacter(body: string): string {
  const sum = body.split('').reduce((total, character, index) => {
    const order = /\d/.test(character) ? Number(character) : LETTERS.indexOf(character)
    return total + (index % 2 === 0 ? ODD[order]! : order)
  }, 0)
  return LETTERS[sum % 26]!
}

/**
 * Reads the numeric codice fiscale of a body that is no person: eleven digits, the last of which checks the others as in
 * a partita IVA (DM 23/12/1976, art. 7). Undefined when its form or its check digit is wrong.
 */
export function parseBodyCode(text: string): string | undefined {
  const code = text.replace(/\s/g, '')
  if (!/^\d{11}$/.test(code)) return undefined
  const sum = code
    .slice(0, 10)
    .split('')
    .reduce((total, digit, index) => {
      const value = Number(digit) * (1 + (index % 2))
      return total + (value > 9 ? value - 9 : value)
    }, 0)
  return (10 - (sum % 10)) % 10 === Number(code[10]) ? code : undefined
}
