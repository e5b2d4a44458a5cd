import { addDays, type RomeDate } from '#core/clock.ts'
import { translator, type Language } from '#core/i18n.ts'
import { ALLERGENS, readAllergenNumbers, type Allergen } from '#meals/allergens.ts'
import { COURSE_LENGTH_MAX, COURSES_MAX, type MenuDay } from '#meals/menus.ts'

/** The fields of a day's courses, in their order. */
export function courseFields(day: RomeDate): string[] {
  return Array.from({ length: COURSES_MAX }, (_, index) => `p-${day}-${index + 1}`)
}

/** The field of a course's allergens, by the field of its name. */
export function numbersField(courseField: string): string {
  return `n-${courseField}`
}

/** How many characters the numbers of all allergens take, and some to spare. */
export const NUMBERS_LENGTH_MAX = 60

/** The field of one allergen of a day. */
export function allergenField(day: RomeDate, allergen: Allergen): string {
  return `a-${day}-${allergen}`
}

/** The week as it was typed; empty lines are left out, and so are days without a course. */
export function readWeek(
  fields: Readonly<Record<string, string>>,
  week: RomeDate,
  language: Language,
): { days: Map<RomeDate, MenuDay>; errors: Record<string, string> } {
  const t = translator(language)
  const days = new Map<RomeDate, MenuDay>()
  const errors: Record<string, string> = {}
  for (let index = 0; index < 7; index++) {
    const day = addDays(week, index)
    const courses = courseFields(day).flatMap((field) => {
      const course = (fields[field] ?? '').trim().replace(/\s+/g, ' ')
      if (course.length > COURSE_LENGTH_MAX)
        errors[field] = t('menus.error.course', { maximum: COURSE_LENGTH_MAX })
      const numbers = numbersField(field)
      const allergens = readAllergenNumbers((fields[numbers] ?? '').slice(0, NUMBERS_LENGTH_MAX))
      if (!allergens) errors[numbers] = t('menus.error.numbers', { maximum: ALLERGENS.length })
      else if (course === '' && allergens.length > 0) errors[field] = t('menus.error.no_name')
      return course === '' ? [] : [{ name: course, allergens: allergens ?? [] }]
    })
    const dayAllergens = ALLERGENS.filter((one) => fields[allergenField(day, one)] === 'si')
    if (courses.length > 0) days.set(day, { courses, dayAllergens })
    else if (dayAllergens.length > 0) errors[`p-${day}-1`] = t('menus.error.no_course')
  }
  return { days, errors }
}
