import type { LeafletView } from '#pages/leaflet-view.ts'
import type { PageView } from '#pages/view.ts'

/** `pages/office/leaflet`: GET `{base}/foglio?lingua=`. */
export interface OfficeLeafletView extends PageView, LeafletView {
  /** The languages that the entity offers, each with its preview. */
  readonly choices: readonly { readonly label: string; readonly href: string; readonly current: boolean }[]
  readonly pdfHref: string
  /** Where families read it; null while their pages are closed. */
  readonly publicHref: string | null
  /** What the sheet leaves out, each with the reason. */
  readonly gaps: readonly string[]
}
