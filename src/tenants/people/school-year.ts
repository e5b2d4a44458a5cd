import type { RomeDate } from '#core/clock.ts'

/** The school year that a day belongs to, `2026/2027`: it turns on the first of August, when enrolments open. */
export function schoolYearOf(date: RomeDate): string {
  const [year = 0, month = 0] = date.split('-').map(Number)
  const first = month >= 8 ? year : year - 1
  return `${first}/${first + 1}`
}

/** The last day of the school year that a day belongs to. */
export function lastDayOfSchoolYear(date: RomeDate): RomeDate {
  return `${schoolYearOf(date).slice(5)}-07-31`
}
