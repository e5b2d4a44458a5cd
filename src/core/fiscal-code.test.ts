import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkCharacter, parseBodyCode, parseFiscalCode } from './fiscal-code.ts'

describe('a codice fiscale', () => {
  test.each([
    ['RSSMRA80A01H501U', 'RSSMRA80A01H501U'],
    ['rssmra80a01h501u', 'RSSMRA80A01H501U'],
    [' RSS MRA 80A01 H501U\n', 'RSSMRA80A01H501U'],
    // The seven digits give way to letters from the right where two people would share a code.
    ['RSSMRA80A01H50MV', undefined],
    [
      `RSSMRA80A01H50M${checkCharacter('RSSMRA80A01H50M')}`,
      `RSSMRA80A01H50M${checkCharacter('RSSMRA80A01H50M')}`,
    ],
    [
      `RSSMRAULALMHRLM${checkCharacter('RSSMRAULALMHRLM')}`,
      `RSSMRAULALMHRLM${checkCharacter('RSSMRAULALMHRLM')}`,
    ],
  ])('%j is read as %j', (text, code) => expect(parseFiscalCode(text)).toBe(code))

  test.each([
    ['a wrong check character', 'RSSMRA80A01H501V'],
    ['fifteen characters', 'RSSMRA80A01H501'],
    ['seventeen characters', 'RSSMRA80A01H501UU'],
    ['the eleven digits of a company', '02346730373'],
    ['a month letter that does not exist', 'RSSMRA80F01H501U'],
    ['a substitute letter that does not exist', 'RSSMRA80A01H50AU'],
    ['letters of another alphabet', 'RSSMRA80A01H501Ｕ'],
    ['nothing', ''],
  ])('%s is refused', (_, text) => expect(parseFiscalCode(text)).toBeUndefined())

  test('one mistyped character is always noticed in the check character', () => {
    const body = fc.stringMatching(/^[A-Z]{6}\d{2}[ABCDEHLMPRST]\d{2}[A-Z]\d{3}$/)
    fc.assert(
      fc.property(
        body,
        fc.integer({ min: 0, max: 15 }),
        fc.stringMatching(/^[A-Z0-9]$/),
        (start, place, typed) => {
          const code = start + checkCharacter(start)
          if (code[place] === typed) return
          const mistyped = code.slice(0, place) + typed + code.slice(place + 1)
          const read = parseFiscalCode(mistyped)
          // A digit and its letter of equal value are one and the same to the check (DM 23/12/1976).
          expect(read === undefined || valueOf(code[place]!) === valueOf(typed)).toBe(true)
        },
      ),
    )
  })
})

describe('the codice fiscale of a body', () => {
  test.each([
    ['02346730373', '02346730373'],
    [' 023 467 303 73 ', '02346730373'],
    ['00000000000', '00000000000'],
    ['02346730374', undefined],
    ['0234673037', undefined],
    ['RSSMRA80A01H501U', undefined],
  ])('%j is read as %j', (text, code) => expect(parseBodyCode(text)).toBe(code))

  test('one mistyped digit is always noticed', () => {
    for (let place = 0; place < 11; place++)
      for (let digit = 0; digit < 10; digit++) {
        const typed = `02346730373`.slice(0, place) + digit + `02346730373`.slice(place + 1)
        expect(parseBodyCode(typed)).toBe(typed === '02346730373' ? typed : undefined)
      }
  })
})

const valueOf = (character: string) =>
  /\d/.test(character) ? Number(character) : character.charCodeAt(0) - 65
