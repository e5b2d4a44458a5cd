import { toSVG } from 'bwip-js/node'
import { specimenNotice, specimenSlip } from '#core/documents/specimen.ts'
import { wordTimeline } from '#core/top-ups/timeline.ts'
import { noticeFacts } from '#portal/pages/notice-facts.ts'
import type { Example, Frame } from './example-views.ts'

const creditor = { name: 'Cassano Magnago Servizi S.p.A.', fiscalCode: '77777777777' }
const noticeNumber = '301002611000421892'
const at = (time: string) => new Date(`2026-11-23T${time}Z`)
const created = { step: 'created', at: at('09:41:02'), source: 'parent' } as const
const steps = wordTimeline(
  [
    created,
    { step: 'announced', at: at('09:41:02'), source: 'archive' },
    { step: 'checkout-opened', at: at('09:41:03'), source: 'checkout' },
    { step: 'activated', at: at('09:42:30'), source: 'node' },
    { step: 'receipt', at: at('09:43:11'), source: 'node' },
    { step: 'credited', at: at('09:43:11'), source: 'borsellino' },
  ],
  'it',
)

/** The pages of the job itself: top-up, notice, outcome, summary. */
export function examplePayments(frame: Frame, base: string): readonly Example[] {
  return [...topUps(frame), ...notices(frame), ...outcomes(frame, base), ...summary(frame, base)]
}

/** A code that any reader accepts, as the markup that a page gets. */
export function exampleQr(text: string): string {
  return toSVG({ bcid: 'qrcode', text })
}

function topUps(frame: Frame): readonly Example[] {
  const channels = [
    {
      id: 'pagopa-online',
      label: 'PAGA ONLINE',
      note: 'Carta, conto o app, subito',
      icon: 'it-card',
      offered: true,
    },
    {
      id: 'psp-notice',
      label: 'PAGA PRESSO PSP',
      note: 'Avviso per banca, posta, tabaccaio',
      icon: 'it-file-pdf-ext',
      offered: true,
    },
  ] as const
  const credit = (balanceCents: bigint) => [{ category: 'REFEZIONE', label: 'REFEZIONE', balanceCents }]
  const limits = { minimumCents: 500n, maximumCents: 50_000n, paymentCodesOffered: true }
  const single = {
    ...frame('top-up'),
    ...limits,
    mode: 'single',
    channels,
    children: [
      { id: 'child-1', name: 'Sofia Colombo', selected: true, credits: credit(-735n) },
      { id: 'child-2', name: 'Luca Colombo', selected: false, credits: credit(4680n) },
    ],
    categories: [{ value: 'REFEZIONE', label: 'REFEZIONE · mensa scolastica', selected: true }],
    amounts: [
      { amountCents: 2500n, meals: 5, selected: false },
      { amountCents: 5000n, meals: 10, selected: true },
      { amountCents: 10_000n, meals: 20, selected: false },
    ],
    otherSelected: false,
    suggested: '5000',
    otherAmount: '',
    summary: { amountCents: 5000n, balanceAfterCents: 4265n },
    afterShown: true,
    severalOffered: true,
    errors: {},
  } as const
  const closed = { ...channels[1], offered: false, because: 'Un avviso vale per un solo figlio.' } as const
  const row = { category: 'REFEZIONE', error: null }
  const tooHigh = 'L’importo più grande che puoi versare è 500,00 €.'
  return [
    { name: 'top-up', page: 'top-up', view: single },
    {
      name: 'top-up-wrong',
      page: 'top-up',
      view: {
        ...single,
        amounts: single.amounts.map((amount) => ({ ...amount, selected: false })),
        otherSelected: true,
        otherAmount: '1000',
        summary: null,
        errors: { otherAmount: tooHigh },
      },
    },
    {
      name: 'top-up-multi',
      page: 'top-up',
      view: {
        ...frame('top-up'),
        ...limits,
        mode: 'multi',
        channels: [channels[0], closed],
        rows: [
          { ...row, field: 'amount-1', childName: 'Sofia Colombo', balanceCents: -735n, amount: '50,00' },
          {
            ...row,
            field: 'amount-2',
            childName: 'Luca Colombo',
            balanceCents: 4680n,
            amount: '1000',
            error: tooHigh,
          },
        ],
        totalCents: 5000n,
        maximumChildren: 5,
        errors: { 'amount-2': tooHigh },
      },
    },
  ]
}

function notices(frame: Frame): readonly Example[] {
  const { language } = frame('payments')
  const printed = {
    ...specimenNotice,
    noticeNumber,
    creditor: { ...specimenNotice.creditor, ...creditor },
    debtor: { fullName: 'Elena Ferrari', fiscalCode: 'FRRLNE80A41B300X' },
  }
  const { dueDate: _, ...withoutDay } = printed
  const bilingual = { ...withoutDay, secondLanguage: 'de', postalSlip: specimenSlip } as const
  const notice = {
    ...frame('payments'),
    topUpId: 'top-up-1',
    state: 'open',
    amountCents: 5000n,
    description: 'Ricarica mensa scolastica',
    noticeNumber,
    ...noticeFacts(printed, language),
    payable: true,
    childFirstName: 'Sofia',
    qrSvg: exampleQr(`PAGOPA|002|${noticeNumber}|77777777777|5000`),
    values: { email: 'elena.ferrari@example.org' },
    errors: {},
    timeline: wordTimeline(
      [created, { step: 'notice-emailed', at: at('09:41:02'), source: 'borsellino' }],
      'it',
    ),
  } as const
  return [
    { name: 'notice', page: 'notice', view: notice },
    {
      name: 'notice-bilingual',
      page: 'notice',
      view: { ...notice, ...noticeFacts(bilingual, language) },
    },
    { name: 'notice-expired', page: 'notice', view: { ...notice, state: 'expired', qrSvg: null } },
  ]
}

function outcomes(frame: Frame, base: string): readonly Example[] {
  const item = {
    topUpId: 'top-up-1',
    state: 'waiting',
    childName: 'Sofia Colombo',
    invitedLabel: null,
    category: 'REFEZIONE',
    amountCents: 5000n,
    noticeNumber,
    channel: 'Online',
    creditor,
    receipt: null,
    timeline: steps.slice(0, 3),
  } as const
  const receipt = {
    paidAt: at('09:42:58'),
    pspName: 'Banca Inventata S.p.A.',
    receiptId: 'c110729d258c4ab1b765fe902aae41d6',
    iuv: '01002611000421892',
    payerName: 'Elena Ferrari',
    creditedCents: 5000n,
    feeCents: 95n,
    balance: { beforeCents: -735n, afterCents: 4265n },
    copy: { kind: 'from', on: '2026-11-26' },
  } as const
  const paid = { ...item, state: 'paid', receipt, timeline: steps } as const
  const second = { ...paid, topUpId: 'top-up-2', childName: 'Luca Colombo', amountCents: 3000n } as const
  const view = {
    ...frame('payments'),
    totalCents: 5000n,
    items: [item],
    refreshSeconds: null,
    retryHref: null,
    noticeHref: null,
  }
  const retryHref = `${base}/ricarica`
  return [
    {
      name: 'payment-waiting',
      page: 'payment',
      view: { ...view, state: 'waiting', words: 'waiting', refreshSeconds: 5 },
    },
    {
      name: 'payment-paid',
      page: 'payment',
      view: { ...view, state: 'paid', words: 'paid', totalCents: 8000n, items: [paid, second] },
    },
    {
      name: 'payment-failed',
      page: 'payment',
      view: {
        ...view,
        state: 'failed',
        words: 'abandoned',
        retryHref,
        noticeHref: null,
        items: [
          {
            ...item,
            state: 'failed',
            timeline: wordTimeline(
              [created, { step: 'returned', at: at('09:50:00'), source: 'parent' }],
              'it',
            ),
          },
        ],
      },
    },
  ]
}

function summary(frame: Frame, base: string): readonly Example[] {
  const rows = (
    [
      ['2026-11-23', 'Sofia', 'Presso PSP', 5000n, 'open', { kind: 'notice', href: `${base}/avvisi/1` }],
      ['2026-11-22', 'Luca', 'Online', 5000n, 'paid', { kind: 'from', on: '2026-11-27' }],
      ['2026-11-20', 'Sofia', 'Online', 3000n, 'failed', { kind: 'retry', href: `${base}/ricarica` }],
      [
        '2026-11-03',
        'Sofia',
        'Tabaccaio PUNTOLIS',
        3500n,
        'paid',
        { kind: 'download', href: `${base}/ricevute/4` },
      ],
      ['2026-10-19', 'Luca', 'Presso PSP', 5000n, 'expired', { kind: 'none' }],
      ['2026-10-02', 'Sofia', 'Online', 10_000n, 'waiting', { kind: 'none' }],
      ['2026-09-14', 'Luca', 'Online', 108_000n, 'cancelled', { kind: 'none' }],
    ] as const
  ).map(([on, childName, channel, amountCents, state, copy], index) => ({
    topUpId: `top-up-${index}`,
    href: `${base}/pagamenti/${index}`,
    on,
    childName,
    invitedLabel: index === 4 ? 'Nonna Berta' : null,
    category: 'REFEZIONE',
    channel,
    noticeNumber,
    amountCents,
    state,
    copy,
  }))
  const view = {
    ...frame('payments'),
    children: [
      { value: 'child-1', label: 'Sofia', selected: false },
      { value: 'child-2', label: 'Luca', selected: false },
    ],
    states: [{ value: 'paid', label: 'Pagato', selected: false }],
    rows,
    filtered: false,
    nextHref: '?dopo=abc',
    firstHref: `${base}/pagamenti`,
  }
  const empty = { ...view, rows: [], filtered: true, nextHref: null, firstHref: null }
  return [
    { name: 'payments', page: 'payments', view },
    { name: 'payments-empty', page: 'payments', view: empty },
  ]
}
