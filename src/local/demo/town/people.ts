import { checkCharacter } from '#core/fiscal-code.ts'
import type { Chance } from './chance.ts'
import { BOYS, FAMILY_NAMES, GIRLS, MEN, WOMEN } from './names.ts'
import { gradesOf, sectionsFor, type Grade } from './schools.ts'

/** An adult of the town. */
export interface TownParent {
  readonly firstName: string
  readonly lastName: string
  readonly fiscalCode: string
  /** Null for who gave none. */
  readonly email: string | null
}

export interface TownChild {
  readonly firstName: string
  readonly lastName: string
  readonly fiscalCode: string
  readonly school: string
  /** Its class in this school year: `3ª B`. */
  readonly grade: Grade
  readonly section: string
  /** Which of the siblings at the canteen, the first being 1. */
  readonly siblingRank: number
  /** Weekdays on which it eats at school: bit 0 is Monday. */
  readonly weekdays: number
  /** Of a hundred days, on how many it is there. */
  readonly presence: number
}

/** How a family looks after its credit. */
export type Habit = 'careful' | 'late' | 'indebted'

export interface TownFamily {
  readonly parents: readonly TownParent[]
  readonly children: readonly TownChild[]
  /** The income that it declared (ISEE), in cents; undefined where it declared none. */
  readonly iseeCents: number | undefined
  /** What the social services take over, in hundredths. */
  readonly exemptPercent: number
  readonly habit: Habit
  readonly channelId: 'pagopa-online' | 'psp-notice' | 'puntolis-qr'
}

/**
 * A town of families with so many children at school. Names are put together and codes have Z999 for a birthplace,
 * which no country has: nobody is meant.
 */
export function peopleOf(chance: Chance, children: number): TownFamily[] {
  const families: TownFamily[] = []
  let left = children
  // Codes differ by a number that counts up, so that no two people of the town share one.
  let serial = 0
  const code = (last: string, first: string, year: number, isFemale: boolean) =>
    fiscalCode(last, first, year, serial++, isFemale)
  const sections = sectionsFor(children)
  while (left > 0) {
    const size = Math.min(left, Number(chance.weighed({ 1: 62, 2: 31, 3: 7 })))
    left -= size
    families.push(familyOf(chance, size, sections, code))
  }
  return families
}

type Coder = (lastName: string, firstName: string, year: number, isFemale: boolean) => string

function familyOf(chance: Chance, size: number, sections: readonly string[], code: Coder): TownFamily {
  const lastName = chance.pick(FAMILY_NAMES)
  const isAlone = chance.percent(18)
  const parents = (isAlone ? [chance.percent(80)] : [true, false]).map((isMother): TownParent => {
    const firstName = chance.pick(isMother ? WOMEN : MEN)
    const own = isMother ? chance.pick(FAMILY_NAMES) : lastName
    const fiscal = code(own, firstName, chance.between(1975, 1995), isMother)
    const address = `${firstName}.${own}.${fiscal.slice(9, 11)}${fiscal.slice(6, 8)}`
    const email = `${address.toLowerCase().replaceAll(' ', '')}@posta.example.org`
    return { firstName, lastName: own, fiscalCode: fiscal, email: chance.percent(85) ? email : null }
  })
  const grades = gradesOf(chance, size)
  const children = grades.map(({ school, grade, age }, index): TownChild => {
    const isGirl = chance.percent(49)
    const firstName = chance.pick(isGirl ? GIRLS : BOYS)
    return {
      firstName,
      lastName,
      fiscalCode: code(lastName, firstName, 2026 - age, isGirl),
      school,
      grade,
      section: chance.pick(sections),
      siblingRank: index + 1,
      weekdays: chance.percent(80) ? 0b0011111 : 0b0001010,
      presence: chance.between(86, 98),
    }
  })
  return {
    parents,
    children,
    iseeCents: chance.percent(70) ? chance.between(0, 350) * 10_000 : undefined,
    exemptPercent: chance.percent(3) ? chance.pick([50, 100]) : 0,
    habit: chance.weighed({ careful: 70, late: 22, indebted: 8 }),
    channelId: chance.weighed({ 'pagopa-online': 58, 'psp-notice': 30, 'puntolis-qr': 12 }),
  }
}

const MONTHS = 'ABCDEHLMPRST'

/** A code of the right form, day and month counted up from `serial`, born in Z999. */
function fiscalCode(
  lastName: string,
  firstName: string,
  year: number,
  serial: number,
  isFemale: boolean,
): string {
  const day = (serial % 28) + 1 + (isFemale ? 40 : 0)
  const month = MONTHS[Math.floor(serial / 28) % 12]!
  // Letters of the name that nobody has in that order keep those apart who share a day.
  const extra = Math.floor(serial / 336)
  const letters = lettersOf(lastName) + twist(lettersOf(firstName), extra)
  const body = `${letters}${String(year % 100).padStart(2, '0')}${month}${String(day).padStart(2, '0')}Z999`
  return body + checkCharacter(body)
}

function lettersOf(name: string): string {
  const plain = name
    .normalize('NFD')
    .replace(/[^A-Za-z]/g, '')
    .toUpperCase()
  const consonants = plain.replace(/[AEIOU]/g, '')
  return `${consonants}${plain.replace(/[^AEIOU]/g, '')}`.slice(0, 3).padEnd(3, 'X')
}

function twist(letters: string, by: number): string {
  const alphabet = 'BCDFGHJKLMNPQRSTVWXYZ'
  const last = alphabet[by % alphabet.length]!
  const middle = alphabet[Math.floor(by / alphabet.length) % alphabet.length]!
  return `${letters[0]}${middle}${last}`
}
