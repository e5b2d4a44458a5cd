import type { Language } from '#core/i18n.ts'
import { leafletView } from '#pages/leaflet-view.ts'
import { leafletGaps } from '#tenants/leaflet/gaps.ts'
import type { OfficeExample, OfficeFrame } from './example-office.ts'
import type { Example, Frame } from './example-views.ts'
import { leafletCase, leafletOf, LONGEST, type LeafletCase } from './leaflet.ts'

const bare: LeafletCase = {
  channels: [],
  schemes: [],
  policies: { pagopaOnlyFrom: null },
  branding: { officeName: '', officeHours: '', phone: '', email: '', address: '', website: '' },
}

/** The sheet for families as anybody reads it: with all it can say, and with next to nothing. */
export function exampleLeaflets(frame: Frame, base: string, language: Language): readonly Example[] {
  const outside = frame(null, { signedOut: true })
  const view = (change: LeafletCase) => ({
    ...outside,
    ...leafletView(leafletOf(change, language)),
    pdfHref: `${base}/foglio.pdf?lang=${language}`,
  })
  return [
    { name: 'leaflet', page: 'leaflet', view: view({}) },
    { name: 'leaflet-longest', page: 'leaflet', view: view(LONGEST) },
    { name: 'leaflet-bare', page: 'leaflet', view: view(bare) },
  ]
}

/** The sheet in the office, in the other language than the reader's. */
export function exampleOfficeLeaflet(
  frame: OfficeFrame,
  base: string,
  language: Language,
): readonly OfficeExample[] {
  const other = language === 'it' ? 'en' : 'it'
  const view = (change: LeafletCase) => ({
    ...frame('leaflet'),
    ...leafletView(leafletOf(change, other)),
    choices: (['it', 'en'] as const).map((one) => ({
      label: one === 'it' ? 'Italiano' : 'English',
      href: `${base}/foglio?lingua=${one}`,
      current: one === other,
    })),
    pdfHref: `${base}/foglio.pdf?lang=${other}`,
    gaps: leafletGaps(leafletCase(change), language),
  })
  return [
    {
      name: 'office-leaflet',
      page: 'office/leaflet',
      view: { ...view({}), publicHref: 'https://mensa.comune.example.it/cassano/foglio' },
    },
    {
      name: 'office-leaflet-draft',
      page: 'office/leaflet',
      view: { ...view({ ...bare, state: 'draft' }), publicHref: null },
    },
  ]
}
