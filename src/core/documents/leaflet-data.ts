import type { RomeDate } from '../clock.ts'
import type { Language } from '../i18n.ts'

/**
 * The sheet that an entity hands out to families, every sentence written out. The page and the printed sheet show this
 * and nothing else, so that they cannot differ.
 */
export interface LeafletDocument {
  readonly language: Language
  readonly entity: {
    readonly name: string
    readonly service: string
    /** `#rrggbb` */
    readonly primaryColor: string
    /** Up to three letters, on the shield. */
    readonly initials: string
    /** Names the picture that stands instead of the shield: another picture is another sheet. */
    readonly logoHash?: string
    /** The picture itself, handed to the printer alone. */
    readonly logo?: Uint8Array
  }
  readonly title: string
  /** Why the sheet is not to be trusted, or not yet: the service is suspended, or not open. */
  readonly status?: string
  /** What everybody must know: from when only pagoPA is accepted. */
  readonly lead?: string
  readonly portal: {
    readonly title: string
    readonly text: string
    /** The address in full, as the QR code has it. */
    readonly href: string
    /** The address as people type it. */
    readonly shown: string
  }
  readonly activation?: {
    readonly title: string
    /** The ten digits in groups. */
    readonly code: string
    readonly text: string
  }
  readonly signIn: LeafletSection
  readonly ways: {
    readonly title: string
    readonly items: readonly LeafletWay[]
    /** What holds of all of them, or that there is none. */
    readonly after: string
  }
  /** Undefined where nobody can sign in. */
  readonly firstTime?: LeafletSection
  readonly receipts: LeafletSection
  readonly help: {
    readonly title: string
    readonly text: string
    readonly contacts: readonly LeafletContact[]
  }
  /** How old the sheet is, and where the present one is. */
  readonly closing: string
  readonly overleaf: string
  readonly issuedOn: RomeDate
}

export interface LeafletSection {
  readonly title: string
  readonly statements: readonly string[]
}

/** A way to pay, step by step. */
export interface LeafletWay {
  readonly title: string
  readonly note: string
  readonly icon: string
  readonly steps: readonly string[]
}

export interface LeafletContact {
  readonly label: string
  readonly value: string
  readonly href?: string
}

/** Everything that a leaflet states, in the order in which it is read. */
export function statementsOf(leaflet: LeafletDocument): string[] {
  const { entity, portal, activation, ways, help } = leaflet
  const section = (one: LeafletSection | undefined) => (one ? [one.title, ...one.statements] : [])
  return [
    entity.name,
    entity.service,
    leaflet.title,
    leaflet.status,
    leaflet.lead,
    portal.title,
    portal.shown,
    portal.text,
    ...(activation ? [activation.title, activation.code, activation.text] : []),
    ...section(leaflet.signIn),
    ways.title,
    ...ways.items.flatMap(({ title, note, steps }) => [title, note, ...steps]),
    ways.after,
    ...section(leaflet.firstTime),
    ...section(leaflet.receipts),
    help.title,
    help.text,
    ...help.contacts.flatMap(({ label, value }) => [label, value]),
    leaflet.closing,
  ].filter((statement) => statement !== undefined)
}

/** Raised with every change of how the printed sheet looks: copies that others keep are then asked for again. */
export const LEAFLET_EDITION = 1
