import { z } from 'zod'
import type { Collection, Store, StoredRecord } from '../state/store.ts'

/** The ways in which the Node can be told to misbehave with a receipt. Absent means well-behaved. */
export const misbehaviourSchema = z.strictObject({
  /** Further identical copies, sent once the first one has been answered. */
  duplicates: z.int().min(0).max(50).optional(),
  /** The copies leave all together with the first one. */
  parallel: z.boolean().optional(),
  /** The first try waits so long. */
  delaySeconds: z.number().min(0).max(86_400).optional(),
  /** The first answer is thrown away and the receipt sent again, as after a broken connection. */
  loseAnswer: z.boolean().optional(),
  /** The first answer counts as malformed, whatever it says, and the receipt is sent again. */
  garbleAnswer: z.boolean().optional(),
  /** The receipt is never sent: it is found only through the flows and the biz-events. */
  drop: z.boolean().optional(),
  /** The whole receipt is sent once more after so long, as days later by a support ticket. */
  repeatAfterSeconds: z.number().min(0).max(864_000).optional(),
  /** on-pay: before the browser returns; after-return: shortly after it; late: once the token has expired. */
  timing: z.enum(['on-pay', 'after-return', 'late']).optional(),
  /** The receipt says outcome KO. */
  outcomeKo: z.boolean().optional(),
  /** The receipt carries this amount instead of the one that was paid. */
  amountCents: z.int().min(1).max(99_999_999_999).optional(),
  version: z.enum(['V1', 'V2']).optional(),
  standIn: z.boolean().optional(),
  /** The receipt names a notice that the creditor never issued. */
  unknownNotice: z.boolean().optional(),
  /** A second receipt for the same notice, with a receiptId of its own: it was paid twice. */
  secondReceipt: z.boolean().optional(),
  /** Besides, the receipt of a notice of the same creditor that another intermediary serves. */
  broadcast: z.boolean().optional(),
  /** Besides, the receipt of another entity's notice of which this creditor has a share. */
  secondaryBeneficiary: z.boolean().optional(),
})

export type Misbehaviour = z.infer<typeof misbehaviourSchema>

/** An order for one receipt to come; with a notice number it waits for that notice. */
export const nextMisbehaviourSchema = misbehaviourSchema.extend({
  noticeNumber: z
    .string()
    .regex(/^\d{18}$/)
    .optional(),
})

export type NextMisbehaviour = z.infer<typeof nextMisbehaviourSchema>

interface Standing extends StoredRecord {
  readonly misbehaviour: NextMisbehaviour
}

const ALWAYS = 'always'

/** The switches: one setting for every receipt, and a queue of orders for single receipts to come. */
export class MisbehaviourSwitches {
  readonly #standing: Collection<Standing>
  readonly #now: () => Date
  #orders = 0

  constructor(store: Store, now: () => Date) {
    this.#standing = store.collection<Standing>('misbehaviour', {
      most: 500,
      holds: (record) => record.id === ALWAYS,
    })
    this.#now = now
  }

  always(): Misbehaviour {
    return this.#standing.get(ALWAYS)?.misbehaviour ?? {}
  }

  /** The waiting orders, first to come first. */
  next(): NextMisbehaviour[] {
    return this.#orderRecords().map((record) => record.misbehaviour)
  }

  setAlways(misbehaviour: Misbehaviour): void {
    this.#standing.put({ id: ALWAYS, createdAt: this.#now().toISOString(), misbehaviour })
  }

  addNext(misbehaviour: NextMisbehaviour): void {
    const createdAt = this.#now().toISOString()
    this.#standing.put({ id: `next-${Date.parse(createdAt)}-${++this.#orders}`, createdAt, misbehaviour })
  }

  /** Back to good behaviour. */
  clear(): void {
    for (const { id } of this.#standing.all()) this.#standing.delete(id)
  }

  /** What to do with the receipt of that notice; uses up the first order that fits. */
  take(noticeNumber: string): Misbehaviour {
    const order = this.#orderRecords().find(
      ({ misbehaviour }) =>
        misbehaviour.noticeNumber === undefined || misbehaviour.noticeNumber === noticeNumber,
    )
    if (!order) return this.always()
    this.#standing.delete(order.id)
    const { noticeNumber: _, ...misbehaviour } = order.misbehaviour
    return { ...this.always(), ...misbehaviour }
  }

  #orderRecords(): Standing[] {
    return this.#standing.all().filter((record) => record.id !== ALWAYS)
  }
}
