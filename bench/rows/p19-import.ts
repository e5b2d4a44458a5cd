import { sql } from 'kysely'
import { romeDate } from '#core/clock.ts'
import { newKey } from '#core/crypto.ts'
import { inTenant } from '#core/db/tenant.ts'
import { newId } from '#core/ids.ts'
import { createLog } from '#core/log.ts'
import { createVault } from '#core/vault.ts'
import { createTenant } from '../../src/tenants/create.ts'
import { childrenImport } from '../../src/tenants/imports/children.ts'
import { chooseColumns, confirmImport } from '../../src/tenants/imports/decide.ts'
import { findImport } from '../../src/tenants/imports/read.ts'
import { checkImport, runImport } from '../../src/tenants/imports/run.ts'
import { uploadImport } from '../../src/tenants/imports/upload.ts'
import { addStaff } from '../../src/tenants/people/guardians.ts'
import { createTenantRegistry } from '../../src/tenants/registry.ts'
import { demoEntities } from '../../src/local/demo/entities.ts'
import { csvOf, familiesFile } from '../../test/support/families-file.ts'
import type { Bench, Row } from '../row.ts'
import { alternate } from '../support/alternate.ts'
import type { BenchDatabase } from '../support/cluster.ts'

/**
 * P19: a file of 20,000 children and 30,000 guardians written to the register of an empty entity, from the sealed file to
 * the commit: reading, checking and comparing every row, sealing and hashing every code. The anchor is the same number of
 * rows in the same tables, made by the database out of nothing.
 */
export const importOfFamilies: Row = {
  id: 'P19',
  title: 'import of 20k children',
  anchor: 'bare inserts',
  goal: { atMost: 6 },
  async measure(bench) {
    const count = bench.smoke ? 400 : 20_000
    const database = await bench.cluster.createDatabase()
    try {
      const house = furnish(database)
      const file = csvOf(familiesFile(count))
      const { ratio, ours, anchor } = await alternate(
        bench,
        () => ourWay(bench, house, file, count),
        () => bareWay(bench, database, house, count),
      )
      const { goal } = importOfFamilies
      const seconds = (value: number) => `${(value / 1000).toFixed(1)} s`
      const name = `a file of ${count.toLocaleString('en')} children, against as many bare rows`
      return { metrics: [{ name, ratio, goal, ours: seconds(ours), anchor: seconds(anchor) }] }
    } finally {
      await database.drop()
    }
  },
}

type House = ReturnType<typeof furnish>

function furnish({ db }: BenchDatabase) {
  const vault = createVault(db, newKey())
  const tenants = createTenantRegistry(db)
  return { db, vault, tenants, clock: { now: () => new Date() }, log: createLog('silent'), nudge: () => {} }
}

let serial = 0

async function emptyEntity({ db, vault, clock, tenants }: House): Promise<string> {
  const now = clock.now()
  const number = String(++serial).padStart(4, '0')
  const { activationCode: _, ipaCode: __, ...model } = demoEntities(romeDate(now))[0]!.tenant
  const own = {
    slug: `ente-${number}`,
    creditorFiscalCode: `7000000${number}`,
    serviceSubjectId: `T${number}`,
  }
  const { id } = await createTenant(db, vault, { ...model, ...own }, now)
  tenants.forget()
  return id
}

async function ourWay(bench: Bench, house: House, file: Buffer, count: number): Promise<number> {
  const tenantId = await emptyEntity(house)
  const clerk = {
    firstName: 'Ada',
    lastName: 'Uffici',
    email: null,
    fiscalCode: null,
    username: 'ada',
    password: 'x',
  }
  const accountId = await addStaff(
    house.db,
    house.vault,
    tenantId,
    { ...clerk, language: 'it', role: 'clerk' },
    house.clock.now(),
  )
  const importId = await uploadImport(house, childrenImport, tenantId, {
    name: 'famiglie.csv',
    bytes: file,
    accountId,
    control: null,
  })
  const { columns } = await findImport(house, tenantId, importId)
  const owner = { tenantId, accountId, importId }
  const options = { schoolYear: '2026/2027', createSchools: true }
  await chooseColumns(house, childrenImport, owner, columns!.mapping, options)
  await checkImport(house, [childrenImport], tenantId, importId)
  await confirmImport(house, childrenImport, owner)
  await bench.cluster.settleDown()
  const started = performance.now()
  await runImport(house, [childrenImport], tenantId, importId)
  const took = performance.now() - started
  const { state, added } = await findImport(house, tenantId, importId)
  if (state !== 'done' || added !== count) throw new Error(`the import is ${state}, with ${added} children`)
  return took
}

async function bareWay(bench: Bench, { db }: BenchDatabase, house: House, count: number): Promise<number> {
  const tenantId = await emptyEntity(house)
  await bench.cluster.settleDown()
  const ids = (many: number) => Array.from({ length: many }, () => newId())
  const [children, guardians] = [ids(count), ids(count * 1.5)]
  const [school, classId] = [newId(), newId()]
  // As many bytes as a sealed code and its hash have.
  const [sealed, hash] = [sql`decode(repeat('ab', 45), 'hex')`, sql`sha256(x.id::text::bytea)`]
  const all = (values: readonly string[]) => sql`unnest(${values}::uuid[]) as x (id)`
  const started = performance.now()
  await inTenant(db, tenantId, async (tx) => {
    const statements = [
      sql`insert into schools (tenant_id, id, code, name, created_at) values (${tenantId}, ${school}, 'DANTE', 'Dante', now())`,
      sql`insert into classes (tenant_id, id, school_id, school_year, name, created_at)
        values (${tenantId}, ${classId}, ${school}, '2026/2027', '1ª A', now())`,
      sql`insert into accounts (tenant_id, id, kind, first_name, last_name, email, fiscal_code_sealed, fiscal_code_hash,
          fiscal_code_proof, created_at)
        select ${tenantId}, x.id, 'guardian', 'Elena', 'Provetti', 'genitore@example.org', ${sealed}, ${hash}, 'registry', now()
        from ${all(guardians)}`,
      sql`insert into children (tenant_id, id, first_name, last_name, fiscal_code_sealed, fiscal_code_hash, school, class_name,
          created_at)
        select ${tenantId}, x.id, 'Ada', 'Provetti', ${sealed}, ${hash}, 'Dante', '1ª A', now() from ${all(children)}`,
      sql`insert into placements (tenant_id, child_id, school_year, class_id, since)
        select ${tenantId}, x.id, '2026/2027', ${classId}, now() from ${all(children)}`,
      sql`insert into enrolments (tenant_id, id, child_id, category, school_year, tariff_cents, created_at)
        select ${tenantId}, gen_random_uuid(), x.id, 'REFEZIONE', '2026/2027', 490, now() from ${all(children)}`,
      sql`insert into wallets (tenant_id, id, child_id, category, created_at)
        select ${tenantId}, gen_random_uuid(), x.id, 'REFEZIONE', now() from ${all(children)}`,
      sql`insert into guardianships (tenant_id, account_id, child_id, since)
        select ${tenantId}, g.id, c.id, now()
        from unnest(${guardians}::uuid[]) with ordinality as g (id, place)
        join unnest(${children}::uuid[]) with ordinality as c (id, place) on c.place = (g.place - 1) % ${count} + 1`,
    ]
    for (const statement of statements) await statement.execute(tx)
  })
  return performance.now() - started
}
