import { translator } from '#core/i18n.ts'
import { providerName, startHref } from '#pages/identity-choice.ts'
import { schemeNamed } from '#identity/schemes.ts'
import type { CallbackPost, Refusal } from '#identity/scheme.ts'
import type { Finished } from '#tenants/identity/federation.ts'
import { originOf } from '#tenants/identity/registrations.ts'
import type { LoginApp, LoginContext, LoginParts } from './context.ts'
import { frame, page } from './frame.ts'
import type { RefusedView } from './views.ts'

/**
 * `POST /{scheme}/acs`: the one address at which all providers answer for all entities. Whose the answer is, is known
 * from the request that it answers and from nowhere else.
 */
export function consumerRoute(app: LoginApp, parts: LoginParts, scheme: string): void {
  const { identity, services } = parts
  app.post(`/${scheme}/acs`, async (context) => {
    context.header('cache-control', 'no-store')
    const finished = await identity.federation.finish(scheme, await posted(context))
    if (!finished.accepted) return refuse(parts, context, scheme, finished)
    const { tenant, code } = finished
    const target = new URL(`/${tenant.slug}/accedi/fine`, originOf(tenant, services.config.PUBLIC_URL))
    target.searchParams.set('codice', code)
    return context.redirect(target.href, 303)
  })
}

/** The fields of the form; what is no form, or holds a field twice, has none. */
async function posted(context: LoginContext): Promise<CallbackPost> {
  const body = await context.req.parseBody({ all: true }).catch(() => ({}))
  const texts = Object.entries(body).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  )
  return Object.fromEntries(texts)
}

async function refuse(
  parts: LoginParts,
  context: LoginContext,
  schemeId: string,
  { outcome, request, tenant, provider }: Extract<Finished, { accepted: false }>,
): Promise<Response> {
  const { language } = context.var
  const t = translator(language)
  const kind = kindOf(schemeId, outcome)
  if (tenant) context.set('tenant', tenant)
  const scheme = schemeNamed(schemeId)!
  const isOffice = request?.errand.face === 'office'
  const errand = {
    next: request?.errand.next ?? null,
    link: Boolean(request?.errand.linkAccountId),
    office: isOffice,
  }
  // This page may stand on a host of its own; a sign-in begins on the entity's, whose cookie ends it.
  const there = (path: string) => (tenant ? originOf(tenant, parts.services.config.PUBLIC_URL) : '') + path
  const canRetry = outcome.error?.canRetry ?? true
  const others = tenant
    ? (await parts.identity.federation.offered(tenant.id)).filter((id) => id !== schemeId)
    : []
  const view: RefusedView = {
    ...frame(parts, context),
    title: t(`identity.refused.${kind}.title`),
    text: t(`identity.refused.${kind}.text`),
    retry:
      tenant && provider && canRetry
        ? {
            label: providerName(provider, language) || scheme.label[language],
            href: there(startHref(tenant.slug, schemeId, provider.entityId, errand)),
          }
        : null,
    others: tenant
      ? others.map((id) => ({
          label: schemeNamed(id)!.label[language],
          href: there(`/${tenant.slug}/accedi`),
        }))
      : [],
    back: tenant
      ? { label: 'back', href: there(`/${tenant.slug}${isOffice ? '/ufficio' : ''}/accedi`) }
      : { label: 'choose_entity', href: '/' },
    help: tenant ? tenant.branding.phone || tenant.branding.email || null : null,
    requestId: context.var.requestId,
  }
  parts.services.log.info({ requestId: context.var.requestId, reason: outcome.reason }, 'refusal shown')
  return page(parts, context, 'login/refused', view, outcome.status)
}

/** The words that fit: the provider's own reason where it gave one. */
function kindOf(scheme: string, { reason, error }: Refusal): string {
  if (error) {
    if (error.kind === 'identity-blocked' && scheme === 'cie') return 'card_blocked'
    return error.kind.replaceAll('-', '_')
  }
  return reason === 'request.unknown' || reason === 'request.expired' ? 'stale' : 'invalid'
}
