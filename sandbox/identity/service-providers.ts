import { createHash } from 'node:crypto'
import type { Collection, Store, StoredRecord } from '../state/store.ts'
import type { Scheme } from './provider.ts'
import { readServiceProvider } from './service-provider-metadata.ts'
import type { ServiceProviderFacts } from './service-provider-metadata.ts'

/** A service provider that was registered with a scheme. */
export interface ServiceProvider extends StoredRecord, ServiceProviderFacts {
  readonly scheme: Scheme
}

/** Who may send people to the providers. Its registration here stands for AgID's and the Ministry's. */
export class ServiceProviders {
  readonly #known: Collection<ServiceProvider>
  readonly #now: () => Date

  constructor(store: Store, now: () => Date) {
    this.#known = store.collection<ServiceProvider>('service-providers', { most: 20_000 })
    this.#now = now
  }

  /**
   * Registers by metadata; the latest of one scheme and entityID wins.
   * @returns the registered one, or the list of what is wrong
   */
  async register(scheme: Scheme, metadata: string): Promise<ServiceProvider | readonly string[]> {
    const verdict = await readServiceProvider(scheme, metadata)
    if (!verdict.accepted) return verdict.problems
    const id = keyOf(scheme, verdict.facts.entityId)
    return this.#known.put({ ...verdict.facts, scheme, id, createdAt: this.#now().toISOString() })
  }

  find(scheme: Scheme, entityId: string): ServiceProvider | undefined {
    return this.#known.get(keyOf(scheme, entityId))
  }

  all(): ServiceProvider[] {
    return this.#known.all()
  }
}

function keyOf(scheme: Scheme, entityId: string): string {
  return createHash('sha256').update(`${scheme} ${entityId}`).digest('hex')
}
