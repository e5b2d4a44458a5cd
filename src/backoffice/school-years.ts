import type { RomeDate } from '#core/clock.ts'
import type { PageContext } from '#pages/context.ts'
import type { Option } from '#pages/view.ts'
import { schoolYearAfter, schoolYearOf } from '#tenants/people/school-year.ts'

/** The school year of `?anno=`, or today's, among the one before, today's and the next. */
export function chosenYear(context: PageContext, today: RomeDate): { schoolYear: string; years: Option[] } {
  const current = schoolYearOf(today)
  const offered = [schoolYearAfter(current, -1), current, schoolYearAfter(current)]
  const asked = context.req.query('anno')
  const schoolYear = offered.find((year) => year === asked) ?? current
  return {
    schoolYear,
    years: offered.map((value) => ({ value, label: value, selected: value === schoolYear })),
  }
}
