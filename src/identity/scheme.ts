import type { KeyObject } from 'node:crypto'
import type { Clock } from '#core/clock.ts'
import type { ProviderError } from './provider-errors.ts'
import type { RefusalReason } from './refusal.ts'

/** How sure the provider is of the person (eIDAS low, substantial, high): 1, 2 or 3. */
export type Level = 1 | 2 | 3

/** A private key and the certificate that the providers know it by. */
export interface SigningKey {
  readonly privateKey: KeyObject
  /** PEM. */
  readonly certificate: string
}

/** A tenant as one scheme knows it. SPID and CIE registrations are separate, even under one entityID. */
export interface Registration {
  readonly tenantId: string
  readonly entityId: string
  /** Where the provider posts its answer: one URL for all tenants of the installation. */
  readonly assertionConsumerUrl: string
  readonly logoutUrl: string
  readonly key: SigningKey
}

/** A place of a provider, by binding; undefined where the provider does not offer that binding. */
export interface Endpoints {
  readonly redirect?: string
  readonly post?: string
}

/** An identity provider as its metadata describes it. */
export interface Provider {
  readonly entityId: string
  /** For people, by language; at least `it` where the metadata gives any. */
  readonly names: Readonly<Record<string, string>>
  readonly singleSignOn: Endpoints
  readonly singleLogout: Endpoints
  /** PEM, one or several during a rotation. Nothing signed with another key is believed. */
  readonly certificates: readonly string[]
}

/** What is remembered of a request until its answer comes. The tenant is known from here and nowhere else. */
export interface PendingRequest {
  readonly id: string
  readonly scheme: string
  readonly tenantId: string
  readonly entityId: string
  readonly assertionConsumerUrl: string
  readonly providerId: string
  readonly level: Level
  /** Whole seconds, as sent. */
  readonly issuedAt: Date
  readonly expiresAt: Date
  /** Opaque; nothing is derived from the one that comes back. */
  readonly relayState: string
}

export interface StartOrder {
  readonly registration: Registration
  readonly provider: Provider
  /** The least level that lets the person in. */
  readonly level: Level
  readonly binding: 'redirect' | 'post'
  readonly now: Date
}

/** How the browser goes to the provider. */
export type Departure =
  | { readonly kind: 'redirect'; readonly url: string }
  | { readonly kind: 'form'; readonly action: string; readonly fields: Readonly<Record<string, string>> }

export interface Started {
  readonly departure: Departure
  readonly pending: PendingRequest
  /** The request's XML, for the 24 months' trace. */
  readonly sent: string
}

/** Who the provider says this is. Every field was read from bytes that the provider signed. */
export interface Identity {
  /** Sixteen characters, upper case, check character verified. */
  readonly fiscalCode: string
  readonly firstName: string
  readonly lastName: string
  readonly level: Level
  readonly scheme: string
  /** entityID of the provider. */
  readonly issuer: string
  readonly assertionId: string
  /** Transient name of this sign-in, for a logout that the provider asks for; never a key of an account. */
  readonly nameId: string
}

/** The columns by which the trace of a sign-in is found again; those that could be read. */
export interface ResponseTrace {
  readonly responseId?: string
  readonly issueInstant?: string
  readonly issuer?: string
  readonly assertionId?: string
  readonly nameId?: string
  readonly nameQualifier?: string
}

export interface Accepted {
  readonly accepted: true
  readonly identity: Identity
  readonly pending: PendingRequest
  readonly trace: ResponseTrace
  /** The response's XML, for the trace. */
  readonly received: string
}

export interface Refusal {
  readonly accepted: false
  readonly status: 403
  /** Stable, without personal data: for logs and metrics. */
  readonly reason: RefusalReason
  /** What the provider told us, where the reason is `provider.error`. */
  readonly error?: ProviderError
  /** The request that this answer used up; undefined when it matched none. */
  readonly pending?: PendingRequest
  readonly trace: ResponseTrace
  /** True when Response or Assertion bore a good signature of the provider asked; errors are usually unsigned. */
  readonly isSigned?: boolean
  readonly received?: string
}

export type Outcome = Accepted | Refusal

/** Requests under way. `consume` must be atomic: of many answers to one request, one gets it. */
export interface PendingRequests {
  consume(scheme: string, id: string): Promise<PendingRequest | undefined>
}

/** The providers whose metadata was read; without the provider asked for, its answer is refused. */
export interface Providers {
  find(scheme: string, entityId: string): Promise<Provider | undefined>
}

export interface Desk {
  readonly pending: PendingRequests
  readonly providers: Providers
  readonly clock: Clock
}

/** The fields of the form that the browser posts back. */
export type CallbackPost = Readonly<Record<string, string | undefined>>

/** One way for a person to prove who they are. A new one is a folder in `schemes/` and a line in `schemes.ts`. */
export interface IdentityScheme {
  readonly id: string
  readonly label: { readonly it: string; readonly en: string }
  /** Pages that explain it to people; `text` names a message under `identity.<id>`. */
  readonly links: readonly { readonly text: string; readonly href: string }[]
  /** Builds and signs the request. The caller stores `pending` before the browser leaves. */
  start(order: StartOrder): Started
  /** Judges the answer; never throws for anything that came from outside. */
  finish(post: CallbackPost, desk: Desk): Promise<Outcome>
}
