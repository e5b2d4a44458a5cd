import type { Translate } from '#core/i18n.ts'
import { at, badge, tile, type OfficeExample, type OfficeFrame } from './example-office.ts'

const TEXT =
  '/PUR/LGPE-RIVERSAMENTO/URI/2026-11-24CASSAIMM-0000000001/BONIFICO DA CASSA IMMAGINARIA DI RISPARMIO'

/** The pages of reconciliation, filled with invented flows and movements. */
export function exampleReconciliation(frame: OfficeFrame, base: string, t: Translate): OfficeExample[] {
  const around = frame('reconciliation')
  const parentHref = `${base}/riconciliazione`
  const flow = {
    href: `${base}/riconciliazione/flussi/1`,
    on: '2026-11-24',
    name: '2026-11-24CASSAIMM-0000000001',
    pspName: 'Cassa Immaginaria di Risparmio S.p.A.',
    state: badge(t('office.flow_state.current'), 'paid'),
    ourCount: 12,
    matchedCount: 11,
    ourCents: 61_250n,
    settledCents: 0n,
    openDifferences: 1,
  } as const
  const line = {
    index: 1,
    payDate: '2026-11-23',
    iuv: '01002611000421892',
    amountCents: 5_100n,
    code: t('office.line_code.0'),
    match: badge(t('office.match.matched'), 'waiting'),
    unreadable: null,
    paymentHref: `${base}/pagamenti/1`,
  } as const
  const difference = {
    href: `${base}/riconciliazione/differenze/1`,
    openedAt: at,
    kind: t('office.difference.receipt-missing'),
    state: badge(t('office.difference_state.open'), 'open'),
    about: '01002611000421892',
    expectedCents: null,
    foundCents: 5_100n,
  } as const
  const options = [{ value: 'open', label: t('office.difference_state.open'), selected: true }]
  const noPages = { nextHref: null, firstHref: null }
  const detail = {
    ...around,
    id: '1',
    row: difference,
    parentHref: `${base}/riconciliazione/differenze`,
    advice: t('office.difference.receipt-missing.advice'),
    flow: { href: flow.href, name: flow.name, pspName: flow.pspName },
    line: { index: 1, iuv: line.iuv, iur: 'c110729d258c4ab1b765fe902aae41d6' },
    receipt: { receiptId: 'c110729d258c4ab1b765fe902aae41d6', noticeNumber: '301002611000421892' },
    paymentHref: `${base}/pagamenti/1`,
    movement: { bookedOn: '2026-11-25', cents: 61_250n, remittance: TEXT },
    reopenedAt: at,
    resolvedAt: null,
    accepted: null,
    mayAccept: true,
    noteMaximum: 500,
    values: { note: '' },
    errors: { note: t('office.difference.error_note', { maximum: 500 }) },
  }
  const accepted = { at, by: 'Laura Bianchi', note: 'Verificato con il tesoriere' }
  const bank = {
    ...around,
    parentHref,
    mayUpload: true,
    errors: {},
    problems: [],
    moreProblems: 0,
    result: {
      fileName: 'estratto-novembre.csv',
      uploadedAt: at,
      tiles: [{ ...tile(t('office.bank.result.matched'), '3 · 612,50 €'), href: null }],
    },
    filters: [{ value: 'pagopa', label: t('office.bank.show.pagopa'), selected: false }],
    rows: [
      {
        on: '2026-11-25',
        cents: 61_250n,
        remittance: TEXT,
        match: badge(t('office.bank.match.matched'), 'paid'),
        flow: { href: flow.href, name: flow.name },
      },
      {
        on: '2026-11-25',
        cents: -990n,
        remittance: '',
        match: badge(t('office.bank.match.other'), 'plain'),
        flow: null,
      },
    ],
    ...noPages,
  } as const
  return [
    {
      name: 'office-reconciliation',
      page: 'office/reconciliation',
      view: {
        ...around,
        tiles: [
          tile(t('office.reconciliation.received'), '1.240,50 €', t('office.reconciliation.received_note')),
        ],
        open: [{ kind: difference.kind, count: 1, href: `${base}/riconciliazione/differenze?tipo=x` }],
        mayUpload: true,
      },
    },
    { name: 'office-flows', page: 'office/flows', view: { ...around, parentHref, rows: [flow], ...noPages } },
    {
      name: 'office-flow',
      page: 'office/flow',
      view: {
        ...around,
        row: flow,
        parentHref: `${base}/riconciliazione/flussi`,
        pspId: 'CASSAIMM',
        revision: 1,
        regulation: '20261124CASSAIMM0001',
        regulationDate: '2026-11-24',
        publishedAt: at,
        linesCount: 12,
        linesCents: 61_250n,
        declaredCount: 12,
        declaredCents: 61_250n,
        bankCents: null,
        differencesHref: `${base}/riconciliazione/differenze?flusso=1`,
        lines: [
          line,
          { ...line, index: 2, unreadable: 'pay date is no date', payDate: null, paymentHref: null },
        ],
        nextHref: '?dopo=200',
        firstHref: null,
      },
    },
    {
      name: 'office-differences',
      page: 'office/differences',
      view: {
        ...around,
        parentHref,
        states: options,
        kinds: [{ value: 'receipt-missing', label: difference.kind, selected: false }],
        flow: '1',
        filtered: true,
        rows: [difference, { ...difference, about: TEXT, expectedCents: 0n }],
        ...noPages,
      },
    },
    { name: 'office-difference', page: 'office/difference', view: detail },
    {
      name: 'office-difference-accepted',
      page: 'office/difference',
      view: { ...detail, mayAccept: false, errors: {}, accepted },
    },
    { name: 'office-bank', page: 'office/bank', view: bank },
    {
      name: 'office-bank-wrong',
      page: 'office/bank',
      view: {
        ...bank,
        result: null,
        errors: { file: t('office.bank.error_rows', { count: 60 }) },
        problems: [{ row: 3, column: 'Data contabile', what: t('office.bank.problem.date') }],
        moreProblems: 10,
      },
    },
  ]
}
