import { expect, test } from 'vitest'
import { classNumber, nextClassName } from './next-class.ts'

test.each([
  ['1ª A', '2ª A'],
  ['4B', '5B'],
  ['Classe 2 C', 'Classe 3 C'],
  ['IV A', 'V A'],
  ['III', 'IV'],
])('%s becomes %s', (name, next) => expect(nextClassName(name)).toBe(next))

test('a name without a number tells nothing, nor does one with a number that is no class’s', () => {
  for (const name of ['Gialli', 'Coccinelle', '12ª A', '0 A', 'Aula 2B3', 'VIVI', 'I Delfini']) {
    expect(nextClassName(name), name).toBeUndefined()
    expect(classNumber(name), name).toBeUndefined()
  }
})
