import type { ReactElement } from 'react'
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

/** Shortens a text to so many characters, the last being an ellipsis where something was lost. */
export function cut(value: string, charactersMax: number): string {
  const characters = Array.from(clean(value))
  if (characters.length <= charactersMax) return characters.join('')
  return `${characters
    .slice(0, charactersMax - 1)
    .join('')
    .trimEnd()}${ELLIPSIS}`
}

/** Composes accents, and leaves out control characters: neither has a glyph of its own. */
function clean(value: string): string {
  return value
    .normalize('NFC')
    .replace(/[^\S\n]+/g, ' ')
    .replace(/[\p{Cc}\p{Cf}\p{Cs}]/gu, (character) => (character === '\n' ? '\n' : ''))
    .trim()
}

/** The text with glyphs for all its characters: the letter without its accent, or a question mark. */
export function printable(value: string, face: Face): string {
  const { advance } = fontMetrics(face)
  let result = ''
  for (const character of clean(value)) {
    if (character === '\n' || advance(character) !== undefined) {
      result += character
      continue
    }
    const base = Array.from(character.normalize('NFD'))[0]!
    result += advance(base) === undefined ? '?' : base
  }
  return result
}

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

/** Sets lines that are already broken (or one short line) with the first baseline at a given height. */
export function set(lines: string | readonly string[], style: TypeStyle, position: Position): ReactElement {
  const { x, baseline, align = 'left', color } = position
  const printed = typeof lines === 'string' ? [printable(lines, style.face)] : lines
  // The box is a little wider than the text, lest rounding makes react-pdf break a line of ours again.
  const width = Math.max(...printed.map((line) => textWidth(line, style))) + SLACK
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
        ...(printed.length > 1 ? { lineHeight: leadingOf(style) / style.size } : {}),
        ...(color === undefined ? {} : { color }),
      },
    },
    printed.join('\n'),
  )
}

const SLACK = 2

/** From baseline to baseline, in points. */
export function leadingOf({ size, leading }: TypeStyle): number {
  return leading ?? size * 1.35
}
