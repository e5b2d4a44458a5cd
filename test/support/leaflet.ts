import type { ChannelContext } from '#core/channel.ts'
import type { Language } from '#core/i18n.ts'
import {
  brandingSchema,
  creditorSchema,
  policiesSchema,
  type Branding,
  type Policies,
  type Tenant,
} from '#core/tenant.ts'
import type { ChannelOffer } from '#tenants/cashier.ts'
import { composeLeaflet } from '#tenants/leaflet/compose.ts'
import { leafletFacts, type LeafletFacts } from '#tenants/leaflet/facts.ts'
import { createChannels } from '../../src/channels/index.ts'
import { demoEntities } from '../../src/local/demo/entities.ts'

/** What a leaflet can depend on; all that is left out is as the first entity of the demonstration has it. */
export interface LeafletCase {
  entity?: 0 | 1
  now?: Date
  state?: Tenant['state']
  name?: string
  slug?: string
  policies?: Partial<Policies>
  branding?: Partial<Branding>
  /** The channels that the entity has enabled. */
  channels?: readonly string[]
  hasService?: boolean
  schemes?: readonly string[]
  hasApp?: boolean
}

const channels = createChannels({ checkout: {} as never, rehearsalCheckout: {} as never })
export const CHANNEL_IDS = channels.map(({ id }) => id)

/** The facts of a leaflet without a house: the same functions over an entity that stands in no database. */
export function leafletCase(change: LeafletCase = {}): LeafletFacts {
  const now = change.now ?? new Date('2026-11-28T10:00:00Z')
  const { tenant: model } = demoEntities('2026-11-28')[change.entity ?? 0]!
  const hasService = change.hasService ?? true
  const tenant: Tenant = {
    ...model,
    id: '019ab2c4-7f00-7cc3-98c4-dc0c0c073991',
    host: null,
    ipaCode: model.ipaCode ?? null,
    activationCode: model.activationCode ?? '0000000000',
    serviceId: hasService ? '00009' : null,
    serviceSubjectId: hasService ? '00035' : null,
    state: change.state ?? 'live',
    stateReason: null,
    liveSince: null,
    name: change.name ?? model.name,
    slug: change.slug ?? model.slug,
    creditor: creditorSchema.parse(model.creditor),
    policies: policiesSchema.parse({ ...model.policies, ...change.policies }),
    branding: brandingSchema.parse({ ...model.branding, ...change.branding }),
  }
  const offers = channels
    .filter(({ id }) => (change.channels ?? CHANNEL_IDS).includes(id))
    .map((channel): ChannelOffer => {
      const context = contextOf(tenant, now)
      return { channel, offer: channel.offer(context), guide: channel.guide?.(context) ?? [] }
    })
  const config = {
    PUBLIC_URL: 'https://mensa.comune.example.it',
    APP_LINKS: change.hasApp === false ? [] : [{} as never],
  }
  return leafletFacts(tenant, offers, change.schemes ?? ['spid', 'cie'], config, now)
}

/** What the cashier would hand a channel, as far as its offer and its guide ask. */
function contextOf(tenant: Tenant, now: Date): ChannelContext<never> {
  const { noticeValidityDays, latePaymentAllowed } = tenant.policies
  const { serviceId, serviceSubjectId } = tenant
  return {
    tenant: { serviceId, serviceSubjectId, noticeValidityDays, latePaymentAllowed },
    settings: {},
    now,
  } as unknown as ChannelContext<never>
}

/** A leaflet with the longest names that an entity may have. */
export const LONGEST: LeafletCase = {
  state: 'rehearsal',
  name: 'Unione dei Comuni della Valle Superiore del Torrente Lungo e dei Colli di San Bartolomeo Apostolo XX',
  slug: 'unione-comuni-valle-superiore-torrente-l',
  policies: { pagopaOnlyFrom: '2027-01-08', passwordLoginUntil: '2026-12-31' },
  branding: {
    primaryColor: '#ffb000',
    serviceName: 'Refezione scolastica e doposcuola · Schulausspeisung, Hort',
    initials: 'VTL',
    officeName: 'Ufficio Servizi Scolastici, Educativi e Infanzia',
    officeHours:
      'lunedì, mercoledì e venerdì dalle 9 alle 12.30; martedì e giovedì anche dalle 15 alle 17.30',
    phone: '+39 0331 000000 · 0331 000001',
    address:
      'Via della Resistenza e dei Caduti di Tutte le Guerre 128/bis, Frazione San Bartolomeo Superiore',
    email: 'ufficio.servizi.scolastici.educativi@unione.valle.superiore.example.it',
    website: 'https://www.unione-comuni-valle-superiore.example.it/servizi/scuola-e-infanzia',
  },
}

export const leafletOf = (change: LeafletCase, language: Language) =>
  composeLeaflet(leafletCase(change), language)
