import { translator, type Language, type Translate } from '#core/i18n.ts'
import type { AssetPaths } from '#pages/assets.ts'
import { initials, type PageView, type TenantView } from '#pages/view.ts'
import { navigation, profileMenu, type Section } from '#portal/views/page.ts'
import type { PageViews as PortalViews } from '#portal/views/pages.ts'
import type { LoginViews } from '#login/views.ts'
import { sparkline } from '#pages/sparkline.ts'
import { exampleAbsences } from './example-absences.ts'
import { exampleOwnDiets } from './example-diets.ts'
import { exampleFamilyMenus } from './example-menus.ts'
import { exampleHouseholds } from './example-households.ts'
import { exampleAsked } from './example-enrolments.ts'
import { exampleEntrances } from './example-entrances.ts'
import { exampleIdentity } from './example-identity.ts'
import { exampleLeaflets } from './example-leaflet.ts'
import { examplePayments, exampleQr } from './example-payments.ts'
import { examplePasswords } from './example-passwords.ts'
import { exampleSessions } from './example-sessions.ts'
import { exampleVerifications } from './example-verifications.ts'

type PageViews = PortalViews & LoginViews

/** A page as a name and a view, to render and to look at. Several examples may show one page. */
export interface Example {
  /** The page and what is special about it: `payment-waiting`. */
  readonly name: string
  readonly page: keyof PageViews
  readonly view: PageViews[keyof PageViews]
}

/** An invented entity: its pages' frame and its colour. */
export interface ExampleTenant {
  readonly slug: string
  readonly primary: string
  readonly tenant: TenantView
}

const shield = (left: string, right: string, band: string) =>
  `data:image/svg+xml,${encodeURIComponent(
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 48"><path d="M2 2h36v24c0 11-9 17-18 20C11 43 2 37 2 26Z" fill="${left}" stroke="#fff" stroke-width="2"/><path d="M20 3h17v23c0 10-8 16-17 19Z" fill="${right}"/><path d="M3 18h34v6H3Z" fill="${band}"/></svg>`,
  )}`

const links = {
  privacy: 'https://www.example.org/privacy',
  legalNotes: 'https://www.example.org/note-legali',
  accessibility: 'https://form.agid.example.org/dichiarazione',
  faq: 'https://www.example.org/domande',
  report: 'https://www.example.org/segnala',
}

/** Two entities that look nothing alike. */
export const exampleTenants: readonly ExampleTenant[] = [
  {
    slug: 'cassano',
    primary: '#00695c',
    tenant: {
      name: 'Comune di Cassano Magnago',
      service: 'Mensa scolastica',
      address: 'Via Volta 4, 21012 Cassano Magnago (VA)',
      fiscalCode: '77777777777',
      logoHref: shield('#f4f4f4', '#b3261e', '#e8a500'),
      isRehearsing: false,
      themeHref: '/theme/cassano.css',
      website: { label: 'comune.example.it', href: 'https://comune.example.it/' },
      contacts: {
        office: 'Ufficio Scuola, lun–ven 9–12',
        phone: '0331 000000',
        email: 'scuola@comune.example.it',
      },
      links,
    },
  },
  {
    slug: 'valdorata',
    primary: '#8c1d40',
    tenant: {
      name: 'Comunità scolastica Valdorata · Schulgemeinschaft Goldtal',
      service: 'Mensa e doposcuola · Schulausspeisung und Nachmittagsbetreuung',
      address: null,
      fiscalCode: '88888888888',
      logoHref: null,
      // Its pages all carry the band.
      isRehearsing: true,
      themeHref: '/theme/valdorata.css',
      website: null,
      contacts: { office: null, phone: null, email: 'schule@valdorata.example.it' },
      links: { ...links, faq: null, report: null },
    },
  },
]

/** The frame of a page of an entity, for somebody signed in or for nobody. */
export type Frame = (section: Section | null, options?: { signedOut?: boolean }) => PageView

/** Every page of the portal, filled with invented people, for one entity and language. */
export function exampleViews(
  { slug, tenant }: ExampleTenant,
  language: Language,
  assets: AssetPaths,
): readonly Example[] {
  const base = `/${slug}`
  const name = 'Elena Ferrari'
  const frame: Frame = (section, { signedOut = false } = {}) => ({
    language,
    languages: ['it', 'en'],
    tenant,
    base,
    viewer: signedOut ? null : { firstName: 'Elena', name, initials: initials(name) },
    nav: signedOut ? [] : navigation(base, section),
    phoneNav: 'bar',
    menu: profileMenu(base),
    formToken: 'form-token-of-an-example',
    alerts: [],
    assets,
  })
  return [
    ...exampleEntrances(frame, base),
    ...exampleIdentity(frame, base),
    ...exampleWallets(frame, translator(language)),
    ...examplePayments(frame, base),
    ...exampleSessions(frame, base),
    ...exampleVerifications(frame),
    ...exampleLeaflets(frame, base, language),
    ...examplePasswords(frame),
    ...exampleHouseholds(frame, base),
    ...exampleAbsences(frame),
    ...exampleOwnDiets(frame, translator(language)),
    ...exampleFamilyMenus(frame, translator(language)),
  ]
}

const children = [
  {
    id: 'child-1',
    name: 'Sofia Colombo',
    place: 'Primaria Dante, 3ª B',
    balanceCents: -735n,
    mealPriceCents: 490n,
    stopped: null,
  },
  {
    id: 'child-2',
    name: 'Luca Colombo',
    place: 'Infanzia Rodari, gialli',
    balanceCents: 4680n,
    mealPriceCents: 400n,
    stopped: 'Credito sospeso: per ora non si può ricaricare. Motivo: in attesa dei documenti.',
  },
]
const steps = [
  [5400n, 4900n, 4410n, 3920n, 2940n, 1960n, 980n, 490n, -245n, -735n],
  [2400n, 2000n, 1600n, 1200n, 6200n, 5800n, 5400n, 5000n, 5000n, 4680n],
]
const days = ['24', '27', '30'].map((day) => `2026-10-${day}`)
const moreDays = ['02', '05', '09', '12', '16', '19', '20'].map((day) => `2026-11-${day}`)

function exampleWallets(frame: Frame, t: Translate): readonly Example[] {
  const cards = children.map((child, index) => ({
    walletId: `wallet-${index + 1}`,
    childId: child.id,
    childName: child.name,
    initials: initials(child.name),
    place: child.place,
    category: 'REFEZIONE',
    balanceCents: child.balanceCents,
    status: index === 0 ? ('exhausted' as const) : ('enough' as const),
    mealsLeft: index === 0 ? 0 : 11,
    sparklineSvg: sparkline(
      [...days, ...moreDays].map((on, step) => ({ on, balanceCents: steps[index]![step]! })),
      '2026-10-24',
      '2026-11-23',
    ),
    sparklineFrom: '2026-10-24',
    lastMealOn: '2026-11-20',
    mealPriceCents: child.mealPriceCents,
    table: {
      text: ['Risotto alla zucca, Merluzzo gratinato alle erbe, Carote al vapore, Mela', ''][index]!,
      href: '/x',
    },
    stopped: child.stopped,
  }))
  const notice = {
    topUpId: 'top-up-1',
    amountCents: 5000n,
    childName: 'Sofia',
    issuedOn: '2026-11-23',
    dueOn: '2026-12-23',
  }
  const home = {
    ...frame('home'),
    schoolYear: '2026/2027',
    cards,
    nothingYet: false,
    mayEnrol: true,
    invited: [],
    openNotices: [notice],
    paymentCodesOffered: true,
    emailToConfirm: null,
  }
  const codes = children.map((child, index) => ({
    walletId: `wallet-${index + 1}`,
    childName: child.name,
    category: 'REFEZIONE',
    qrSvg: exampleQr(`00001|77777777777|k3PfX9aQ7mZr2TnB8sVw4L${index}`),
    text: `00001|77777777777|k3PfX9aQ7mZr2TnB8sVw4L${index}`,
  }))
  const rows = (
    [
      ['2026-11-20T11:30:00Z', 'meal', '', -490n, -735n, null],
      ['2026-11-19T11:30:00Z', 'meal', '', -490n, -245n, null],
      ['2026-11-03T16:12:00Z', 'top_up', 'Tabaccaio PUNTOLIS', 3500n, 245n, '/pagamenti/top-up-4'],
      ['2026-10-20T09:00:00Z', 'reversal', 'Pasto del 19/10/2026', 490n, -3255n, null],
      ['2026-09-10T09:00:00Z', 'opening', '', 1250n, 1250n, null],
    ] as const
  ).map(([at, kind, note, amountCents, balanceAfterCents, href]) => ({
    at: new Date(at),
    kind,
    note,
    amountCents,
    balanceAfterCents,
    href,
  }))
  const own = {
    ...frame(null),
    schoolYear: '2026/2027',
    enrolments: cards,
    requests: [
      { childName: 'Ada Colombo', initials: 'AC', askedOn: '2026-11-20', state: 'pending', reason: null },
    ],
    categories: [{ value: 'REFEZIONE', label: 'REFEZIONE · mensa scolastica', selected: true }],
    mayEnrol: true,
    ...exampleAsked,
    values: { firstName: '', lastName: '', fiscalCode: '', school: '', className: '', code: '' },
    errors: { code: 'Nessun figlio ha questo codice.' },
  } as const
  return [
    { name: 'home', page: 'home', view: home },
    {
      name: 'home-empty',
      page: 'home',
      view: {
        ...home,
        cards: [],
        openNotices: [],
        emailToConfirm: 'elena.ferrari@example.org',
        nothingYet: true,
        mayEnrol: false,
        alerts: [{ kind: 'success', text: 'Profilo creato.' }],
      },
    },
    {
      name: 'movements',
      page: 'movements',
      view: {
        ...frame('home'),
        walletId: 'wallet-1',
        childId: 'child-1',
        childName: 'Sofia Colombo',
        category: 'REFEZIONE',
        balanceCents: -735n,
        rows,
        nextHref: '?dopo=abc',
        firstHref: null,
      },
    },
    { name: 'payment-codes', page: 'payment-codes', view: { ...frame('payment-codes'), codes } },
    {
      name: 'top-up-paused',
      page: 'top-up-paused',
      view: {
        ...frame('top-up'),
        entity: 'Comune di Cassano Magnago',
        reason: 'Cambio del gestore della mensa: si riparte il 7 gennaio.',
        homeHref: '/x/',
      },
    },
    { name: 'enrolments', page: 'enrolments', view: own },
    {
      name: 'enrolments-closed',
      page: 'enrolments',
      view: {
        ...own,
        mayEnrol: false,
        errors: {},
        alerts: [{ kind: 'danger', text: t('fault.enrolment.closed.detail') }],
      },
    },
  ]
}
