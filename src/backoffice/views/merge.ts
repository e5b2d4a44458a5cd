import type { FieldErrors, PageView } from '#pages/view.ts'

/** `pages/office/merge`: POST `{href}` (`name`) looks for the other row, `{href}/conferma` (`other`) makes one of two. */
export interface MergeView extends PageView {
  readonly parentHref: string
  readonly href: string
  readonly name: string
  readonly search: string
  readonly found: readonly { readonly name: string; readonly place: string; readonly href: string }[]
  /** Both rows, the one that stays first; null until the other is chosen. */
  readonly pair: {
    readonly other: string
    readonly swapHref: string
    readonly facts: readonly { readonly label: string; readonly stays: string; readonly goes: string }[]
    readonly movedCents: bigint
    readonly isPossible: boolean
  } | null
  readonly errors: FieldErrors<'name'>
}
