import { addDays, formatDate, type RomeDate } from '#core/clock.ts'
import type { LeafletDocument, LeafletSection, LeafletWay } from '#core/documents/leaflet-data.ts'
import { translator, type Language, type Translate } from '#core/i18n.ts'
import { formatMoney } from '#core/money.ts'
import { namedDay } from '#core/named-day.ts'
import type { ChannelOffer } from '../cashier.ts'
import type { LeafletFacts } from './facts.ts'
import { helpOf } from './help.ts'
import { firstTimeOf, signInOf } from './sign-in.ts'

/** What the parts of a leaflet are written with. */
export interface Pen {
  readonly t: Translate
  /** A day spelt out, as a sentence has it. */
  readonly day: (day: RomeDate) => string
}

/** Writes an entity's leaflet in one language: a sentence stands there only where a fact bears it. */
export function composeLeaflet(facts: LeafletFacts, language: Language): LeafletDocument {
  const { tenant, today } = facts
  const pen: Pen = { t: penOf(language), day: (day) => namedDay(day, 'long', language) }
  const { t } = pen
  const { branding } = tenant
  const status = facts.isDraft ? 'not_open' : facts.isOpen ? undefined : 'suspended'
  const lead = leadOf(facts, pen)
  const activation = activationOf(facts, pen)
  const firstTime = firstTimeOf(facts, pen)
  const shown = addressOf(facts.portalUrl)
  return {
    language,
    entity: {
      name: tenant.name,
      service: branding.serviceName,
      primaryColor: branding.primaryColor,
      initials: branding.initials,
      ...(branding.logo ? { logoHash: branding.logo.hash } : {}),
    },
    title: t('leaflet.title'),
    ...(status && { status: t(`leaflet.status.${status}`) }),
    ...(lead && { lead }),
    portal: {
      title: t('leaflet.portal.title'),
      text: t(facts.ways.length > 0 ? 'leaflet.portal.text' : 'leaflet.portal.text_no_ways'),
      href: facts.portalUrl.href,
      shown,
    },
    ...(activation && { activation }),
    signIn: signInOf(facts, pen),
    ways: waysOf(facts, pen, language),
    ...(firstTime && { firstTime }),
    receipts: receiptsOf(facts, pen),
    help: helpOf(facts, pen),
    closing: t('leaflet.closing', { date: formatDate(today, language), address: `${shown}/foglio` }),
    overleaf: t('leaflet.overleaf'),
    issuedOn: today,
  }
}

/** Pages and buttons are called as they are called on screen, whatever that is. */
const NAMES = {
  sign_in: 'portal.sign_in.title',
  register: 'portal.register.title',
  top_up: 'portal.nav.top-up',
  payments: 'portal.nav.payments',
  payment_codes: 'portal.nav.payment-codes',
  enrolments: 'portal.enrolments.title',
} as const

/** A translator that knows these names. Italian elides the article before vowels: "dall’8", "all’11". */
function penOf(language: Language): Translate {
  const t = translator(language)
  const names = Object.fromEntries(Object.entries(NAMES).map(([name, key]) => [name, t(key)]))
  const write: Translate = (key, values) => t(key, { ...names, ...values })
  if (language !== 'it') return write
  return (key, values) => write(key, values).replace(/\b(dal|al) (?=(?:8|11) )/gi, '$1l’')
}

/** An address as people type it. */
function addressOf(url: URL): string {
  return url.host + url.pathname.replace(/\/$/, '')
}

/** From when only pagoPA is accepted; nothing where the entity set no day, or has no way to pay. */
function leadOf({ pagopaOnly, ways }: LeafletFacts, { t, day }: Pen): string | undefined {
  if (!pagopaOnly || ways.length === 0) return undefined
  const { from, inForce } = pagopaOnly
  if (inForce) return t('leaflet.pagopa.since', { date: day(from) })
  const before = t('leaflet.pagopa.before', { date: day(addDays(from, -1)) })
  return `${t('leaflet.pagopa.from', { date: day(from) })} ${before}`
}

/** The code and what it is good for; nothing where neither an app nor the first page would take it. */
function activationOf({ tenant, appSignIn, isOpen, portalUrl }: LeafletFacts, { t }: Pen) {
  const uses = [
    ...(appSignIn ? [t('leaflet.activation.app')] : []),
    ...(isOpen
      ? [
          t(appSignIn ? 'leaflet.activation.site_too' : 'leaflet.activation.site', {
            address: portalUrl.host,
          }),
        ]
      : []),
  ]
  if (uses.length === 0) return undefined
  return {
    title: t('leaflet.activation.title'),
    code: tenant.activationCode.replace(/^(\d{3})(\d{3})(\d{4})$/, '$1 $2 $3'),
    text: uses.join(' '),
  }
}

function waysOf(facts: LeafletFacts, { t }: Pen, language: Language): LeafletDocument['ways'] {
  const { policies } = facts.tenant
  const items = facts.ways.map((way) => wayOf(way, t, language))
  const money = (valueCents: number) => formatMoney(BigInt(valueCents), language)
  const { minimumCents, maximumCents } = policies
  const none = facts.isOpen ? 'leaflet.ways.none' : 'leaflet.ways.suspended'
  const after =
    items.length === 0
      ? t(none)
      : minimumCents === maximumCents
        ? t('leaflet.ways.amount', { amount: money(minimumCents) })
        : t('leaflet.ways.amounts', { minimum: money(minimumCents), maximum: money(maximumCents) })
  return { title: t('leaflet.ways.title'), items, after }
}

function wayOf({ channel, guide }: ChannelOffer, t: Translate, language: Language): LeafletWay {
  return {
    title: channel.label[language],
    note: channel.note[language],
    icon: channel.icon,
    steps: guide.map(({ key, values }) => t(key, { ...values, label: channel.label[language] })),
  }
}

/** Where receipts are found, and after how many days. */
function receiptsOf({ tenant, ways }: LeafletFacts, { t }: Pen): LeafletSection {
  const days = tenant.policies.receiptCopyDelayDays
  return {
    title: t('leaflet.receipts.title'),
    statements: [
      ...(ways.length > 0 ? [t('leaflet.receipts.credit')] : []),
      days === 0 ? t('leaflet.receipts.same_day') : t('leaflet.receipts.after', { count: days }),
      t('leaflet.receipts.email'),
      t('leaflet.receipts.keep'),
    ],
  }
}
