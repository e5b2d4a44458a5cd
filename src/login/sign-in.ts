import { DomainError } from '#core/errors.ts'
import { hashToken } from '#core/ids.ts'
import { arrive } from '#pages/arrive.ts'
import { providerName } from '#pages/identity-choice.ts'
import { safeNext } from '#pages/password-form.ts'
import type { Identity } from '#identity/scheme.ts'
import type { Errand } from '#tenants/identity/requests.ts'
import { guardianOfIdentity, staffOfIdentity } from '#tenants/people/identity-account.ts'
import type { Proof } from '#tenants/sign-in/sessions.ts'
import type { LoginApp, LoginContext, LoginParts } from './context.ts'
import { frame, page } from './frame.ts'
import { nonceIn, nonceOf } from './nonce.ts'

/**
 * `/{slug}/accedi/{scheme}?idp=…`: sends the browser to a provider, by redirect or, where the provider offers only that,
 * by a form. `poi` is where to go afterwards, `collega` links the password account that is signed in, `ufficio` is the
 * staff's door.
 */
export function startRoute(app: LoginApp, parts: LoginParts, scheme: string): void {
  const { federation } = parts.identity
  app.get(`/:slug/accedi/${scheme}`, async (context) => {
    const { tenant, language } = context.var
    const providerId = context.req.query('idp') ?? ''
    const departure = await federation.start(tenant, scheme, providerId, errandOf(parts, context))
    context.header('cache-control', 'no-store')
    // 302 and no other: the public suite of SPID asks for it.
    if (departure.kind === 'redirect') return context.redirect(departure.url, 302)
    const provider = await federation.providers.find(scheme, providerId)
    context.set('formTargets', [new URL(departure.action).origin])
    return page(parts, context, 'login/departure', {
      ...frame(parts, context),
      provider: provider ? providerName(provider, language) : '',
      action: departure.action,
      fields: Object.entries(departure.fields).map(([name, value]) => ({ name, value })),
    })
  })
}

function errandOf({ services }: LoginParts, context: LoginContext): Errand {
  const { tenant, viewer } = context.var
  const isOffice = context.req.query('ufficio') === 'si'
  const base = isOffice ? `/${tenant.slug}/ufficio` : `/${tenant.slug}`
  const canLink = !isOffice && viewer?.kind === 'guardian' && viewer.method === 'password'
  return {
    face: isOffice ? 'office' : 'portal',
    nonceHash: hashToken(nonceOf(context, services.config)),
    next: safeNext(base, context.req.query('poi')),
    linkAccountId: canLink && context.req.query('collega') === 'si' ? viewer.accountId : null,
  }
}

/**
 * `/{slug}/accedi/fine?codice=…`: where the login host sends the browser that has come back. Only the browser that began
 * gets a session, and each code is good once.
 */
export function finishRoute(app: LoginApp, parts: LoginParts): void {
  const { services } = parts
  app.get('/:slug/accedi/fine', async (context) => {
    const { tenant } = context.var
    const code = context.req.query('codice') ?? ''
    const nonce = nonceIn(context, services.config)
    const { identity, errand } = await parts.identity.federation.receive(tenant, { code, nonce })
    const proof = proofOf(identity)
    if (errand.face === 'office') {
      const accountId = await staffOfIdentity(services, tenant, identity)
      return arrive(parts, context, 'office', { accountId, proof }, errand.next)
    }
    const { accountId, isNew } = await guardianOfIdentity(services, tenant, identity, {
      linkAccountId: accountToLink(context, errand),
      language: context.var.language,
    })
    const next = isNew ? `/${tenant.slug}/primo-accesso` : errand.next
    return arrive(parts, context, 'portal', { accountId, proof }, next)
  })
}

/**
 * The account that is to go on with SPID or CIE: still the one that is signed in with its password. Who has left it, or
 * whose sessions were ended, meanwhile has changed their mind, or is another person at the same computer.
 * @throws DomainError sign_in.interrupted
 */
function accountToLink(context: LoginContext, { linkAccountId }: Errand): string | null {
  const { viewer } = context.var
  const isStillThere =
    viewer?.kind === 'guardian' && viewer.method === 'password' && viewer.accountId === linkAccountId
  if (linkAccountId !== null && !isStillThere) throw new DomainError('sign_in.interrupted')
  return linkAccountId
}

function proofOf({ scheme, level, issuer, assertionId, nameId }: Identity): Proof {
  const isKnown = scheme === 'spid' || scheme === 'cie'
  if (!isKnown) throw new Error(`no session may begin with ${scheme}`)
  return { method: scheme, level, provider: issuer, assertionId, nameId }
}
