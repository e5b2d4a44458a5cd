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
const GUARDIANS = CHILDREN * 1.5
const OPTIONS = { schoolYear: '2026/2027', createSchools: true }

/** An entity and a hand that brings files of families up to their dry run. */
async function entityWithFiles() {
  const now = systemClock.now()
  const [model] = demoEntities(romeDate(now))
  const { id: tenantId } = await createTenant(services.db, services.vault, model!.tenant, now)
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

test('of 20,000 children with 50 mistakes each mistake is named and nothing is written; corrected, the file survives two kills, whole and once', async () => {
  const { tenantId, check } = await entityWithFiles()
  const rows = familiesFile(CHILDREN)
  const { dossier: wrong } = await check(csvOf(withMistakes(rows)))
  expect(wrong).toMatchObject({ state: 'wrong', problems: 50 })
  expect(
    wrong.result!.problems.map(({ row, column, what, other }) => ({ row, column, what, other })),
  ).toEqual(PLANTED)
  expect(await rowsOf(tenantId)).toEqual(NOTHING)

  const file = csvOf(rows)
  const { owner, dossier: checked } = await check(file)
  expect(checked).toMatchObject({ state: 'checked', added: CHILDREN, changed: 0, problems: 0 })
  await confirmImport(services, childrenImport, owner)
  const stands = () => findImport(services, tenantId, owner.importId)
  for (const point of ['import-writing:15', 'import-written:1']) {
    const worker = startProgram('test/support/import-worker.ts', { ...environment, CRASH_POINT: point })
    expect(await worker.ended, worker.output()).toBe('SIGKILL')
    expect(await rowsOf(tenantId)).toEqual(NOTHING)
    const { state, percent } = await stands()
    expect(state).toBe('running')
    expect(percent).toBeGreaterThan(0)
  }
  const worker = startProgram('test/support/import-worker.ts', environment)
  const percents = new Set<number>()
  await until(async () => {
    const { state, percent } = await stands()
    percents.add(percent)
    return state === 'done' && percent === 100
  }, 300_000)
  // What the page asks for while the bar moves, from another process than the one that works.
  expect(percents.size).toBeGreaterThan(4)
  const whole = [CHILDREN, GUARDIANS, GUARDIANS, CHILDREN, CHILDREN, CHILDREN, 1]
  expect(await rowsOf(tenantId)).toEqual(whole)
  expect(await worker.end('SIGTERM')).toBe(0)

  const { owner: again, dossier: same } = await check(file)
  expect(same).toMatchObject({ state: 'checked', added: 0, changed: 0, unchanged: CHILDREN })
  await expect(confirmImport(services, childrenImport, again)).rejects.toMatchObject({ code: 'import.state' })
  expect(await rowsOf(tenantId)).toEqual(whole)
}, 600_000)
