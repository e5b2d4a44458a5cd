import { audit, type AuditEntry } from '#core/audit.ts'
import { romeDate, type RomeDate } from '#core/clock.ts'
import { inTenant, type Tx } from '#core/db/tenant.ts'
import { DomainError } from '#core/errors.ts'
import { faultText } from '#core/fault-text.ts'
import { translator } from '#core/i18n.ts'
import { idFrom } from '#core/ids.ts'
import { cents } from '#core/money.ts'
import type { PageContext } from '#pages/context.ts'
import { formFields } from '#pages/form.ts'
import { readTypedDay } from '#core/typed-day.ts'
import type { Alert } from '#pages/view.ts'
import { childCard } from '#tenants/people/child-card.ts'
import { categoriesOf } from '#tenants/people/children.ts'
import { assertChild, changeChild, renewClaimCode } from '#tenants/people/edit-children.ts'
import { changeEnrolmentDays, enrolInService, type EnrolmentDays } from '#tenants/people/enrolments.ts'
import { refreshPrices } from '#tenants/people/refresh-prices.ts'
import { assertOpenClass } from '#tenants/schools/edit-schools.ts'
import { leaveClass } from '#tenants/schools/leave-class.ts'
import { placeChild } from '#tenants/schools/schools.ts'
import { officeRoute, type OfficeApp, type Staff } from '../access.ts'
import { classChoice } from '#pages/class-choice.ts'
import { officeOf, type OfficeParts } from '../context.ts'
import { frame, page } from '../frame.ts'
import { address } from '../query.ts'
import { chosenYear } from '../school-years.ts'
import type { ChildFileView } from '../views/schools.ts'
import { readChild } from './new-child.ts'

type Errors = ChildFileView['errors']
type Fields = Readonly<Record<string, string>>
type Act = Omit<AuditEntry, 'actor' | 'subject'>

/** What the office changes of a child: who it is, its class and its services. */
export function childFileRoutes(app: OfficeApp, parts: OfficeParts): void {
  const { clock, vault } = parts.services

  officeRoute(app, 'GET /alunni/:id/scheda', async (context) =>
    page(parts, context, 'office/child-file', await view(parts, context, {}, {})),
  )

  officeRoute(app, 'POST /alunni/:id/scheda', (context, staff) =>
    change(parts, context, staff, async ({ tx, tenantId, childId, fields }) => {
      const read = readChild(fields, context.var.language)
      if ('errors' in read) return read.errors
      const changed = await changeChild(tx, await vault.of(tenantId), tenantId, childId, read.child)
      return { action: 'child.changed', details: changed }
    }),
  )

  officeRoute(app, 'POST /alunni/:id/classe', (context, staff) =>
    change(parts, context, staff, async ({ tx, tenantId, childId, fields }) => {
      const classId = idFrom(fields.class)
      await assertOpenClass(tx, tenantId, classId)
      await placeChild(tx, tenantId, { childId, classId }, clock.now())
      return { action: 'child.placed', details: { class: classId } }
    }),
  )

  officeRoute(app, 'POST /alunni/:id/classe/lascia', (context, staff) =>
    change(parts, context, staff, async ({ tx, tenantId, childId, fields }) => {
      const lastDay = readTypedDay((fields.lastDay ?? '').trim())
      if (!lastDay) return { lastDay: translator(context.var.language)('leaving.error.day') }
      const today = romeDate(clock.now())
      const { schoolYear } = chosenYear(context, today)
      const classId = await leaveClass(tx, tenantId, { childId, schoolYear, lastDay }, today)
      return { action: 'child.left_class', details: { class: classId, schoolYear, lastDay } }
    }),
  )

  officeRoute(app, 'POST /alunni/:id/servizi', (context, staff) =>
    change(parts, context, staff, async ({ tx, tenantId, childId, fields }) => {
      const days = readDays(fields)
      if (!days) return { days: translator(context.var.language)('children.error.days') }
      const { schoolYear } = chosenYear(context, romeDate(clock.now()))
      const tariffCents = cents(context.var.tenant.policies.mealTariffCents)
      const enrolment = { childId, category: fields.category ?? '', schoolYear, tariffCents, ...days }
      await enrolInService(tx, tenantId, enrolment, clock.now())
      return { action: 'enrolment.added', details: { category: enrolment.category, schoolYear, ...days } }
    }),
  )

  officeRoute(app, 'POST /alunni/:id/servizi/giorni', (context, staff) =>
    change(parts, context, staff, async ({ tx, tenantId, childId, fields }) => {
      const days = readDays(fields)
      if (!days) return { days: translator(context.var.language)('children.error.days') }
      const enrolmentId = idFrom(fields.enrolment)
      const before = await changeEnrolmentDays(tx, tenantId, { childId, enrolmentId }, days, clock.now())
      const details = { startBefore: before.startsOn, endBefore: before.endsOn, ...days }
      return { action: 'enrolment.changed', details: { enrolment: enrolmentId, ...details } }
    }),
  )

  officeRoute(app, 'POST /alunni/:id/codice', async (context, staff) => {
    const { tenant } = context.var
    const fields = await formFields(context)
    parts.forms.check(fields.form, staff.accountId)
    const childId = idFrom(context.req.param('id'))
    const { db, config } = parts.services
    const keys = await vault.of(tenant.id)
    const days = chosenYear(context, romeDate(clock.now()))
    const { code, child } = await inTenant(db, tenant.id, async (tx) => {
      const renewed = await renewClaimCode(tx, tenant.id, childId)
      const actor = { kind: 'staff', id: staff.accountId } as const
      const subject = { kind: 'child', id: childId }
      await audit(tx, tenant.id, { actor, action: 'child.code_issued', subject }, clock.now())
      const today = romeDate(clock.now())
      return { code: renewed, child: await childCard(tx, keys, tenant.id, childId, { ...days, today }) }
    })
    return page(parts, context, 'office/child-code', {
      ...frame(parts, context, 'children'),
      parentHref: `${officeOf(tenant)}/alunni`,
      childHref: `${officeOf(tenant)}/alunni/${childId}/scheda`,
      name: `${child.firstName} ${child.lastName}`,
      isNew: false,
      code,
      pagesHref: new URL(`/${tenant.slug}/iscrizioni`, config.PUBLIC_URL).href,
    })
  })
}

interface Change {
  tx: Tx
  tenantId: string
  childId: string
  fields: Fields
}

/** The field beside which a fault stands. */
const FIELD_OF: Readonly<Record<string, keyof Errors>> = {
  'child.fiscal_code_taken': 'fiscalCode',
  'class.school_closed': 'class',
  'class.wrong_last_day': 'lastDay',
  'enrolment.already_there': 'category',
  'enrolment.unknown_category': 'category',
  'enrolment.wrong_days': 'days',
}

/** Changes something of a child, brings its prices up to date and writes it down; or shows what is wrong. */
async function change(
  parts: OfficeParts,
  context: PageContext,
  { accountId }: Staff,
  work: (change: Change) => Promise<Act | Errors>,
): Promise<Response> {
  const { tenant, language } = context.var
  const { db, clock } = parts.services
  const fields = await formFields(context)
  parts.forms.check(fields.form, accountId)
  const childId = idFrom(context.req.param('id'))
  const refuse = async (errors: Errors) =>
    page(parts, context, 'office/child-file', await view(parts, context, fields, errors), 422)
  try {
    const now = clock.now()
    const errors = await inTenant(db, tenant.id, async (tx) => {
      await assertChild(tx, tenant.id, childId)
      const result = await work({ tx, tenantId: tenant.id, childId, fields })
      if (!('action' in result)) return result
      await refreshPrices(tx, tenant.id, romeDate(now), [childId])
      const actor = { kind: 'staff', id: accountId } as const
      await audit(tx, tenant.id, { actor, subject: { kind: 'child', id: childId }, ...result }, now)
      return undefined
    })
    if (errors) return refuse(errors)
  } catch (error) {
    const field = error instanceof DomainError ? FIELD_OF[error.code] : undefined
    if (!field) throw error
    return refuse({ [field]: faultText(error, language).detail })
  }
  parts.services.nudge()
  const path = `${officeOf(tenant)}/alunni/${childId}/scheda`
  return context.redirect(address(path, { anno: context.req.query('anno'), fatto: 'si' }), 303)
}

/** Days as typed; empty ones stand for the whole school year. Undefined when one of them is no day. */
function readDays(fields: Fields): EnrolmentDays | undefined {
  const read = (text = ''): RomeDate | null | undefined =>
    text.trim() === '' ? null : readTypedDay(text.trim())
  const [startsOn, endsOn] = [read(fields.startsOn), read(fields.endsOn)]
  return startsOn === undefined || endsOn === undefined ? undefined : { startsOn, endsOn }
}

async function view(
  parts: OfficeParts,
  context: PageContext,
  fields: Fields,
  errors: Errors,
): Promise<ChildFileView> {
  const { tenant, language } = context.var
  const { db, clock, vault } = parts.services
  const base = officeOf(tenant)
  const childId = idFrom(context.req.param('id'))
  const today = romeDate(clock.now())
  const { schoolYear, years } = chosenYear(context, today)
  const keys = await vault.of(tenant.id)
  const child = await inTenant(db, tenant.id, (tx) =>
    childCard(tx, keys, tenant.id, childId, { schoolYear, today }),
  )
  const categories = await categoriesOf(db, tenant.id)
  const free = categories.filter(({ code }) => !child.enrolments.some(({ category }) => category === code))
  const done: Alert = { kind: 'success', text: translator(language)('children.done') }
  // The days of a service in the list are not those of a new one.
  const isNewService = fields.category !== undefined
  return {
    ...frame(parts, context, 'children', context.req.query('fatto') ? [done] : []),
    parentHref: `${base}/alunni`,
    href: `${base}/alunni/${childId}`,
    name: `${child.firstName} ${child.lastName}`,
    schoolYear,
    years,
    hasCode: child.hasClaimCode,
    values: {
      firstName: fields.firstName ?? child.firstName,
      lastName: fields.lastName ?? child.lastName,
      fiscalCode: fields.fiscalCode ?? child.fiscalCode ?? '',
    },
    classes: await classChoice(db, tenant.id, schoolYear, fields.class ?? child.place?.classId),
    lastDay: child.place ? (fields.lastDay ?? today) : null,
    enrolments: child.enrolments.map((one) => ({
      id: one.id,
      label: one.label,
      priceCents: one.tariffCents,
      hasEnded: one.hasEnded,
      startsOn: one.startsOn,
      endsOn: one.endsOn,
      typedStart: (fields.enrolment === one.id ? fields.startsOn : one.startsOn) ?? '',
      typedEnd: (fields.enrolment === one.id ? fields.endsOn : one.endsOn) ?? '',
    })),
    services: free.map(({ code, label }) => ({ value: code, label, selected: code === fields.category })),
    serviceValues: isNewService
      ? { startsOn: fields.startsOn ?? '', endsOn: fields.endsOn ?? '' }
      : { startsOn: '', endsOn: '' },
    errors,
  }
}
