import { addDays, formatDate, romeDate } from '#core/clock.ts'
import { translator, type Language } from '#core/i18n.ts'
import { formatMoney } from '#core/money.ts'
import {
  CREDIT_BOUNDS,
  firstWeek,
  TILL_SOURCE,
  WEEKS,
  type CreditFigures,
  type WeekOfTopUps,
} from '#core/office/figures.ts'
import { columnChart, listBar, swatch } from '../charts/columns.ts'
import type { CreditChart, TopUpsChart } from '../views/overview.ts'

/** How many credits lie in each group, as a list with bars: its words are its table. */
export function creditChart({ groups, wallets }: CreditFigures, language: Language): CreditChart | null {
  if (wallets === 0) return null
  const t = translator(language)
  const money = (cents: bigint) => formatMoney(cents, language).replace(/[.,]00/, '')
  const longest = Math.max(...groups)
  const label = (index: number) => {
    const [from, to] = [CREDIT_BOUNDS[index - 1], CREDIT_BOUNDS[index]]
    if (from === undefined) return t('figures.group.debt')
    if (to === undefined) return t('figures.group.above', { from: money(from) })
    return t('figures.group.between', { from: money(from), to: money(to) })
  }
  return {
    groups: groups.map((count, index) => ({
      label: label(index),
      count,
      share: `${Math.round((count / wallets) * 100)} %`,
      bar: listBar(count, longest),
      isDebt: index === 0,
    })),
  }
}

/** What came in week by week through each channel, stacked. Null where nothing came. */
export function topUpsChart(
  found: readonly WeekOfTopUps[],
  now: Date,
  channelLabel: (channelId: string, language: Language) => string,
  language: Language,
): TopUpsChart | null {
  if (found.length === 0) return null
  const t = translator(language)
  const first = firstWeek(now)
  const weeks = Array.from({ length: WEEKS }, (_, index) => addDays(first, 7 * index))
  // The one that brought most lies at the bottom.
  const sums = new Map<string, bigint>()
  for (const { source, cents } of found) sums.set(source, (sums.get(source) ?? 0n) + cents)
  const sources = [...sums.keys()].toSorted((a, b) => Number(sums.get(b)! - sums.get(a)!))
  const centsOf = (week: string, source: string) =>
    found.find((one) => one.week === week && one.source === source)?.cents ?? 0n
  const rows = weeks.map((week) => {
    const parts = sources.map((source) => centsOf(week, source))
    return { week, cents: parts, totalCents: parts.reduce<bigint>((sum, part) => sum + part, 0n) }
  })
  const best = rows.reduce((a, b) => (b.totalCents > a.totalCents ? b : a))
  const totalCents = rows.reduce((sum, row) => sum + row.totalCents, 0n)
  const label = t('figures.weeks_label', {
    total: formatMoney(totalCents, language),
    best: formatMoney(best.totalCents, language),
    week: formatDate(best.week, language),
  })
  return {
    svg: columnChart(
      'weeks',
      label,
      rows.map(({ cents }) => cents.map(Number)),
    ),
    highestCents: best.totalCents,
    from: first,
    to: romeDate(now),
    totalCents,
    series: sources.map((source, index) => ({
      label: source === TILL_SOURCE ? t('figures.till') : channelLabel(source, language),
      swatch: swatch('weeks', index),
      cents: sums.get(source)!,
    })),
    rows,
  }
}
