import type { LeafletView } from '#pages/leaflet-view.ts'
import type { PageView } from '#pages/view.ts'

/** `pages/leaflet`: what an entity hands out to families, for anybody to read and print. */
export interface LeafletPageView extends PageView, LeafletView {
  readonly pdfHref: string
}
