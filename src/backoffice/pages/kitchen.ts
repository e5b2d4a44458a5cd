import { translator } from '#core/i18n.ts'
import { listServices } from '#meals/classes-of-day.ts'
import { addUpDiets, type DietMeals } from '#meals/diets-served.ts'
import { kitchenDay } from '#meals/kitchen.ts'
import { dayName } from '#pages/week-words.ts'
import { officeRoute, type OfficeApp } from '../access.ts'
import type { OfficeParts } from '../context.ts'
import { frame, page } from '../frame.ts'
import { dietText } from './diet-words.ts'
import { askedDay, askedService, listBadge } from './meal-words.ts'

/** `{base}/cucina`: how many meals, and which diets, each school and class gets on a day; a sheet a school on paper. */
export function kitchenRoutes(app: OfficeApp, parts: OfficeParts): void {
  officeRoute(app, 'GET /cucina', async (context) => {
    const { db, clock } = parts.services
    const { tenant, language } = context.var
    const t = translator(language)
    const { day, isWrong, typed } = askedDay(context, clock.now())
    const { category, label, options } = askedService(context, await listServices(db, tenant.id))
    const schools = category === '' ? [] : await kitchenDay(db, tenant.id, { category, day })
    const dietRows = (diets: readonly DietMeals[]) =>
      diets.map(({ kinds, meals }) => ({ name: dietText(kinds, language), meals }))
    const diets = addUpDiets(schools.flatMap((school) => school.diets))
    const view = {
      ...frame(parts, context, 'kitchen'),
      dayName: dayName(day, language),
      service: label,
      services: options.length > 1 ? options : [],
      values: { giorno: typed },
      errors: isWrong ? { giorno: t('meals.error.day') } : {},
      total: schools.reduce((sum, { meals }) => sum + meals, 0),
      // One school alone says it all.
      diets: schools.length > 1 ? dietRows(diets) : [],
      schools: schools.map(({ name, meals, open, diets: own, classes }) => ({
        name,
        meals,
        open,
        diets: dietRows(own),
        classes: classes.map((one) => ({
          name: one.name,
          meals: one.meals,
          diets: dietRows(one.diets),
          state: listBadge(one.isClosed ? 'closed' : 'new', language),
        })),
      })),
    }
    return page(parts, context, 'office/kitchen', view, isWrong ? 422 : 200)
  })
}
