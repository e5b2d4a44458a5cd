import type { RomeDate } from '#core/clock.ts'
import type { VerifiedReceipt } from '#core/receipts/verification.ts'
import type { FieldErrors, PageView } from '#pages/view.ts'

/** The public page that confirms a receipt's copy. */
export interface VerifyView extends PageView {
  /** As it was typed, or in groups once it is known to be one. */
  readonly code: string
  readonly creditorName: string
  readonly verified: VerifiedReceipt | null
  /** Words of the message about what was done with the money. */
  readonly disposition: string
  readonly reversedOn: RomeDate | null
  readonly errors: FieldErrors<'codice'>
}
