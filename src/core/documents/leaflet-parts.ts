import type { Theme } from '../theme.ts'
import { GRID } from './grid.ts'
import {
  beside,
  type Block,
  centred,
  holding,
  listItem,
  panel,
  paragraph,
  stack,
  titleBar,
} from './leaflet-blocks.ts'
import type { LeafletDocument, LeafletSection, LeafletWay } from './leaflet-data.ts'
import { qrMark } from './leaflet-marks.ts'
import { textWidth, type TypeStyle } from './typesetting.ts'

const WIDTH = GRID.rightEnd - GRID.left
const GUTTER = 16
/** Ways to pay in a row. */
const COLUMNS_MAX = 3

/** The front: from when only pagoPA, where everything happens, the code for the app, how to enter, how to pay. */
export function frontBlocks(leaflet: LeafletDocument, theme: Theme, size: number): Block[] {
  const type = typeOf(size, leaflet)
  return [
    paragraph(leaflet.title, { face: 'bold', size: 24 * size, leading: 27 * size }, WIDTH, {
      color: theme.primary,
    }),
    ...(leaflet.status ? [statusPanel(leaflet.status, type)] : []),
    ...(leaflet.lead ? [leadPanel(leaflet.lead, theme, type)] : []),
    portalPanel(leaflet, theme, type),
    ...(leaflet.activation ? [activationPanel(leaflet.activation, theme, type)] : []),
    section(leaflet.signIn, theme, type),
    ways(leaflet.ways, theme, type),
  ]
}

/** The back: what the first time asks for, receipts, and whom to ask. */
export function backBlocks(leaflet: LeafletDocument, theme: Theme, size: number): Block[] {
  const type = typeOf(size, leaflet)
  return [
    ...(leaflet.firstTime ? [section(leaflet.firstTime, theme, type)] : []),
    section(leaflet.receipts, theme, type),
    help(leaflet, theme, type),
  ]
}

type Type = ReturnType<typeof typeOf>

function typeOf(size: number, { language }: LeafletDocument) {
  const style = (face: TypeStyle['face'], points: number, leading = 1.36): TypeStyle => ({
    face,
    size: points * size,
    leading: points * size * leading,
  })
  return {
    size,
    language,
    body: style('regular', 11),
    strong: style('bold', 11),
    lead: style('bold', 14.5, 1.28),
    bar: style('bold', 10.5),
    cardTitle: style('bold', 13, 1.2),
    note: style('regular', 10, 1.3),
    address: style('bold', 17, 1.2),
    code: style('monoBold', 29, 1.2),
    contact: style('bold', 12.5, 1.3),
    label: style('regular', 9.5, 1.3),
  }
}

/** What everybody must know, white or black on the entity's colour. */
function leadPanel(lead: string, theme: Theme, type: Type): Block {
  const padding = 12 * type.size
  const text = paragraph(lead, type.lead, WIDTH - 2 * padding, { color: theme.onPrimary })
  return panel(text, WIDTH, { fill: theme.primary, padding })
}

/** A warning that is no colour alone: black in a ring. */
function statusPanel(status: string, type: Type): Block {
  const padding = 10 * type.size
  const ring = 1.5
  const inner = panel(paragraph(status, type.strong, WIDTH - 2 * padding), WIDTH - 2 * ring, {
    fill: '#FFFFFF',
    padding: padding - ring,
  })
  return panel(inner, WIDTH, { fill: '#000000', padding: ring })
}

/** The portal's address as code and text. */
function portalPanel({ portal }: LeafletDocument, theme: Theme, type: Type): Block {
  const padding = 12 * type.size
  const side = 86 * type.size
  const left = side + 14 * type.size
  const width = WIDTH - 2 * padding - left
  const texts = stack(
    8 * type.size,
    paragraph(portal.title, type.cardTitle, width),
    address(portal.shown, type.address, width, theme.primaryDark),
    paragraph(portal.text, type.note, width),
  )
  const code = qrMark(portal.href, side)
  return panel(
    beside({ block: code, offset: 0 }, { block: centred(texts, code.height), offset: left }),
    WIDTH,
    { fill: theme.tint, padding },
  )
}

/** An address in one line, or with its path in a second one; smaller where a line would not hold it. */
function address(shown: string, style: TypeStyle, width: number, color: string): Block {
  if (textWidth(shown, style) <= width) return paragraph(shown, style, width, { color })
  const lines = shown.split(/(?=\/)/)
  return stack(
    style.size * 0.2,
    ...lines.map((line) => paragraph(line, holding(line, style, width), width, { color })),
  )
}

/** The activation code in large digits, beside what it is for. */
function activationPanel(
  { title, code, text }: NonNullable<LeafletDocument['activation']>,
  theme: Theme,
  type: Type,
): Block {
  const padding = 12 * type.size
  const codeWidth = textWidth(code, type.code)
  const width = WIDTH - 2 * padding - codeWidth - GUTTER
  const texts = stack(
    6 * type.size,
    paragraph(title, type.cardTitle, width),
    paragraph(text, type.note, width),
  )
  const digits = paragraph(code, type.code, codeWidth + 1, { color: theme.primaryDark })
  const height = Math.max(texts.height, digits.height)
  return panel(
    beside(
      { block: centred(texts, height), offset: 0 },
      { block: centred(digits, height), offset: width + GUTTER },
    ),
    WIDTH,
    { fill: theme.tint, padding },
  )
}

function bar(title: string, theme: Theme, type: Type): Block {
  const capitals = title.toLocaleUpperCase(type.language)
  return titleBar(capitals, type.bar, { left: GRID.left, end: GRID.width }, theme.primary)
}

function section({ title, statements }: LeafletSection, theme: Theme, type: Type): Block {
  const dot = { fill: theme.primary, onFill: theme.onPrimary }
  const items = statements.map((statement) => listItem(statement, type.body, WIDTH, dot))
  return stack(9 * type.size, bar(title, theme, type), stack(6 * type.size, ...items))
}

/** The ways to pay beside each other, each with its numbered steps. */
function ways({ title, items, after }: LeafletDocument['ways'], theme: Theme, type: Type): Block {
  const rows: Block[] = []
  for (let first = 0; first < items.length; first += COLUMNS_MAX) {
    const row = items.slice(first, first + COLUMNS_MAX)
    const width = (WIDTH - GUTTER * (row.length - 1)) / row.length
    rows.push(
      beside(
        ...row.map((way, index) => ({
          block: wayColumn(way, width, theme, type),
          offset: index * (width + GUTTER),
        })),
      ),
    )
  }
  return stack(
    10 * type.size,
    bar(title, theme, type),
    ...rows,
    paragraph(after, items.length > 0 ? type.strong : type.body, WIDTH),
  )
}

function wayColumn({ title, note, steps }: LeafletWay, width: number, theme: Theme, type: Type): Block {
  const disc = { fill: theme.primary, onFill: theme.onPrimary }
  return stack(
    9 * type.size,
    stack(
      3 * type.size,
      paragraph(title, type.cardTitle, width, { color: theme.primary }),
      paragraph(note, type.note, width),
    ),
    stack(
      8 * type.size,
      ...steps.map((step, index) => listItem(step, type.body, width, { number: index + 1, ...disc })),
    ),
  )
}

/** Whom to ask, in two columns of label and value. */
function help({ help }: LeafletDocument, theme: Theme, type: Type): Block {
  const width = (WIDTH - GUTTER) / 2
  const contact = (index: number): Block | undefined => {
    const one = help.contacts[index]
    return (
      one &&
      stack(
        2 * type.size,
        paragraph(one.label, type.label, width),
        paragraph(one.value, holding(one.value, type.contact, width), width),
      )
    )
  }
  const rows: Block[] = []
  for (let index = 0; index < help.contacts.length; index += 2) {
    const parts = [contact(index), contact(index + 1)].flatMap((block, column) =>
      block ? [{ block, offset: column * (width + GUTTER) }] : [],
    )
    rows.push(beside(...parts))
  }
  return stack(10 * type.size, bar(help.title, theme, type), paragraph(help.text, type.body, WIDTH), ...rows)
}
