import { translator } from '#core/i18n.ts'
import { listServices } from '#meals/classes-of-day.ts'
import { kitchenDay } from '#meals/kitchen.ts'
import { officeRoute, type OfficeApp } from '../access.ts'
import type { OfficeParts } from '../context.ts'
import { frame, page } from '../frame.ts'
import { askedDay, askedService, dayInWords, listBadge } from './meal-words.ts'

/** `{base}/cucina`: how many meals each school and class gets on a day, to print. */
export function kitchenRoutes(app: OfficeApp, parts: OfficeParts): void {
  officeRoute(app, 'GET /cucina', async (context) => {
    const { db, clock } = parts.services
    const { tenant, language } = context.var
    const t = translator(language)
    const { day, isWrong, typed } = askedDay(context, clock.now())
    const { category, label, options } = askedService(context, await listServices(db, tenant.id))
    const schools = category === '' ? [] : await kitchenDay(db, tenant.id, { category, day })
    const view = {
      ...frame(parts, context, 'kitchen'),
      dayName: dayInWords(day, language),
      service: label,
      services: options.length > 1 ? options : [],
      values: { giorno: typed },
      errors: isWrong ? { giorno: t('meals.error.day') } : {},
      total: schools.reduce((sum, { meals }) => sum + meals, 0),
      schools: schools.map(({ name, meals, classes }) => ({
        name,
        meals,
        classes: classes.map((one) => ({
          name: one.name,
          meals: one.meals,
          state: listBadge(one.isClosed ? 'closed' : 'new', language),
        })),
      })),
    }
    return page(parts, context, 'office/kitchen', view, isWrong ? 422 : 200)
  })
}
