import type { Translate } from '#core/i18n.ts'
import type { TariffCell } from '#meals/tariff-plans.ts'
import { draftOf, withBand, type TariffDraft } from '#meals/tariff-draft.ts'
import { draftFields, matrixView } from '../../src/backoffice/pages/tariff-matrix.ts'
import { badge, type OfficeExample, type OfficeFrame } from './example-office.ts'

const schools = [{ id: 'school-1', name: 'Scuola primaria Dante Alighieri' }]
const cell = (
  priceCents: bigint,
  iseeUpToCents: bigint | null,
  siblingFrom: number,
  of: Partial<TariffCell> = {},
): TariffCell => ({
  schoolId: null,
  dayType: null,
  iseeUpToCents,
  siblingFrom,
  priceCents,
  ...of,
})
const prices = [
  cell(200n, 500_000n, 1),
  cell(150n, 500_000n, 2),
  cell(380n, 1_250_050n, 1),
  cell(300n, 1_250_050n, 2),
  cell(520n, null, 1),
  cell(450n, null, 2),
  cell(480n, null, 1, { schoolId: 'school-1', dayType: 'Pranzo al sacco' }),
]
const years = [{ value: '2026/2027', label: '2026/2027', selected: true }]
const services = [{ value: 'REFEZIONE', label: 'Mensa scolastica', selected: true }]

/** The pages about prices. */
export function exampleTariffs(frame: OfficeFrame, base: string, t: Translate): OfficeExample[] {
  const { language } = frame(null)
  const draft = draftOf(prices)
  const matrix = (one: TariffDraft, problems = new Map()) => matrixView(one, problems, schools, language)
  const plan = {
    href: `${base}/tariffe/1`,
    copyHref: `${base}/tariffe/nuovo?servizio=REFEZIONE&copia=1`,
    validFrom: '2026-09-01',
    note: 'Delibera di Giunta n. 112/2026',
    state: badge(t('tariffs.state.current'), 'paid'),
  }
  const list = {
    ...frame('tariffs'),
    mayEdit: true,
    siblingsHref: `${base}/tariffe/fratelli`,
    services: [
      {
        label: 'Mensa scolastica',
        newHref: `${base}/tariffe/nuovo?servizio=REFEZIONE`,
        plans: [
          {
            ...plan,
            validFrom: '2027-01-07',
            note: '',
            state: badge(t('tariffs.state.future'), 'waiting'),
          },
          plan,
          { ...plan, validFrom: '2025-09-01', state: badge(t('tariffs.state.past'), 'plain') },
        ],
      },
      { label: 'Pre-scuola', newHref: `${base}/tariffe/nuovo?servizio=PRESCUOLA`, plans: [] },
    ],
  }
  const editor = {
    ...frame('tariffs'),
    ...matrix(draft),
    parentHref: `${base}/tariffe`,
    title: t('tariffs.from_day', { service: 'Mensa scolastica', day: '07/01/2027' }),
    lead: t('tariffs.edit_lead'),
    action: `${base}/tariffe/1`,
    isNew: false,
    category: 'REFEZIONE',
    values: { validFrom: '2027-01-07', note: plan.note },
    schools: [{ value: 'school-1', label: schools[0]!.name, selected: false }],
    dayTypes: ['Pranzo al sacco'],
    newSchool: '',
    newDay: '',
    problems: [],
    exportHref: `${base}/tariffe/1/csv`,
    copyHref: plan.copyHref,
    deleteHref: `${base}/tariffe/1/cancella`,
  }
  const wrong = matrix(
    withBand(draft),
    new Map([
      ['band-2', 'band-missing'],
      ['p-0-2-0', 'price'],
    ] as const),
  )
  const preview = {
    ...frame('tariffs'),
    parentHref: `${base}/tariffe`,
    service: 'Mensa scolastica',
    action: `${base}/tariffe/1`,
    day: '2027-01-07',
    schoolYear: '2026/2027',
    children: 1_240,
    changed: 312,
    changes: [
      { from: 490n, to: 520n, children: 300, rises: true },
      { from: 490n, to: 0n, children: 10, rises: false },
      { from: null, to: 200n, children: 1, rises: false },
      { from: 490n, to: null, children: 1, rises: false },
    ],
    unpriced: [{ name: 'Colombo Luca', href: `${base}/alunni/1/tariffa` }],
    unpricedCount: 1,
    fields: draftFields(draft),
  }
  return [
    { name: 'office-tariffs', page: 'office/tariffs', view: list },
    {
      name: 'office-tariffs-none',
      page: 'office/tariffs',
      view: { ...list, mayEdit: false, siblingsHref: null, services: [] },
    },
    { name: 'office-tariff', page: 'office/tariff', view: editor },
    {
      name: 'office-tariff-wrong',
      page: 'office/tariff',
      view: {
        ...editor,
        ...wrong,
        errors: { ...wrong.errors, validFrom: t('tariffs.error.day'), file: t('tariffs.error.file') },
        isNew: true,
        values: { validFrom: 'ieri', note: '' },
        problems: [{ row: '3', column: 'prezzo', what: t('tariffs.file_problem.price') }],
        exportHref: null,
        copyHref: null,
        deleteHref: null,
      },
    },
    {
      name: 'office-tariff-read',
      page: 'office/tariff',
      view: { ...editor, action: null, lead: plan.note, deleteHref: null },
    },
    { name: 'office-tariff-preview', page: 'office/tariff-preview', view: preview },
    {
      name: 'office-tariff-preview-none',
      page: 'office/tariff-preview',
      view: { ...preview, changes: [], changed: 0, unpriced: [], unpricedCount: 0 },
    },
    ...exampleReductions(frame, base, t),
  ]
}

function exampleReductions(frame: OfficeFrame, base: string, t: Translate): OfficeExample[] {
  const days = { validFrom: '2026-01-15', validUntil: '2026-12-31' }
  const child = {
    ...frame('children'),
    parentHref: `${base}/alunni`,
    href: `${base}/alunni/1`,
    name: 'Luca Colombo',
    prices: [
      {
        service: 'Mensa scolastica',
        cents: 225n,
        because: [
          t('tariffs.because.plan', { day: '01/09/2026' }),
          t('tariffs.because.band', { amount: '12.500,00 €' }),
          t('tariffs.because.sibling', { number: 2 }),
          t('tariffs.because.exempt', { percent: 50 }),
        ],
      },
      { service: 'Pre-scuola', cents: null, because: [t('tariffs.because.no_price')] },
    ],
    declarations: [{ ...days, cents: 1_100_000n, isCurrent: true }],
    exemptions: [
      {
        ...days,
        id: 'exemption-1',
        service: 'Mensa scolastica',
        percent: 50,
        reason: 'Relazione dei servizi sociali',
        isOver: false,
      },
      {
        ...days,
        id: 'exemption-2',
        service: 'Mensa scolastica',
        percent: 100,
        reason: 'Disabilità',
        isOver: true,
      },
    ],
    services,
    isee: { amount: '', from: '2026-11-23', until: '2026-12-31' },
    exemption: { percent: '100', from: '2026-11-23', until: '2027-07-31', reason: '' },
    errors: {},
  }
  const row = {
    box: 'fratello-1',
    rank: '2',
    name: 'Colombo Luca',
    href: `${base}/alunni/1/tariffa`,
    before: t('tariffs.column.sibling', { number: 1 }),
    after: t('tariffs.column.sibling', { number: 2 }),
    siblings: 'Sofia, Luca',
    isChosen: true,
  }
  const siblings = {
    ...frame('tariffs'),
    parentHref: `${base}/tariffe`,
    from: '2026-11-27',
    errors: {},
    schoolYear: '2026/2027',
    years,
    services,
    category: 'REFEZIONE',
    count: 1,
    rows: [row],
  }
  return [
    { name: 'office-child-tariff', page: 'office/child-tariff', view: child },
    {
      name: 'office-child-tariff-wrong',
      page: 'office/child-tariff',
      view: {
        ...child,
        prices: [],
        declarations: [],
        exemptions: [],
        errors: {
          amount: t('tariffs.child.error.amount'),
          iseeUntil: t('tariffs.child.error.until'),
          percent: t('tariffs.child.error.percent'),
          end: t('tariffs.child.error.until'),
        },
      },
    },
    { name: 'office-siblings', page: 'office/siblings', view: siblings },
    { name: 'office-siblings-none', page: 'office/siblings', view: { ...siblings, rows: [], count: 0 } },
    {
      name: 'office-siblings-no-day',
      page: 'office/siblings',
      view: { ...siblings, from: 'ieri', errors: { from: t('tariffs.siblings.error.from') } },
    },
  ]
}
