import type { ReactElement } from 'react'
import type { CodePath } from './code-path.ts'
import { group, page, path, rect, svg, view } from './elements.ts'
import { pagopaLogo } from './pagopa-logo.ts'
import { breakLines, set, type TypeStyle } from './typesetting.ts'

/** The official notice's page, in points from the top left corner (A4, margins of 10 mm). */
export const GRID = {
  width: 595.28,
  height: 841.89,
  left: 28,
  /** Right end of the text of the left column. */
  leftEnd: 283,
  right: 318,
  rightEnd: 567,
  /** The entity's logo: a square of 30 mm. */
  logo: { left: 481, top: 28, side: 84 },
  /** Tops of the section bars. */
  bars: { parties: 128, amount: 253, payment: 401 },
  barHeight: 20,
  /** The bars of two columns: the left one ends, the right one begins. */
  leftBarEnd: 295,
  rightBarStart: 299,
} as const

export const GREY = '#ECECEC'
export const BLACK = '#000000'

export const TYPE = {
  header: { face: 'bold', size: 10 },
  barTitle: { face: 'bold', size: 10 },
  barCode: { face: 'mono', size: 8 },
  body: { face: 'regular', size: 8, leading: 10.8 },
  bodyBold: { face: 'bold', size: 8, leading: 10 },
  figure: { face: 'bold', size: 16 },
  code: { face: 'monoBold', size: 10 },
} as const satisfies Record<string, TypeStyle>

/** One A4 page, never two: all that is placed on it has its coordinates, and react-pdf only draws. */
export function sheet(...content: readonly (ReactElement | undefined)[]): ReactElement {
  return page({ size: 'A4', wrap: false }, view({ style: { height: GRID.height } }, ...content))
}

/** Everything on a page that is no text: one drawing as large as the page, below all else. */
export function drawing(...shapes: readonly (ReactElement | undefined)[]): ReactElement {
  const { width, height } = GRID
  return svg(
    { style: { position: 'absolute', left: 0, top: 0, width, height }, viewBox: `0 0 ${width} ${height}` },
    ...shapes.filter((shape) => shape !== undefined),
  )
}

/** A grey bar from one x to another. */
export function bar(top: number, start: number, end: number): ReactElement {
  return rect({ x: start, y: top, width: end - start, height: GRID.barHeight, fill: GREY })
}

/** The two bars of a row with two columns. */
export function splitBar(top: number): ReactElement[] {
  return [bar(top, 0, GRID.leftBarEnd), bar(top, GRID.rightBarStart, GRID.width)]
}

/** The baseline of what stands in a bar. */
export function barBaseline(top: number): number {
  return top + 13.4
}

/** The pagoPA mark in the top left corner, 35 points wide. */
export function logoMark(): ReactElement {
  const scale = 35 / pagopaLogo.width
  return group(
    { style: { transform: `translate(${GRID.left}, 28) scale(${scale})` } },
    ...pagopaLogo.outlines.map((d) => path({ d, fill: pagopaLogo.color })),
  )
}

/** A QR or DataMatrix code as black vector modules, `side` points wide. */
export function drawnCode({ d, modules }: CodePath, left: number, top: number, side: number): ReactElement {
  return group(
    { style: { transform: `translate(${left}, ${top}) scale(${side / modules})` } },
    path({ d, fill: BLACK }),
  )
}

/** The kind of document beside the mark, and its subject in large type below. */
export function header(kind: string, subject: string, width: number): ReactElement[] {
  const title = fit(subject, [16, 14, 12].map(boldOf), width, 2)
  return [
    set(kind, TYPE.header, { x: 73, baseline: 37 }),
    set(title.lines, title.style, { x: GRID.left, baseline: 89 }),
  ]
}

const boldOf = (size: number): TypeStyle => ({ face: 'bold', size, leading: size * 1.19 })

/** Sets a text in the first of the styles in which it needs no cutting, else in the last. */
export function fit(value: string, styles: readonly TypeStyle[], width: number, linesMax: number) {
  let lines: string[] = []
  let style = styles[0]!
  for (style of styles) {
    lines = breakLines(value, style, width, Infinity)
    if (lines.length <= linesMax) return { lines, style }
  }
  return { lines: breakLines(value, style, width, linesMax), style }
}
