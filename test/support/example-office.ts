import type { Language } from '#core/i18n.ts'
import { translator } from '#core/i18n.ts'
import { wordTimeline } from '#core/top-ups/timeline.ts'
import type { AssetPaths } from '#pages/assets.ts'
import type { PageView } from '#pages/view.ts'
import { officeNavigation, type OfficeSection } from '../../src/backoffice/sections.ts'
import type { OfficeViews } from '../../src/backoffice/views/pages.ts'
import type { Badge, Tile } from '../../src/backoffice/views/tile.ts'
import { exampleRequests } from './example-enrolments.ts'
import { exampleSchools } from './example-families.ts'
import { exampleBooks } from './example-books.ts'
import { exampleChild } from './example-child.ts'
import { exampleOverview } from './example-overview.ts'
import { exampleFamilies } from './example-households.ts'
import { exampleSchemes } from './example-identity.ts'
import { exampleOfficeLeaflet } from './example-leaflet.ts'
import { exampleTokens } from './example-tokens.ts'
import { examplePersonnel } from './example-personnel.ts'
import { exampleImports } from './example-imports.ts'
import { exampleOnboarding } from './example-onboarding.ts'
import { exampleDiets } from './example-diets.ts'
import { exampleMeals } from './example-meals.ts'
import { exampleMenus } from './example-menus.ts'
import { exampleReconciliation } from './example-reconciliation.ts'
import { exampleStaff } from './example-staff.ts'
import { exampleTariffs } from './example-tariffs.ts'
import type { ExampleTenant } from './example-views.ts'

/** A page of the office as a name and a view, to render and to look at. */
export type OfficeExample = {
  [Page in keyof OfficeViews]: {
    readonly name: string
    readonly page: Page
    readonly view: OfficeViews[Page]
  }
}[keyof OfficeViews]

/** The frame of a page of the office. */
export type OfficeFrame = (section: OfficeSection | null) => PageView

export const at = new Date('2026-11-23T14:05:00Z')
export const badge = (text: string, tone: Badge['tone']): Badge => ({ text, tone })
export const tile = (label: string, value: string, note = '', tone: Tile['tone'] = 'plain'): Tile => ({
  label,
  value,
  note,
  href: '/x',
  tone,
})

/** Every page of the office, filled with invented payments, for one entity and language. */
export function exampleOffice(
  { slug, tenant }: ExampleTenant,
  language: Language,
  assets: AssetPaths,
): readonly OfficeExample[] {
  const base = `/${slug}/ufficio`
  const t = translator(language)
  const frame: OfficeFrame = (section) => ({
    language,
    languages: ['it', 'en'],
    tenant: { ...tenant, service: t('office.brand') },
    base,
    viewer: { firstName: 'Laura', name: 'Laura Bianchi', initials: 'LB' },
    nav: officeNavigation(base, 'administrator', section),
    phoneNav: 'menu',
    menu: [{ label: 'office.families_pages', href: `/${slug}/` }],
    formToken: 'form-token-of-an-example',
    alerts: [],
    assets,
  })
  const outside: PageView = { ...frame(null), viewer: null, nav: [] }
  return [
    {
      name: 'office-sign-in',
      page: 'office/sign-in',
      view: {
        ...outside,
        schemes: exampleSchemes,
        values: { username: 'laura' },
        errors: { username: 'Il nome utente o la password non corrispondono.' },
        next: `${base}/pagamenti`,
      },
    },
    ...exampleOverview(frame, base, language),
    ...examplePayments(frame, base, language),
    ...exampleReconciliation(frame, base, t),
    ...exampleImports(frame, base, t),
    ...exampleMeals(frame, base, t),
    ...exampleDiets(frame, base, t),
    ...exampleMenus(frame, t),
    ...exampleStaff(frame, outside, base, t),
    ...examplePersonnel(frame, outside, base, t),
    ...exampleTokens(frame, base, t),
    ...exampleFamilies(frame, base),
    ...exampleOfficeLeaflet(frame, base, language),
    ...exampleSchools(frame, base, t),
    ...exampleRequests(frame, base, t),
    ...exampleTariffs(frame, base, t),
    ...exampleChild(frame, base, language),
    ...exampleBooks(frame, base, language),
    ...exampleOnboarding(frame, base, language),
  ]
}

function examplePayments(frame: OfficeFrame, base: string, language: Language): OfficeExample[] {
  const row = {
    href: `${base}/pagamenti/1`,
    on: '2026-11-23',
    childName: 'Maria Antonietta De Benedictis Colombo',
    noticeNumber: '301002611000421892',
    channel: 'PAGA ONLINE',
    pspName: 'Cassa Immaginaria di Risparmio della Valle S.p.A.',
    askedCents: 5_000n,
    receivedCents: 5_100n,
    state: badge('Pagato', 'paid'),
    irregular: true,
  }
  const loose = {
    arrivedAt: at,
    receiptId: 'c110729d258c4ab1b765fe902aae41d6',
    noticeNumber: '301002611000421893',
    pspName: 'Banca Inventata',
    ourCents: 2_500n,
    disposition: 'In sospeso: avviso sconosciuto',
    rawHref: `${base}/ricevute/1.xml`,
  }
  const list = {
    ...frame('payments'),
    values: { codice: '', psp: '', dal: '', al: '', anomali: false },
    states: [{ value: 'paid', label: 'Pagato', selected: false }],
    errors: {},
    filtered: false,
    rows: [
      row,
      { ...row, pspName: '', receivedCents: 0n, irregular: false, state: badge('Da pagare', 'open') },
    ],
    loose: [],
    nextHref: '?dopo=1',
    firstHref: '?',
  }
  const receipt = {
    id: 'receipt-1',
    title: 'Ricevuta 1',
    disposition: badge('Accreditata', 'paid'),
    irregularities: ['L’importo non è quello chiesto'],
    amountCents: 5_100n,
    ourCents: 5_100n,
    feeCents: 95n,
    psp: 'Cassa Immaginaria (CASSAIMM)',
    way: 'creditCard, na',
    receiptId: 'c110729d258c4ab1b765fe902aae41d6',
    iuv: '01002611000421892',
    description: '/RFB/01002611000421892/51.00/TXT/Ricarica refezione scolastica',
    paidAt: at,
    applicationDate: '2026-11-23',
    transferDate: '2026-11-24',
    arrivedAt: at,
    copyAvailableOn: '2026-11-26',
    told: 'Nodo pagoPA (paSendRTV2)',
    balanceAfterCents: 0n,
    settledAt: at,
    flow: { href: `${base}/riconciliazione/flussi/1`, name: '2026-11-24CASSAIMM-0000000001' },
    openDifferences: 1,
    rawHref: `${base}/ricevute/1.xml`,
  }
  const steps = [
    { step: 'created', at, source: 'parent' },
    { step: 'paid', at, source: 'psp' },
    { step: 'credited', at, source: 'borsellino' },
  ] as const
  return [
    { name: 'office-payments', page: 'office/payments', view: list },
    {
      name: 'office-payments-wrong',
      page: 'office/payments',
      view: {
        ...list,
        values: { ...list.values, codice: '301002611000421893', dal: 'ieri', anomali: true },
        errors: { dal: 'Scrivi un giorno, per esempio 24/11/2026.' },
        filtered: true,
        rows: [],
        loose: [loose],
      },
    },
    {
      name: 'office-payment',
      page: 'office/payment',
      view: {
        ...frame('payments'),
        parentHref: `${base}/pagamenti`,
        childName: 'Sofia Colombo',
        category: 'REFEZIONE',
        debtorName: 'Elena Ferrari',
        state: badge('Pagato', 'paid'),
        channel: 'PAGA ONLINE',
        noticeNumber: '301002611000421892',
        askedCents: 5_000n,
        receivedCents: 5_100n,
        createdAt: at,
        payableUntil: '2026-12-23',
        description: 'Ricarica refezione scolastica',
        together: [{ href: `${base}/pagamenti/2`, childName: 'Luca Colombo', cents: 8_000n }],
        receipts: [
          receipt,
          {
            ...receipt,
            id: 'receipt-2',
            title: 'Ricevuta 2',
            irregularities: [],
            flow: null,
            settledAt: null,
          },
        ],
        timeline: wordTimeline(steps, language),
      },
    },
    {
      name: 'office-suspense',
      page: 'office/suspense',
      view: {
        ...frame('suspense'),
        totals: [
          tile('Secondo le ricevute', '75,00 €', '2 ricevute'),
          { ...tile('Secondo i registri', '75,00 €', 'I due totali coincidono', 'good'), href: null },
        ],
        agree: true,
        rows: [
          {
            arrivedAt: at,
            paidAt: at,
            why: badge('In sospeso: pagato due volte', 'open'),
            irregularities: ['La somma dei versamenti non è l’importo pagato'],
            noticeNumber: '301002611000421892',
            iuv: receipt.iuv,
            receiptId: receipt.receiptId,
            description: receipt.description,
            pspName: row.pspName,
            ourCents: 5_000n,
            paymentHref: `${base}/pagamenti/1`,
            rawHref: receipt.rawHref,
          },
        ],
        nextHref: null,
        firstHref: null,
      },
    },
  ]
}
