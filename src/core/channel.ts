import type { Hono } from 'hono'
import type { z } from 'zod'
import type { CartReturn } from './db/schema.ts'
import type { UpstreamError } from './errors.ts'
import type { NoticeDocument } from './documents/notice-data.ts'
import type { Language } from './i18n.ts'
import type { Lane } from './jobs/job.ts'
import type { Message } from './mail.ts'
import type { Cents } from './money.ts'
import type { EmailEntity } from './templates.ts'
import type { OpenedTopUp, TopUpDraft } from './top-ups/top-up.ts'

/** What happens next for the payer. A closed set: web and REST render each kind once. */
export type NextStep =
  | { kind: 'redirect'; url: URL; expiresAt: Date; cartId: string; topUpIds: readonly string[] }
  | { kind: 'document'; documentId: string; noticeNumber: string }
  | { kind: 'code'; payload: string; caption: string }
  /** Whom the channel needs does not answer; the top-ups are open and can be paid by notice, or tried again. */
  | { kind: 'unavailable'; cartId: string; topUpIds: readonly string[]; cause: UpstreamError }

/** Whether a channel is shown, or why not: `because` is a key of the message catalogue. */
export type Offer = { offered: true } | { offered: false; because: string }

/** One step of paying through a channel: a key of the message catalogue, and what fills its places. */
export interface GuideStep {
  readonly key: string
  readonly values?: Readonly<Record<string, string | number>>
}

/** Where a channel is shown: the portal, the app, or only at a counter. */
export type Surface = 'portal' | 'app' | 'counter'

/** A parent who starts a payment. */
export interface Payer {
  accountId: string
  email: string | null
  language: Language
}

/** What a payer asks for. Channels without drafts (maxTopUps 0) get the wallet alone. */
export interface StartRequest {
  drafts: readonly TopUpDraft[]
  walletId: string
  payer: Payer
}

/** A payment asked for at a counter, with the code that the payer showed. */
export interface DemandRequest {
  paymentCode: string
  amountCents: Cents
}

/**
 * What a channel may ask of the house. It can open top-ups and prove payments; it can never book, since it sees
 * neither ledger nor database.
 */
export interface PaymentDesk {
  /**
   * Opens top-ups with notice numbers.
   * @throws DomainError amount.below_minimum, amount.above_maximum, wallet.not_found, wallet.suspended
   */
  open(
    drafts: readonly TopUpDraft[],
    options: { validDays?: number; validMinutes?: number },
  ): Promise<OpenedTopUp[]>
  /** One attempt at Checkout over opened top-ups, with the addresses to come back to. */
  openCart(topUpIds: readonly string[]): Promise<{ id: string; returnUrls: Record<CartReturn, URL> }>
  /** Open top-ups of this tenant by their ids. @throws DomainError top_up.* when one is not open any more */
  openOnes(topUpIds: readonly string[]): Promise<OpenedTopUp[]>
  /** The wallet behind a code. @throws DomainError payment_code.unknown, payment_code.revoked, wallet.suspended */
  findWalletByCode(paymentCode: string): Promise<{ walletId: string }>
  /** The code of a wallet, made when there is none yet. */
  paymentCode(walletId: string): Promise<string>
  /** The printable notice of a top-up, and its PDF. */
  noticeDocument(topUpId: string, language: Language): Promise<NoticeDocument>
  noticePdf(topUpId: string, language: Language): Promise<Uint8Array>
  /** Takes an e-mail that was asked for, once: `deliver` runs with its address, and a second call does nothing. */
  deliverEmail(emailId: string, deliver: (email: DeskEmail) => Promise<Message>): Promise<void>
}

export interface DeskEmail {
  subjectId: string
  address: string
  language: Language
}

/** The entity as a channel sees it. */
export interface ChannelTenant {
  readonly id: string
  readonly slug: string
  readonly name: string
  readonly fiscalCode: string
  readonly creditorName: string
  /** Whether its notices can be paid by postal slip too. */
  readonly hasPostalAccount: boolean
  /** Whether it pays to a simulated world: what asks pagoPA must ask that one instead. */
  readonly isRehearsing: boolean
  readonly serviceId: string | null
  readonly serviceSubjectId: string | null
  readonly noticeValidityDays: number
  /** Whether a notice can still be paid after its last day. */
  readonly latePaymentAllowed: boolean
  /** The address of the installation. */
  readonly publicUrl: string
  /** How the entity signs its e-mails. */
  readonly letterhead: EmailEntity
}

/** Everything a channel can touch. */
export interface ChannelContext<Settings> {
  readonly tenant: ChannelTenant
  readonly settings: Settings
  readonly now: Date
  readonly desk: PaymentDesk
  /** Renders an e-mail template of templates/emails. */
  readonly render: (template: string, view: object, language: Language) => string
  enqueue(job: string, data: Record<string, unknown>): Promise<void>
}

/** Work of a channel, run later with the context of its tenant. `data.tenantId` is always there. */
export interface ChannelJob<Settings = unknown, Data = unknown> {
  readonly name: string
  readonly lane: Lane
  readonly data: z.ZodType<Data>
  run(data: Data, context: ChannelContext<Settings>): Promise<void>
}

/** A way to pay. One object declares it; docs/add-a-channel.md shows how. */
export interface PaymentChannel<Id extends string = string, Settings = unknown> {
  readonly id: Id
  readonly label: Record<Language, string>
  /** One line under the label, and the icon beside it (a bootstrap-italia symbol). */
  readonly note: Record<Language, string>
  readonly icon: string
  /** What an entity must set to use it: checked at boot, and the source of its form. */
  readonly settings: z.ZodType<Settings>
  readonly surfaces: readonly Surface[]
  readonly jobs: readonly ChannelJob<NoInfer<Settings>>[]
  /** Top-ups that one start may open: 0 for a channel that gives out a code. */
  readonly maxTopUps: number
  offer(context: ChannelContext<Settings>): Offer
  /** How a family pays this way, step by step, as the entity's leaflet tells it; its note alone where it is left out. */
  readonly guide?: (context: ChannelContext<Settings>) => readonly GuideStep[]
  start(request: StartRequest, context: ChannelContext<Settings>): Promise<NextStep>
  /** Another attempt at top-ups that are open already, where the channel knows one. */
  readonly resume?: (
    topUpIds: readonly string[],
    payer: Payer,
    context: ChannelContext<Settings>,
  ) => Promise<NextStep>
  /** Serves a demand at a counter, where the channel does: a capability by presence. */
  readonly onDemand?: (request: DemandRequest, context: ChannelContext<Settings>) => Promise<OpenedTopUp>
  /** Routes under /webhooks/<id>. They must verify their callers themselves: there is no permissive default. */
  readonly routes?: (app: Hono, contextOf: (tenantId: string) => Promise<ChannelContext<Settings>>) => void
}

/** Keeps the settings' type inside the channel and lets lists of channels forget it. */
export function defineChannel<const Id extends string, Settings>(
  channel: PaymentChannel<Id, Settings>,
): PaymentChannel<Id> {
  return channel as unknown as PaymentChannel<Id>
}

/** Keeps the data's type inside a channel's job. */
export function defineChannelJob<Settings, Data>(job: ChannelJob<Settings, Data>): ChannelJob<Settings> {
  return { ...job, run: (data, context) => job.run(data as Data, context) }
}
