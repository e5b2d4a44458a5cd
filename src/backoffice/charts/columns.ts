import { markOf, patternDefs } from './marks.ts'

const WIDTH = 480
const HEIGHT = 160
/** Of a column's place, what stays free beside it. */
const GAP = 0.25

/**
 * Draws columns, each of parts that lie upon each other: SVG markup without text and without styles. What it shows
 * stands beside it as words and as a table; `label` is what a screen reader hears of the drawing.
 * @param columns the parts of each column from below, one for each series
 */
export function columnChart(name: string, label: string, columns: readonly (readonly number[])[]): string {
  const series = Math.max(0, ...columns.map((parts) => parts.length))
  const marks = Array.from({ length: series }, (_, index) => markOf(index))
  const top = Math.max(1, ...columns.map((parts) => parts.reduce((sum, part) => sum + part, 0)))
  const step = WIDTH / Math.max(columns.length, 1)
  const bars = columns.flatMap((parts, column) => {
    let y = HEIGHT
    return parts.map((part, index) => {
      const height = round((part / top) * (HEIGHT - 2))
      y -= height
      const x = round(column * step + (step * GAP) / 2)
      return height === 0
        ? ''
        : `<rect class="chart-bar" x="${x}" y="${round(y)}" width="${round(step * (1 - GAP))}" height="${height}" fill="url(#${name}-${marks[index]!})"/>`
    })
  })
  return (
    `<svg class="chart" viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label="${escape(label)}" focusable="false">` +
    `${patternDefs(name, [...new Set(marks)])}${bars.join('')}<path class="chart-axis" d="M0 ${HEIGHT}H${WIDTH}"/></svg>`
  )
}

/** Draws one bar of a list, as long as its part of the longest. Its figures stand beside it: a reader skips it. */
export function listBar(value: number, longest: number): string {
  const length = round((value / Math.max(longest, 1)) * 100)
  return (
    '<svg class="chart-line" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true" focusable="false">' +
    `<rect class="chart-plain" width="${length}" height="10"/></svg>`
  )
}

/** The sample of a series for the legend under a drawing. */
export function swatch(name: string, index: number): string {
  return (
    '<svg class="chart-swatch" viewBox="0 0 16 16" aria-hidden="true" focusable="false">' +
    `<rect class="chart-bar" width="16" height="16" fill="url(#${name}-${markOf(index)})"/></svg>`
  )
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}

function escape(text: string): string {
  const codes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
  return text.replace(/[&<>"]/g, (character) => codes[character]!)
}
