import { describe, expect, test } from 'vitest'
import { DomainError } from '#core/errors.ts'
import { assertGoodPassword } from './password-choice.ts'

const person = { username: 'Elena.Provetti@example.org', entityName: 'Comune di Cassano Magnago' }

function verdict(password: string): string {
  try {
    assertGoodPassword(password, person)
    return 'good'
  } catch (error) {
    return (error as DomainError).code
  }
}

describe('a new password', () => {
  test.each([
    '1234567890',
    'Password2026!',
    '  PASSWORD-1234',
    'scuola123456',
    'Ciao Ciao Ciao',
    'principèssa99',
    'elena.provetti',
    'Elena.Provetti@example.org',
    'comune di cassano magnago',
    'ComuneDiCassanoMagnago2026',
    'ababababab',
    '!!!!!!!!!!!!',
    'ｐａｓｓｗｏｒｄ１２３',
  ])('%s is refused: a guesser begins with it', (password) => {
    expect(verdict(password)).toBe('password.too_common')
  })

  test.each(['quattro gatti viola', 'correct horse battery staple', 'zaino-verde-bottone', 'f7#kQ2!pLx'])(
    '%s is taken',
    (password) => {
      expect(verdict(password)).toBe('good')
    },
  )

  test('has ten to two hundred characters', () => {
    expect([9, 10, 200, 201].map((length) => verdict('abcdefgh zyx'.repeat(20).slice(0, length)))).toEqual([
      'password.too_short',
      'good',
      'good',
      'password.too_short',
    ])
  })
})
