import { translator } from '#core/i18n.ts'
import { ownToday } from '#meals/published-menus.ts'
import { baseOf, type PortalContext, type PortalParts } from '../context.ts'
import type { TodaysTable } from '../views/home.ts'
import { ownerOf } from './own.ts'

/**
 * What is on the table today for each of the reader's children, by child and service: `<child> <category>`. Left out is
 * who has no menu this week.
 */
export async function todaysTables(
  { services: { db, clock } }: PortalParts,
  context: PortalContext,
): Promise<ReadonlyMap<string, TodaysTable>> {
  const { tenant, language } = context.var
  const t = translator(language)
  const tables = new Map<string, TodaysTable>()
  for (const { childId, category, today } of await ownToday(db, ownerOf(context), clock.now())) {
    const { service, menu, absence } = today
    const isClosed = !service.runs && service.why === 'closed'
    const text = isClosed
      ? t('menus.family.closed', { reason: service.reason })
      : absence && service.runs
        ? t(`menus.family.absence.${absence}`)
        : (menu?.courses.map((course) => course.name).join(', ') ?? '')
    const query = new URLSearchParams({ figlio: childId, servizio: category })
    tables.set(`${childId} ${category}`, { text, href: `${baseOf(tenant)}/menu?${query.toString()}` })
  }
  return tables
}
