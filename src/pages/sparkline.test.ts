import { describe, expect, test } from 'vitest'
import { sparkline } from './sparkline.ts'

const points = (...cents: bigint[]) =>
  cents.map((balanceCents, index) => ({ on: `2026-11-0${index + 1}`, balanceCents }))

describe('the line of the credit', () => {
  test('one change makes no line', () => {
    expect(sparkline(points(100n), '2026-11-01', '2026-11-30')).toBeNull()
  })

  test('credit below zero is drawn with the line of zero', () => {
    expect(sparkline(points(100n, -100n), '2026-11-01', '2026-11-30')).toContain('sparkline-zero')
    expect(sparkline(points(100n, 50n), '2026-11-01', '2026-11-30')).not.toContain('sparkline-zero')
  })

  test('the line goes down where the credit falls, step by step, to the last day', () => {
    const svg = sparkline(points(1000n, 500n, 0n), '2026-11-01', '2026-11-11')!
    expect(/sparkline-line" d="([^"]+)"/.exec(svg)![1]).toBe('M0 2H32V24H64V46H320')
  })

  test('it carries no style: the policy of the pages would refuse it', () => {
    expect(sparkline(points(100n, 50n), '2026-11-01', '2026-11-30')).not.toMatch(/style|fill=|stroke=/)
  })
})
