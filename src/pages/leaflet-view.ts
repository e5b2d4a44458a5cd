import type { LeafletDocument } from '#core/documents/leaflet-data.ts'
import { qrSvg } from '#core/documents/qr.ts'
import { translator } from '#core/i18n.ts'

/** A leaflet as `partials/leaflet` shows it. */
export interface LeafletView {
  readonly leaflet: LeafletDocument
  /** Markup of our own making. */
  readonly qrSvg: string
}

/** The leaflet with its address as a code to scan. */
export function leafletView(leaflet: LeafletDocument): LeafletView {
  const t = translator(leaflet.language)
  const label = t('leaflet.portal.qr', { address: leaflet.portal.shown })
  return { leaflet, qrSvg: qrSvg(leaflet.portal.href, { label }) }
}

/** The name under which a printed leaflet is saved. */
export function leafletFileName(slug: string, { language }: LeafletDocument): string {
  return `foglio-${slug}-${language}.pdf`
}
