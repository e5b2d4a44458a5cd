import { sql, type RawBuilder } from 'kysely'
import { crashPoint } from '#core/crash-point.ts'

/** Rows of one statement: enough that a round trip costs nothing, few enough that progress is seen. */
const CHUNK = 1_000

/** Things that are written by one kind of statement, so many at a time. */
export interface Chunk<Item> {
  readonly items: readonly Item[]
  statement(items: readonly Item[]): RawBuilder<unknown>
}

/**
 * Writes everything in order and tells the part that is done, from 0 to 1. A process may die between any two statements,
 * and autovacuum come: what it believes of rows that are not committed is set right before each.
 */
export async function inChunks(
  work: readonly Chunk<unknown>[],
  execute: (statement: RawBuilder<unknown>) => Promise<unknown>,
  tell: (part: number) => Promise<void>,
): Promise<void> {
  const whole = work.reduce((sum, { items }) => sum + items.length, 0)
  let done = 0
  for (const { items, statement } of work)
    for (let start = 0; start < items.length; start += CHUNK) {
      const some = items.slice(start, start + CHUNK)
      await execute(sql`select count_unseen_rows()`)
      await execute(statement(some))
      done += some.length
      await tell(done / whole)
      crashPoint('import-writing')
    }
}
