import { DomainError } from '#core/errors.ts'
import type { Parts } from './xlsx-parts.ts'

/** What the other parts of a workbook say of its first visible sheet. */
export interface Layout {
  /** The sheet's part. */
  readonly sheet: string
  /** The texts to which cells point. */
  readonly strings: readonly string[]
  /** By the number of a cell's style: whether it shows a number as a day. */
  readonly dateStyles: readonly boolean[]
  readonly startsIn1904: boolean
}

/** Characters of all shared texts together. */
const STRINGS_MAX = 60_000_000

/** @throws an Error when this is no workbook, DomainError import.too_large */
export async function readLayout(parts: Parts): Promise<Layout> {
  const { sheetId, startsIn1904 } = await readBook(parts)
  const relations = await readRelations(parts)
  const sheet = relations.find(({ id }) => id === sheetId)?.target
  if (sheet === undefined) throw new Error('no sheet')
  const partOf = (type: string) => relations.find((one) => one.type.endsWith(`/${type}`))?.target
  return {
    sheet,
    startsIn1904,
    strings: await readStrings(parts, partOf('sharedStrings')),
    dateStyles: await readStyles(parts, partOf('styles')),
  }
}

async function readBook(parts: Parts) {
  let sheetId: string | undefined
  let startsIn1904 = false
  await parts.read('xl/workbook.xml', {
    open(name, attributes) {
      if (name === 'workbookPr') startsIn1904 = /^(1|true)$/.test(attributes.date1904 ?? '')
      if (name !== 'sheet' || sheetId !== undefined || (attributes.state ?? 'visible') !== 'visible') return
      // The prefix of the relation's attribute is the writer's to choose.
      sheetId = Object.entries(attributes).find(([key]) => key.endsWith(':id'))?.[1]
    },
  })
  return { sheetId, startsIn1904 }
}

async function readRelations(parts: Parts) {
  const relations: { id: string; type: string; target: string }[] = []
  await parts.read('xl/_rels/workbook.xml.rels', {
    open(name, { Id: id, Type: type, Target: target }) {
      if (name !== 'Relationship' || !id || !type || !target) return
      relations.push({ id, type, target: target.startsWith('/') ? target.slice(1) : `xl/${target}` })
    },
  })
  return relations
}

async function readStrings(parts: Parts, part: string | undefined): Promise<string[]> {
  const strings: string[] = []
  if (part === undefined || !parts.has(part)) return strings
  let [text, isText, isReading, size] = ['', false, false, 0]
  await parts.read(part, {
    open(name) {
      if (name === 'si') text = ''
      else if (name === 't') isText = !isReading
      else if (name === 'rPh') isReading = true
    },
    text(piece) {
      if (isText) text += piece
    },
    close(name) {
      if (name === 't') isText = false
      else if (name === 'rPh') isReading = false
      else if (name === 'si') {
        size += text.length
        if (size > STRINGS_MAX) throw new DomainError('import.too_large')
        strings.push(text)
      }
    },
  })
  return strings
}

/** Formats of days that need no code of their own (ECMA-376 part 1, 18.8.30). */
const isDayFormat = (id: number) =>
  (id >= 14 && id <= 17) || id === 22 || (id >= 27 && id <= 36) || (id >= 50 && id <= 58)

async function readStyles(parts: Parts, part: string | undefined): Promise<boolean[]> {
  const styles: boolean[] = []
  if (part === undefined || !parts.has(part)) return styles
  const own = new Map<number, boolean>()
  let isOfCells = false
  await parts.read(part, {
    open(name, attributes) {
      const id = Number(attributes.numFmtId ?? 0)
      if (name === 'numFmt') own.set(id, showsDay(attributes.formatCode ?? ''))
      else if (name === 'cellXfs') isOfCells = true
      else if (name === 'xf' && isOfCells) styles.push(own.get(id) ?? isDayFormat(id))
    },
    close(name) {
      if (name === 'cellXfs') isOfCells = false
    },
  })
  return styles
}

/** Whether a format's code shows a day: its quoted words, escaped letters and conditions say nothing. */
function showsDay(code: string): boolean {
  return /[yd]/i.test(code.replaceAll(/"[^"]*"|\\.|\[[^\]]*\]|_./g, '').replace(/general/i, ''))
}
