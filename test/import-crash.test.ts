import { sql } from 'kysely'
import { afterAll, expect, test } from 'vitest'
import { romeDate, systemClock } from '#core/clock.ts'
import { loadConfig } from '#core/config.ts'
import { inTenant } from '#core/db/tenant.ts'
import { createTenant } from '#tenants/create.ts'
import { childrenImport } from '#tenants/imports/children.ts'
import { chooseColumns, confirmImport } from '#tenants/imports/decide.ts'
import { findImport } from '#tenants/imports/read.ts'
import { checkImport } from '#tenants/imports/run.ts'
import { uploadImport } from '#tenants/imports/upload.ts'
import { addStaff } from '#tenants/people/guardians.ts'
import { openHouse } from '../src/house.ts'
import { demoEntities } from '../src/local/demo/entities.ts'
import { testDatabase } from './support/database.ts'
import { csvOf, familiesFile } from './support/families-file.ts'
import { PLANTED, withMistakes } from './support/planted-mistakes.ts'
import { startProgram, until } from './support/process.ts'

/* kill -9 while a file is being written, of a real process: what was begun is finished, and nothing is there twice. */

const database = await testDatabase()
const environment = {
  NODE_ENV: 'test',
  LOG_LEVEL: 'silent',
  DATABASE_URL: database.urls.app,
  RELAY_DATABASE_URL: database.urls.relay,
  QUEUE_DATABASE_URL: database.urls.queue,
  PUBLIC_URL: 'http://127.0.0.1:1',
  SMTP_URL: 'smtp://127.0.0.1:1',
  ACA_SUBSCRIPTION_KEY: 'none',
  BIZ_EVENTS_SUBSCRIPTION_KEY: 'none',
  CHECKOUT_SUBSCRIPTION_KEY: 'none',
  FDR_SUBSCRIPTION_KEY: 'none',
  MASTER_KEY: Buffer.from('tests only: 32 bytes of nothing!').toString('base64'),
}
// This process asks and looks; it takes no jobs.
const house = await openHouse(loadConfig(environment))
afterAll(() => house.close())
const { services } = house
const CHILDREN = 20_000
const FEW = 1_200
const OPTIONS = { schoolYear: '2026/2027', createSchools: true }

let serial = 0

/** An entity and a hand that brings files of families up to their dry run. */
async function entityWithFiles() {
  const now = systemClock.now()
  const number = String(++serial).padStart(4, '0')
  const { activationCode: _, ipaCode: __, ...model } = demoEntities(romeDate(now))[0]!.tenant
  const own = {
    slug: `ente-${number}`,
    creditorFiscalCode: `7000000${number}`,
    serviceSubjectId: `T${number}`,
  }
  const { id: tenantId } = await createTenant(services.db, services.vault, { ...model, ...own }, now)
  const clerk = { firstName: 'Ada', lastName: 'Uffici', email: null, fiscalCode: null }
  const sign = {
    username: 'ada.uffici',
    password: 'parola-dell-ufficio',
    language: 'it',
    role: 'clerk',
  } as const
  const accountId = await addStaff(services.db, services.vault, tenantId, { ...clerk, ...sign }, now)
  return {
    tenantId,
    async check(bytes: Uint8Array) {
      const file = { name: 'famiglie.csv', bytes, accountId, control: null }
      const importId = await uploadImport(services, childrenImport, tenantId, file)
      const owner = { tenantId, accountId, importId }
      const { columns } = await findImport(services, tenantId, importId)
      await chooseColumns(services, childrenImport, owner, columns!.mapping, OPTIONS)
      await checkImport(services, [childrenImport], tenantId, importId)
      return { owner, dossier: await findImport(services, tenantId, importId) }
    },
  }
}

async function rowsOf(tenantId: string) {
  const { rows } = await inTenant(services.db, tenantId, (tx) =>
    sql<Record<string, bigint>>`select
      (select count(*) from children where tenant_id = ${tenantId}) as children,
      (select count(*) from accounts where tenant_id = ${tenantId} and kind = 'guardian') as guardians,
      (select count(*) from guardianships where tenant_id = ${tenantId}) as guardianships,
      (select count(*) from enrolments where tenant_id = ${tenantId}) as enrolments,
      (select count(*) from placements where tenant_id = ${tenantId}) as placements,
      (select count(*) from wallets where tenant_id = ${tenantId}) as wallets,
      (select count(*) from audit_log where tenant_id = ${tenantId} and action = 'import.completed') as completed`.execute(
      tx,
    ),
  )
  return Object.values(rows[0]!).map(Number)
}
const NOTHING = Array(7).fill(0)
/** Every row of a file of so many children, and one line of the log. */
const whole = (children: number) => [
  children,
  children * 1.5,
  children * 1.5,
  children,
  children,
  children,
  1,
]

test('of 20,000 children with 50 mistakes each mistake is named and nothing is written; corrected, the file survives a kill, whole and once', async () => {
  const { tenantId, check } = await entityWithFiles()
  const rows = familiesFile(CHILDREN)
  const { dossier: wrong } = await check(csvOf(withMistakes(rows)))
  expect(wrong).toMatchObject({ state: 'wrong', problems: 50 })
  expect(
    wrong.result!.problems.map(({ row, column, what, other }) => ({ row, column, what, other })),
  ).toEqual(PLANTED)
  expect(await rowsOf(tenantId)).toEqual(NOTHING)

  const { owner, dossier: checked } = await check(csvOf(rows))
  expect(checked).toMatchObject({ state: 'checked', added: CHILDREN, changed: 0, problems: 0 })
  await confirmImport(services, childrenImport, owner)
  await killedAt('import-writing:60', owner)
  // Autovacuum comes for what the dead process has left, and counts nothing of what this one is writing.
  const vacuum = () => sql`vacuum (skip_locked) accounts, children`.execute(database.owner)
  // What the page asks for while the bar moves, from another process than the one that works.
  expect((await finished(owner, { atPercent: 50, vacuum })).size).toBeGreaterThan(4)
  // Keys of 90,000 rows were looked up: each by itself, and not among all children of the entity.
  await until(async () => (await entriesRead()) > 90_000)
  expect(await entriesRead()).toBeLessThan(100_000_000)
  expect(await vacuumed()).toBeGreaterThan(0)
  expect(await rowsOf(tenantId)).toEqual(whole(CHILDREN))
}, 600_000)

test('killed before it is committed, an import is finished by the next process, and again it changes nothing', async () => {
  const { tenantId, check } = await entityWithFiles()
  const file = csvOf(familiesFile(FEW))
  const { owner } = await check(file)
  await confirmImport(services, childrenImport, owner)
  await killedAt('import-written:1', owner)
  await finished(owner)
  expect(await rowsOf(tenantId)).toEqual(whole(FEW))
  const { owner: again, dossier: same } = await check(file)
  expect(same).toMatchObject({ state: 'checked', added: 0, changed: 0, unchanged: FEW })
  await expect(confirmImport(services, childrenImport, again)).rejects.toMatchObject({ code: 'import.state' })
  expect(await rowsOf(tenantId)).toEqual(whole(FEW))
}, 120_000)

type Owner = { readonly tenantId: string; readonly importId: string }
const stands = ({ tenantId, importId }: Owner) => findImport(services, tenantId, importId)

/** A process that works until it dies there: it has written nothing, and the file waits for the next one. */
async function killedAt(point: string, owner: Owner): Promise<void> {
  const worker = startProgram('test/support/import-worker.ts', { ...environment, CRASH_POINT: point })
  expect(await worker.ended, worker.output()).toBe('SIGKILL')
  expect(await rowsOf(owner.tenantId)).toEqual(NOTHING)
  const { state, percent } = await stands(owner)
  expect(state).toBe('running')
  expect(percent).toBeGreaterThan(0)
}

/** Entries of the indexes on children that were read so far, by whomever. */
async function entriesRead(): Promise<number> {
  const { rows } = await sql<{ entries: bigint }>`
    select sum(idx_tup_read)::bigint as entries from pg_stat_user_indexes where relname = 'children'`.execute(
    database.owner,
  )
  return Number(rows[0]!.entries)
}

/** How often somebody tidied up the children, the system by itself or we. */
async function vacuumed(): Promise<number> {
  const { rows } = await sql<{ times: bigint }>`
    select vacuum_count + autovacuum_count as times from pg_stat_user_tables where relname = 'children'`.execute(
    database.owner,
  )
  return Number(rows[0]!.times)
}

/** A process that works until the file is in. @returns how far it was whenever somebody looked */
async function finished(
  owner: Owner,
  disturbance?: { atPercent: number; vacuum: () => Promise<unknown> },
): Promise<ReadonlySet<number>> {
  const worker = startProgram('test/support/import-worker.ts', environment)
  const percents = new Set<number>()
  let isDisturbed = false
  await until(async () => {
    const { state, percent } = await stands(owner)
    percents.add(percent)
    // The first look shows how far the dead process was.
    const isUnderWay = percents.size > 1 && percent >= (disturbance?.atPercent ?? 0)
    if (disturbance && !isDisturbed && state === 'running' && isUnderWay) {
      isDisturbed = true
      await disturbance.vacuum()
    }
    return state === 'done' && percent === 100
  }, 300_000)
  expect(isDisturbed).toBe(disturbance !== undefined)
  expect(await worker.end('SIGTERM')).toBe(0)
  return percents
}
