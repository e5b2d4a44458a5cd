import { randomUUID } from 'node:crypto'
import { deflateRawSync } from 'node:zlib'
import type { Collection, Store, StoredRecord } from '../state/store.ts'
import { RequestError } from '../web/request.ts'
import { child, element, readXml, writeXml } from '../wire/xml.ts'
import type { AuthnRequest } from './authn-request.ts'
import { open } from './incoming.ts'
import type { Incoming } from './incoming.ts'
import type { SigningKey } from './keys.ts'
import { ASSERTION, ENTITY, PROTOCOL, STATUS, TRANSIENT } from './names.ts'
import type { Citizen } from './person.ts'
import type { Places, Provider } from './provider.ts'
import { instant } from './response.ts'
import type { ServiceProviders } from './service-providers.ts'
import { signedRoot, signElement, signQuery } from './signature.ts'

/** Somebody whom a provider has signed on somewhere. */
export interface Session extends StoredRecord {
  readonly providerId: string
  readonly entityId: string
  readonly displayName: string
  readonly nameId: string
  readonly person: string
}

/** A logout that a provider asked for, and what came of it. */
export interface Logout extends StoredRecord {
  readonly providerId: string
  readonly entityId: string
  readonly nameId: string
  readonly answer?: LogoutAnswer
}

export interface LogoutAnswer {
  readonly receivedAt: string
  /** The last word of the status code, `Success` when the sessions ended. */
  readonly status: string
  readonly isSignatureGood: boolean
  /** What else was wrong with it. */
  readonly problems: readonly string[]
}

/** How the browser takes the request to the service provider. */
export type LogoutDeparture =
  | { readonly id: string; readonly url: string }
  | { readonly id: string; readonly action: string; readonly fields: Readonly<Record<string, string>> }

interface Office {
  readonly serviceProviders: ServiceProviders
  placesOf(provider: Provider): Places
  keyOf(provider: Provider): Promise<SigningKey>
}

const LIFE_MS = 5 * 60_000

/** Sessions that the providers know of, and the logouts that they ask for. */
export class Logouts {
  readonly #sessions: Collection<Session>
  readonly #logouts: Collection<Logout>
  readonly #office: Office
  readonly #now: () => Date

  constructor(store: Store, office: Office, now: () => Date) {
    this.#sessions = store.collection<Session>('identity-sessions', { most: 200 })
    this.#logouts = store.collection<Logout>('logouts', { most: 200 })
    this.#office = office
    this.#now = now
  }

  remember(one: { provider: Provider; request: AuthnRequest; citizen: Citizen; nameId: string }): void {
    const { provider, request, citizen, nameId } = one
    this.#sessions.put({
      id: randomUUID(),
      createdAt: this.#now().toISOString(),
      providerId: provider.id,
      entityId: request.entityId,
      displayName: request.displayName,
      nameId,
      person: `${citizen.firstName} ${citizen.lastName}`,
    })
  }

  /** Newest first. */
  sessions(): Session[] {
    return this.#sessions.all().toReversed()
  }

  /** Newest first. */
  all(): Logout[] {
    return this.#logouts.all().toReversed()
  }

  /** Builds and signs a LogoutRequest. @throws RequestError 404 when nobody of that entityID is registered */
  async ask(provider: Provider, entityId: string, nameId: string): Promise<LogoutDeparture> {
    const serviceProvider = this.#office.serviceProviders.find(provider.scheme, entityId)
    const { redirect, post } = serviceProvider?.logout ?? {}
    const destination = redirect ?? post
    if (destination === undefined) {
      throw new RequestError(404, 'Servizio sconosciuto', `Nessun servizio registrato si chiama ${entityId}.`)
    }
    const id = `_${randomUUID()}`
    const xml = logoutRequest({
      id,
      destination,
      nameId,
      now: this.#now(),
      issuer: this.#office.placesOf(provider).entityId,
    })
    this.#logouts.put({
      id,
      createdAt: this.#now().toISOString(),
      providerId: provider.id,
      entityId,
      nameId,
    })
    const key = await this.#office.keyOf(provider)
    if (redirect === undefined) {
      const SAMLRequest = Buffer.from(signElement(xml, key, 'root')).toString('base64')
      return { id, action: destination, fields: { SAMLRequest, RelayState: id } }
    }
    const encoded = encodeURIComponent(deflateRawSync(xml).toString('base64'))
    const query = signQuery([`SAMLRequest=${encoded}`, `RelayState=${id}`], key)
    return { id, url: `${redirect}${redirect.includes('?') ? '&' : '?'}${query}` }
  }

  /** Takes a LogoutResponse. @throws RequestError 422 when it cannot be read or answers nothing that was asked */
  async receive(provider: Provider, incoming: Incoming): Promise<Logout & { readonly answer: LogoutAnswer }> {
    const opened = open(incoming, 'SAMLResponse')
    if (typeof opened === 'string') throw new RequestError(422, 'Risposta non leggibile', opened)
    const { root, xml, relayState, isQuerySignedBy } = opened
    const asked = this.#logouts.get(root.attributes.InResponseTo ?? '')
    if (root.name !== 'LogoutResponse' || asked?.providerId !== provider.id) {
      throw new RequestError(422, 'Risposta inattesa', 'Non risponde a nessuna uscita chiesta da qui.')
    }
    const { serviceProviders } = this.#office
    const certificates = serviceProviders.find(provider.scheme, asked.entityId)?.certificates ?? []
    const signed = isQuerySignedBy ? undefined : await signedRoot(xml, certificates)
    const isSignatureGood = isQuerySignedBy ? isQuerySignedBy(certificates) : signed !== undefined
    const said = signed === undefined ? root : readXml(signed)
    const status = child(said, 'Status')
    const code = (status && child(status, 'StatusCode'))?.attributes.Value ?? ''
    const rules: [boolean, string][] = [
      [
        said.attributes.Destination === this.#office.placesOf(provider).logout,
        'Destination non è questo SLO',
      ],
      [child(said, 'Issuer')?.text.trim() === asked.entityId, 'Issuer non è il servizio a cui si è chiesto'],
      [relayState === asked.id, 'RelayState non è quello mandato'],
    ]
    const answer = {
      receivedAt: this.#now().toISOString(),
      status: code.startsWith(STATUS) ? code.slice(STATUS.length) : code,
      isSignatureGood,
      problems: rules.flatMap(([holds, problem]) => (holds ? [] : [problem])),
    }
    this.#logouts.put({ ...asked, answer })
    return { ...asked, answer }
  }
}

function logoutRequest(facts: {
  readonly id: string
  readonly issuer: string
  readonly destination: string
  readonly nameId: string
  readonly now: Date
}): string {
  const { id, issuer, destination, nameId, now } = facts
  return writeXml(
    element(
      'samlp:LogoutRequest',
      [
        element('saml:Issuer', issuer, { Format: ENTITY, NameQualifier: issuer }),
        element('saml:NameID', nameId, { Format: TRANSIENT, NameQualifier: issuer }),
        element('samlp:SessionIndex', nameId),
      ],
      {
        'xmlns:samlp': PROTOCOL,
        'xmlns:saml': ASSERTION,
        ID: id,
        Version: '2.0',
        IssueInstant: instant(now.getTime()),
        NotOnOrAfter: instant(now.getTime() + LIFE_MS),
        Destination: destination,
      },
    ),
  )
}
