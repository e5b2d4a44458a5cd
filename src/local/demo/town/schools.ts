import type { Chance } from './chance.ts'

/** A year of a kind of school: the third of a primary is `3ª`. */
export type Grade = '1ª' | '2ª' | '3ª' | '4ª' | '5ª'

interface TownSchool {
  readonly code: string
  readonly name: string
  readonly address: string
  readonly kind: 'infanzia' | 'primaria'
}

/** The schools of the town. */
export const SCHOOLS: readonly TownSchool[] = [
  { code: 'GIRASOLI', name: 'Infanzia I Girasoli', address: 'Via dei Prati 3', kind: 'infanzia' },
  { code: 'ARCOBALENO', name: 'Infanzia Arcobaleno', address: 'Piazza del Mulino 1', kind: 'infanzia' },
  { code: 'PRIMARIA-DANTE', name: 'Primaria Dante', address: 'Via Dante 12', kind: 'primaria' },
  { code: 'RODARI', name: 'Primaria Rodari', address: 'Via delle Filastrocche 8', kind: 'primaria' },
  { code: 'MONTESSORI', name: 'Primaria Montessori', address: 'Viale dei Tigli 21', kind: 'primaria' },
]

export const GRADES = { infanzia: ['1ª', '2ª', '3ª'], primaria: ['1ª', '2ª', '3ª', '4ª', '5ª'] } as const

/** How many children sit in a class. */
const CLASS_SIZE = 22

/** The letters of the parallel classes that a town with so many children needs: A, B …, after Z with a number. */
export function sectionsFor(children: number): string[] {
  const grades = SCHOOLS.reduce((sum, { kind }) => sum + GRADES[kind].length, 0)
  const count = Math.max(1, Math.round(children / grades / CLASS_SIZE))
  return Array.from({ length: count }, (_, index) => {
    const round = Math.floor(index / 26)
    return String.fromCharCode(65 + (index % 26)) + (round === 0 ? '' : String(round + 1))
  })
}

/** Where the children of one family go to school, the eldest first: no two in one class. */
export function gradesOf(chance: Chance, size: number): { school: string; grade: Grade; age: number }[] {
  const near = { infanzia: chance.pick(ofKind('infanzia')), primaria: chance.pick(ofKind('primaria')) }
  const ages = new Set<number>()
  while (ages.size < size) ages.add(chance.between(3, 10))
  return [...ages]
    .toSorted((a, b) => b - a)
    .map((age) => {
      const kind = age < 6 ? 'infanzia' : 'primaria'
      const grade = GRADES[kind][kind === 'infanzia' ? age - 3 : age - 6]!
      return { school: near[kind].code, grade, age }
    })
}

function ofKind(kind: TownSchool['kind']): TownSchool[] {
  return SCHOOLS.filter((school) => school.kind === kind)
}

/**
 * Where a child was a year before; undefined for who was too young. Who is in the first year of a primary school was
 * at the nursery school whose place in the list is the nearest.
 */
export function yearBefore(school: string, grade: Grade): { school: string; grade: Grade } | undefined {
  const { kind } = SCHOOLS.find(({ code }) => code === school)!
  const index = Number(grade[0]) - 1
  if (index > 0) return { school, grade: GRADES[kind][index - 1]! }
  if (kind === 'infanzia') return undefined
  const place = ofKind('primaria').findIndex(({ code }) => code === school)
  const nurseries = ofKind('infanzia')
  return { school: nurseries[place % nurseries.length]!.code, grade: '3ª' }
}
