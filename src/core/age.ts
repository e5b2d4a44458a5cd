import type { RomeDate } from './clock.ts'

/** Letters of the months in a codice fiscale (DM 23/12/1976, art. 4). */
const MONTHS = 'ABCDEHLMPRST'
/** Letters that stand in for digits where two people would have the same code ("omocodia"). */
const DIGITS = 'LMNPQRSTUV'

/**
 * The day of birth that a codice fiscale tells, on the day `today`. Its year has two digits: the latest one that is not
 * to come is meant, so nobody seems older than 99.
 * @param fiscalCode from parseFiscalCode()
 */
export function bornOn(fiscalCode: string, today: RomeDate): RomeDate {
  const digit = (character: string) => {
    const place = DIGITS.indexOf(character)
    return place < 0 ? character : String(place)
  }
  const number = (text: string) => Number(text.split('').map(digit).join(''))
  const month = MONTHS.indexOf(fiscalCode[8]!) + 1
  // Women's days count from 41.
  const day = number(fiscalCode.slice(9, 11)) % 40
  const rest = `${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`
  const century = Number(today.slice(0, 2)) * 100
  const year = century + number(fiscalCode.slice(6, 8))
  const born = `${year}-${rest}`
  return born <= today ? born : `${year - 100}-${rest}`
}

/** Whether the person has had their eighteenth birthday by that day. */
export function isAdult(fiscalCode: string, today: RomeDate): boolean {
  const born = bornOn(fiscalCode, today)
  // The rest compares as text; who was born on 29 February comes of age on 1 March.
  const eighteenth = `${Number(born.slice(0, 4)) + 18}${born.slice(4)}`
  return eighteenth <= today
}
