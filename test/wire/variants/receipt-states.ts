import { credited, elsewhere, type Row } from './receipt-row.ts'
import { ASKED } from './cast.ts'

/** Whatever has become of the notice, and whosoever it is. */
export const receiptStates: Row[] = [
  { name: 'an open notice', ...credited() },
  { name: 'a cancelled notice', notice: (cast) => cast.notice('own', 'cancelled'), ...credited() },
  { name: 'an expired notice', notice: (cast) => cast.notice('own', 'expired'), ...credited() },
  { name: 'a notice whose time is over', notice: (cast) => cast.notice('own', 'overdue'), ...credited() },
  {
    name: 'a notice of a suspended wallet',
    notice: (cast) => cast.noticeOfWallet('suspended'),
    ...credited(),
  },
  {
    name: 'a notice of a child that has left',
    notice: (cast) => cast.noticeOfWallet('closed'),
    ...credited(),
  },
  { name: 'a notice whose check digits are wrong', notice: (cast) => cast.crooked(), ...credited() },
  {
    name: 'a paid notice',
    notice: (cast) => cast.notice('own', 'paid'),
    verdict: 'OK',
    stored: { disposition: 'suspense-paid-twice', irregularities: [] },
    suspense: ASKED,
  },
  {
    name: 'a paid notice, another amount',
    notice: (cast) => cast.notice('own', 'paid'),
    receipt: { amountCents: 1 },
    verdict: 'OK',
    stored: { disposition: 'suspense-paid-twice', irregularities: ['amount-differs'] },
    suspense: 1,
  },
  {
    name: 'a notice of ours that nobody knows',
    notice: (cast) => cast.unknown(),
    verdict: 'OK',
    stored: { disposition: 'suspense-unknown', irregularities: [] },
    suspense: ASKED,
  },
  {
    name: 'another intermediary’s notice, broadcast',
    notice: (cast) => cast.unknown('47'),
    verdict: 'OK',
    stored: { disposition: 'other-intermediary', irregularities: [] },
  },
  {
    name: 'an old notice of aux digit 0',
    notice: (cast) => ({ ...cast.unknown(), noticeNumber: '001340000013900808' }),
    verdict: 'OK',
    stored: { disposition: 'other-intermediary' },
  },
  {
    name: 'a suspended entity’s notice',
    notice: (cast) => cast.notice('suspended'),
    of: ({ tenants }) => tenants.suspended,
    ...credited(),
  },
  {
    name: 'a closed entity’s notice',
    notice: (cast) => cast.notice('closed'),
    of: ({ tenants }) => tenants.closed,
    ...credited(),
  },
  {
    name: 'a notice of an entity in rehearsal',
    notice: (cast) => cast.notice('rehearsal'),
    of: ({ tenants }) => tenants.rehearsal,
    ...credited(),
  },
  {
    name: 'the first of two tenants of a creditor',
    notice: (cast) => cast.notice('first'),
    of: ({ tenants }) => tenants.first,
    ...credited(),
  },
  {
    name: 'the second of two tenants of a creditor',
    notice: (cast) => cast.notice('second'),
    of: ({ tenants }) => tenants.second,
    ...credited(),
  },
  {
    name: 'a broadcast that two tenants could mean',
    notice: (cast) => ({ ...cast.unknown('47'), fiscalCode: cast.tenants.first.creditorFiscalCode }),
    verdict: 'OK',
    stored: 'unrouted',
  },
  {
    name: 'a creditor never served here',
    notice: () => ({ fiscalCode: '60000000009', noticeNumber: '301000000001234519' }),
    to: () => ({ idPA: '60000000009' }),
    verdict: 'PAA_ID_DOMINIO_ERRATO',
    stored: 'unrouted',
  },
  {
    name: 'a wrong broker',
    to: () => ({ idBrokerPA: '60000000009' }),
    verdict: 'PAA_ID_INTERMEDIARIO_ERRATO',
    stored: 'unrouted',
  },
  {
    name: 'a wrong station',
    to: () => ({ idStation: 'x' }),
    verdict: 'PAA_STAZIONE_INT_ERRATA',
    stored: 'unrouted',
  },
  {
    name: 'the station of another entity',
    to: ({ tenants }) => ({ idPA: tenants.lenient.creditorFiscalCode, idStation: 'altra' }),
    verdict: 'PAA_STAZIONE_INT_ERRATA',
    stored: 'unrouted',
  },
  {
    name: 'a stranger’s notice without a share of ours',
    notice: elsewhere,
    to: ({ station }) => station,
    verdict: 'OK',
    stored: { disposition: 'no-share' },
  },
]
