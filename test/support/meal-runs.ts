import { inTenant } from '#core/db/tenant.ts'
import type { Db } from '#core/db/connect.ts'
import { movementsPage } from '#core/ledger/movements.ts'
import { chargeDay } from '../../src/meals/charges.ts'
import type { Canteen } from './canteens.ts'

/** A Tuesday, and an hour at which its meals are charged. */
export const DAY = '2026-11-24'
export const now = new Date('2026-11-24T13:30:00Z')
export const MEAL = { category: 'REFEZIONE', day: DAY }
/** A run after which nothing had changed. */
export const NOTHING = { charged: 0, free: 0, reversed: 0, problems: 0 }
const SYSTEM = { kind: 'system' } as const

/** Runs of the charges, and what they leave in a child's wallet and among its charges. */
export function mealRuns(db: Db) {
  const run = (tenantId: string, day = DAY) =>
    chargeDay({ db, clock: { now: () => now } }, tenantId, { ...MEAL, day }, SYSTEM)
  const wallet = async ({ id }: Canteen, childId: string) =>
    (
      await movementsPage(
        db,
        id,
        (
          await inTenant(db, id, (tx) =>
            tx
              .selectFrom('wallets')
              .select('id')
              .where('tenant_id', '=', id)
              .where('child_id', '=', childId)
              .executeTakeFirstOrThrow(),
          )
        ).id,
        {},
      )
    ).items.map(({ kind, reference, amountCents, balanceAfterCents }) => [
      kind,
      /^\d{4}-\d{2}-\d{2}\/[A-Z]+(?=\/[0-9a-f-]{36}$)/.exec(reference)?.[0],
      amountCents,
      balanceAfterCents,
    ])
  const standing = async ({ id }: Canteen, childId: string) =>
    inTenant(db, id, (tx) =>
      tx
        .selectFrom('meal_charges')
        .select(['revision', 'amount_cents', 'reversal_kind', 'reversal_note'])
        .where('tenant_id', '=', id)
        .where('child_id', '=', childId)
        .orderBy('revision')
        .execute(),
    )
  return { run, wallet, standing }
}
