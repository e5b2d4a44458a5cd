import { z } from 'zod'
import { romeDate } from '#core/clock.ts'
import { DomainError } from '#core/errors.ts'
import { faultText } from '#core/fault-text.ts'
import { translator } from '#core/i18n.ts'
import { idFrom } from '#core/ids.ts'
import { once } from '#core/idempotency.ts'
import { remoteAddress } from '#core/remote-address.ts'
import { readTypedDay } from '#core/typed-day.ts'
import { formFields } from '#pages/form.ts'
import { initials, type Alert } from '#pages/view.ts'
import {
  codeOfInvitation,
  countInvitationLetter,
  endInvitation,
  INVITATION_CODE_DAYS,
  inviteToTopUp,
  isInvitationDay,
} from '#tenants/people/invitations.ts'
import { householdOf, type HouseholdChild } from '#tenants/people/read-invitations.ts'
import { lastDayOfSchoolYear } from '#tenants/people/school-year.ts'
import { baseOf, type PortalApp, type PortalContext, type PortalParts } from '../context.ts'
import { viewerOf } from '../form.ts'
import { frame, page } from '../frame.ts'
import type { InvitationField, InvitationsView } from '../views/household.ts'
import { ownerOf } from './own.ts'
import { REPEAT_WAIT_MS } from './top-up.ts'

type Fields = Readonly<Record<string, string>>
type Errors = Partial<Record<InvitationField, string>>

/** How long the page that follows the form goes on telling the code. */
const CODE_SHOWN_MS = 5 * 60_000

/** Inviti: who else may top up a child, and whom the reader may. */
export function invitationRoutes(app: PortalApp, parts: PortalParts): void {
  const { services, attempts } = parts

  app.get('/:slug/inviti', async (context) =>
    page(parts, context, 'invitations', await view(parts, context, {}, {})),
  )

  app.post('/:slug/inviti', async (context) => {
    const { tenant, language } = context.var
    const owner = { tenantId: tenant.id, accountId: viewerOf(context).accountId }
    const fields = await formFields(context)
    const key = parts.forms.check(fields.form, owner.accountId)
    const { asked, errors } = read(fields, context, romeDate(services.clock.now()))
    if (!asked) return page(parts, context, 'invitations', await view(parts, context, fields, errors), 422)
    const content = JSON.stringify({ ...fields, form: '' })
    try {
      const answer = await once(
        services.db,
        { ...owner, key, content },
        services.clock.now(),
        async () => {
          await countInvitationLetter(attempts, tenant.id, asked, remoteAddress(context))
          const id = await inviteToTopUp(services, owner, { ...asked, language })
          return { status: 303, body: `${baseOf(tenant)}/inviti?nuovo=${id}` }
        },
        REPEAT_WAIT_MS,
      )
      return context.redirect(answer.body as string, 303)
    } catch (error) {
      if (!(error instanceof DomainError)) throw error
      const again = async (refused: Errors, status: 409 | 429) =>
        page(parts, context, 'invitations', await view(parts, context, fields, refused), status)
      if (error.code === 'invitation.too_many')
        return again({ child: faultText(error, language).detail }, 409)
      if (error.code !== 'request.too_many') throw error
      context.header('retry-after', String(error.details.seconds ?? 60))
      return again({ email: translator(language)('households.invite.error.letters') }, 429)
    }
  })

  app.post('/:slug/inviti/:id/termina', async (context) => {
    const owner = ownerOf(context)
    const fields = await formFields(context)
    parts.forms.check(fields.form, owner.accountId)
    await endInvitation(services, owner, idFrom(context.req.param('id')))
    return context.redirect(`${baseOf(context.var.tenant)}/inviti?fatto=terminato`, 303)
  })
}

const email = z.email().max(256)

/** What the form asks for, or what is wrong with it. */
function read(fields: Fields, context: PortalContext, today: string) {
  const t = translator(context.var.language)
  const errors: Errors = {}
  const wrong = (field: InvitationField) => (errors[field] = t(`households.invite.error.${field}`))
  const label = fields.label?.trim() ?? ''
  if (label === '' || label.length > 60) wrong('label')
  const until = readTypedDay(fields.until?.trim() ?? '')
  if (!until || !isInvitationDay(until, today)) wrong('until')
  const typed = fields.email?.trim() ?? ''
  if (typed !== '' && !email.safeParse(typed).success) wrong('email')
  if (!fields.child) wrong('child')
  if (Object.keys(errors).length > 0 || !until) return { asked: undefined, errors }
  // A child that is not the reader's is the same 404 as one that is none.
  return { asked: { childId: idFrom(fields.child), label, until, email: typed || null }, errors }
}

async function view(
  parts: PortalParts,
  context: PortalContext,
  fields: Fields,
  errors: Errors,
): Promise<InvitationsView> {
  const { services } = parts
  const owner = ownerOf(context)
  const now = services.clock.now()
  const t = translator(context.var.language)
  const { children, taken } = await householdOf(services.db, owner, now)
  const done = { terminato: 'ended', accettato: 'accepted' }[context.req.query('fatto') ?? '']
  const alerts: Alert[] = done ? [{ kind: 'success', text: t(`households.${done}`) }] : []
  return {
    ...frame(parts, context, null, alerts),
    made: await justMade(parts, context, children, now),
    children: children.map((child) => ({
      id: child.id,
      name: child.firstName,
      initials: initials(child.firstName),
      otherGuardians: child.otherGuardians,
      invitations: child.invitations.map(({ id, label, initials: by, acceptedAt, codeUntil, until }) => ({
        id,
        label,
        acceptedBy: by ?? null,
        acceptedAt: acceptedAt ?? null,
        codeUntil: codeUntil ?? null,
        until,
      })),
    })),
    taken: taken.map(({ id, firstName, until }) => ({ id, childName: firstName, until })),
    choices: children.map(({ id, firstName }) => ({
      value: id,
      label: firstName,
      selected: id === (fields.child ?? context.req.query('figlio')),
    })),
    codeDays: INVITATION_CODE_DAYS,
    values: {
      label: fields.label ?? '',
      until: fields.until ?? lastDayOfSchoolYear(romeDate(now)),
      email: fields.email ?? '',
    },
    errors,
  }
}

/** The invitation that the address names, while it is new and the reader's own: later its code is told nowhere. */
async function justMade(
  { services }: PortalParts,
  context: PortalContext,
  children: readonly HouseholdChild[],
  now: Date,
): Promise<InvitationsView['made']> {
  const { tenant } = context.var
  const id = context.req.query('nuovo')
  for (const { firstName, invitations } of children) {
    const one = invitations.find((invitation) => invitation.id === id && invitation.isOwn)
    if (!one?.codeUntil || now.getTime() - one.createdAt.getTime() > CODE_SHOWN_MS) continue
    return {
      label: one.label,
      childName: firstName,
      code: await codeOfInvitation(services, tenant.id, one.id),
      codeUntil: one.codeUntil,
      acceptAddress: new URL(`${baseOf(tenant)}/inviti/accetta`, services.config.PUBLIC_URL).href,
    }
  }
  return null
}
