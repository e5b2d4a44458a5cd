import type { Tx } from '#core/db/tenant.ts'

const ROWS_PER_STATEMENT = 1_000

type Table =
  | 'accounts'
  | 'children'
  | 'diets'
  | 'guardianships'
  | 'wallets'
  | 'enrolments'
  | 'placements'
  | 'isee_declarations'
  | 'exemptions'

/** Inserts rows in statements that stay below PostgreSQL's limit of parameters. */
export async function insert<Name extends Table>(
  tx: Tx,
  table: Name,
  rows: readonly Parameters<ReturnType<typeof tx.insertInto<Name>>['values']>[0][],
): Promise<void> {
  for (let start = 0; start < rows.length; start += ROWS_PER_STATEMENT)
    await tx
      .insertInto(table)
      .values(rows.slice(start, start + ROWS_PER_STATEMENT) as never)
      .execute()
}
