/** What an odd place's character counts, digits and letters alike (DM 23/12/1976): 0 or A is 1, 1 or B is 0… */
const ODD_VALUES = [
  1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23,
]
/** Letters that stand for the digits 0 to 9 where two people would have the same code ("omocodia"). */
const DIGIT_LETTERS = 'LMNPQRSTUV'
const MONTHS = 'ABCDEHLMPRST'

const FORM = /^[A-Z]{6}[\dLMNPQRSTUV]{2}[ABCDEHLMPRST][\dLMNPQRSTUV]{2}[A-Z][\dLMNPQRSTUV]{3}[A-Z]$/

/** The last character that belongs to the first fifteen of a codice fiscale. */
export function controlCharacter(first15: string): string {
  let sum = 0
  for (const [index, character] of first15.split('').entries()) {
    const value = /\d/.test(character) ? Number(character) : character.charCodeAt(0) - 65
    sum += index % 2 === 0 ? ODD_VALUES[value]! : value
  }
  return String.fromCharCode(65 + (sum % 26))
}

/** True for sixteen characters of the right form with the right last one. */
export function isFiscalCode(text: string): boolean {
  return FORM.test(text) && controlCharacter(text.slice(0, 15)) === text[15]
}

/** What a codice fiscale says of its bearer. */
export interface Birth {
  /** yyyy-mm-dd; of two possible centuries the one that makes the person younger than a hundred. */
  readonly date: string
  readonly gender: 'F' | 'M'
  /** Cadastral code of the place. */
  readonly place: string
}

/** Reads date, gender and place of birth from a valid codice fiscale. */
export function readBirth(fiscalCode: string, today: Date): Birth {
  const digits = (from: number, to: number) =>
    fiscalCode.slice(from, to).replace(/[A-Z]/g, (letter) => String(DIGIT_LETTERS.indexOf(letter)))
  const day = Number(digits(9, 11))
  const month = MONTHS.indexOf(fiscalCode[8]!) + 1
  const century = Number(digits(6, 8)) > today.getUTCFullYear() % 100 ? '19' : '20'
  const two = (value: number) => String(value).padStart(2, '0')
  return {
    date: `${century}${digits(6, 8)}-${two(month)}-${two(day > 40 ? day - 40 : day)}`,
    gender: day > 40 ? 'F' : 'M',
    place: fiscalCode[11]! + digits(12, 15),
  }
}
