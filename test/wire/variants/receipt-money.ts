import { credited, elsewhere, odd, split, UNREAD, type Row } from './receipt-row.ts'
import { swap } from './variant.ts'

/** How much, in which parts, and for whom. */
export const receiptSums: Row[] = [
  { name: 'by stand-in', receipt: { standIn: true }, ...credited({ standIn: true }) },
  {
    name: 'without a word about stand-in',
    edit: (xml) => swap(xml, /<standIn>false<\/standIn>/, ''),
    ...credited({ standIn: false }),
  },
  {
    name: 'of a payment that failed',
    receipt: { outcome: 'KO' },
    verdict: 'OK',
    stored: { disposition: 'outcome-ko' },
  },
  {
    name: 'of a failed payment of an unknown notice',
    notice: (cast) => cast.unknown(),
    receipt: { outcome: 'KO' },
    verdict: 'OK',
    stored: { disposition: 'outcome-ko' },
  },
  {
    name: 'over less than was asked',
    receipt: { amountCents: 4_999 },
    ...odd('amount-differs'),
    wallet: 4_999,
  },
  {
    name: 'over more than was asked',
    receipt: { amountCents: 5_001 },
    ...odd('amount-differs'),
    wallet: 5_001,
  },
  { name: 'over one cent', receipt: { amountCents: 1 }, ...odd('amount-differs'), wallet: 1 },
  {
    name: 'over the largest amount',
    receipt: { amountCents: 99_999_999_999 },
    ...odd('amount-differs'),
    wallet: 99_999_999_999,
  },
  {
    name: 'whose transfers are less than the payment',
    edit: (xml) => swap(xml, '<transferAmount>50.00', '<transferAmount>49.00'),
    ...odd('amount-differs', 'transfers-sum', 'transfer-differs'),
    wallet: 4_900,
  },
  {
    name: 'whose payment is less than the transfers',
    edit: (xml) => swap(xml, '<paymentAmount>50.00', '<paymentAmount>49.00'),
    ...odd('transfers-sum', 'transfer-differs'),
  },
  {
    name: 'over nothing, with a transfer',
    edit: (xml) => swap(xml, '<paymentAmount>50.00', '<paymentAmount>0.00'),
    ...odd('transfers-sum', 'transfer-differs'),
  },
  {
    name: 'in two transfers of ours',
    receipt: { shares: [] },
    ...odd('transfers-count', 'transfer-differs'),
    ...split(['own', 2_000], ['own', 3_000]),
  },
  {
    name: 'in five transfers of ours',
    ...odd('transfers-count', 'transfer-differs'),
    ...split(['own', 1_000], ['own', 1_000], ['own', 1_000], ['own', 1_000], ['own', 1_000]),
  },
  {
    name: 'partly for a stranger',
    ...odd('amount-differs', 'transfers-count', 'transfer-differs'),
    ...split(['own', 3_800], ['stranger', 1_200]),
    wallet: 3_800,
  },
  {
    name: 'first for a stranger',
    ...odd('amount-differs', 'transfers-count', 'transfer-differs'),
    ...split(['stranger', 1_200], ['own', 3_800]),
    wallet: 3_800,
  },
  {
    name: 'all for a stranger',
    verdict: 'OK',
    stored: { disposition: 'no-share', irregularities: ['transfer-differs'] },
    ...split(['stranger', 5_000]),
  },
  {
    name: 'under transfer number 2',
    edit: (xml) => swap(xml, '<idTransfer>1', '<idTransfer>2'),
    ...odd('transfer-differs'),
  },
  {
    name: 'of a stranger’s notice with a share of ours',
    notice: elsewhere,
    to: ({ station }) => station,
    verdict: 'OK',
    stored: { disposition: 'suspense-unknown', irregularities: [] },
    suspense: 1_200,
    ...split(['stranger', 3_800], ['own', 1_200]),
  },
  {
    name: 'of a stranger’s notice whose sum is wrong',
    notice: elsewhere,
    to: ({ station }) => station,
    edit: (xml) => swap(xml, '<paymentAmount>50.00', '<paymentAmount>51.00'),
    verdict: 'OK',
    stored: { disposition: 'suspense-unknown', irregularities: ['transfers-sum'] },
    suspense: 1_200,
    ...split(['stranger', 3_800], ['own', 1_200]),
  },
  { name: 'without a fee', edit: (xml) => swap(xml, /<fee>.*<\/fee>/, ''), ...credited() },
  { name: 'without a fee to speak of', edit: (xml) => swap(xml, '<fee>1.50', '<fee>0.00'), ...credited() },
  {
    name: 'with a fee beyond the payment',
    edit: (xml) => swap(xml, '<fee>1.50', '<fee>999.00'),
    ...credited(),
  },
]

const paidAt = (text: string) => (xml: string) =>
  swap(xml, /<paymentDateTime>[^<]*/, `<paymentDateTime>${text}`)
const dated = (text: string) => (xml: string) =>
  swap(xml, '</paymentDateTime>', `</paymentDateTime><applicationDate>${text}</applicationDate>`)

/** When. */
export const receiptTimes: Row[] = [
  {
    name: 'at a time of Rome in winter',
    edit: paidAt('2026-12-20T10:00:00'),
    ...credited({ paidAt: '2026-12-20T09:00:00.000Z' }),
  },
  {
    name: 'at a time of Rome in summer',
    edit: paidAt('2026-07-20T10:00:00.25'),
    ...credited({ paidAt: '2026-07-20T08:00:00.250Z' }),
  },
  {
    name: 'in the hour that spring skips',
    edit: paidAt('2026-03-29T02:30:00'),
    ...credited({ paidAt: '2026-03-29T01:30:00.000Z' }),
  },
  {
    name: 'in the hour that autumn has twice',
    edit: paidAt('2026-10-25T02:30:00'),
    ...credited({ paidAt: '2026-10-25T01:30:00.000Z' }),
  },
  {
    name: 'at a time with an offset',
    edit: paidAt('2026-10-25T02:30:00+02:00'),
    ...credited({ paidAt: '2026-10-25T00:30:00.000Z' }),
  },
  {
    name: 'at a time of UTC',
    edit: paidAt('2026-11-20T10:00:00Z'),
    ...credited({ paidAt: '2026-11-20T10:00:00.000Z' }),
  },
  {
    name: 'at midnight as 24 o’clock',
    edit: paidAt('2026-11-20T24:00:00'),
    ...credited({ paidAt: '2026-11-20T23:00:00.000Z' }),
  },
  {
    name: 'without a time',
    edit: (xml) => swap(xml, /<paymentDateTime>.*<\/paymentDateTime>/, ''),
    ...credited({ paidAt: null }),
  },
  { name: 'in the year 12026', edit: paidAt('12026-11-20T10:00:00'), ...credited({ paidAt: null }) },
  {
    name: 'applied on a day with an offset',
    edit: dated('2025-05-13+02:00'),
    ...credited({ applicationDate: '2025-05-13' }),
  },
  {
    name: 'applied on a day of UTC',
    edit: dated('2026-11-24Z'),
    ...credited({ applicationDate: '2026-11-24' }),
  },
  { name: 'at a time that is none', edit: paidAt('2026-11-20'), ...UNREAD },
  { name: 'at 25 o’clock', edit: paidAt('2026-11-20T25:00:00'), ...UNREAD },
  { name: 'applied on 30 February', edit: dated('2026-02-30'), ...UNREAD },
]
