import { addDays, type RomeDate } from '#core/clock.ts'

/** The canteen's days of a school year that begins in `year`, and when it is shut, as a region's calendar has them. */
export function calendarOf(year: number): {
  first: RomeDate
  last: RomeDate
  closures: readonly { first: RomeDate; last: RomeDate; reason: string }[]
} {
  const next = year + 1
  const easter = easterOf(next)
  const day = (date: RomeDate, reason: string) => ({ first: date, last: date, reason })
  return {
    first: `${year}-09-14`,
    last: `${next}-06-08`,
    closures: [
      { first: `${year}-11-01`, last: `${year}-11-02`, reason: 'Ognissanti' },
      { first: `${year}-12-07`, last: `${year}-12-08`, reason: 'Immacolata Concezione' },
      { first: `${year}-12-23`, last: `${next}-01-06`, reason: 'Vacanze di Natale' },
      { first: addDays(easter, -3), last: addDays(easter, 2), reason: 'Vacanze di Pasqua' },
      day(`${next}-04-25`, 'Festa della Liberazione'),
      day(`${next}-05-01`, 'Festa del Lavoro'),
      day(`${next}-06-02`, 'Festa della Repubblica'),
    ],
  }
}

/** Easter Sunday by the Gregorian computus (Meeus, Astronomical Algorithms, chapter 8). */
export function easterOf(year: number): RomeDate {
  const a = year % 19
  const b = Math.floor(year / 100)
  const c = year % 100
  const f = Math.floor((b + 8) / 25)
  const g = Math.floor((b - f + 1) / 3)
  const h = (19 * a + b - Math.floor(b / 4) - g + 15) % 30
  const l = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - h - (c % 4)) % 7
  const m = Math.floor((a + 11 * h + 22 * l) / 451)
  const rest = h + l - 7 * m + 114
  const two = (value: number) => String(value).padStart(2, '0')
  return `${year}-${two(Math.floor(rest / 31))}-${two((rest % 31) + 1)}`
}

/** True on the canteen's days. */
export function isCanteenDay(date: RomeDate): boolean {
  const [year = 0, month = 0] = date.split('-').map(Number)
  const { first, last, closures } = calendarOf(month >= 8 ? year : year - 1)
  const weekday = new Date(`${date}T12:00:00Z`).getUTCDay()
  return (
    weekday >= 1 &&
    weekday <= 5 &&
    date >= first &&
    date <= last &&
    !closures.some((closure) => closure.first <= date && date <= closure.last)
  )
}
