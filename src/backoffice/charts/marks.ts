/**
 * How series are told apart: a colour of the theme and a pattern each, so that the colour is never the only sign. The
 * sheet colours the classes; the markup carries no style.
 */
export const MARKS = ['plain', 'stripes', 'dots', 'checks', 'waves'] as const
export type Mark = (typeof MARKS)[number]

/** The mark of the nth series; the last one serves all that follow. */
export function markOf(index: number): Mark {
  return MARKS[Math.min(index, MARKS.length - 1)]!
}

const PATTERNS: Readonly<Record<Mark, string>> = {
  plain: '',
  stripes: '<path class="chart-ink" d="M0 8L8 0M-2 2L2 -2M6 10L10 6"/>',
  dots: '<rect class="chart-dot" x="1" y="1" width="3" height="3"/>',
  checks: '<path class="chart-ink" d="M0 4H8M4 0V8"/>',
  waves: '<path class="chart-ink" d="M0 6L4 2L8 6"/>',
}

/** The patterns of a drawing; `name` sets them apart from those of other drawings on the page. */
export function patternDefs(name: string, marks: readonly Mark[]): string {
  const patterns = marks.map(
    (mark) =>
      `<pattern id="${name}-${mark}" width="8" height="8" patternUnits="userSpaceOnUse">` +
      `<rect class="chart-${mark}" width="8" height="8"/>${PATTERNS[mark]}</pattern>`,
  )
  return `<defs>${patterns.join('')}</defs>`
}
