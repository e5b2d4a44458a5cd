import type { RomeDate } from '#core/clock.ts'
import { daysBetween, romeDate } from '#core/clock.ts'
import type { Movement } from '#core/ledger/movements.ts'

/** The credit at the end of a day, in cents with a sign. */
export interface SparklinePoint {
  readonly on: RomeDate
  readonly balanceCents: bigint
}

/**
 * The credit at the start of the days drawn, after each movement, and today; empty where nothing moved.
 * @param movements newest first
 */
export function creditPoints(
  movements: readonly Pick<Movement, 'bookedAt' | 'amountCents' | 'balanceAfterCents'>[],
  from: RomeDate,
  today: RomeDate,
  balanceCents: bigint,
): SparklinePoint[] {
  const recent = movements.filter(({ bookedAt }) => romeDate(bookedAt) >= from).toReversed()
  const [first] = recent
  if (!first) return []
  return [
    { on: from, balanceCents: first.balanceAfterCents - first.amountCents },
    ...recent.map((one) => ({ on: romeDate(one.bookedAt), balanceCents: one.balanceAfterCents })),
    { on: today, balanceCents },
  ]
}

const width = 320
const height = 48
/** Room for half a stroke above and below. */
const margin = 2

/**
 * Draws the credit of the last weeks as steps, as SVG markup without styles: `app.css` colours its classes.
 * It is decoration: the figures stand beside it in words, and the caption under it names the days.
 * @param points one per change, oldest first
 * @param from the first day drawn
 * @param to the last day drawn
 * @returns null when fewer than two points make no line
 */
export function sparkline(points: readonly SparklinePoint[], from: RomeDate, to: RomeDate): string | null {
  if (points.length < 2) return null
  const values = points.map(({ balanceCents }) => Number(balanceCents))
  const top = Math.max(...values, 0)
  const bottom = Math.min(...values, 0)
  const span = Math.max(daysBetween(from, to), 1)
  const x = (day: RomeDate) => round((Math.min(Math.max(daysBetween(from, day), 0), span) / span) * width)
  const y = (value: number) =>
    round(margin + ((top - value) / Math.max(top - bottom, 1)) * (height - 2 * margin))

  const line = points.reduce((path, { on }, index) => {
    const level = y(values[index]!)
    return index === 0 ? `M0 ${level}` : `${path}H${x(on)}V${level}`
  }, '')
  const closed = `${line}H${width}`
  const zero = bottom < 0 ? `<path class="sparkline-zero" d="M0 ${y(0)}H${width}"/>` : ''
  return (
    `<svg class="sparkline" viewBox="0 0 ${width} ${height}" preserveAspectRatio="none" aria-hidden="true" focusable="false">` +
    `<path class="sparkline-area" d="${closed}V${height}H0Z"/>${zero}<path class="sparkline-line" d="${closed}"/></svg>`
  )
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
