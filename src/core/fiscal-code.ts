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
