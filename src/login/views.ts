import type { PageView } from '#pages/view.ts'

/** `pages/login/departure`: a form that takes the browser to a provider, sent by itself where scripts run. */
export interface DepartureView extends PageView {
  readonly provider: string
  readonly action: string
  readonly fields: readonly { readonly name: string; readonly value: string }[]
}

interface Link {
  readonly label: string
  readonly href: string
}

/** `pages/login/refused`: why a sign-in did not come about, in plain words, and what can be done. */
export interface RefusedView extends PageView {
  readonly title: string
  readonly text: string
  /** The same provider again, where that can help. */
  readonly retry: Link | null
  /** The other schemes of the entity. */
  readonly others: readonly Link[]
  /** `label` is a key under `identity.refused`. */
  readonly back: Link
  /** Whom to ask at the entity. */
  readonly help: string | null
  readonly requestId: string
}

export interface LoginViews {
  /** A provider ended its sessions and can be told nothing. */
  readonly 'login/signed-out': PageView
  readonly 'login/departure': DepartureView
  readonly 'login/refused': RefusedView
}
