import type { Option, PageView } from '#pages/view.ts'

/** `pages/office/rollover`: POST `{base}/anno-scolastico?anno=` with a step and a name for each class. */
export interface RolloverView extends PageView {
  readonly parentHref: string
  readonly fromYear: string
  readonly toYear: string
  readonly years: readonly Option[]
  /** Classes with children of which nothing could be guessed. */
  readonly unknown: number
  readonly schools: readonly {
    readonly name: string
    readonly classes: readonly {
      readonly name: string
      readonly children: number
      /** How many of them have a class of the next year already. */
      readonly placed: number
      readonly isUnknown: boolean
      readonly stepField: string
      readonly steps: readonly Option[]
      readonly nameField: string
      readonly nextName: string
      readonly error: string
    }[]
  }[]
  readonly errors: Readonly<Record<string, string>>
}
