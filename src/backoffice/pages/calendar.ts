import { isRomeDate, romeDate, type RomeDate } from '#core/clock.ts'
import { inTenant, type Tx } from '#core/db/tenant.ts'
import { translator, type Language } from '#core/i18n.ts'
import { idFrom, isId } from '#core/ids.ts'
import { serviceDays } from '#meals/calendar.ts'
import { listServices } from '#meals/classes-of-day.ts'
import {
  addClosure,
  addPeriod,
  chargedMealsBetween,
  listClosures,
  listPeriods,
  removeFromCalendar,
  weeksOfMonth,
} from '#meals/closures.ts'
import type { PageContext } from '#pages/context.ts'
import { formFields } from '#pages/form.ts'
import { readTypedDay } from '#core/typed-day.ts'
import { listSchools } from '#tenants/schools/schools.ts'
import { officeRoute, type OfficeApp, type Staff } from '../access.ts'
import { officeOf, type OfficeParts } from '../context.ts'
import { frame, page } from '../frame.ts'
import { address } from '../query.ts'
import type { CalendarForm, CalendarView } from '../views/calendar.ts'
import { askedService } from './meal-words.ts'

const WEEKDAYS = [0, 1, 2, 3, 4, 5, 6] as const
type Fields = Record<string, string>

/** `{base}/calendario`: on which days a service runs, and why not on others. */
export function calendarRoutes(app: OfficeApp, parts: OfficeParts): void {
  officeRoute(app, 'GET /calendario', async (context) =>
    page(parts, context, 'office/calendar', await view(parts, context)),
  )

  officeRoute(app, 'POST /calendario/periodi', async (context, staff) => {
    const fields = await checked(parts, context, staff)
    const { span, errors } = readSpan(fields, context.var.language)
    const weekdays = WEEKDAYS.reduce<number>((sum, day) => sum | (fields[`giorno-${day}`] ? 1 << day : 0), 0)
    if (weekdays === 0) errors['giorno-0'] = translator(context.var.language)('meals.calendar.error_weekdays')
    if (Object.keys(errors).length > 0) return refused(parts, context, { form: 'period', fields, errors })
    const period = { ...span, weekdays, dayType: line(fields.tipo, 30), category: fields.servizio ?? '' }
    return write(parts, context, staff, fields, 'period', span, (tx, tenantId, now) =>
      addPeriod(tx, tenantId, period, staff.accountId, now),
    )
  })

  officeRoute(app, 'POST /calendario/chiusure', async (context, staff) => {
    const fields = await checked(parts, context, staff)
    const { span, errors } = readSpan(fields, context.var.language)
    const reason = line(fields.motivo, 100)
    if (reason === '') errors.motivo = translator(context.var.language)('meals.calendar.error_reason')
    if (Object.keys(errors).length > 0) return refused(parts, context, { form: 'closure', fields, errors })
    const category = fields.tutti ? null : (fields.servizio ?? '')
    return write(parts, context, staff, fields, 'closure', { ...span, category }, (tx, tenantId, now) =>
      addClosure(tx, tenantId, { ...span, reason, category }, staff.accountId, now),
    )
  })

  for (const [route, kind] of [
    ['POST /calendario/periodi/:id/togli', 'period'],
    ['POST /calendario/chiusure/:id/togli', 'closure'],
  ] as const)
    officeRoute(app, route, async (context, staff) => {
      const fields = await checked(parts, context, staff)
      const { db, clock } = parts.services
      const { tenant } = context.var
      const id = idFrom(context.req.param('id'))
      await inTenant(db, tenant.id, (tx) =>
        removeFromCalendar(tx, tenant.id, kind, id, staff.accountId, clock.now()),
      )
      return done(parts, context, fields, 'tolto')
    })
}

async function checked(parts: OfficeParts, context: PageContext, { accountId }: Staff): Promise<Fields> {
  const fields = await formFields(context)
  parts.forms.check(fields.form, accountId)
  return fields
}

function line(text: string | undefined, maximum: number): string {
  return (text ?? '').trim().slice(0, maximum)
}

interface Span {
  firstDay: RomeDate
  lastDay: RomeDate
  schoolId: string | null
}

function readSpan(fields: Fields, language: Language): { span: Span; errors: Record<string, string> } {
  const t = translator(language)
  const errors: Record<string, string> = {}
  const firstDay = readTypedDay((fields.dal ?? '').trim())
  const lastDay = (fields.al ?? '').trim() === '' ? firstDay : readTypedDay((fields.al ?? '').trim())
  if (firstDay === undefined) errors.dal = t('meals.error.day')
  else if (lastDay === undefined) errors.al = t('meals.error.day')
  else if (lastDay < firstDay) errors.al = t('meals.calendar.error_order')
  const schoolId = isId(fields.scuola ?? '') ? fields.scuola! : null
  return { span: { firstDay: firstDay ?? '', lastDay: lastDay ?? '', schoolId }, errors }
}

/** Saves, unless meals were charged on those days: then what would happen to them is told first. */
async function write(
  parts: OfficeParts,
  context: PageContext,
  _staff: Staff,
  fields: Fields,
  form: CalendarForm,
  span: Span & { category?: string | null },
  save: (tx: Tx, tenantId: string, now: Date) => Promise<void>,
): Promise<Response> {
  const { db, clock } = parts.services
  const { tenant } = context.var
  const category = span.category === undefined ? (fields.servizio ?? '') : span.category
  const [services, schools] = await Promise.all([listServices(db, tenant.id), listSchools(db, tenant.id)])
  const knows = category === null || services.some(({ code }) => code === category)
  if (!knows || (span.schoolId !== null && !schools.some(({ id }) => id === span.schoolId)))
    return refused(parts, context, {
      form,
      fields,
      errors: { dal: translator(context.var.language)('meals.calendar.error_gone') },
    })
  if (fields.conferma !== 'si') {
    const touched = await inTenant(db, tenant.id, (tx) =>
      chargedMealsBetween(tx, tenant.id, { ...span, category }),
    )
    if (touched.meals > 0) return refused(parts, context, { form, fields, errors: {}, touched }, 409)
  }
  await inTenant(db, tenant.id, (tx) => save(tx, tenant.id, clock.now()))
  return done(parts, context, fields, form === 'period' ? 'periodo' : 'chiusura')
}

function done(parts: OfficeParts, context: PageContext, fields: Fields, fatto: string): Response {
  parts.services.nudge()
  const { servizio, mese, vista } = fields
  return context.redirect(
    address(`${officeOf(context.var.tenant)}/calendario`, { servizio, mese, scuola: vista, fatto }),
    303,
  )
}

interface Attempt {
  form: CalendarForm
  fields: Fields
  errors: Record<string, string>
  touched?: { days: number; meals: number }
}

async function refused(
  parts: OfficeParts,
  context: PageContext,
  attempt: Attempt,
  status: 422 | 409 = 422,
): Promise<Response> {
  return page(parts, context, 'office/calendar', await view(parts, context, attempt), status)
}

async function view(parts: OfficeParts, context: PageContext, attempt?: Attempt): Promise<CalendarView> {
  const { db, clock } = parts.services
  const { tenant, language } = context.var
  const t = translator(language)
  const asked = attempt?.fields ?? context.req.query()
  const services = await listServices(db, tenant.id)
  const chosen = attempt
    ? { ...askedService(context, services), category: asked.servizio ?? '' }
    : askedService(context, services)
  const month = isRomeDate(`${asked.mese ?? ''}-01`) ? asked.mese! : romeDate(clock.now()).slice(0, 7)
  const schools = (await listSchools(db, tenant.id)).filter(({ closedAt }) => closedAt === undefined)
  const viewed = attempt ? asked.vista : asked.scuola
  const school = schools.find(({ id }) => id === viewed)
  const weeks = weeksOfMonth(month)
  const span = { category: chosen.category, from: weeks[0]![0]!, until: weeks.at(-1)![6]! }
  const { days, periods, closures } = await inTenant(db, tenant.id, async (tx) => ({
    days: await serviceDays(tx, tenant.id, {
      category: chosen.category,
      schoolId: school?.id,
      from: span.from,
      days: weeks.length * 7,
    }),
    periods: await listPeriods(tx, tenant.id, {
      ...span,
      from: `${Number(month.slice(0, 4)) - 1}-08-01`,
      until: '2999-12-31',
    }),
    closures: await listClosures(tx, tenant.id, { ...span, from: `${month}-01`, until: '2999-12-31' }),
  }))
  const base = `${officeOf(tenant)}/calendario`
  const at = (mese: string) => address(base, { servizio: chosen.category, mese, scuola: school?.id })
  const fatto = context.req.query('fatto') ?? ''
  const news = ['periodo', 'chiusura', 'tolto'].includes(fatto)
    ? [{ kind: 'success' as const, text: t(`meals.calendar.done.${fatto}`) }]
    : []
  const names = new Intl.DateTimeFormat(language, { weekday: 'long', timeZone: 'UTC' })
  const typed = attempt?.fields ?? {}
  return {
    ...frame(parts, context, 'calendar', news),
    services: chosen.options.map((one) => ({ ...one, selected: one.value === chosen.category })),
    schools: schools.map(({ id, name }) => ({ value: id, label: name, selected: id === school?.id })),
    formSchools: schools.map(({ id, name }) => ({ value: id, label: name, selected: id === typed.scuola })),
    category: chosen.category,
    viewed: school?.id ?? '',
    month,
    monthName: new Intl.DateTimeFormat(language, { month: 'long', year: 'numeric', timeZone: 'UTC' }).format(
      new Date(`${month}-15T12:00:00Z`),
    ),
    previousHref: at(monthAfter(month, -1)),
    nextHref: at(monthAfter(month, 1)),
    weeks: weeks.map((week) => ({
      days: week.map((day) => {
        const service = days.get(day)!
        const inside = day.startsWith(month)
        return {
          day,
          number: Number(day.slice(8)),
          weekday: names.format(new Date(`${day}T12:00:00Z`)).slice(0, 3),
          inside,
          runs: service.runs,
          text: service.runs
            ? service.dayType || t('meals.calendar.runs')
            : service.why === 'closed'
              ? service.reason
              : t('meals.calendar.no_service'),
          closed: !service.runs && service.why === 'closed',
        }
      }),
    })),
    weekdays: WEEKDAYS.map((index) => ({
      name: `giorno-${index}`,
      label: names.format(new Date(Date.UTC(2026, 0, 5 + index))),
      checked: attempt?.form === 'period' ? typed[`giorno-${index}`] !== undefined : index < 5,
    })),
    periods: periods.map(({ id, schoolName, firstDay, lastDay, weekdays, dayType }) => ({
      id,
      school: schoolName ?? t('meals.all_schools'),
      firstDay,
      lastDay,
      days: WEEKDAYS.filter((day) => (weekdays >> day) & 1)
        .map((index) => names.format(new Date(Date.UTC(2026, 0, 5 + index))).slice(0, 3))
        .join(', '),
      dayType,
    })),
    closures: closures.map(({ id, schoolName, firstDay, lastDay, reason, category }) => ({
      id,
      school: schoolName ?? t('meals.all_schools'),
      firstDay,
      lastDay,
      reason,
      everyService: category === null,
    })),
    attempted: attempt?.form ?? '',
    confirming: attempt?.touched ? attempt.form : '',
    values: {
      dal: typed.dal ?? '',
      al: typed.al ?? '',
      tipo: typed.tipo ?? '',
      motivo: typed.motivo ?? '',
      tutti: typed.tutti !== undefined,
    },
    errors: attempt?.errors ?? {},
    warning: attempt?.touched
      ? t(`meals.calendar.touched_${attempt.form}`, {
          meals: attempt.touched.meals,
          days: attempt.touched.days,
        })
      : '',
  }
}

function monthAfter(month: string, count: number): string {
  const [year = 0, number = 0] = month.split('-').map(Number)
  return new Date(Date.UTC(year, number - 1 + count, 15)).toISOString().slice(0, 7)
}
