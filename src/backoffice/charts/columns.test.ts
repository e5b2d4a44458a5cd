import { describe, expect, test } from 'vitest'
import { columnChart, listBar, swatch } from './columns.ts'
import { markOf, MARKS } from './marks.ts'

describe('a drawing of columns', () => {
  test('is as high as its sum says, its parts upon each other, each with a pattern of its own', () => {
    const svg = columnChart('weeks', 'Ricariche', [
      [50, 50],
      [100, 0],
    ])
    const bars = [
      ...svg.matchAll(
        /<rect class="chart-bar" x="([\d.]+)" y="([\d.]+)" width="[\d.]+" height="([\d.]+)" fill="url\(#([\w-]+)\)"/g,
      ),
    ]
    expect(bars.map(([, x, y, height, fill]) => [x, y, height, fill])).toEqual([
      ['30', '81', '79', 'weeks-plain'],
      ['30', '2', '79', 'weeks-stripes'],
      ['270', '2', '158', 'weeks-plain'],
    ])
    expect(svg.match(/<pattern id="weeks-/g)).toHaveLength(2)
  })

  test('has words for who does not see it, and they cannot break out', () => {
    expect(columnChart('weeks', 'A "<b>" & C', [[1]])).toContain(
      'role="img" aria-label="A &quot;&lt;b&gt;&quot; &amp; C"',
    )
  })

  test('carries no style, and an empty one is no fault', () => {
    for (const svg of [
      columnChart('x', '', []),
      columnChart('x', '', [[0, 0]]),
      listBar(0, 0),
      swatch('x', 9),
    ])
      expect(svg).not.toMatch(/style|NaN|Infinity|stroke=/)
  })

  test('knows a mark for every series, however many', () => {
    expect(MARKS.map((_, index) => markOf(index))).toEqual([...MARKS])
    expect(markOf(20)).toBe(MARKS.at(-1))
  })
})
