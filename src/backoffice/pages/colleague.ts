import { inTenant } from '#core/db/tenant.ts'
import { DomainError } from '#core/errors.ts'
import { faultText } from '#core/fault-text.ts'
import { translator } from '#core/i18n.ts'
import { idFrom } from '#core/ids.ts'
import { remoteAddress } from '#core/remote-address.ts'
import type { PageContext } from '#pages/context.ts'
import { formFields } from '#pages/form.ts'
import { formerStaff, listStaff, type FormerColleague, type StaffMember } from '#tenants/people/staff.ts'
import { inviteStaff } from '#tenants/staff/invitations.ts'
import { changeRole, disableStaff } from '#tenants/staff/roles.ts'
import { resetSecondFactor } from '#tenants/sign-in/second-factor.ts'
import { officeRoute, type OfficeApp } from '../access.ts'
import { officeOf, type OfficeParts } from '../context.ts'
import { frame, page } from '../frame.ts'
import type { ColleagueView } from '../views/staff.ts'
import { readInvitation } from './read-invitation.ts'
import { roleChoices, roleOf, STAFF_ROLES } from './role-choices.ts'
import { done, row } from './staff.ts'

/** One colleague: role, second factor, the end of their work here, and their way back. */
export function colleagueRoutes(app: OfficeApp, parts: OfficeParts): void {
  const { services, attempts } = parts

  officeRoute(app, 'GET /personale/:id', async (context, { accountId }) =>
    page(parts, context, 'office/colleague', await view(parts, context, accountId, {})),
  )

  officeRoute(app, 'POST /personale/:id/ruolo', async (context, { accountId }) => {
    const { tenant, language } = context.var
    const fields = await posted(context, accountId)
    const { id } = await asked(parts, context)
    const role = roleOf(fields.role, STAFF_ROLES)
    if (!role) {
      const errors = { role: translator(language)('personnel.error.role') }
      return page(parts, context, 'office/colleague', await view(parts, context, accountId, { errors }), 422)
    }
    const decision = { tenantId: tenant.id, by: accountId, accountId: id }
    await changeRole(services.db, decision, role, services.clock.now())
    return done(context, 'ruolo')
  })

  officeRoute(app, 'POST /personale/:id/disattiva', async (context, { accountId }) => {
    await posted(context, accountId)
    const { id } = await asked(parts, context)
    const decision = { tenantId: context.var.tenant.id, by: accountId, accountId: id }
    await disableStaff(services.db, decision, services.clock.now())
    return done(context, 'disattivato')
  })

  officeRoute(app, 'POST /personale/:id/invita', async (context, { accountId }) => {
    const { tenant, language } = context.var
    const fields = await posted(context, accountId)
    const { id, former } = await asked(parts, context)
    if (!former) throw new DomainError('resource.not_found')
    const { invitation, errors } = readInvitation(fields, language)
    const again = async (told: ColleagueView['errors'], status: 409 | 422) =>
      page(
        parts,
        context,
        'office/colleague',
        await view(parts, context, accountId, { fields, errors: told }),
        status,
      )
    if (!invitation) return again(errors, 422)
    await attempts.request(tenant.id, 'staff-invitation', invitation.email, remoteAddress(context))
    const by = { kind: 'staff', id: accountId } as const
    try {
      await inTenant(services.db, tenant.id, (tx) =>
        inviteStaff(services, tx, tenant.id, { ...invitation, accountId: id }, by),
      )
    } catch (error) {
      if (!(error instanceof DomainError) || error.code !== 'staff.already_invited') throw error
      return again({ email: faultText(error, language).detail }, 409)
    }
    services.nudge()
    return done(context, 'invitato')
  })

  officeRoute(app, 'GET /personale/:id/secondo-fattore', async (context, { accountId }) => {
    const { tenant, language } = context.var
    const member = await withFactor(context)
    return page(parts, context, 'office/staff-reset', {
      ...frame(parts, context, 'staff'),
      parentHref: `${officeOf(tenant)}/personale`,
      member: row(member, officeOf(tenant), accountId, language),
    })
  })

  officeRoute(app, 'POST /personale/:id/secondo-fattore', async (context, { accountId }) => {
    await posted(context, accountId)
    const member = await withFactor(context)
    const by = { kind: 'staff', id: accountId } as const
    await resetSecondFactor(services.db, context.var.tenant.id, member.accountId, by, services.clock.now())
    return done(context, 'azzerato')
  })

  async function posted(context: PageContext, accountId: string): Promise<Record<string, string>> {
    const fields = await formFields(context)
    parts.forms.check(fields.form, accountId)
    return fields
  }

  /** The colleague of the address who has a second factor. @throws DomainError resource.not_found */
  async function withFactor(context: PageContext): Promise<StaffMember> {
    const { member } = await asked(parts, context)
    if (!member?.secondFactorSince) throw new DomainError('resource.not_found')
    return member
  }
}

interface Asked {
  readonly id: string
  readonly member: StaffMember | undefined
  readonly former: FormerColleague | undefined
}

/** Whom the address names: somebody who works here, or has. @throws DomainError resource.not_found */
async function asked({ services }: OfficeParts, context: PageContext): Promise<Asked> {
  const id = idFrom(context.req.param('id'))
  const { tenant } = context.var
  const member = (await listStaff(services.db, tenant.id)).find(({ accountId }) => accountId === id)
  const former = member
    ? undefined
    : (await formerStaff(services.db, tenant.id)).find(({ accountId }) => accountId === id)
  if (!member && !former) throw new DomainError('resource.not_found')
  return { id, member, former }
}

async function view(
  parts: OfficeParts,
  context: PageContext,
  viewerId: string,
  form: { fields?: Readonly<Record<string, string>>; errors?: ColleagueView['errors'] },
): Promise<ColleagueView> {
  const { tenant, language } = context.var
  const base = officeOf(tenant)
  const { id, member, former } = await asked(parts, context)
  const { name, role } = (member ?? former)!
  const shown = member && row(member, base, viewerId, language)
  return {
    ...frame(parts, context, 'staff'),
    parentHref: `${base}/personale`,
    href: `${base}/personale/${id}`,
    name,
    role: translator(language)(`office.role.${role}`),
    isViewer: id === viewerId,
    leftAt: former?.since ?? null,
    state: shown?.state ?? null,
    resetHref: shown?.resetHref ?? null,
    roles: roleChoices(STAFF_ROLES, form.fields?.role ?? role, language),
    values: { email: form.fields?.email ?? former?.email ?? '' },
    errors: form.errors ?? {},
  }
}
