import { translator, type Language } from '#core/i18n.ts'
import type { OfficeExample, OfficeFrame } from './example-office.ts'

const at = new Date('2026-11-23T14:05:00Z')
const badge = (text: string, tone: 'open' | 'paid' | 'failed' | 'plain') => ({ text, tone })

/** The pages of what the office writes into the books. */
export function exampleBooks(frame: OfficeFrame, base: string, language: Language): readonly OfficeExample[] {
  const t = translator(language)
  const walletHref = `${base}/alunni/child-1/crediti/wallet-1`
  const child = { childName: 'Maria Antonietta De Benedictis Colombo', category: 'Mensa scolastica' }
  const correction = {
    ...frame(null),
    ...child,
    action: `${walletHref}/correzione`,
    parentHref: walletHref,
    balanceCents: 2_270n,
    movement: null,
    limitCents: 5_000n,
    mayWait: true,
    directions: [
      { value: 'add', label: t('books.direction.add'), selected: false },
      { value: 'take', label: t('books.direction.take'), selected: true },
    ],
    values: { amount: 'dieci', reason: '' },
    errors: {
      amount: t('books.error.amount'),
      reason: t('books.error.reason', { minimum: 3, maximum: 200 }),
    },
  }
  const entry = {
    href: `${base}/sportello/1`,
    number: '12/2026',
    paidOn: '2026-11-20',
    childName: child.childName,
    way: 'cash-desk',
    slip: 'A 12/2026',
    cents: 5_000n,
    recordedBy: 'Laura Bianchi',
    isReversed: false,
  } as const
  const receipt = {
    ...frame('till'),
    ...child,
    parentHref: `${base}/sportello`,
    number: '12/2026',
    cents: 5_000n,
    way: 'postal-slip',
    paidOn: '2026-11-20',
    slip: 'VCYL 0042/8',
    note: 'Versato dalla nonna',
    recordedAt: at,
    recordedBy: 'Laura Bianchi',
    walletHref,
    reversedAt: null,
  } as const
  const approval = {
    ...frame('approvals'),
    ...child,
    id: 'correction-1',
    parentHref: `${base}/da-approvare`,
    what: t('approvals.adjustment'),
    childHref: walletHref,
    cents: 12_000n,
    balanceCents: 2_270n,
    afterCents: 14_270n,
    reason: 'Credito del vecchio gestionale non importato, delibera n. 12',
    askedBy: 'Paolo Neri',
    askedAt: at,
    until: '2026-12-07',
    standing: badge(t('approvals.standing.waiting'), 'open'),
    decided: null,
    isWaiting: true,
    isOwn: false,
    mayApprove: true,
    values: { reason: '' },
    errors: {},
  }
  return [
    { name: 'office-correction', page: 'office/correction', view: correction },
    {
      name: 'office-reversal',
      page: 'office/correction',
      view: {
        ...correction,
        movement: {
          transactionId: 'transaction-1',
          what: t('portal.movement.till'),
          at,
          note: 'Cassa dell’ente, ricevuta A 12/2026, versato il 20/11/2026',
          cents: 5_000n,
        },
        errors: {},
      },
    },
    {
      name: 'office-wallet-state',
      page: 'office/wallet-state',
      view: {
        ...frame(null),
        ...child,
        action: `${walletHref}/stato`,
        parentHref: walletHref,
        balanceCents: 2_270n,
        state: badge(t('books.state.active'), 'paid'),
        openNotices: 2,
        choices: (['suspended', 'closed'] as const).map((value) => ({
          value,
          label: t(`books.change.${value}`),
          note: t(`books.change.${value}_note`),
          selected: value === 'closed',
        })),
        values: { reason: 'Si trasferisce' },
        errors: { state: t('fault.wallet.not_empty.detail') },
      },
    },
    {
      name: 'office-till-entry',
      page: 'office/till-entry',
      view: {
        ...frame('till'),
        ...child,
        action: `${walletHref}/versamento`,
        parentHref: walletHref,
        lastDay: '2026-12-31',
        ways: (['cash-desk', 'postal-slip', 'bank-transfer', 'other'] as const).map((value) => ({
          value,
          label: t(`books.way.${value}`),
          selected: false,
        })),
        values: { amount: '50', paidOn: '2026-11-20', slip: 'A 12/2026', note: '' },
        errors: { slip: t('fault.till.slip_known.detail', { number: '12/2026' }) },
      },
    },
    {
      name: 'office-till',
      page: 'office/till',
      view: {
        ...frame('till'),
        isOpen: true,
        pagopaOnlyFrom: '2027-01-01',
        lastDay: '2026-12-31',
        rows: [entry, { ...entry, number: '11/2026', way: 'bank-transfer', isReversed: true }],
        nextHref: '?dopo=1',
        firstHref: null,
      },
    },
    {
      name: 'office-till-closed',
      page: 'office/till',
      view: {
        ...frame('till'),
        isOpen: false,
        pagopaOnlyFrom: '2022-04-01',
        lastDay: '2022-03-31',
        rows: [],
        nextHref: null,
        firstHref: null,
      },
    },
    { name: 'office-till-receipt', page: 'office/till-receipt', view: receipt },
    {
      name: 'office-till-receipt-void',
      page: 'office/till-receipt',
      view: { ...receipt, note: '', reversedAt: at },
    },
    {
      name: 'office-approvals',
      page: 'office/approvals',
      view: {
        ...frame('approvals'),
        rows: [
          {
            href: `${base}/importazioni/1`,
            what: t('approvals.source.import'),
            about: 'saldi-2026.csv',
            reason: '',
            cents: 1_204_350n,
            askedBy: 'Paolo Neri',
            isOwn: true,
            askedAt: at,
            until: '2026-12-20',
          },
          {
            href: `${base}/da-approvare/1`,
            what: t('approvals.source.correction'),
            about: child.childName,
            reason: approval.reason,
            cents: 12_000n,
            askedBy: 'Paolo Neri',
            isOwn: false,
            askedAt: at,
            until: '2026-12-07',
          },
          {
            href: `${base}/da-approvare/2`,
            what: t('approvals.source.correction'),
            about: 'Luca Colombo',
            reason: '',
            cents: -9_000n,
            askedBy: 'Laura Bianchi',
            isOwn: true,
            askedAt: at,
            until: null,
          },
        ],
      },
    },
    { name: 'office-approvals-none', page: 'office/approvals', view: { ...frame('approvals'), rows: [] } },
    { name: 'office-approval', page: 'office/approval', view: approval },
    {
      name: 'office-approval-own',
      page: 'office/approval',
      view: {
        ...approval,
        isOwn: true,
        errors: { reason: t('books.error.reason', { minimum: 3, maximum: 200 }) },
      },
    },
    {
      name: 'office-approval-refused',
      page: 'office/approval',
      view: {
        ...approval,
        standing: badge(t('approvals.standing.refused'), 'failed'),
        isWaiting: false,
        decided: { at, by: 'Laura Bianchi', refusal: 'Manca la delibera' },
      },
    },
  ]
}
