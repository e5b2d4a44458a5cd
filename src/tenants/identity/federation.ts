import { audit } from '#core/audit.ts'
import type { Clock } from '#core/clock.ts'
import { inTenant } from '#core/db/tenant.ts'
import { DomainError } from '#core/errors.ts'
import type { Services } from '#core/services.ts'
import type { Tenant } from '#core/tenant.ts'
import type { CallbackPost, Departure, Identity, Level, Outcome, Provider } from '#identity/scheme.ts'
import { schemeNamed, schemes } from '#identity/schemes.ts'
import { keepForBrowser, takeFromBrowser } from './handover.ts'
import type { ProviderDirectory } from './providers.ts'
import type { Registrations } from './registrations.ts'
import { storeRequest, takeRequest, type Errand, type StoredRequest } from './requests.ts'
import { traceRequest, traceResponse } from './trace.ts'

/** Level 2: something known and something owned. Nothing that can be done here asks for more (SPID levels, eIDAS). */
const LEVEL: Level = 2

/** What SPID and CIE need of the house. */
export interface Federation {
  readonly registrations: Registrations
  readonly providers: ProviderDirectory
  /** The schemes with which one can sign in to the entity now, in the order of the list of schemes. */
  offered(tenantId: string): Promise<readonly string[]>
  /**
   * Sends a browser to a provider.
   * @throws DomainError identity.not_offered for a scheme or provider that the entity does not offer
   */
  start(tenant: Tenant, scheme: string, providerId: string, errand: Errand): Promise<Departure>
  /** Judges what a browser brings back. Never throws for what came from outside. */
  finish(scheme: string, post: CallbackPost): Promise<Finished>
  /**
   * Hands the person of an accepted answer to the browser that began, once.
   * @throws DomainError sign_in.interrupted
   */
  receive(
    tenant: Tenant,
    brought: { code: string; nonce: string | undefined },
  ): Promise<{ identity: Identity; errand: Errand }>
  /** The time that providers live in. */
  now(): Date
}

/** An answer that was judged. */
export type Finished =
  | { readonly accepted: true; readonly tenant: Tenant; readonly code: string }
  | {
      readonly accepted: false
      readonly outcome: Outcome & { accepted: false }
      /** What it answered; undefined when it matched no request of ours. */
      readonly request: StoredRequest | undefined
      readonly tenant: Tenant | undefined
      readonly provider: Provider | undefined
    }

/**
 * Puts the schemes, their registrations and providers, and the database together.
 * @param wire the time that providers live in, whatever day a demonstration has been moved to
 */
export function createFederation(
  services: Services,
  registrations: Registrations,
  providers: ProviderDirectory,
  wire: Clock,
): Federation {
  const { db, vault, clock, log, metrics, tenants } = services

  /** Counted whatever became of it; named in the log without anything of a person. */
  function count(scheme: string, outcome: Outcome): void {
    const result = outcome.accepted ? 'accepted' : outcome.reason
    metrics.identityAnswers.inc({ scheme, result })
    if (outcome.accepted) return
    const { reason, error, pending, isSigned } = outcome
    const facts = {
      scheme,
      reason,
      error: error?.number,
      tenantId: pending?.tenantId,
      provider: pending?.providerId,
    }
    // A person is called for what the provider has signed: anybody who begins a sign-in can post an error without.
    if (error?.isOurs) log[isSigned ? 'error' : 'warn'](facts, 'an identity provider refused our request')
    else log.info(facts, 'sign-in refused')
  }

  return {
    registrations,
    providers,
    async offered(tenantId) {
      const active = await registrations.schemesOf(tenantId)
      const ready = schemes.filter(({ id }) => active.includes(id))
      const known = await Promise.all(
        ready.map(async ({ id }) => ((await providers.list(id)).length > 0 ? [id] : [])),
      )
      return known.flat()
    },
    async start(tenant, schemeId, providerId, errand) {
      const scheme = schemeNamed(schemeId)
      const registration = scheme && (await registrations.active(tenant.id, schemeId))
      const provider = registration && (await providers.find(schemeId, providerId))
      if (!scheme || !registration || !provider) throw new DomainError('identity.not_offered')
      const now = wire.now()
      const binding = provider.singleSignOn.redirect === undefined ? 'post' : 'redirect'
      const { departure, pending, sent } = scheme.start({
        registration,
        provider,
        level: LEVEL,
        binding,
        now,
      })
      const keys = await vault.of(tenant.id)
      await inTenant(db, tenant.id, async (tx) => {
        await storeRequest(tx, pending, errand)
        await traceRequest(tx, keys, pending, sent, now)
      })
      return departure
    },
    async finish(schemeId, post) {
      const scheme = schemeNamed(schemeId)
      if (!scheme) throw new DomainError('identity.not_offered')
      let request: StoredRequest | undefined
      const pending = { consume: async (of: string, id: string) => (request = await takeRequest(db, of, id)) }
      const outcome = await scheme.finish(post, { pending, providers, clock: wire })
      count(schemeId, outcome)
      const tenant = request && (await tenants.byId(request.tenantId))
      if (!request || !tenant) {
        if (outcome.accepted) throw new Error('an answer was accepted without its request')
        return { accepted: false, outcome, request, tenant, provider: undefined }
      }
      const { errand } = request
      const now = wire.now()
      const keys = await vault.of(tenant.id)
      if (outcome.accepted) {
        const code = await inTenant(db, tenant.id, async (tx) => {
          await traceResponse(tx, keys, outcome.pending, outcome, now)
          return keepForBrowser(tx, keys, tenant.id, outcome.identity, errand, now)
        })
        return { accepted: true, tenant, code }
      }
      await inTenant(db, tenant.id, async (tx) => {
        await traceResponse(tx, keys, request!, outcome, now)
        const { reason, error } = outcome
        const details = { scheme: schemeId, reason, error: error?.number ?? null, face: errand.face }
        await audit(
          tx,
          tenant.id,
          { actor: { kind: 'nobody' }, action: 'sign_in.refused', details },
          clock.now(),
        )
      })
      const provider = await providers.find(schemeId, request.providerId)
      return { accepted: false, outcome, request, tenant, provider }
    },
    receive: async (tenant, brought) =>
      takeFromBrowser(db, await vault.of(tenant.id), tenant.id, brought, wire.now()),
    now: () => wire.now(),
  }
}
