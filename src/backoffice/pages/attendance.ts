import { addDays, romeDate } from '#core/clock.ts'
import { translator } from '#core/i18n.ts'
import { classesOfDay, listServices, type SchoolOfDay } from '#meals/classes-of-day.ts'
import type { PageContext } from '#pages/context.ts'
import { dayName } from '#pages/week-words.ts'
import { officeRoute, type OfficeApp } from '../access.ts'
import { officeOf, type OfficeParts } from '../context.ts'
import { frame, page } from '../frame.ts'
import { address } from '../query.ts'
import type { AttendanceView } from '../views/meals.ts'
import { askedDay, askedService, listBadge } from './meal-words.ts'

/** `{base}/presenze`: the classes of a day, and how far their lists are. */
export function attendanceRoutes(app: OfficeApp, parts: OfficeParts): void {
  officeRoute(app, 'GET /presenze', async (context) => {
    const shown = await view(parts, context)
    return page(parts, context, 'office/attendance', shown, Object.keys(shown.errors).length > 0 ? 422 : 200)
  })
}

/** What still has to be done comes first. */
const ORDER = { new: 0, open: 1, closed: 2 } as const

async function view(parts: OfficeParts, context: PageContext): Promise<AttendanceView> {
  const { db, clock } = parts.services
  const { tenant, language } = context.var
  const t = translator(language)
  const now = clock.now()
  const today = romeDate(now)
  const { day, isWrong, typed } = askedDay(context, now)
  const { category, options } = askedService(context, await listServices(db, tenant.id))
  const base = `${officeOf(tenant)}/presenze`
  const at = (giorno: string) => address(base, { servizio: category, giorno })
  const schools = category === '' ? [] : await classesOfDay(db, tenant.id, { category, day })
  const done = context.req.query('fatto')
  const news =
    done === 'chiuso' || done === 'salvato'
      ? [{ kind: 'success' as const, text: t(`meals.done.${done}`) }]
      : []
  return {
    ...frame(parts, context, 'attendance', news),
    day,
    dayName: dayName(day, language),
    isToday: day === today,
    services: options.length > 1 ? options : [],
    values: { giorno: typed },
    errors: isWrong ? { giorno: t('meals.error.day') } : {},
    previousHref: at(addDays(day, -1)),
    nextHref: day < today ? at(addDays(day, 1)) : null,
    schools: schools.map((school) => ({
      name: school.name,
      closed: closedBecause(school, t),
      classes: school.classes
        .toSorted((one, other) => ORDER[one.state] - ORDER[other.state])
        .map(({ classId, name, children, absent, state }) => ({
          href: address(`${base}/${classId}`, { servizio: category, giorno: day }),
          name,
          children,
          absent,
          state: listBadge(state, language),
        })),
    })),
  }
}

function closedBecause({ service }: SchoolOfDay, t: ReturnType<typeof translator>): string | null {
  if (service.runs) return null
  return service.why === 'closed'
    ? t('meals.day.closed', { reason: service.reason })
    : t('meals.day.no_service')
}
