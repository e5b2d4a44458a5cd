import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { inTenant } from '#core/db/tenant.ts'
import type { Tenant } from '#core/tenant.ts'
import { childrenImport } from '#tenants/imports/children.ts'
import { csvOf, familiesFile } from './support/families-file.ts'
import { openTestHouse } from './support/house.ts'
import { importer } from './support/imports.ts'
import { hire } from './support/office.ts'

const world = await openTestHouse()
const { services } = world.house
const OPTIONS = { schoolYear: '2026/2027', createSchools: true }

async function entity() {
  const tenant = await world.addTenant()
  const { accountId } = await hire(world, tenant, 'clerk')
  return { tenant, accountId, files: importer(services, childrenImport, tenant, accountId) }
}

/** Rows by table. */
async function counts({ id }: Tenant) {
  const { rows } = await inTenant(services.db, id, (tx) =>
    sql<Record<string, bigint>>`select
      (select count(*) from children where tenant_id = ${id}) as children,
      (select count(*) from accounts where tenant_id = ${id} and kind = 'guardian') as guardians,
      (select count(*) from guardianships where tenant_id = ${id}) as guardianships,
      (select count(*) from enrolments where tenant_id = ${id}) as enrolments,
      (select count(*) from wallets where tenant_id = ${id}) as wallets,
      (select count(*) from placements where tenant_id = ${id}) as placements,
      (select count(*) from schools where tenant_id = ${id}) as schools,
      (select count(*) from classes where tenant_id = ${id}) as classes`.execute(tx),
  )
  return Object.fromEntries(Object.entries(rows[0]!).map(([table, count]) => [table, Number(count)]))
}

test('a file of families becomes children, guardians, purses and classes; the same file again changes nothing', async () => {
  const { tenant, files } = await entity()
  const file = csvOf(familiesFile(200))
  const checked = await files.check(file, OPTIONS)
  console.log(checked.result?.problems, checked.state)
  expect(checked).toMatchObject({ state: 'checked', added: 200, changed: 0, problems: 0 })
  expect(checked.result!.news).toHaveLength(2 + 10)
  expect(await counts(tenant)).toMatchObject({ children: 0, schools: 0 })
  expect(await files.run(checked)).toMatchObject({ state: 'done', added: 200 })
  const after = {
    children: 200,
    guardians: 300,
    guardianships: 300,
    enrolments: 200,
    wallets: 200,
    placements: 200,
    schools: 2,
    classes: 10,
  }
  expect(await counts(tenant)).toEqual(after)
  expect(await files.check(file, OPTIONS)).toMatchObject({ state: 'checked', added: 0, changed: 0, unchanged: 200 })
  expect(await counts(tenant)).toEqual(after)
})
