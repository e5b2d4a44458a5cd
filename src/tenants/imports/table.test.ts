import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { archive, workbook } from '../../../test/support/workbook.ts'
import { DomainError } from '#core/errors.ts'
import { readTable } from './table.ts'

const read = (text: string, encoding: BufferEncoding = 'utf8') => readTable(Buffer.from(text, encoding))
const rowsOf = async (bytes: Uint8Array) => (await readTable(bytes)).rows
/** The code of a refusal, with its row. */
const refusal = (bytes: Uint8Array) =>
  readTable(bytes).then(
    () => 'read',
    (error: unknown) => {
      if (!(error instanceof DomainError)) throw error
      return [error.code, error.details.row].filter((part) => part !== undefined).join(' ')
    },
  )

describe('a text of separated values', () => {
  test.each([
    ['semicolons', 'Nome;Scuola\nNicolò;"Dante; sede"'],
    ['commas', 'Nome,Scuola\r\nNicolò,"Dante; sede"\r\n'],
    ['tabs and a byte-order mark', '\ufeffNome\tScuola\rNicolò\tDante; sede'],
    ['pipes, blanks and mixed line ends', ' Nome | Scuola \r\n\r\nNicolò  |  Dante; \u00a0 sede\n\r\n'],
    ['the line that Excel adds', 'sep=;\nNome;Scuola\nNicolò;"Dante; sede"'],
  ])('with %s is read', async (_, text) => {
    const table = await read(text)
    expect(table.header).toEqual(['Nome', 'Scuola'])
    expect(table.rows.map(({ cells }) => cells)).toEqual([['Nicolò', 'Dante; sede']])
  })

  test.each([
    ['latin1', Buffer.from('Nome\nNicolò', 'latin1')],
    ['UTF-16', Buffer.from('\ufeffNome\nNicolò', 'utf16le')],
    ['Windows-1252', Buffer.from([...Buffer.from('Nome\nNicol'), 0xf2])],
  ])('in %s too', async (_, bytes) => {
    expect((await rowsOf(bytes))[0]!.cells).toEqual(['Nicolò'])
  })

  test('counts its rows as a spreadsheet does: blank ones and those of several lines included', async () => {
    const { headerRow, rows } = await read('\n\nA;B\n1;"due\nrighe"\n;\n;3\n')
    expect([headerRow, rows]).toEqual([
      3,
      [
        { row: 4, cells: ['1', 'due righe'] },
        { row: 6, cells: ['', '3'] },
      ],
    ])
  })

  test('keeps quotes that stand inside a name', async () => {
    const { rows } = await read('Scuola;Classe\nPrimaria "Dante";1A')
    expect(rows[0]!.cells[0]).toBe('Primaria "Dante"')
  })

  test('keeps its count over the seams of what is read at a time', async () => {
    const text = `A;B\r\n${`${'x'.repeat(48)};y\r\n`.repeat(5_000)}`
    const { rows } = await read(text)
    expect([rows.length, rows.at(-1)!.row]).toEqual([5_000, 5_001])
  })
})

describe('a workbook', () => {
  test('is read as what its first visible sheet shows: texts, numbers and days', async () => {
    const table = await readTable(
      workbook([
        ['Nome', 'Prezzo', 'Dal'],
        ['Nicolò & C', 4.9, { day: 46_266 }],
        [],
        ['', 1.234, { day: 59 }],
        ['Ada', 0.1 + 0.2, { day: 46_266.75 }],
      ]),
    )
    expect(table.header).toEqual(['Nome', 'Prezzo', 'Dal'])
    expect(table.rows).toEqual([
      { row: 2, cells: ['Nicolò & C', '4.9', '2026-09-01'] },
      { row: 4, cells: ['', '1.2340', '1900-02-28'] },
      { row: 5, cells: ['Ada', '0.3', '2026-09-01'] },
    ])
  })

  test('counts days from 1904 where it says so', async () => {
    const bytes = workbook([['Dal'], [{ day: 46_266 - 1_462 }]], { startsIn1904: true })
    expect((await rowsOf(bytes))[0]!.cells).toEqual(['2026-09-01'])
  })

  test('is never calculated: of a formula counts what was saved with it', async () => {
    const formula = { xml: '<c r="A2" t="str"><f>1+1</f><v>due</v></c><c r="B2"><f>HYPERLINK("x")</f></c>' }
    const inline = { xml: '<c r="C2" t="inlineStr"><is><t>qui</t></is></c><c r="D2" t="e"><v>#N/A</v></c>' }
    expect(
      (
        await rowsOf(
          workbook([
            ['A', 'B', 'C', 'D'],
            [formula, inline],
          ]),
        )
      )[0]!.cells,
    ).toEqual(['due', '', 'qui', '#N/A'])
  })
})

describe('what is no table is refused in words', () => {
  const wide = { xml: '<c r="XFD2"><v>1</v></c>' }
  test.each([
    ['nothing', Buffer.alloc(0), 'import.no_rows'],
    ['a header alone', Buffer.from('A;B\n'), 'import.no_rows'],
    ['bytes', Buffer.from([1, 0, 2]), 'import.unreadable'],
    ['an old workbook', Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0, 0]), 'import.unreadable'],
    ['an archive of something else', archive({ 'a.txt': 'x' }), 'import.unreadable'],
    ['an archive cut short', workbook([['A'], ['1']]).slice(0, 300), 'import.unreadable'],
    ['an archive’s first bytes', Buffer.from('PK\x03\x04'), 'import.unreadable'],
    ['a quote that never ends', Buffer.from(`A;B\n1;2\n3;"${'x;y\n'.repeat(40_000)}`), 'import.quotes 3'],
    ['a million columns', Buffer.from(';'.repeat(1_000_000)), 'import.too_wide'],
    ['201 columns', Buffer.from(`A\n${'1;'.repeat(201)}`), 'import.too_wide'],
    ['a workbook of 16,384 columns', workbook([['A'], [wide]]), 'import.too_wide'],
    ['100,001 rows', Buffer.from(`A\n${'1\n'.repeat(100_001)}`), 'import.too_large'],
    ['21 MB', Buffer.alloc(21 * 1024 * 1024, 'a'), 'import.too_large'],
    [
      'a document type',
      workbook([['A'], ['1']], { change: { 'xl/styles.xml': '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>' } }),
      'import.unreadable',
    ],
  ])('%s', async (_, bytes, told) => {
    expect(await refusal(bytes)).toBe(told)
  })

  test('a small archive that unpacks to 160 MB, and one that hides to how much', async () => {
    const part = 'xl/workbook.xml'
    const parts = { [part]: `<a>${' '.repeat(200_000)}</a>` }
    expect(await refusal(archive(parts, { [part]: 160 * 1024 * 1024 }))).toBe('import.too_large')
    expect(await refusal(archive(parts, { [part]: 100 }))).toBe('import.unreadable')
  })

  test('whatever its bytes are: read or refused in words, never otherwise', async () => {
    const cell = fc.oneof(fc.string(), fc.constantFrom('"', '\r', '\n', ';', ',', 'sep=', '=1+1'))
    const text = fc.array(
      fc.array(cell, { maxLength: 5 }).map((cells) => cells.join(';')),
      { maxLength: 8 },
    )
    const good = workbook([
      ['Nome', 'Dal'],
      ['Ada', { day: 46_266 }],
    ])
    const damaged = fc
      .array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 })
      .map((changes) => {
        const bytes = good.slice()
        for (const [at, value] of changes) bytes[at] = value
        return bytes
      })
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.uint8Array(),
          text.map((rows) => Buffer.from(rows.join('\n'))),
          damaged,
        ),
        async (bytes) => {
          expect(await refusal(bytes)).toMatch(/^read$|^import\.[a-z_]+( \d+)?$/)
        },
      ),
      { numRuns: 400 },
    )
  })
})
