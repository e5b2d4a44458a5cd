import type { RomeDate } from '#core/clock.ts'
import type { FieldErrors, Option, PageView } from '#pages/view.ts'
import type { Badge } from './tile.ts'

/** `pages/office/tariffs`: the plans of every service. */
export interface TariffsView extends PageView {
  readonly mayEdit: boolean
  readonly siblingsHref: string | null
  readonly services: readonly {
    readonly label: string
    readonly newHref: string
    readonly plans: readonly {
      readonly href: string
      readonly copyHref: string
      readonly validFrom: RomeDate
      readonly note: string
      readonly state: Badge
    }[]
  }[]
}

/** `pages/office/tariff`: a plan, to read or to write. POST to `action`; the button tells what (`azione`). */
export interface TariffView extends PageView {
  readonly parentHref: string
  readonly title: string
  readonly lead: string
  /** Null where the plan is only read. */
  readonly action: string | null
  readonly isNew: boolean
  readonly category: string
  readonly values: { readonly validFrom: string; readonly note: string }
  readonly columns: readonly { readonly name: string; readonly from: string; readonly label: string }[]
  readonly bandCount: string
  readonly columnCount: string
  readonly blockCount: string
  readonly blocks: readonly MatrixBlock[]
  readonly schools: readonly Option[]
  readonly dayTypes: readonly string[]
  readonly newSchool: string
  readonly newDay: string
  readonly problems: readonly { readonly row: string; readonly column: string; readonly what: string }[]
  readonly exportHref: string | null
  readonly copyHref: string | null
  readonly deleteHref: string | null
  readonly errors: Readonly<Record<string, string>>
}

export interface MatrixBlock {
  readonly index: string
  readonly title: string
  readonly schoolId: string
  readonly dayType: string
  readonly isFirst: boolean
  readonly rows: readonly {
    readonly label: string
    /** The field of the band's end; empty where the row is not for writing it. */
    readonly band: string
    readonly bandValue: string
    readonly bandError: string
    readonly cells: readonly {
      readonly name: string
      readonly label: string
      readonly column: string
      readonly value: string
      readonly error: string
    }[]
  }[]
}

/** `pages/office/tariff-preview`: what a plan would change, before it is saved. POST to `action`. */
export interface TariffPreviewView extends PageView {
  readonly parentHref: string
  readonly service: string
  readonly action: string
  readonly day: RomeDate
  readonly schoolYear: string
  readonly children: number
  readonly changed: number
  readonly changes: readonly {
    readonly from: bigint | null
    readonly to: bigint | null
    readonly children: number
    readonly rises: boolean
  }[]
  readonly unpriced: readonly { readonly name: string; readonly href: string }[]
  readonly unpricedCount: number
  readonly fields: readonly { readonly name: string; readonly value: string }[]
}

/** `pages/office/child-tariff`: POST `{href}/isee`, `/isee/cancella`, `/esenzioni`, `/esenzioni/fine`. */
export interface ChildTariffView extends PageView {
  readonly parentHref: string
  readonly href: string
  readonly name: string
  readonly prices: readonly {
    readonly service: string
    readonly cents: bigint | null
    readonly because: readonly string[]
  }[]
  readonly declarations: readonly {
    readonly validFrom: RomeDate
    readonly validUntil: RomeDate
    readonly cents: bigint
    readonly isCurrent: boolean
  }[]
  readonly exemptions: readonly {
    readonly id: string
    readonly service: string
    readonly percent: number
    readonly validFrom: RomeDate
    readonly validUntil: RomeDate
    readonly reason: string
    readonly isOver: boolean
  }[]
  readonly services: readonly Option[]
  readonly isee: { readonly amount: string; readonly from: string; readonly until: string }
  readonly exemption: {
    readonly percent: string
    readonly from: string
    readonly until: string
    readonly reason: string
  }
  readonly errors: FieldErrors<
    'amount' | 'iseeFrom' | 'iseeUntil' | 'percent' | 'exemptFrom' | 'exemptUntil' | 'reason' | 'end'
  >
}

/** `pages/office/siblings`: POST `{base}/tariffe/fratelli` with a box for each difference. */
export interface SiblingsView extends PageView {
  readonly parentHref: string
  readonly schoolYear: string
  readonly years: readonly Option[]
  readonly services: readonly Option[]
  readonly category: string
  readonly count: number
  /** From which day on the ranks count, as typed. */
  readonly from: string
  readonly errors: { readonly from?: string }
  readonly rows: readonly {
    readonly box: string
    readonly rank: string
    readonly name: string
    readonly href: string
    readonly before: string
    readonly after: string
    readonly siblings: string
    readonly isChosen: boolean
  }[]
}
