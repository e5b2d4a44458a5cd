import { translator } from '#core/i18n.ts'
import { idFrom } from '#core/ids.ts'
import type { PageContext } from '#pages/context.ts'
import { formFields } from '#pages/form.ts'
import type { Alert } from '#pages/view.ts'
import { endGuardianship, findChild } from '#tenants/people/guardianships.ts'
import { officeRoute, type OfficeApp } from '../access.ts'
import { officeOf, type OfficeParts } from '../context.ts'
import { frame, page } from '../frame.ts'
import type { ChildView } from '../views/families.ts'

/** One child and the adults responsible for it; an adult can be taken from it. */
export function childRoutes(app: OfficeApp, parts: OfficeParts): void {
  officeRoute(app, 'GET /richieste/alunni/:id', async (context) =>
    page(parts, context, 'office/child', await view(parts, context)),
  )

  officeRoute(app, 'POST /richieste/alunni/:id/scollega', async (context, { accountId }) => {
    const { tenant } = context.var
    const fields = await formFields(context)
    parts.forms.check(fields.form, accountId)
    const childId = idFrom(context.req.param('id'))
    const owner = { tenantId: tenant.id, accountId }
    await endGuardianship(parts.services, owner, childId, idFrom(fields.guardian))
    return context.redirect(`${officeOf(tenant)}/richieste/alunni/${childId}?fatto=scollegato`, 303)
  })
}

async function view(parts: OfficeParts, context: PageContext): Promise<ChildView> {
  const { tenant, language } = context.var
  const { db, clock } = parts.services
  const child = await findChild(db, tenant.id, idFrom(context.req.param('id')), clock.now())
  const ended = context.req.query('fatto') === 'scollegato'
  const text = translator(language)('households.office.unlinked')
  const alerts: Alert[] = ended ? [{ kind: 'success', text }] : []
  return {
    ...frame(parts, context, 'requests', alerts),
    parentHref: `${officeOf(tenant)}/richieste`,
    ...child,
  }
}
