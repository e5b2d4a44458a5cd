import type { Language } from '#core/i18n.ts'
import type { AssetPaths } from './assets.ts'

/** What every page needs, whatever it shows and whomever it is for. */
export interface PageView {
  readonly language: Language
  /** The languages that the entity offers, the current one among them. */
  readonly languages: readonly Language[]
  /** Null on the pages that belong to no entity: choosing one, and some faults. */
  readonly tenant: TenantView | null
  /**
   * Where the face's pages begin: `/cassano`, or `/cassano/ufficio`. Templates append their paths; `{base}/` is home
   * and `{base}/esci` ends the session.
   */
  readonly base: string
  /** Null when nobody is signed in. */
  readonly viewer: ViewerView | null
  /** The main menu; empty when nobody is signed in. */
  readonly nav: readonly NavItem[]
  /** What becomes of the main menu on a telephone: a bar for up to five items, a menu to open for more. */
  readonly phoneNav: 'bar' | 'menu'
  /** What the viewer's own menu offers besides signing out. */
  readonly menu: readonly MenuItem[]
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
  /** Whether nothing that is paid here is real. */
  readonly isRehearsing: boolean
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

/** A link of a menu; `label` is a message's key. */
export interface MenuItem {
  readonly label: string
  readonly href: string
}

/** A link of the main menu; `short` is the key of a label that fits a telephone's bar. */
export interface NavItem extends MenuItem {
  readonly short: string
  readonly icon: string
  /** Whether the reader is on this page, or on one of those under it. */
  readonly current: boolean
  /** The pages under it; empty where it is a page alone. */
  readonly items: readonly NavItem[]
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

/** `pages/error`: a fault, in plain words. `title` and `detail` come from `fault.<code>` and `fault.<code>.detail`. */
export interface ErrorView extends PageView {
  readonly status: number
  readonly title: string
  readonly detail: string
  readonly kind: Alert['kind']
  readonly requestId: string
  readonly wayOut: WayOut
}

/** Where a fault page leads: `label` is a key under `portal.error.way_out`. */
export interface WayOut {
  readonly href: string
  readonly label: 'home' | 'sign_in' | 'back' | 'payments' | 'choose_entity'
}

/** The first letters of a name's first and last word: `Elena Ferrari` → `EF`. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/)
  const letters = [words[0], words.length > 1 ? words.at(-1) : undefined].map(
    (word) => /^./u.exec(word ?? '')?.[0] ?? '',
  )
  return letters.join('').toUpperCase()
}
