import { createElement, Fragment, type ReactElement } from 'react'
import { text } from './elements.ts'
import { type Face, fontMetrics, fontStyle } from './fonts.ts'

/** How a run of text is set; lengths in points. */
export interface TypeStyle {
  readonly face: Face
  readonly size: number
  /** From baseline to baseline; 1.35 of the size where it is left out. */
  readonly leading?: number
}

const ELLIPSIS = '…'

/**
 * Shortens a text to so many characters, the last being an ellipsis where something was lost. Characters are those
 * a reader counts: a letter with its accents, or an emoji of several code points, is kept or lost as one.
 */
export function cut(value: string, charactersMax: number): string {
  const characters = graphemes(clean(value))
  if (characters.length <= charactersMax) return characters.join('')
  return `${characters
    .slice(0, charactersMax - 1)
    .join('')
    .trimEnd()}${ELLIPSIS}`
}

const segmenter = new Intl.Segmenter('it', { granularity: 'grapheme' })

/** The characters of a text as a reader sees them. Text of plain letters is spared the segmenter. */
function graphemes(value: string): string[] {
  if (/^[\n\x20-\u02ff\u2010-\u206f\u20ac]*$/.test(value)) return Array.from(value)
  return Array.from(segmenter.segment(value), ({ segment }) => segment)
}

/** A line feed begins a line; the joiner holds the parts of one character together until it is printed. */
const KEPT: ReadonlySet<string> = new Set(['\n', '\u200d'])

/** Composes accents, and leaves out control characters: neither has a glyph of its own. */
function clean(value: string): string {
  return value
    .normalize('NFC')
    .replace(/[^\S\n]+/g, ' ')
    .replace(/[\p{Cc}\p{Cf}\p{Cs}]/gu, (character) => (KEPT.has(character) ? character : ''))
    .trim()
}

/**
 * The text with a glyph for each of its characters: the letter without what the face lacks, or one question mark.
 * Marks that no letter composes with are left out, since nothing would put them where they belong.
 */
export function printable(value: string, face: Face): string {
  const { advance } = fontMetrics(face)
  let result = ''
  for (const character of graphemes(clean(value))) {
    if (character === '\n' || (isSingle(character) && advance(character) !== undefined)) {
      result += character
      continue
    }
    const composed = Array.from(character)[0]!
    const base = Array.from(character.normalize('NFD'))[0]!
    if (advance(composed) !== undefined) result += composed
    else if (advance(base) !== undefined) result += base
    else if (!/[\p{M}\p{Cf}]/u.test(base)) result += '?'
  }
  return result
}

const isSingle = (character: string) => character.length === 1

/** The width of a text on one line, in points, kerning left out (it only tightens these fonts). */
export function textWidth(value: string, { face, size }: TypeStyle): number {
  const { advance } = fontMetrics(face)
  let width = 0
  for (const character of value) width += advance(character) ?? 0
  return width * size
}

/**
 * Breaks a text into lines no wider than `width` points: at its line feeds, at spaces, and inside a word only
 * where the word alone is too wide. What does not fit into `linesMax` lines is cut with an ellipsis.
 */
export function breakLines(value: string, style: TypeStyle, width: number, linesMax: number): string[] {
  const fits = (line: string) => textWidth(line, style) <= width
  const lines: string[] = []
  for (const paragraph of printable(value, style.face).split('\n')) {
    let line = ''
    for (const word of paragraph.split(' ').flatMap((word) => splitWord(word, fits))) {
      const longer = line === '' ? word : `${line} ${word}`
      if (fits(longer)) line = longer
      else {
        lines.push(line)
        line = word
      }
    }
    lines.push(line)
  }
  if (lines.length <= linesMax) return lines
  return [...lines.slice(0, linesMax - 1), shorten(lines[linesMax - 1]!, fits)]
}

/** Pieces of a word that fit a line each; nearly always the word itself. */
function splitWord(word: string, fits: (line: string) => boolean): string[] {
  if (fits(word)) return [word]
  const pieces: string[] = []
  let piece = ''
  for (const character of word) {
    if (piece !== '' && !fits(piece + character)) {
      pieces.push(piece)
      piece = ''
    }
    piece += character
  }
  return [...pieces, piece]
}

function shorten(line: string, fits: (line: string) => boolean): string {
  const characters = Array.from(line)
  while (characters.length > 0 && !fits(characters.join('').trimEnd() + ELLIPSIS)) characters.pop()
  return characters.join('').trimEnd() + ELLIPSIS
}

/** Where lines go: `x` is the left edge, or the right one of text that ends there; `baseline` is the first line's. */
export interface Position {
  readonly x: number
  readonly baseline: number
  readonly align?: 'left' | 'right' | 'center'
  readonly color?: string
}

/**
 * Sets lines that are already broken (or one short line) with the first baseline at a given height. Each line is a
 * text of its own: for a line feed inside one react-pdf would call in Helvetica, which the notice must not have.
 */
export function set(lines: string | readonly string[], style: TypeStyle, position: Position): ReactElement {
  if (typeof lines === 'string') return setLine(printable(lines, style.face), style, position)
  const leading = leadingOf(style)
  const each = lines.map((line, index) =>
    setLine(line, style, { ...position, baseline: position.baseline + index * leading }),
  )
  return each.length === 1 ? each[0]! : createElement(Fragment, null, ...each)
}

function setLine(
  line: string,
  style: TypeStyle,
  { x, baseline, align = 'left', color }: Position,
): ReactElement {
  // The box is wider than the text, lest react-pdf breaks a line of ours again: it does so well before the edge.
  const width = textWidth(line, style) * 1.2 + SLACK
  const left = align === 'left' ? x : align === 'right' ? x - width : x - width / 2
  return text(
    {
      style: {
        position: 'absolute',
        left,
        top: baseline - fontMetrics(style.face).ascent * style.size,
        width,
        textAlign: align,
        ...fontStyle(style.face),
        fontSize: style.size,
        ...(color === undefined ? {} : { color }),
      },
    },
    line,
  )
}

const SLACK = 2

/** From baseline to baseline, in points. */
export function leadingOf({ size, leading }: TypeStyle): number {
  return leading ?? size * 1.35
}
