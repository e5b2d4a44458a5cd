import { inTenant } from '#core/db/tenant.ts'
import { DomainError } from '#core/errors.ts'
import { faultText } from '#core/fault-text.ts'
import { translator } from '#core/i18n.ts'
import { idFrom } from '#core/ids.ts'
import { remoteAddress } from '#core/remote-address.ts'
import type { PageContext } from '#pages/context.ts'
import { formFields } from '#pages/form.ts'
import type { Alert } from '#pages/view.ts'
import { formerStaff, listStaff, type StaffMember } from '#tenants/people/staff.ts'
import {
  addressOfInvitation,
  INVITATION_DAYS,
  inviteStaff,
  revokeInvitation,
  sendInvitationAgain,
  waitingInvitations,
  type WaitingInvitation,
} from '#tenants/staff/invitations.ts'
import { officeRoute, type OfficeApp, type Staff } from '../access.ts'
import { officeOf, type OfficeParts } from '../context.ts'
import { frame, page } from '../frame.ts'
import type { StaffMemberRow, StaffView, WaitingRow } from '../views/staff.ts'
import { readInvitation } from './read-invitation.ts'
import { roleChoices, STAFF_ROLES } from './role-choices.ts'

/** What has just been done, as the address tells the page after it. */
const NEWS = ['azzerato', 'invitato', 'rinviato', 'revocato', 'ruolo', 'disattivato']

/** Who works here, who is invited to, and who has left. */
export function staffRoutes(app: OfficeApp, parts: OfficeParts): void {
  const { services, attempts } = parts

  officeRoute(app, 'GET /personale', async (context, staff) =>
    page(parts, context, 'office/staff', await view(parts, context, staff, {})),
  )

  officeRoute(app, 'POST /personale/inviti', async (context, staff) => {
    const { tenant, language } = context.var
    const fields = await formFields(context)
    parts.forms.check(fields.form, staff.accountId)
    const { invitation, errors } = readInvitation(fields, language)
    if (!invitation)
      return page(parts, context, 'office/staff', await view(parts, context, staff, { fields, errors }), 422)
    await attempts.request(tenant.id, 'staff-invitation', invitation.email, remoteAddress(context))
    try {
      await inTenant(services.db, tenant.id, (tx) =>
        inviteStaff(services, tx, tenant.id, invitation, { kind: 'staff', id: staff.accountId }),
      )
    } catch (error) {
      if (!(error instanceof DomainError) || error.code !== 'staff.already_invited') throw error
      const told = { email: faultText(error, language).detail }
      const again = await view(parts, context, staff, { fields, errors: told })
      return page(parts, context, 'office/staff', again, 409)
    }
    services.nudge()
    return done(context, 'invitato')
  })

  officeRoute(app, 'POST /personale/inviti/:id/ancora', async (context, { accountId }) => {
    const { tenant } = context.var
    const id = await posted(context, accountId)
    const email = await addressOfInvitation(services, tenant.id, id)
    await attempts.request(tenant.id, 'staff-invitation', email.toLowerCase(), remoteAddress(context))
    await sendInvitationAgain(services, tenant.id, id, { kind: 'staff', id: accountId })
    return done(context, 'rinviato')
  })

  officeRoute(app, 'POST /personale/inviti/:id/revoca', async (context, { accountId }) => {
    const id = await posted(context, accountId)
    await revokeInvitation(services, context.var.tenant.id, id, { kind: 'staff', id: accountId })
    return done(context, 'revocato')
  })

  /** The id of the address, once the form has shown to be ours. */
  async function posted(context: PageContext, accountId: string): Promise<string> {
    const fields = await formFields(context)
    parts.forms.check(fields.form, accountId)
    return idFrom(context.req.param('id'))
  }
}

/** Back to the list, which tells what was done. */
export function done(context: PageContext, news: string): Response {
  return context.redirect(`${officeOf(context.var.tenant)}/personale?fatto=${news}`, 303)
}

async function view(
  parts: OfficeParts,
  context: PageContext,
  { accountId }: Staff,
  form: { fields?: Readonly<Record<string, string>>; errors?: StaffView['errors'] },
): Promise<StaffView> {
  const { services } = parts
  const { tenant, language } = context.var
  const t = translator(language)
  const base = officeOf(tenant)
  const news = NEWS.find((one) => one === context.req.query('fatto'))
  const alerts: Alert[] = news ? [{ kind: 'success', text: t(`personnel.done.${news}`) }] : []
  const staff = await listStaff(services.db, tenant.id)
  const waiting = await waitingInvitations(services, tenant.id)
  const former = await formerStaff(services.db, tenant.id)
  return {
    ...frame(parts, context, 'staff', alerts),
    rows: staff.map((member) => row(member, base, accountId, language)),
    waiting: waiting.map((one) => waitingRow(one, base, language)),
    former: former.map((one) => ({
      name: one.name,
      role: t(`office.role.${one.role}`),
      since: one.since,
      href: `${base}/personale/${one.accountId}`,
    })),
    roles: roleChoices(STAFF_ROLES, form.fields?.role, language),
    days: INVITATION_DAYS,
    values: { email: form.fields?.email ?? '' },
    errors: form.errors ?? {},
    supportHref: `${base}/assistenza`,
    tokensHref: `${base}/personale/token`,
  }
}

/** A colleague as the list shows them. */
export function row(
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
    href: `${base}/personale/${accountId}`,
    resetHref: secondFactorSince ? `${base}/personale/${accountId}/secondo-fattore` : null,
  }
}

function waitingRow(
  { id, email, role, sentAt, expiresAt, isOver }: WaitingInvitation,
  base: string,
  language: PageContext['var']['language'],
): WaitingRow {
  const t = translator(language)
  return {
    email,
    role: t(`office.role.${role}`),
    state: {
      text: t(isOver ? 'personnel.waiting.over' : 'personnel.waiting.sent'),
      tone: isOver ? 'plain' : 'open',
    },
    sentAt,
    expiresAt,
    href: `${base}/personale/inviti/${id}`,
  }
}
