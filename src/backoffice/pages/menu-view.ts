import { addDays, isRomeDate, romeDate, type RomeDate } from '#core/clock.ts'
import { inTenant } from '#core/db/tenant.ts'
import { translator } from '#core/i18n.ts'
import { allergenNumbers, ALLERGENS } from '#meals/allergens.ts'
import { serviceDays, type ServiceDay } from '#meals/calendar.ts'
import { listServices } from '#meals/classes-of-day.ts'
import { inWeek, ROTATION_WEEKS_MAX } from '#meals/menu-rotation.ts'
import {
  menuWeeks,
  mondayOf,
  NO_MENU,
  readMenu,
  type Menu,
  type MenuDay,
  type MenuKey,
} from '#meals/menus.ts'
import type { PageContext } from '#pages/context.ts'
import { dayName, weekInWords } from '#pages/week-words.ts'
import type { Alert } from '#pages/view.ts'
import { lastDayOfSchoolYear } from '#tenants/people/school-year.ts'
import { listSchools } from '#tenants/schools/schools.ts'
import { officeOf, type OfficeParts } from '../context.ts'
import { frame } from '../frame.ts'
import { address, choice } from '../query.ts'
import type { MenuDayRow, MenuView } from '../views/menus.ts'
import { allergenField, courseFields, NUMBERS_LENGTH_MAX, numbersField, readWeek } from './menu-form.ts'

type Fields = Readonly<Record<string, string>>
const DONE = ['salvato', 'pubblicato', 'ritirato', 'ripetuto', 'niente'] as const
/** A rotation, and some weeks before it. */
const COPIES_OFFERED = ROTATION_WEEKS_MAX + 8

/** What was typed and cannot be saved: a week's menu, or its repetition. */
interface Attempt {
  readonly fields?: Fields
  readonly repeat?: Fields
  readonly errors: Record<string, string>
  /** True where somebody else has saved since the page was read. */
  readonly isStale?: boolean
}

/** The page of one week's menu: as it is saved, as it was typed, or filled from another week. */
export async function menuView(
  parts: OfficeParts,
  context: PageContext,
  key: MenuKey,
  attempt?: Attempt,
): Promise<MenuView> {
  const { db, clock } = parts.services
  const { tenant, language } = context.var
  const t = translator(language)
  const { category, schoolId, week } = key
  const from = context.req.query('da') ?? ''
  const copiedFrom = !attempt && isRomeDate(from) && mondayOf(from) !== week ? mondayOf(from) : null
  const { saved, common, copied, weeks, services } = await inTenant(db, tenant.id, async (tx) => ({
    saved: await readMenu(tx, tenant.id, key),
    common: schoolId === null ? undefined : await readMenu(tx, tenant.id, { ...key, schoolId: null }),
    copied: copiedFrom === null ? undefined : await readMenu(tx, tenant.id, { ...key, week: copiedFrom }),
    weeks: await menuWeeks(tx, tenant.id, key, COPIES_OFFERED),
    services: await serviceDays(tx, tenant.id, {
      category,
      schoolId: schoolId ?? undefined,
      from: week,
      days: 7,
    }),
  }))
  const filled = copied ? inWeek(copied, week).days : (saved?.days ?? new Map<RomeDate, MenuDay>())
  const typed = attempt?.fields
  const days = typed ? readWeek(typed, week, language).days : filled
  const here = (settimana: RomeDate) =>
    address(`${officeOf(tenant)}/menu`, { servizio: category, scuola: schoolId ?? '', settimana })
  const done = attempt ? undefined : choice(context, 'fatto', DONE)
  const kind = done === 'niente' ? 'warning' : 'success'
  const news: Alert[] = done ? [{ kind, text: t(`menus.done.${done}`) }] : []
  const schools = (await listSchools(db, tenant.id)).filter(({ closedAt }) => closedAt === undefined)
  return {
    ...frame(parts, context, 'menus', news),
    services: (await listServices(db, tenant.id)).map(({ code, label }) => ({
      value: code,
      label,
      selected: code === category,
    })),
    schools: schools.map(({ id, name }) => ({ value: id, label: name, selected: id === schoolId })),
    category,
    school: schoolId ?? '',
    week,
    weekName: weekInWords(week, language),
    previousHref: here(addDays(week, -7)),
    nextHref: here(addDays(week, 7)),
    state: badgeOf(saved, t),
    isPublished: saved?.state === 'published',
    version: saved?.version ?? NO_MENU,
    isStale: attempt?.isStale ?? false,
    isPublic: typed ? typed.pubblico === 'si' : ((copied ?? saved)?.isPublic ?? false),
    servedByCommon: saved === undefined && common?.state === 'published',
    copies: weeks
      .filter((one) => one !== week)
      .map((one) => ({ value: one, label: weekInWords(one, language), selected: one === copiedFrom })),
    copiedFrom: copied ? copiedFrom : null,
    days: shownDays(services, days).map((day) =>
      dayRow(day, services.get(day)!, { menu: days.get(day), typed, errors: attempt?.errors ?? {} }, context),
    ),
    legend: ALLERGENS.map((_, place) => numbered(place, t)),
    numbersMaximum: NUMBERS_LENGTH_MAX,
    isIdle: ![...services.values()].some(({ runs }) => runs),
    values: {
      settimane: attempt?.repeat?.settimane ?? '4',
      fino: attempt?.repeat?.fino ?? lastDayOfSchoolYear(romeDate(clock.now())),
    },
    errors: attempt?.errors ?? {},
  }
}

function badgeOf(menu: Menu | undefined, t: (key: string) => string): MenuView['state'] {
  if (!menu) return null
  return menu.state === 'published'
    ? { text: t('menus.state.published'), tone: 'paid' }
    : { text: t('menus.state.draft'), tone: 'waiting' }
}

/** Days with service, closed ones, and those that something is written for; Monday to Friday where the calendar is empty. */
function shownDays(
  services: ReadonlyMap<RomeDate, ServiceDay>,
  written: ReadonlyMap<RomeDate, MenuDay>,
): RomeDate[] {
  const isEmpty = [...services.values()].every((service) => !service.runs && service.why === 'no-service')
  return [...services]
    .filter(([day, service], index) =>
      isEmpty ? index < 5 : service.runs || service.why === 'closed' || written.has(day),
    )
    .map(([day]) => day)
}

function dayRow(
  day: RomeDate,
  service: ServiceDay,
  { menu, typed, errors }: { menu: MenuDay | undefined; typed: Fields | undefined; errors: Fields },
  context: PageContext,
): MenuDayRow {
  const { language } = context.var
  const t = translator(language)
  const allergens = ALLERGENS.map((one, place) => {
    const field = allergenField(day, one)
    const checked = typed ? typed[field] === 'si' : (menu?.dayAllergens.includes(one) ?? false)
    return { field, label: numbered(place, t), checked }
  })
  return {
    day,
    name: dayName(day, language),
    closed: service.runs
      ? null
      : service.why === 'closed'
        ? t('meals.day.closed', { reason: service.reason })
        : t('meals.day.no_service'),
    courses: courseFields(day).map((field, index) => {
      const course = menu?.courses[index]
      const numbers = numbersField(field)
      return {
        field,
        number: index + 1,
        value: typed ? (typed[field] ?? '') : (course?.name ?? ''),
        error: errors[field] ?? null,
        numbersField: numbers,
        numbers: typed ? (typed[numbers] ?? '') : allergenNumbers(course?.allergens ?? []),
        numbersError: errors[numbers] ?? null,
      }
    }),
    allergens,
    ticked: allergens.filter(({ checked }) => checked).length,
  }
}

/** `1. Cereali con glutine`. */
function numbered(place: number, t: (key: string) => string): string {
  return `${place + 1}. ${t(`menus.allergen.${ALLERGENS[place]!}`)}`
}
