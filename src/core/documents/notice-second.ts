import type { ReactElement } from 'react'
import { TYPE } from './grid.ts'
import type { Notice, SecondTexts } from './notice-data.ts'
import { breakLines, leadingOf, set, textWidth, type TypeStyle } from './typesetting.ts'

/** The guide's grey for a second language. */
const SECOND_GREY = '#7C7C7B'

/** Words of one style on a line. */
export interface Run {
  readonly value: string
  readonly style: TypeStyle
  readonly color?: string
  /** The gap to the run before, in points; 2.4 where it is left out. */
  readonly gap?: number
}

const gapOf = ({ gap = 2.4 }: Run) => gap

/** Where a line goes, and how wide it may be. */
interface Line {
  readonly x: number
  readonly baseline: number
  readonly align?: 'left' | 'right'
  readonly width: number
}

/** Sets runs after one another on one line; at the right, the last one ends at `x`. */
export function line(runs: readonly Run[], { x, baseline, align = 'left' }: Omit<Line, 'width'>) {
  let end = align === 'left' ? x : x - widthOf(runs)
  return runs.map((run, index) => {
    const { value, style, color } = run
    const left = index === 0 ? end : end + gapOf(run)
    end = left + textWidth(value, style)
    return set(value, style, { x: left, baseline, ...(color === undefined ? {} : { color }) })
  })
}

/** How wide runs are after one another, in points. */
export function widthOf(runs: readonly Run[]): number {
  return runs.reduce(
    (sum, run, index) => sum + textWidth(run.value, run.style) + (index === 0 ? 0 : gapOf(run)),
    0,
  )
}

/**
 * The runs of a fixed text in both languages of the notice, in one line: of the same size and weight with a stroke
 * between them where both have the same rank, else the second one after the first, grey, smaller and lighter.
 * They get smaller together, or the second one alone, until they fit the width.
 */
export function pair(
  { t, title, second }: Notice,
  key: string,
  style: TypeStyle,
  width: number,
  { capitals = false, values = {} }: { capitals?: boolean; values?: Readonly<Record<string, string>> } = {},
): Run[] {
  const value = capitals ? title(key) : t(key, values)
  if (!second) return [{ value, style }]
  if (second.rank === 'equal') {
    const both = `${value} / ${capitals ? second.title(key) : second.t(key, values)}`
    return shrunk(style.size, 6, (size) => [{ value: both, style: { ...style, size } }], width)
  }
  const after = second.t(key, values)
  return shrunk(
    secondSize(style.size),
    5.5,
    (size) => [
      { value, style },
      { value: after, style: { face: 'regular', size }, color: SECOND_GREY, gap: 4 },
    ],
    width,
  )
}

/** The runs in the first size, half a point at a time, in which they fit. */
function shrunk(from: number, least: number, runs: (size: number) => Run[], width: number): Run[] {
  let size = from
  while (size > least && widthOf(runs(size)) > width) size -= 0.5
  return runs(size)
}

function secondSize(size: number): number {
  return size - (size > 9 ? 1.5 : 1)
}

/** A fixed text in both languages on one line. */
export function setPair(
  notice: Notice,
  key: string,
  style: TypeStyle,
  at: Line,
  options: { capitals?: boolean; values?: Readonly<Record<string, string>> } = {},
): ReactElement[] {
  return line(pair(notice, key, style, at.width, options), at)
}

/** How the second language's paragraphs are set beside Italian ones of that size. */
export function secondBody(second: SecondTexts, size: number): { style: TypeStyle; color?: string } {
  if (second.rank === 'equal') return { style: bodyOf(size) }
  return {
    style: { face: 'regular', size: secondSize(size), leading: secondSize(size) * 1.32 },
    color: SECOND_GREY,
  }
}

/** Body type of another size than the standard one. */
export function bodyOf(size: number): TypeStyle {
  return { ...TYPE.body, size, leading: (TYPE.body.leading * size) / TYPE.body.size }
}

/** A paragraph in Italian, and in the second language below; `end` is the last baseline. */
export function paragraphs(
  { second }: Notice,
  texts: { italian: string; second: string | undefined },
  at: { x: number; baseline: number; width: number; size: number },
): { elements: ReactElement[]; end: number } {
  const style = bodyOf(at.size)
  const italian = breakLines(texts.italian, style, at.width, 9)
  const elements = [set(italian, style, at)]
  let end = at.baseline + (italian.length - 1) * leadingOf(style)
  if (second && texts.second !== undefined) {
    const below = secondBody(second, at.size)
    const lines = breakLines(texts.second, below.style, at.width, 9)
    const baseline = end + leadingOf(below.style) + 2
    elements.push(
      set(lines, below.style, { x: at.x, baseline, ...(below.color ? { color: below.color } : {}) }),
    )
    end = baseline + (lines.length - 1) * leadingOf(below.style)
  }
  return { elements, end }
}
