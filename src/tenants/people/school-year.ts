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

/** The school year `years` after (or, when negative, before) another. */
export function schoolYearAfter(schoolYear: string, years = 1): string {
  const first = Number(schoolYear.slice(0, 4)) + years
  return `${first}/${first + 1}`
}

/** True for two years that follow each other, written `2026/2027`. */
export function isSchoolYear(text: string): boolean {
  return /^\d{4}\/\d{4}$/.test(text) && Number(text.slice(5)) === Number(text.slice(0, 4)) + 1
}
