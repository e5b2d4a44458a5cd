import { translator, type Language } from '#core/i18n.ts'
import { wordTimeline } from '#core/top-ups/timeline.ts'
import { sparkline } from '#pages/sparkline.ts'
import type { OfficeExample, OfficeFrame } from './example-office.ts'

const at = new Date('2026-11-23T14:05:00Z')
const badge = (text: string, tone: 'open' | 'paid' | 'failed' | 'plain') => ({ text, tone })

const line = {
  svg: sparkline(
    [
      { on: '2026-10-25', balanceCents: 2_100n },
      { on: '2026-11-03', balanceCents: -280n },
      { on: '2026-11-12', balanceCents: 4_720n },
      { on: '2026-11-23', balanceCents: 2_270n },
    ],
    '2026-10-24',
    '2026-11-23',
  )!,
  from: '2026-10-24',
  startCents: 2_100n,
  lowestCents: -280n,
  endCents: 2_270n,
}

/** The pages of one child and of its credit. */
export function exampleChild(frame: OfficeFrame, base: string, language: Language): readonly OfficeExample[] {
  const t = translator(language)
  const childHref = `${base}/alunni/child-1`
  const walletHref = `${childHref}/crediti/wallet-1`
  const child = { childName: 'Maria Antonietta De Benedictis Colombo', category: 'Mensa scolastica' }
  const movement = {
    at,
    what: t('portal.movement.meal'),
    note: '',
    noteHref: null,
    amountCents: -490n,
    balanceAfterCents: 2_270n,
    reverseHref: `${walletHref}/correzione?movimento=1`,
    isReversed: false,
  }
  const rows = [
    movement,
    {
      ...movement,
      what: t('portal.movement.reversal'),
      note: 'Pasto non consumato: uscita anticipata dalla scuola',
      amountCents: 490n,
      balanceAfterCents: 2_760n,
      reverseHref: null,
    },
    { ...movement, reverseHref: null, isReversed: true },
    {
      ...movement,
      what: t('portal.movement.till'),
      note: 'Cassa dell’ente, ricevuta A 12/2026, versato il 20/11/2026',
      noteHref: `${base}/sportello/1`,
      amountCents: 5_000n,
      balanceAfterCents: 2_760n,
    },
  ]
  const steps = [
    { step: 'created', at, source: 'parent' },
    { step: 'paid', at, source: 'psp' },
    { step: 'credited', at, source: 'borsellino' },
  ] as const
  const payment = {
    href: `${base}/pagamenti/1`,
    on: '2026-11-12',
    channel: 'PAGA ONLINE',
    category: 'Mensa scolastica',
    cents: 5_000n,
    state: badge('Pagato', 'paid'),
    timeline: wordTimeline(steps, language),
  }
  const card = {
    id: 'wallet-1',
    category: 'Mensa scolastica',
    balanceCents: 2_270n,
    state: null,
    stateReason: null,
    line,
    movements: rows,
    href: walletHref,
  }
  const page = {
    ...frame(null),
    id: 'child-1',
    parentHref: `${base}/alunni`,
    name: child.childName,
    place: 'Primaria Dante, 3ª B',
    account: {
      wallets: [
        card,
        {
          ...card,
          id: 'wallet-2',
          category: 'Doposcuola',
          balanceCents: -150n,
          state: badge(t('books.state.suspended'), 'open'),
          stateReason: 'In attesa dei documenti di iscrizione',
          line: null,
          movements: [],
        },
      ],
      services: [
        {
          category: 'Mensa scolastica',
          schoolYear: '2026/2027',
          tariffCents: 490n,
          startsOn: null,
          endsOn: null,
        },
        {
          category: 'Doposcuola',
          schoolYear: '2026/2027',
          tariffCents: 350n,
          startsOn: '2026-10-01',
          endsOn: '2027-05-31',
        },
      ],
      payments: [payment, { ...payment, state: badge('Da pagare', 'open') }],
      nextHref: '?pagamenti=1',
      firstHref: null,
      messages: [
        { kind: 'receipt-available', requestedAt: at, sentAt: at },
        { kind: 'notice', requestedAt: at, sentAt: null },
      ],
      guardians: [
        {
          accountId: 'account-1',
          name: 'Elena Ferrari',
          since: at,
          ways: 'SPID o CIE dal 20/11/2026, password',
        },
        { accountId: 'account-2', name: 'Paolo Colombo De Benedictis', since: at, ways: 'password' },
      ],
      mayUnlink: true,
      invitations: 2,
      requests: [{ askedAt: at, decidedAt: at }],
    },
  } as const
  const wallet = {
    ...frame(null),
    ...child,
    parentHref: childHref,
    balanceCents: 2_270n,
    state: null,
    stateReason: null,
    line,
    correctHref: `${walletHref}/correzione`,
    tillHref: `${walletHref}/versamento`,
    pagopaOnlyFrom: null,
    stateHref: `${walletHref}/stato`,
    waiting: [],
    rows,
    nextHref: '?dopo=3',
    firstHref: null,
  }
  return [
    { name: 'office-child', page: 'office/child', view: page },
    {
      name: 'office-child-school',
      page: 'office/child',
      view: { ...page, account: null },
    },
    {
      name: 'office-child-new',
      page: 'office/child',
      view: {
        ...page,
        account: {
          ...page.account,
          wallets: [],
          services: [],
          payments: [],
          nextHref: null,
          messages: [],
          guardians: [],
          invitations: 0,
          requests: [],
        },
      },
    },
    { name: 'office-wallet', page: 'office/wallet', view: wallet },
    {
      name: 'office-wallet-suspended',
      page: 'office/wallet',
      view: {
        ...wallet,
        balanceCents: -150n,
        state: badge(t('books.state.suspended'), 'open'),
        stateReason: { reason: 'In attesa dei documenti di iscrizione', since: at },
        line: null,
        tillHref: null,
        pagopaOnlyFrom: '2026-09-01',
        waiting: [
          {
            href: `${base}/da-approvare/1`,
            cents: 12_000n,
            reason: 'Credito del vecchio gestionale non importato, delibera n. 12',
            askedBy: 'Paolo Neri',
          },
        ],
        rows: [],
        nextHref: null,
      },
    },
  ]
}
