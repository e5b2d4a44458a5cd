import { DomainError } from '#core/errors.ts'
import { translator } from '#core/i18n.ts'
import { idFrom } from '#core/ids.ts'
import type { PageContext } from '#pages/context.ts'
import { formFields } from '#pages/form.ts'
import type { Alert } from '#pages/view.ts'
import { listStaff, type StaffMember } from '#tenants/people/staff.ts'
import { resetSecondFactor } from '#tenants/sign-in/second-factor.ts'
import { officeRoute, type OfficeApp } from '../access.ts'
import { officeOf, type OfficeParts } from '../context.ts'
import { frame, page } from '../frame.ts'
import type { StaffMemberRow } from '../views/staff.ts'

/** Who works here, and help for whoever has lost the phone. */
export function staffRoutes(app: OfficeApp, parts: OfficeParts): void {
  const { services } = parts

  officeRoute(app, 'GET /personale', async (context, { accountId }) => {
    const { tenant, language } = context.var
    const isNews = context.req.query('fatto') === 'azzerato'
    const alerts: Alert[] = isNews
      ? [{ kind: 'success', text: translator(language)('office.staff.reset_done') }]
      : []
    const staff = await listStaff(services.db, tenant.id)
    const rows = staff.map((member) => row(member, officeOf(tenant), accountId, language))
    return page(parts, context, 'office/staff', { ...frame(parts, context, 'staff', alerts), rows })
  })

  officeRoute(app, 'GET /personale/:id/secondo-fattore', async (context, { accountId }) => {
    const { tenant, language } = context.var
    const member = await asked(context)
    return page(parts, context, 'office/staff-reset', {
      ...frame(parts, context, 'staff'),
      parentHref: `${officeOf(tenant)}/personale`,
      member: row(member, officeOf(tenant), accountId, language),
    })
  })

  officeRoute(app, 'POST /personale/:id/secondo-fattore', async (context, { accountId }) => {
    const { tenant } = context.var
    const fields = await formFields(context)
    parts.forms.check(fields.form, accountId)
    const member = await asked(context)
    const by = { kind: 'staff', id: accountId } as const
    await resetSecondFactor(services.db, tenant.id, member.accountId, by, services.clock.now())
    return context.redirect(`${officeOf(tenant)}/personale?fatto=azzerato`, 303)
  })

  /** The colleague of the address who has a second factor. @throws DomainError resource.not_found */
  async function asked(context: PageContext): Promise<StaffMember> {
    const id = idFrom(context.req.param('id'))
    const staff = await listStaff(services.db, context.var.tenant.id)
    const found = staff.find(({ accountId, secondFactorSince }) => accountId === id && secondFactorSince)
    if (!found) throw new DomainError('resource.not_found')
    return found
  }
}

function row(
  { accountId, name, role, secondFactorSince, isLocked, recoveryCodes }: StaffMember,
  base: string,
  viewerId: string,
  language: PageContext['var']['language'],
): StaffMemberRow {
  const t = translator(language)
  const state = secondFactorSince === undefined ? 'none' : isLocked ? 'locked' : 'set'
  return {
    name,
    isViewer: accountId === viewerId,
    role: t(`office.role.${role}`),
    state: { text: t(`office.staff.state.${state}`), tone: state === 'set' ? 'paid' : 'open' },
    since: secondFactorSince ?? null,
    recoveryCodes,
    resetHref: secondFactorSince ? `${base}/personale/${accountId}/secondo-fattore` : null,
  }
}
