import { checkCharacter } from '#core/fiscal-code.ts'

/** A fictitious fiscal code, born where nobody is born: another one for each number and letter. */
export function inventedCode(number: number, letter = 'A'): string {
  const consonants = 'BCDFGHJKLMNPQRSTVWXZ'
  const digit = (place: number) => consonants[Math.floor(number / 20 ** place) % 20]!
  const body = `${letter}${digit(4)}${digit(3)}${digit(2)}${digit(1)}${digit(0)}80A01Z999`
  return body + checkCharacter(body)
}

export const FAMILIES_HEADER = [
  'Cognome alunno',
  'Nome alunno',
  'Codice fiscale alunno',
  'Scuola',
  'Classe',
  'Tariffa',
  'Cognome genitore 1',
  'Nome genitore 1',
  'Codice fiscale genitore 1',
  'Email genitore 1',
  'Cognome genitore 2',
  'Nome genitore 2',
  'Codice fiscale genitore 2',
] as const

/** The row of an invented child; every second child has two guardians, as three thirds of ten thousand families have. */
export function familyRow(number: number): string[] {
  const second = number % 2 === 0 ? [`Fantasia${number}`, 'Marco', inventedCode(number, 'P')] : ['', '', '']
  return [
    `Provetti${number}`,
    number % 3 === 0 ? 'Nicolò' : 'Ada',
    inventedCode(number, 'F'),
    number % 2 === 0 ? 'Dante' : 'Rodari',
    `${(number % 5) + 1}ª A`,
    '4,90',
    `Provetti${number}`,
    'Elena',
    inventedCode(number, 'M'),
    `genitore.${number}@example.org`,
    ...second,
  ]
}

/** The file of so many invented children. */
export function familiesFile(count: number): string[][] {
  return [[...FAMILIES_HEADER], ...Array.from({ length: count }, (_, index) => familyRow(index + 1))]
}

export function csvOf(rows: readonly (readonly string[])[]): Buffer {
  return Buffer.from(rows.map((cells) => cells.join(';')).join('\r\n'))
}
