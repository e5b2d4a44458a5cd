import { audit, type AuditEntry } from '#core/audit.ts'
import { romeDate, type RomeDate } from '#core/clock.ts'
import { inTenant, type Tx } from '#core/db/tenant.ts'
import { DomainError } from '#core/errors.ts'
import { translator } from '#core/i18n.ts'
import { idFrom } from '#core/ids.ts'
import { parseAmount } from '#core/money.ts'
import type { PageContext } from '#pages/context.ts'
import { formFields } from '#pages/form.ts'
import { readTypedDay } from '#core/typed-day.ts'
import {
  addExemption,
  deleteIsee,
  endExemption,
  EXEMPTION_REASON_MAX,
  recordIsee,
} from '#tenants/people/reductions.ts'
import { assertChild } from '#tenants/people/edit-children.ts'
import { refreshPrices } from '#tenants/people/refresh-prices.ts'
import { officeRoute, type OfficeApp, type Staff } from '../access.ts'
import { officeOf, type OfficeParts } from '../context.ts'
import { page } from '../frame.ts'
import type { ChildTariffView } from '../views/tariffs.ts'
import { childTariffView } from './child-tariff-view.ts'

type Errors = ChildTariffView['errors']
type Fields = Readonly<Record<string, string>>
type Act = Omit<AuditEntry, 'actor' | 'subject'>

/** Why a child pays what it pays: the family's income, exemptions, and the price that follows. */
export function childTariffRoutes(app: OfficeApp, parts: OfficeParts): void {
  const { clock } = parts.services

  officeRoute(app, 'GET /alunni/:id/tariffa', async (context) =>
    page(parts, context, 'office/child-tariff', await childTariffView(parts, context, {}, {})),
  )

  officeRoute(app, 'POST /alunni/:id/isee', (context, staff) =>
    change(parts, context, staff, async (tx, fields, childId) => {
      const t = translator(context.var.language)
      const amount = parseAmount((fields.amount ?? '').replace(/\s*€$/, ''))
      const [validFrom, validUntil] = [dayOf(fields.from), dayOf(fields.until)]
      if (amount === undefined || !validFrom || !validUntil || validFrom > validUntil)
        return {
          ...(amount === undefined && { amount: t('tariffs.child.error.amount') }),
          ...(!validFrom && { iseeFrom: t('tariffs.child.error.day') }),
          ...((!validUntil || (validFrom && validFrom > validUntil)) && {
            iseeUntil: t('tariffs.child.error.until'),
          }),
        }
      const declaration = { childId, validFrom, validUntil, iseeCents: amount }
      const by = { now: clock.now(), accountId: staff.accountId }
      await recordIsee(tx, context.var.tenant.id, declaration, by)
      // The income itself is the family's: the log tells that and when, not how much.
      return { action: 'isee.recorded', details: { validFrom, validUntil } }
    }),
  )

  officeRoute(app, 'POST /alunni/:id/isee/cancella', (context, staff) =>
    change(parts, context, staff, async (tx, fields, childId) => {
      const validFrom = dayOf(fields.from)
      if (!validFrom) throw new DomainError('resource.not_found')
      await deleteIsee(tx, context.var.tenant.id, { childId, validFrom }, clock.now())
      return { action: 'isee.deleted', details: { validFrom } }
    }),
  )

  officeRoute(app, 'POST /alunni/:id/esenzioni', (context, staff) =>
    change(parts, context, staff, async (tx, fields, childId) => {
      const t = translator(context.var.language)
      const percent = /^\d{1,3}$/.test(fields.percent?.trim() ?? '') ? Number(fields.percent) : 0
      const [validFrom, validUntil] = [dayOf(fields.from), dayOf(fields.until)]
      const reason = (fields.reason ?? '').trim()
      const isReason = reason !== '' && reason.length <= EXEMPTION_REASON_MAX
      const isPercent = percent >= 1 && percent <= 100
      if (!isPercent || !validFrom || !validUntil || validFrom > validUntil || !isReason)
        return {
          ...(!isPercent && { percent: t('tariffs.child.error.percent') }),
          ...(!validFrom && { exemptFrom: t('tariffs.child.error.day') }),
          ...((!validUntil || (validFrom && validFrom > validUntil)) && {
            exemptUntil: t('tariffs.child.error.until'),
          }),
          ...(!isReason && { reason: t('tariffs.child.error.reason', { maximum: EXEMPTION_REASON_MAX }) }),
        }
      const category = fields.category ?? ''
      const exemption = { childId, category, percent, validFrom, validUntil, reason }
      const by = { now: clock.now(), accountId: staff.accountId }
      const id = await addExemption(tx, context.var.tenant.id, exemption, by)
      const details = { exemption: id, category, percent, validFrom, validUntil }
      return { action: 'exemption.added', details }
    }),
  )

  officeRoute(app, 'POST /alunni/:id/esenzioni/fine', (context, staff) =>
    change(parts, context, staff, async (tx, fields, childId) => {
      const end = dayOf(fields.end)
      if (!end) return { end: translator(context.var.language)('tariffs.child.error.day') }
      const exemptionId = idFrom(fields.exemption)
      const which = { childId, exemptionId }
      const before = await endExemption(tx, context.var.tenant.id, which, end, clock.now())
      return { action: 'exemption.ended', details: { exemption: exemptionId, before, after: end } }
    }),
  )
}

function dayOf(text = ''): RomeDate | undefined {
  return readTypedDay(text.trim())
}

/** Changes what a child's price rests on, brings the price up to date and writes it down; or shows what is wrong. */
async function change(
  parts: OfficeParts,
  context: PageContext,
  { accountId }: Staff,
  work: (tx: Tx, fields: Fields, childId: string) => Promise<Act | Errors>,
): Promise<Response> {
  const { tenant, language } = context.var
  const { db, clock } = parts.services
  const fields = await formFields(context)
  parts.forms.check(fields.form, accountId)
  const childId = idFrom(context.req.param('id'))
  const refuse = async (errors: Errors) =>
    page(parts, context, 'office/child-tariff', await childTariffView(parts, context, fields, errors), 422)
  const now = clock.now()
  try {
    const errors = await inTenant(db, tenant.id, async (tx) => {
      await assertChild(tx, tenant.id, childId)
      const result = await work(tx, fields, childId)
      if (!('action' in result)) return result
      await refreshPrices(tx, tenant.id, romeDate(now), [childId])
      const actor = { kind: 'staff', id: accountId } as const
      await audit(tx, tenant.id, { actor, subject: { kind: 'child', id: childId }, ...result }, now)
      return undefined
    })
    if (errors) return refuse(errors)
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== 'enrolment.wrong_days') throw error
    return refuse({ end: translator(language)('tariffs.child.error.until') })
  }
  parts.services.nudge()
  return context.redirect(`${officeOf(tenant)}/alunni/${childId}/tariffa?fatto=si`, 303)
}
