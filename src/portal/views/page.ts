import type { Language } from '#core/i18n.ts'
import type { AssetPaths } from './assets.ts'

/** What every page of the portal needs, whatever it shows. */
export interface PageView {
  readonly language: Language
  /** The languages that the entity offers, the current one among them. */
  readonly languages: readonly Language[]
  /** Null on the pages that belong to no entity: choosing one, and some faults. */
  readonly tenant: TenantView | null
  /** Where the entity's pages begin: `/cassano`, or empty on a host name of its own. Templates append their paths. */
  readonly base: string
  /** Null when nobody is signed in. */
  readonly viewer: ViewerView | null
  /** The main menu; empty when nobody is signed in. {@link navigation} makes it. */
  readonly nav: readonly NavItem[]
  /** The one-time token that every form posts in its hidden field `form`. */
  readonly formToken: string
  readonly alerts: readonly Alert[]
  readonly assets: AssetPaths
}

/** An entity as its pages show it. */
export interface TenantView {
  readonly name: string
  /** The service under the name: `Mensa scolastica`. */
  readonly service: string
  readonly address: string | null
  readonly fiscalCode: string
  readonly logoHref: string | null
  /** The address of the sheet that `themeCss` makes. */
  readonly themeHref: string
  /** The entity's own site, in the bar above the header. */
  readonly website: { readonly label: string; readonly href: string } | null
  readonly contacts: {
    /** The office and its hours: `Ufficio Scuola, lun–ven 9–12`. */
    readonly office: string | null
    readonly phone: string | null
    readonly email: string | null
  }
  /** The law asks for the first three before an entity goes live. */
  readonly links: {
    readonly privacy: string | null
    readonly legalNotes: string | null
    readonly accessibility: string | null
    readonly faq: string | null
    readonly report: string | null
  }
}

/** The signed-in adult. */
export interface ViewerView {
  readonly firstName: string
  readonly name: string
  readonly initials: string
}

export interface NavItem {
  readonly key: Section
  readonly href: string
  readonly icon: string
  readonly current: boolean
}

/** A message at the top of a page, already in the reader's language. */
export interface Alert {
  readonly kind: 'success' | 'info' | 'warning' | 'danger'
  readonly text: string
}

/** What was wrong with a form, by the field's name. The text is already in the reader's language. */
export type FieldErrors<Name extends string> = Readonly<Partial<Record<Name, string>>>

export interface Option {
  readonly value: string
  readonly label: string
  readonly selected: boolean
}

const sections = {
  home: { path: '/', icon: 'it-pa' },
  'top-up': { path: '/ricarica', icon: 'it-card' },
  payments: { path: '/pagamenti', icon: 'it-list' },
  'payment-codes': { path: '/codici-pagamento', icon: 'qr-code' },
} as const
export type Section = keyof typeof sections

/** The main menu of a signed-in adult, with the section where the page lies. */
export function navigation(base: string, current: Section | null): NavItem[] {
  return Object.entries(sections).map(([key, { path, icon }]) => ({
    key: key as Section,
    href: base + path,
    icon,
    current: key === current,
  }))
}

/** The first letters of a name's first and last word: `Elena Ferrari` → `EF`. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/)
  const letters = [words[0], words.length > 1 ? words.at(-1) : undefined].map(
    (word) => /^./u.exec(word ?? '')?.[0] ?? '',
  )
  return letters.join('').toUpperCase()
}
