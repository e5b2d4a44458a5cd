import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DomainError } from '../errors.ts'
import { readCents, readDay } from './bank-columns.ts'
import { BankFileError, readBankFile } from './bank-file.ts'

const read = (text: string) => readBankFile(Buffer.from(text))
const problemsOf = (text: string) => {
  try {
    read(text)
    return []
  } catch (error) {
    if (!(error instanceof BankFileError)) throw error
    return error.problems.map(({ row, column, problem }) => `${row} ${column ?? '-'} ${problem}`)
  }
}
const codeOf = (bytes: Uint8Array) => {
  try {
    readBankFile(bytes)
    return undefined
  } catch (error) {
    return error instanceof DomainError ? error.code : error
  }
}

describe('a bank’s file is read', () => {
  test.each([
    ['with semicolons and commas', 'Data;Valuta;Importo;Causale\n20/11/2026;21/11/2026;1.234,56;/RFB/1'],
    [
      'with commas and quotes',
      'Date,Value date,Amount,Description\r\n2026-11-20,2026-11-21,"1,234.56","/RFB/1"\r\n',
    ],
    [
      'with tabs',
      'DATA CONTABILE\tDATA VALUTA\tIMPORTO (EUR)\tDESCRIZIONE\n20-11-26\t21.11.2026\t1234,56\t/RFB/1',
    ],
    ['with two columns of amounts', 'Data;Valuta;Dare;Avere;Causale\n20/11/2026;21/11/2026;;1234,56;/RFB/1'],
    ['with a sign beside', 'Data;Valuta;Importo;Segno;Causale\n20/11/2026;21/11/2026;1234,56;A;/RFB/1'],
    ['with a byte-order mark', '\ufeffData;Valuta;Importo;Causale\n20/11/2026;21/11/2026;€ 1.234,56;/RFB/1'],
    [
      'below the account’s data, above the balance',
      'Conto;IT60X0542811101000000123456\n\nData;Valuta;Importo;Causale\n20/11/2026;21/11/2026;+1 234,56;/RFB/1\n;;1.234,56;Saldo finale\n',
    ],
  ])('%s', (_, text) => {
    expect(read(text)).toEqual([
      {
        row: expect.any(Number),
        bookedOn: '2026-11-20',
        valueOn: '2026-11-21',
        amountCents: 123_456n,
        text: '/RFB/1',
      },
    ])
  })

  test('in the older encoding too', () => {
    const [movement] = readBankFile(
      Buffer.from('Data;Importo;Descrizione operazione\n20/11/2026;-5,00;Attivit\xe0', 'latin1'),
    )
    expect(movement).toMatchObject({ amountCents: -500n, text: 'Attività' })
  })

  test('with a text over two lines and all its columns of text', () => {
    const [first, second] = read(
      'Data;Importo;Causale;Descrizione\n20/11/2026;5,00;BONIFICO;"riga 1\nriga ""2"""\n21/11/2026;6,00;X;Y',
    )
    expect(first).toMatchObject({ row: 2, text: 'BONIFICO riga 1\nriga "2"' })
    expect(second).toMatchObject({ row: 3, text: 'X Y' })
  })

  test('with a column “Valuta” that is the currency', () => {
    const file = 'Data;Descrizione;Importo;Valuta\n20/11/2026;a;5,00;EUR'
    expect(read(file)).toMatchObject([{ bookedOn: '2026-11-20', valueOn: undefined, amountCents: 500n }])
    expect(problemsOf(file.replace('EUR', 'USD'))).toEqual(['2 Valuta date'])
  })

  test('with debits positive or negative as debits', () => {
    const file = 'Data;Dare;Avere;Causale\n20/11/2026;5,00;;a\n20/11/2026;-5,00;;b\n20/11/2026;5,00;0,00;c'
    expect(read(file).map(({ amountCents }) => amountCents)).toEqual([-500n, -500n, -500n])
  })
})

describe('a wrong file is refused whole', () => {
  const header = 'Data contabile;Importo;Causale'
  test('with row and column of each mistake', () => {
    const rows = [
      '20/11/2026;5,00;giusta',
      '31/11/2026;5,00;a',
      '20/11/2026;cinque;b',
      '20/11/2026;5,00',
      'x;y;z;w',
    ]
    expect(problemsOf([header, ...rows].join('\n'))).toEqual([
      '3 Data contabile date',
      '4 Importo amount',
      '5 - cells',
      '6 - cells',
    ])
  })

  test('with a quote that never ends', () => {
    expect(problemsOf(`${header}\n20/11/2026;5,00;"a\n21/11/2026;5,00;b`)).toEqual([
      expect.stringMatching(/quotes$/),
    ])
  })

  test('with both a debit and a credit in one row', () => {
    expect(problemsOf('Data;Dare;Avere;Causale\n20/11/2026;1,00;2,00;a\n20/11/2026;;;b')).toEqual([
      '2 Avere both-amounts',
      '3 Avere amount',
    ])
  })

  test.each([
    ['nothing', Buffer.alloc(0), 'bank_statement.unreadable'],
    ['an archive', Buffer.from('PK\x03\x04\x00\x00'), 'bank_statement.unreadable'],
    ['no table', Buffer.from('caro comune,\nallego i movimenti'), 'bank_statement.unreadable'],
    ['6 MB', Buffer.alloc(6 * 1024 * 1024, 'a'), 'bank_statement.too_large'],
    [
      'too many rows',
      Buffer.from(`${header}\n${'20/11/2026;5,00;a\n'.repeat(20_001)}`),
      'bank_statement.too_large',
    ],
    ['a million columns', Buffer.from(`${header}\n${';'.repeat(1_000_000)}x`), 'bank_statement.invalid'],
  ])('%s', (_, bytes, code) => {
    expect(codeOf(bytes)).toBe(code)
  })

  test('whatever its bytes are: read or refused in words, never otherwise', () => {
    const cell = fc.oneof(fc.string(), fc.constantFrom('"', '20/11/2026', '1,00', '\r', '\n', ';', 'Saldo'))
    const body = fc.array(
      fc.array(cell, { maxLength: 5 }).map((cells) => cells.join(';')),
      { maxLength: 8 },
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array(),
          body.map((rows) => Buffer.from([header, ...rows].join('\n'))),
        ),
        (bytes) => {
          expect(codeOf(bytes) ?? 'bank_statement.read').toMatch(/^bank_statement\./)
        },
      ),
      { numRuns: 500 },
    )
  })
})

test.each([
  ['1.234,56', 123_456n],
  ['1,234.56', 123_456n],
  ['1.234.567,8', 123_456_780n],
  ['1.234', 123_400n],
  ['1,234', 123_400n],
  ["1'234,56", 123_456n],
  ['12,5', 1250n],
  ['12', 1200n],
  ['-12,50', -1250n],
  ['12,50-', -1250n],
  ['−12,50', -1250n],
  ['+12,50', 1250n],
  ['EUR 12,50', 1250n],
  ['0,00', 0n],
  ['1.234.56', undefined],
  ['0,123', undefined],
  ['12,345,6', undefined],
  ['1,23,456', undefined],
  ['--5', undefined],
  ['-5-', undefined],
  ['5e3', undefined],
  ['', undefined],
  [',', undefined],
  ['9'.repeat(30), undefined],
])('an amount “%s” is read as %s', (text, cents) => {
  expect(readCents(text)).toBe(cents)
})

test.each([
  ['20/11/2026', '2026-11-20'],
  ['1-2-26', '2026-02-01'],
  ['2026.11.20', '2026-11-20'],
  ['2026-11-20T09:30:00', '2026-11-20'],
  ['20/11/2026 09:30', '2026-11-20'],
  ['29/02/2027', undefined],
  ['11/20/2026', undefined],
  ['', undefined],
])('a day “%s” is read as %s', (text, day) => {
  expect(readDay(text)).toBe(day)
})
