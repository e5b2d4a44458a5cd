import type { Db } from '#core/db/connect.ts'
import { inTenant } from '#core/db/tenant.ts'
import type { TenantVault } from '#core/vault.ts'
import type { ImportKind, PlanContext } from '#tenants/imports/kind.ts'
import { mapRows, proposeMapping } from '#tenants/imports/mapping.ts'
import { ProblemList } from '#tenants/imports/problems.ts'
import { countsOf } from '#tenants/imports/result.ts'
import { readTable } from '#tenants/imports/table.ts'

/** No key is needed: tests that use this know children by the entity's own codes. */
const NO_KEYS = { lookUpHash: () => Buffer.alloc(32) } as unknown as TenantVault

/** Makes the plan of a file with the proposed columns, and carries it out where nothing is wrong. */
export async function bringFile(
  db: Db,
  kind: ImportKind,
  file: string | Uint8Array,
  who: Pick<PlanContext, 'tenant' | 'now' | 'by'>,
) {
  const table = await readTable(typeof file === 'string' ? Buffer.from(file) : file)
  const problems = new ProblemList([])
  return inTenant(db, who.tenant.id, async (tx) => {
    const plan = await kind.plan({
      ...who,
      tx,
      problems,
      keys: NO_KEYS,
      sha256: '',
      options: {},
      rows: mapRows(table, proposeMapping(kind.columns, table.header), problems),
      isWriting: true,
      turn: async () => {},
    })
    if (problems.count === 0) await plan.write(async () => {})
    const { added, changed, unchanged } = countsOf(plan, problems)
    const wrong = problems.kept.map(({ row, column, what }) => `${row} ${column} ${what}`)
    return { counts: [added, changed, unchanged], wrong, plan }
  })
}
