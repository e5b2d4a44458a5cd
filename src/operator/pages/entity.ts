import { z } from 'zod'
import { formatDate } from '#core/clock.ts'
import { DomainError } from '#core/errors.ts'
import { faultText } from '#core/fault-text.ts'
import { translator } from '#core/i18n.ts'
import { idFrom } from '#core/ids.ts'
import { remoteAddress } from '#core/remote-address.ts'
import type { Tenant } from '#core/tenant.ts'
import { formFields } from '#pages/form.ts'
import { keepSession } from '#pages/session-cookie.ts'
import type { Alert } from '#pages/view.ts'
import { entityDossier, type EntityDossier, type EntityUsage } from '#tenants/operators/entity.ts'
import {
  inviteAdministrator,
  inviteAdministratorAgain,
  revokeAdministrator,
} from '#tenants/operators/first-administrator.ts'
import { browserLabel } from '#tenants/sign-in/device.ts'
import { addressOfInvitation } from '#tenants/staff/invitations.ts'
import { statesAfter } from '#tenants/states.ts'
import { enterAsSupport } from '#tenants/support/enter.ts'
import { operatorRoute } from '../access.ts'
import { OPERATOR_PATH, type OperatorApp, type OperatorContext, type OperatorParts } from '../context.ts'
import { frame, page } from '../frame.ts'
import type { EntityView } from '../views/pages.ts'
import { failingRow, stateBadge } from './entity-words.ts'

const NEWS = ['creato', 'stato', 'invitato', 'rinviato', 'revocato']

/** `/gestione/enti/<slug>`: one entity, in data and counts, and what an operator can do for it. */
export function entityRoutes(app: OperatorApp, parts: OperatorParts): void {
  const { services, office } = parts

  operatorRoute(app, 'GET /enti/:slug', async (context) =>
    page(parts, context, 'operator/entity', await view(parts, context, {})),
  )

  operatorRoute(app, 'POST /enti/:slug/inviti', async (context, { operatorId }) => {
    const { language } = context.var
    const fields = await posted(context, operatorId)
    const { id } = await entityOf(parts, context)
    const email = z.email().max(256).safeParse(fields.email?.trim().toLowerCase())
    const again = async (told: string, status: 409 | 422) =>
      page(
        parts,
        context,
        'operator/entity',
        await view(parts, context, { email: fields.email ?? '', errors: { email: told } }),
        status,
      )
    if (!email.success) return again(translator(language)('entities.new.error.email'), 422)
    await office.attempts.request(id, 'staff-invitation', email.data, remoteAddress(context))
    try {
      await inviteAdministrator(services, id, { email: email.data, language }, operatorId)
    } catch (error) {
      if (!(error instanceof DomainError) || error.code !== 'staff.already_invited') throw error
      return again(faultText(error, language).detail, 409)
    }
    return done(context, 'invitato')
  })

  operatorRoute(app, 'POST /enti/:slug/inviti/:id/ancora', async (context, { operatorId }) => {
    await posted(context, operatorId)
    const { id: tenantId } = await entityOf(parts, context)
    const id = idFrom(context.req.param('id'))
    const email = await addressOfInvitation(services, tenantId, id)
    await office.attempts.request(tenantId, 'staff-invitation', email.toLowerCase(), remoteAddress(context))
    await inviteAdministratorAgain(services, tenantId, id, operatorId)
    return done(context, 'rinviato')
  })

  operatorRoute(app, 'POST /enti/:slug/inviti/:id/revoca', async (context, { operatorId }) => {
    await posted(context, operatorId)
    const { id: tenantId } = await entityOf(parts, context)
    await revokeAdministrator(services, tenantId, idFrom(context.req.param('id')), operatorId)
    return done(context, 'revocato')
  })

  operatorRoute(app, 'POST /enti/:slug/assistenza', async (context, { operatorId }) => {
    await posted(context, operatorId)
    const tenant = await entityOf(parts, context)
    const device = browserLabel(context.req.header('user-agent'))
    const { token } = await enterAsSupport(services, office.sessions, tenant.id, operatorId, device)
    // The cookie of that office is named by its entity.
    context.set('tenant', tenant)
    keepSession(context, 'office', services.config, token)
    return context.redirect(`/${tenant.slug}/ufficio/`, 303)
  })

  async function posted(context: OperatorContext, operatorId: string): Promise<Record<string, string>> {
    const fields = await formFields(context)
    parts.forms.check(fields.form, operatorId)
    return fields
  }
}

/** The entity of the address. @throws DomainError resource.not_found */
export async function entityOf({ registry }: OperatorParts, context: OperatorContext): Promise<Tenant> {
  const tenant = await registry.bySlug(context.req.param('slug') ?? '')
  if (!tenant) throw new DomainError('resource.not_found')
  return tenant
}

function done(context: OperatorContext, news: string): Response {
  return context.redirect(`${OPERATOR_PATH}/enti/${context.req.param('slug')}?fatto=${news}`, 303)
}

async function view(
  parts: OperatorParts,
  context: OperatorContext,
  form: { email?: string; errors?: EntityView['errors'] },
): Promise<EntityView> {
  const { language } = context.var
  const t = translator(language)
  const dossier = await entityDossier(parts.services, context.req.param('slug') ?? '')
  const { tenant, leave } = dossier
  const href = `${OPERATOR_PATH}/enti/${tenant.slug}`
  const news = NEWS.find((one) => one === context.req.query('fatto'))
  const alerts: Alert[] = news ? [{ kind: 'success', text: t(`entities.done.${news}`) }] : []
  return {
    ...frame(parts, context, 'entities', alerts),
    href,
    name: tenant.name,
    slug: tenant.slug,
    state: stateBadge(tenant.state, language),
    stateReason: tenant.stateReason,
    isDraft: tenant.state === 'draft',
    stateSince: dossier.since,
    createdAt: dossier.createdAt,
    activationCode: tenant.activationCode,
    creditor: creditorOf(tenant),
    changes: statesAfter(tenant.state).map((to) => ({
      label: t(`entities.change.${tenant.state}.${to}`),
      href: `${href}/stato?a=${to}`,
      isEnd: to === 'closed',
    })),
    tiles: tilesOf(dossier.usage, context),
    hasAdministrator: dossier.usage.administrators > 0,
    invitations: invitationsOf(dossier, href, context),
    values: { email: form.email ?? '' },
    errors: form.errors ?? {},
    leave: leave ? { role: t(`office.role.${leave.role}`), until: leave.endsAt } : null,
    failing: dossier.failing.map((entry) => failingRow(entry, null, language)),
  }
}

function creditorOf(tenant: Tenant): EntityView['creditor'] {
  const { creditor, serviceId, serviceSubjectId } = tenant
  return {
    name: creditor.name,
    fiscalCode: tenant.creditorFiscalCode,
    segregationCode: tenant.segregationCode,
    broker: creditor.brokerFiscalCode,
    station: creditor.stationId,
    iban: creditor.iban,
    ipaCode: tenant.ipaCode ?? '',
    service: serviceId ? `${serviceId} / ${serviceSubjectId}` : '',
  }
}

function tilesOf(usage: EntityUsage, { var: { language } }: OperatorContext): EntityView['tiles'] {
  const t = translator(language)
  const { children, guardians, staff, topUps, paidTopUps, lastReceiptOn } = usage
  return [
    { label: t('entities.usage.children'), value: `${children}`, note: '' },
    { label: t('entities.usage.guardians'), value: `${guardians}`, note: '' },
    { label: t('entities.usage.staff'), value: `${staff}`, note: '' },
    {
      label: t('entities.usage.top_ups'),
      value: `${topUps}`,
      note: t('entities.usage.paid', { count: paidTopUps }),
    },
    {
      label: t('entities.usage.last_receipt'),
      value: lastReceiptOn ? formatDate(lastReceiptOn, language) : '–',
      note: '',
    },
  ]
}

function invitationsOf(
  { invitations }: EntityDossier,
  href: string,
  { var: { language } }: OperatorContext,
): EntityView['invitations'] {
  const t = translator(language)
  return invitations.map(({ id, email, sentAt, expiresAt, isOver }) => ({
    email,
    sentAt,
    expiresAt,
    href: `${href}/inviti/${id}`,
    state: isOver
      ? { text: t('personnel.waiting.over'), tone: 'plain' }
      : { text: t('personnel.waiting.sent'), tone: 'open' },
  }))
}
