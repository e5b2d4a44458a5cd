import type { FieldErrors, Option, PageView } from '#pages/view.ts'
import type { Badge } from './tile.ts'

/** A field of a settings form, in the reader's language. */
export interface SettingsField {
  readonly name: string
  readonly label: string
  /** What it is for; may be empty. */
  readonly hint: string
  /** A value as it could be; may be empty. */
  readonly example: string
  readonly kind: 'text' | 'flag' | 'choice' | 'choices'
  /** Of a text field: the type of its input. */
  readonly type: 'text' | 'url' | 'email' | 'date'
  readonly inputmode: string
  readonly maxlength: string
  readonly value: string
  readonly required: boolean
  /** Stands beside the label of what may stay empty; itself empty for what may not. */
  readonly need: string
  readonly checked: boolean
  /** Of a choice; of several choices the names of their boxes are `<name>-<value>`. */
  readonly options: readonly Option[]
  readonly error: string
}

export interface SettingsPanel {
  readonly id: string
  readonly title: string
  readonly text: string
  readonly fields: readonly SettingsField[]
  /** What is shown and cannot be changed here. */
  readonly facts: readonly { readonly label: string; readonly value: string }[]
}

/** What all pages of the settings have. */
export interface SettingsView extends PageView {
  /** The checklist. */
  readonly parentHref: string
  readonly parentLabel: string
  readonly title: string
  readonly lead: string
  /** What happens once it is saved. */
  readonly next: string
  readonly errors: FieldErrors<string>
}

/** `pages/office/settings-form`: POST to `action` with `version` and the fields. */
export interface SettingsFormView extends SettingsView {
  readonly action: string
  readonly version: string
  readonly panels: readonly SettingsPanel[]
  /** What somebody else saved meanwhile, beside what was typed here. */
  readonly conflict: readonly { readonly label: string; readonly current: string; readonly typed: string }[]
  /** What the change would do; null before it was asked. */
  readonly effects: readonly { readonly text: string; readonly warns: boolean }[] | null
  /** Sent back with the values whose effect was shown; empty before. */
  readonly shown: string
  /** Whether the effect is shown before anything is saved. */
  readonly previews: boolean
}

/** `pages/office/onboarding`: the checklist, and where the settings are found later. */
export interface OnboardingView extends PageView {
  readonly title: string
  readonly lead: string
  readonly state: Badge
  /** Whether these are the steps before going live, not the settings of later. */
  readonly isOnTheWay: boolean
  /** What to do first once the entity has just gone live; empty at any other time. */
  readonly firstThings: readonly { readonly label: string; readonly text: string; readonly href: string }[]
  readonly done: number
  readonly total: number
  readonly steps: readonly {
    readonly title: string
    readonly text: string
    readonly href: string
    readonly state: Badge
    readonly isDone: boolean
    readonly missing: readonly string[]
  }[]
  /** The first page on which something is missing; null where nothing is, and once the entity was live. */
  readonly nextStep: { readonly title: string; readonly href: string } | null
  /** The step into the next state of the entity; null where there is none to take here. */
  readonly onward: {
    readonly title: string
    readonly text: string
    readonly action: string
    readonly button: string
    /** Whether the button is there, or only what is missing. */
    readonly ready: boolean
    readonly missing: readonly { readonly text: string; readonly href: string }[]
    readonly confirm: string
  } | null
}

/** `pages/office/appearance`: POST `{base}/avvio/aspetto` (`azione`: `anteprima` or `salva`) and `…/aspetto/logo`. */
export interface AppearanceView extends SettingsView {
  readonly version: string
  readonly fields: readonly SettingsField[]
  readonly preview: {
    /** The sheet that colours the preview alone. */
    readonly sheetHref: string
    readonly colour: string
    readonly onWhite: string
    /** Null where the chosen colour is dark enough. */
    readonly darker: string | null
    readonly serviceName: string
    readonly initials: string
  }
  readonly hasLogo: boolean
  readonly logoHref: string
  readonly conflict: SettingsFormView['conflict']
}

/** `pages/office/categories`: POST `{base}/avvio/servizi`, one service at a time. */
export interface CategoriesView extends SettingsView {
  readonly action: string
  readonly version: string
  readonly conflict: boolean
  readonly categories: readonly {
    readonly code: string
    readonly title: string
    readonly open: boolean
    readonly isNew: boolean
    readonly fields: readonly SettingsField[]
  }[]
}

/** `pages/office/channels`. */
export interface ChannelsView extends SettingsView {
  readonly channels: readonly {
    readonly label: string
    readonly note: string
    readonly icon: string
    readonly href: string
    readonly state: Badge
    readonly because: string
    readonly remedy: string
  }[]
}

/** `pages/office/identity-state`. */
export interface IdentityStateView extends SettingsView {
  readonly schemes: readonly {
    readonly id: string
    readonly label: string
    readonly state: Badge
    readonly text: string
    readonly next: string
    readonly facts: readonly { readonly label: string; readonly value: string }[]
  }[]
  readonly password: { readonly state: Badge; readonly text: string }
  readonly rulesHref: string
}

/** `pages/office/rehearsal`: POST `{base}/avvio/prova/famiglia` and `…/ricomincia`. */
export interface RehearsalView extends SettingsView {
  /** Whether the entity is in its rehearsal; before, the page only says what it will be. */
  readonly isOn: boolean
  /** Where it is begun, once nothing is missing and there is a simulator; null otherwise. */
  readonly begin: string | null
  /** Why it cannot begin yet, or what beginning means. */
  readonly beginText: string
  /** What is missing before it can begin, and where it is set right. */
  readonly missing: readonly { readonly text: string; readonly href: string }[]
  /** Whether every channel that families see has its payment. */
  readonly isDone: boolean
  /** The pretended family; the password is shown once, and another can be made. */
  readonly family: { readonly exists: boolean; readonly username: string; readonly password: string }
  readonly portalHref: string
  readonly channels: readonly {
    readonly id: string
    readonly label: string
    readonly state: Badge
    readonly steps: readonly {
      readonly text: string
      readonly isDone: boolean
      readonly mark: string
      readonly href: string
      readonly link: string
    }[]
  }[]
  readonly moneyNote: string
}
