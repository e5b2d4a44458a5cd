import { z } from '@hono/zod-openapi'
import { ALLERGENS } from '#meals/allergens.ts'
import { allergensOfDay, COURSE_LENGTH_MAX, COURSES_MAX, mondayOf, type MenuDay } from '#meals/menus.ts'
import type { OwnWeek, PublicMenu } from '#meals/published-menus.ts'
import { day, textOrNone } from './fields.ts'

/** Any day of the week that is asked for. */
export const weekQuery = z.strictObject({
  week: day.optional().openapi({ description: 'Any day of the week; the present one when left out.' }),
})

const courses = z
  .array(z.string().max(COURSE_LENGTH_MAX))
  .min(0)
  .max(COURSES_MAX)
  .openapi({ description: 'In the order in which they are served; empty where no menu is published.' })
const someAllergens = z.array(z.enum(ALLERGENS)).min(0).max(ALLERGENS.length)
const allergens = someAllergens.openapi({
  description:
    'Of the whole day, by Regulation (EU) 1169/2011, annex II. None says that none was named, not that there are none.',
})
const courseAllergens = z.array(someAllergens).min(0).max(COURSES_MAX).openapi({
  description:
    'Of each of `courses`, in their order. Of a course none may be named while `allergens` names some of the day.',
})

export const ownMenuSchema = z
  .strictObject({
    week: day.openapi({ description: 'The Monday.' }),
    published: z.boolean().openapi({ description: 'Whether the office has published a menu for this week.' }),
    days: z
      .array(
        z.strictObject({
          day,
          service: z.enum(['open', 'closed', 'none']).openapi({
            description: '`closed` on a day that the calendar would serve; `none` on a day without service.',
          }),
          reason: textOrNone(100).openapi({ description: 'Why it is closed, in the office’s words.' }),
          absence: z.enum(['announced', 'absent']).nullable().openapi({
            description: 'Whether the child stays away: announced by a guardian, or so the school.',
          }),
          courses,
          allergens,
          courseAllergens,
        }),
      )
      .min(7)
      .max(7),
  })
  .openapi('ChildMenu')

export function ownMenuView({ week, isPublished, days }: OwnWeek): z.infer<typeof ownMenuSchema> {
  return {
    week,
    published: isPublished,
    days: days.map(({ day, service, menu, absence }) => ({
      day,
      service: service.runs ? 'open' : service.why === 'closed' ? 'closed' : 'none',
      reason: service.runs || service.why !== 'closed' ? null : service.reason,
      absence: absence ?? null,
      ...dishes(menu),
    })),
  }
}

export const publicMenusSchema = z
  .strictObject({
    week: day.openapi({ description: 'The Monday.' }),
    items: z
      .array(
        z.strictObject({
          category: z.string().max(20),
          categoryLabel: z.string().max(60),
          school: textOrNone(100).openapi({
            description: 'Null for all schools that have none of their own.',
          }),
          days: z.array(z.strictObject({ day, courses, allergens, courseAllergens })).min(0).max(7),
        }),
      )
      .min(0)
      .max(1000),
  })
  .openapi('PublicMenus')

export function publicMenusView(
  week: string,
  menus: readonly PublicMenu[],
): z.infer<typeof publicMenusSchema> {
  return {
    week: mondayOf(week),
    items: menus.map(({ category, label, schoolName, days }) => ({
      category,
      categoryLabel: label,
      school: schoolName ?? null,
      days: days.map(({ day, menu }) => ({ day, ...dishes(menu) })),
    })),
  }
}

function dishes(menu: MenuDay | undefined) {
  const courses = menu?.courses ?? []
  return {
    courses: courses.map(({ name }) => name),
    allergens: menu ? allergensOfDay(menu) : [],
    courseAllergens: courses.map((course) => [...course.allergens]),
  }
}
