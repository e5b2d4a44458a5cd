import type { Config } from './core/config.ts'
import { UpstreamError } from './core/errors.ts'
import type { Tenant } from './core/tenant.ts'
import type { PositionArchive } from './core/top-ups/announce.ts'
import { introduceToSandbox } from './local/introduce.ts'
import { createPositionArchive } from './pagopa/aca.ts'
import { createCheckoutClient, type CheckoutClient } from './pagopa/checkout.ts'

/** The outside world as entities in rehearsal meet it: a sandbox, never the real one. */
export interface RehearsalWorld {
  readonly checkout: CheckoutClient
  readonly archive: PositionArchive
  /** Where the sandbox's pages are; null where no entity can rehearse. */
  readonly sandboxUrl: string | null
  /** Tells the sandbox of an entity, as a creditor is registered with pagoPA. @throws Error when it does not answer */
  introduce(tenant: Tenant): Promise<void>
}

/**
 * The world of rehearsals: the sandbox that the operator names; without one, outside production, the one that everything else
 * talks to as well. In production without one nothing is asked of anybody.
 * @param real what entities that are live talk to
 */
export function rehearsalWorld(
  config: Config,
  real: { checkout: CheckoutClient; archive: PositionArchive },
): RehearsalWorld {
  const url = config.REHEARSAL_SANDBOX_URL ?? config.SANDBOX_URL ?? null
  const introduce = async (tenant: Tenant) => {
    if (url === null) throw nobody()
    await introduceToSandbox(url, tenant, { people: [], paymentCodes: [] })
  }
  if (config.REHEARSAL_SANDBOX_URL === undefined)
    return config.NODE_ENV === 'production'
      ? { checkout: { postCart: refuse }, archive: { announce: refuse }, sandboxUrl: null, introduce }
      : { ...real, sandboxUrl: url, introduce }
  const base = config.REHEARSAL_SANDBOX_URL.replace(/\/*$/, '')
  const subscriptionKey = 'rehearsal'
  return {
    checkout: createCheckoutClient({ baseUrl: `${base}/checkout/ec/v2`, subscriptionKey, timeoutMs: 4_000 }),
    archive: createPositionArchive({ baseUrl: `${base}/aca/v1`, subscriptionKey, timeoutMs: 8_000 }),
    sandboxUrl: base,
    introduce,
  }
}

function nobody(): UpstreamError {
  return new UpstreamError('no sandbox is named for rehearsals (REHEARSAL_SANDBOX_URL)', { retryable: false })
}

function refuse(): Promise<never> {
  return Promise.reject(nobody())
}
