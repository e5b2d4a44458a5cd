import { addDays, isRomeDate, romeDate, type RomeDate } from '#core/clock.ts'
import { DomainError } from '#core/errors.ts'
import { translator, type Language } from '#core/i18n.ts'
import { idFrom } from '#core/ids.ts'
import type { Allergen } from '#meals/allergens.ts'
import { allergensOfDay, mondayOf, type MenuDay } from '#meals/menus.ts'
import {
  hasPublicMenus,
  ownServices,
  ownWeek,
  publicMenus,
  type OwnWeek,
  type TableDay,
} from '#meals/published-menus.ts'
import { dayName, weekInWords } from '#pages/week-words.ts'
import { baseOf, type PortalApp, type PortalContext, type PortalParts } from '../context.ts'
import { frame, page } from '../frame.ts'
import type { MenuDayCard, MenuGroup, MenuPageView } from '../views/menu.ts'
import { ownerOf } from './own.ts'

/** `/{slug}/menu`: what is on the table, week by week: of one's own child, or what the entity lets everybody read. */
export function menuRoutes(app: PortalApp, parts: PortalParts): void {
  app.get('/:slug/menu', async (context) => {
    const isGuardian = context.var.viewer?.kind === 'guardian'
    const view = await (isGuardian ? ownView(parts, context) : openView(parts, context))
    return page(parts, context, 'menu', view)
  })
}

/** @throws DomainError resource.not_found for a child that is not the reader's */
async function ownView(parts: PortalParts, context: PortalContext): Promise<MenuPageView> {
  const { db, clock } = parts.services
  const { language } = context.var
  const owner = ownerOf(context)
  const { week, today } = askedWeek(context, clock.now())
  const services = await ownServices(db, owner, week)
  const { figlio, servizio } = context.req.query()
  const first = services[0]
  // A child that is named must be one's own; a service may be left out.
  const childId = figlio === undefined ? first?.childId : idFrom(figlio)
  const category = servizio ?? services.find((one) => one.childId === childId)?.category
  const around = frame(parts, context, null)
  if (childId === undefined || (figlio === undefined && category === undefined))
    return { ...around, ...weekLinks(context, week, today, {}), choices: [], groups: [], mayAnnounce: false }
  const chosen = await ownWeek(db, owner, { childId, category: category ?? '', week })
  return {
    ...around,
    ...weekLinks(context, week, today, { figlio: childId, servizio: chosen.category }),
    choices:
      services.length < 2
        ? []
        : services.map((one) => ({
            label: `${one.firstName}, ${one.label}`,
            href: hrefOf(context, { figlio: one.childId, servizio: one.category, settimana: week }),
            current: one.childId === childId && one.category === chosen.category,
          })),
    groups: [groupOf(chosen, today, language)],
    mayAnnounce:
      context.var.tenant.policies.absenceUntil !== null &&
      chosen.days.some(({ day, service }) => service.runs && day >= today),
  }
}

function groupOf(week: OwnWeek, today: RomeDate, language: Language): MenuGroup {
  const t = translator(language)
  const shown = week.days.filter(({ service }) => service.runs || service.why === 'closed')
  const message =
    shown.length === 0
      ? t('menus.family.no_service')
      : week.isPublished || shown.every(({ service }) => !service.runs)
        ? null
        : t('menus.family.not_published')
  return {
    title: week.firstName,
    detail: week.label,
    message,
    days: shown.map((one) => cardOf(one, today, language)),
  }
}

function cardOf({ day, service, menu, absence }: TableDay, today: RomeDate, language: Language): MenuDayCard {
  const t = translator(language)
  return {
    ...dishes(day, menu, today, language),
    closed:
      service.runs || service.why !== 'closed' ? null : t('menus.family.closed', { reason: service.reason }),
    absence: absence && service.runs ? t(`menus.family.absence.${absence}`) : null,
  }
}

function dishes(day: RomeDate, menu: MenuDay | undefined, today: RomeDate, language: Language) {
  const t = translator(language)
  const words = (allergens: readonly Allergen[]) =>
    allergens.map((one) => t(`menus.allergen.${one}`).toLowerCase()).join(', ')
  const named = menu ? words(allergensOfDay(menu)) : ''
  return {
    day,
    name: dayName(day, language),
    isToday: day === today,
    courses: (menu?.courses ?? []).map(({ name, allergens }) => ({ name, allergens: words(allergens) })),
    allergens: !menu
      ? ''
      : named
        ? t('menus.family.allergens', { list: named })
        : t('menus.family.allergens_unknown'),
  }
}

/** @throws DomainError sign_in.required where the entity lets nobody read its menus without */
async function openView(parts: PortalParts, context: PortalContext): Promise<MenuPageView> {
  const { db, clock } = parts.services
  const { tenant, language } = context.var
  if (!(await hasPublicMenus(db, tenant.id))) throw new DomainError('sign_in.required')
  const { week, today } = askedWeek(context, clock.now())
  const t = translator(language)
  const menus = await publicMenus(db, tenant.id, week)
  return {
    ...frame(parts, context, null),
    ...weekLinks(context, week, today, {}),
    choices: [],
    groups: menus.map(({ label, schoolName, days }) => ({
      title: label,
      detail: schoolName ?? t('meals.all_schools'),
      message: days.length === 0 ? t('menus.family.no_service') : null,
      days: days.map(({ day, menu }) => ({
        ...dishes(day, menu, today, language),
        closed: null,
        absence: null,
      })),
    })),
    mayAnnounce: false,
  }
}

function askedWeek(context: PortalContext, now: Date): { week: RomeDate; today: RomeDate } {
  const today = romeDate(now)
  const asked = context.req.query('settimana') ?? ''
  return { week: mondayOf(isRomeDate(asked) ? asked : today), today }
}

function weekLinks(
  context: PortalContext,
  week: RomeDate,
  today: RomeDate,
  query: Readonly<Record<string, string>>,
) {
  const at = (settimana: RomeDate) => hrefOf(context, { ...query, settimana })
  return {
    weekName: weekInWords(week, context.var.language),
    previousHref: at(addDays(week, -7)),
    nextHref: at(addDays(week, 7)),
    todayHref: week === mondayOf(today) ? null : at(mondayOf(today)),
  }
}

function hrefOf(context: PortalContext, query: Readonly<Record<string, string>>): string {
  return `${baseOf(context.var.tenant)}/menu?${new URLSearchParams(query).toString()}`
}
