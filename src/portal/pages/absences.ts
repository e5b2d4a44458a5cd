import { isRomeDate } from '#core/clock.ts'
import { inTenant } from '#core/db/tenant.ts'
import { DomainError } from '#core/errors.ts'
import { faultText } from '#core/fault-text.ts'
import { translator } from '#core/i18n.ts'
import { idFrom } from '#core/ids.ts'
import { absencePlans, announceAbsence } from '#meals/absences.ts'
import { formFields } from '#pages/form.ts'
import type { Alert } from '#pages/view.ts'
import { baseOf, type PortalApp, type PortalContext, type PortalParts } from '../context.ts'
import { viewerOf } from '../form.ts'
import { frame, page } from '../frame.ts'
import type { AbsencesView } from '../views/absences.ts'

/** Assenze: on which of the next days a child stays away from the canteen. */
export function absenceRoutes(app: PortalApp, parts: PortalParts): void {
  const { services } = parts

  app.get('/:slug/assenze', async (context) => page(parts, context, 'absences', await view(parts, context)))

  app.post('/:slug/assenze', async (context) => {
    const { tenant, language } = context.var
    const owner = { tenantId: tenant.id, accountId: viewerOf(context).accountId }
    const fields = await formFields(context)
    parts.forms.check(fields.form, owner.accountId)
    const { giorno: day = '', servizio: category = '' } = fields
    if (!isRomeDate(day) || category === '') throw new DomainError('resource.not_found')
    const absent = fields.azione !== 'annulla'
    const asked = { childId: idFrom(fields.figlio), category, day, absent }
    try {
      await inTenant(services.db, tenant.id, (tx) =>
        announceAbsence(tx, owner, asked, tenant.policies, services.clock.now()),
      )
    } catch (error) {
      if (!(error instanceof DomainError) || !error.code.startsWith('attendance.')) throw error
      const alerts: Alert[] = [{ kind: 'danger', text: faultText(error, language).detail }]
      return page(parts, context, 'absences', await view(parts, context, alerts), 409)
    }
    return context.redirect(`${baseOf(tenant)}/assenze?fatto=${absent ? 'assente' : 'annullata'}`, 303)
  })
}

async function view(
  parts: PortalParts,
  context: PortalContext,
  alerts: readonly Alert[] = [],
): Promise<AbsencesView> {
  const { db, clock } = parts.services
  const { tenant, language } = context.var
  const owner = { tenantId: tenant.id, accountId: viewerOf(context).accountId }
  const { absenceUntil } = tenant.policies
  const fatto = context.req.query('fatto') ?? ''
  const text = translator(language)
  const news: Alert[] = ['assente', 'annullata'].includes(fatto)
    ? [{ kind: 'success', text: text(`meals.absences.done.${fatto}`) }]
    : []
  return {
    ...frame(parts, context, null, [...alerts, ...news]),
    until: absenceUntil,
    plans: absenceUntil === null ? [] : await absencePlans(db, owner, tenant.policies, clock.now()),
  }
}
