import { randomUUID } from 'node:crypto'
import type { Collection, Store, StoredRecord } from '../state/store.ts'
import { Outage } from '../web/outage.ts'
import { RequestError } from '../web/request.ts'
import type { Registry } from '../world/registry.ts'
import type { AuthnRequest } from './authn-request.ts'
import { Citizens } from './citizens.ts'
import type { Incoming } from './incoming.ts'
import { Keys } from './keys.ts'
import type { SigningKey } from './keys.ts'
import { Logouts } from './logouts.ts'
import { attributesOf } from './person.ts'
import type { Citizen } from './person.ts'
import { PERSON_ERRORS } from './problem.ts'
import { placesOf, PROVIDERS } from './provider.ts'
import type { Places, Provider } from './provider.ts'
import { errorResponse, rightFacts, signResponse, transientName, writeResponse } from './response.ts'
import { ServiceProviders } from './service-providers.ts'
import { signElement } from './signature.ts'
import { judge } from './verdict.ts'
import type { Verdict } from './verdict.ts'
import type { WrongAnswer } from './wrong-answers.ts'

/** A form that the browser posts to the service provider. */
export interface Post {
  readonly action: string
  readonly fields: Readonly<{ SAMLResponse: string; RelayState: string }>
}

/** A sign-in under way on the pages, kept while the person chooses. */
export interface SignIn extends StoredRecord {
  readonly providerId: string
  readonly request: AuthnRequest
  readonly fiscalCode?: string
}

/** The simulated SPID and CIE: providers, their registry, who may ask and who may sign in. */
export class Identity {
  readonly keys: Keys
  readonly serviceProviders: ServiceProviders
  readonly citizens: Citizens
  readonly logouts: Logouts
  /** The order to fail of each provider, by its id. */
  readonly outages: Readonly<Record<string, Outage>>
  readonly #signIns: Collection<SignIn>
  readonly #url: () => string
  readonly #now: () => Date

  constructor(parts: { store: Store; registry: Registry; url: () => string; now: () => Date }) {
    const { store, registry, url, now } = parts
    this.keys = new Keys(store, now)
    this.serviceProviders = new ServiceProviders(store, now)
    this.citizens = new Citizens(store, registry, now)
    this.outages = Object.fromEntries(PROVIDERS.map(({ id }) => [id, new Outage(store, id, now)]))
    this.logouts = new Logouts(store, this, now)
    this.#signIns = store.collection<SignIn>('sign-ins', { most: 2_000 })
    this.#url = url
    this.#now = now
  }

  placesOf(provider: Provider): Places {
    return placesOf(provider, this.#url())
  }

  /** The key with which a provider signs. */
  keyOf({ id, label }: Provider): Promise<SigningKey> {
    return this.keys.of(id, label)
  }

  /** The key with which the registry signs metadata. */
  registryKey(): Promise<SigningKey> {
    return this.keys.of('registry', 'Registro dei gestori (prova)')
  }

  judge(provider: Provider, incoming: Incoming): Promise<Verdict> {
    const { serviceProviders } = this
    return judge(incoming, { provider, places: this.placesOf(provider), serviceProviders, now: this.#now() })
  }

  /** Keeps an accepted request while the person goes through the pages. */
  begin({ id: providerId }: Provider, request: AuthnRequest): SignIn {
    return this.#signIns.put({
      id: randomUUID(),
      createdAt: this.#now().toISOString(),
      providerId,
      request,
    })
  }

  /** @throws RequestError 404 */
  find(id: string): SignIn {
    const found = this.#signIns.get(id)
    if (found) return found
    throw new RequestError(404, 'Accesso sconosciuto', 'Torna al sito dell’ente e ricomincia.')
  }

  choose(signIn: SignIn, fiscalCode: string): SignIn {
    return this.#signIns.put({ ...signIn, fiscalCode: this.citizens.find(fiscalCode).fiscalCode })
  }

  /** What the service provider would get to know of the person. */
  attributes(provider: Provider, request: AuthnRequest, citizen: Citizen): Readonly<Record<string, string>> {
    return attributesOf(citizen, provider, request.attributes, this.#now())
  }

  /** Says yes to a request, rightly or wrongly; more than one post where the wrong way is to repeat it. */
  async accept(
    provider: Provider,
    request: AuthnRequest,
    citizen: Citizen,
    wrong?: WrongAnswer,
  ): Promise<Post[]> {
    const given = {
      scheme: provider.scheme,
      issuer: this.placesOf(provider).entityId,
      nameId: transientName(),
      attributes: this.attributes(provider, request, citizen),
      now: this.#now(),
    }
    const facts = rightFacts(request, given)
    const written = writeResponse(wrong?.says?.(facts) ?? facts)
    const signed = await this.#sign(wrong?.beforeSigning?.(written) ?? written, provider, wrong)
    const sent = wrong?.afterSigning?.(signed) ?? signed
    this.logouts.remember({ provider, request, citizen, nameId: given.nameId })
    return Array.from({ length: wrong?.times ?? 1 }, () => post(request, sent))
  }

  /** Says no, with a number of SPID's table. */
  async refuse(provider: Provider, request: AuthnRequest, number: number): Promise<Post> {
    const issuer = this.placesOf(provider).entityId
    const given = { scheme: provider.scheme, issuer, now: this.#now(), number }
    return post(request, errorResponse(request, given, await this.keyOf(provider)))
  }

  async #sign(xml: string, provider: Provider, wrong?: WrongAnswer): Promise<string> {
    const isStranger = wrong?.signed === 'by-stranger'
    const key = isStranger ? await this.keys.of('stranger', 'Uno sconosciuto') : await this.keyOf(provider)
    return wrong?.signed === 'response-only' ? signElement(xml, key, 'root') : signResponse(xml, key)
  }
}

/** The errors that a person can cause at a provider. */
export function personErrors({ scheme }: Provider): readonly (typeof PERSON_ERRORS)[number][] {
  return PERSON_ERRORS.filter(({ cie }) => scheme === 'spid' || cie)
}

function post({ assertionConsumerUrl, relayState }: AuthnRequest, xml: string): Post {
  const SAMLResponse = Buffer.from(xml).toString('base64')
  return { action: assertionConsumerUrl, fields: { SAMLResponse, RelayState: relayState } }
}
