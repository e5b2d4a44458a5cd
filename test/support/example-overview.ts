import { translator, type Language } from '#core/i18n.ts'
import { signedCents, cents } from '#core/money.ts'
import { addDays } from '#core/clock.ts'
import { creditChart, topUpsChart } from '../../src/backoffice/pages/charts.ts'
import type { OfficeExample, OfficeFrame } from './example-office.ts'

const at = new Date('2026-11-23T14:05:00Z')
const labels: Readonly<Record<string, string>> = {
  'pagopa-online': 'PAGA ONLINE',
  'psp-notice': 'PAGA PRESSO PSP',
  'puntolis-qr': 'Tabaccheria PUNTOLIS',
}

/** The office's first page and the list behind its warning. */
export function exampleOverview(
  frame: OfficeFrame,
  base: string,
  language: Language,
): readonly OfficeExample[] {
  const t = translator(language)
  const tile = (label: string, value: string, note: string, tone: 'plain' | 'warning' = 'plain') => ({
    label,
    value,
    note,
    href: '/x',
    tone,
  })
  const weeks = Array.from({ length: 12 }, (_, index) => addDays('2026-09-07', 7 * index))
  const found = weeks.flatMap((week, index) =>
    ['pagopa-online', 'psp-notice', 'till', 'puntolis-qr'].map((source, place) => ({
      week,
      source,
      count: 10,
      cents: cents(Math.round(40_000 / (place + 1)) * (1 + ((index * (place + 3)) % 5))),
    })),
  )
  const credit = {
    wallets: 2_000,
    totalCents: signedCents(5_400_000n),
    debtCents: signedCents(-84_250n),
    groups: [61, 214, 702, 640, 301, 82],
  }
  const meals = { ...tile(t('figures.meals'), '1.604', t('figures.meals_note')), href: null }
  const tiles = [
    meals,
    {
      ...tile(t('figures.credit'), '54.000,00 €', t('figures.credit_debt', { amount: '842,50 €' })),
      href: null,
    },
    tile(t('figures.low'), '275', t('figures.low_note', { count: 3 }), 'warning'),
    tile(t('office.tile.today'), '1.240,50 €', t('office.tile.today_note', { count: 31 })),
    tile(t('office.tile.suspense'), '75,00 €', t('office.tile.suspense_note', { count: 2 }), 'warning'),
    tile(t('office.nav.approvals'), '2', t('figures.approvals_note'), 'warning'),
  ]
  const money = {
    credits: creditChart(credit, language),
    topUps: topUpsChart(found, at, (id) => labels[id] ?? id, language),
    failing: [{ work: t('office.work.fdr.pull'), count: 2, parked: 1, since: at }],
  }
  const row = {
    href: `${base}/alunni/1/crediti/1`,
    childName: 'Maria Antonietta De Benedictis Colombo',
    place: 'Primaria Dante, 3ª B',
    category: 'Mensa scolastica',
    cents: -1_280n,
    mealsLeft: 0,
  }
  const low = {
    ...frame('overview'),
    parentHref: `${base}/`,
    total: 275,
    meals: 3,
    rows: [row, { ...row, childName: 'Luca Colombo', place: '', cents: 980n, mealsLeft: null }],
    nextHref: '?dopo=1',
    firstHref: '?',
  }
  return [
    {
      name: 'office-overview',
      page: 'office/overview',
      view: { ...frame('overview'), role: 'administrator', tiles, money },
    },
    {
      name: 'office-overview-new',
      page: 'office/overview',
      view: {
        ...frame('overview'),
        role: 'administrator',
        tiles,
        money: { credits: null, topUps: null, failing: [] },
      },
    },
    {
      name: 'office-overview-school',
      page: 'office/overview',
      view: { ...frame('overview'), role: 'school', tiles: [meals], money: null },
    },
    { name: 'office-low-credit', page: 'office/low-credit', view: low },
    {
      name: 'office-low-credit-none',
      page: 'office/low-credit',
      view: { ...low, total: 0, rows: [], nextHref: null, firstHref: null },
    },
  ]
}
