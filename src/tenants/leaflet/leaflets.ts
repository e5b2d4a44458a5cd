import { LEAFLET_EDITION, type LeafletDocument } from '#core/documents/leaflet-data.ts'
import { entityTag } from '#core/entity-tag.ts'
import { DomainError } from '#core/errors.ts'
import type { Language } from '#core/i18n.ts'
import { readLogo } from '#core/logo.ts'
import type { Services } from '#core/services.ts'
import type { Tenant } from '#core/tenant.ts'
import type { Cashier } from '../cashier.ts'
import type { Federation } from '../identity/federation.ts'
import { composeLeaflet } from './compose.ts'
import { leafletFacts, type LeafletFacts } from './facts.ts'

/** The sheets that entities hand out to families. */
export interface Leaflets {
  /** What an entity's leaflet is written from, now. */
  factsOf(tenant: Tenant): Promise<LeafletFacts>
  /** The leaflet as it is today. */
  of(tenant: Tenant, language: Language): Promise<LeafletDocument>
  /**
   * The same as a PDF file of one sheet.
   * @throws DomainError service.overloaded where too many are being printed
   */
  pdf(tenant: Tenant, leaflet: LeafletDocument): Promise<Uint8Array>
}

/** Printed sheets that are remembered: some 40 KB each. */
const REMEMBERED_MAX = 100
/** Sheets that may wait for the press: it prints receipts too, which families need sooner. */
const WAITING_MAX = 10

/** Puts the cashier, the ways to sign in and the printer together. Anybody may ask: each sheet is printed once. */
export function createLeaflets(
  { db, documents, clock, config }: Pick<Services, 'db' | 'documents' | 'clock' | 'config'>,
  cashier: Pick<Cashier, 'offers'>,
  federation: Pick<Federation, 'offered'>,
): Leaflets {
  const printed = new Map<string, Promise<Uint8Array>>()
  let waiting = 0

  async function factsOf(tenant: Tenant): Promise<LeafletFacts> {
    const [offers, schemes] = await Promise.all([
      cashier.offers(tenant, 'portal'),
      federation.offered(tenant.id),
    ])
    return leafletFacts(tenant, offers, schemes, config, clock.now())
  }

  async function print(tenant: Tenant, leaflet: LeafletDocument): Promise<Uint8Array> {
    if (waiting >= WAITING_MAX) throw new DomainError('service.overloaded')
    waiting++
    try {
      const logo = tenant.branding.logo ? await readLogo(db, tenant) : undefined
      const entity = { ...leaflet.entity, ...(logo ? { logo: new Uint8Array(logo.bytes) } : {}) }
      return await documents.leaflet({ ...leaflet, entity })
    } finally {
      waiting--
    }
  }

  return {
    factsOf,
    of: async (tenant, language) => composeLeaflet(await factsOf(tenant), language),
    pdf(tenant, leaflet) {
      const tag = leafletTag(leaflet)
      const known = printed.get(tag)
      if (known) return known
      const pdf = print(tenant, leaflet)
      if (printed.size >= REMEMBERED_MAX) printed.delete(printed.keys().next().value!)
      printed.set(tag, pdf)
      pdf.catch(() => printed.delete(tag))
      return pdf
    },
  }
}

/** A strong entity tag over all that the printed sheet is made from. */
export function leafletTag(leaflet: LeafletDocument): string {
  return entityTag(JSON.stringify([LEAFLET_EDITION, leaflet]))
}
