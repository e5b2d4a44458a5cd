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
const CHILDREN = 1_200

async function entityWithFile() {
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
  const file = { name: 'famiglie.csv', bytes: csvOf(familiesFile(CHILDREN)), accountId, control: null }
  const importId = await uploadImport(services, childrenImport, tenantId, file)
  const owner = { tenantId, accountId, importId }
  const { columns } = await findImport(services, tenantId, importId)
  const options = { schoolYear: '2026/2027', createSchools: true }
  await chooseColumns(services, childrenImport, owner, columns!.mapping, options)
  await checkImport(services, [childrenImport], tenantId, importId)
  await confirmImport(services, childrenImport, owner)
  return owner
}

async function rowsOf(tenantId: string) {
  const { rows } = await inTenant(services.db, tenantId, (tx) =>
    sql<Record<string, bigint>>`select
      (select count(*) from children where tenant_id = ${tenantId}) as children,
      (select count(*) from accounts where tenant_id = ${tenantId} and kind = 'guardian') as guardians,
      (select count(*) from guardianships where tenant_id = ${tenantId}) as guardianships,
      (select count(*) from wallets where tenant_id = ${tenantId}) as wallets,
      (select count(*) from audit_log where tenant_id = ${tenantId} and action = 'import.completed') as completed`.execute(
      tx,
    ),
  )
  return Object.values(rows[0]!).map(Number)
}

test('killed half-way, and again before it is committed, an import is finished by the next process, once', async () => {
  const { tenantId, importId } = await entityWithFile()
  const stands = () => findImport(services, tenantId, importId)
  for (const point of ['import-writing:4', 'import-written:1']) {
    const worker = startProgram('test/support/import-worker.ts', { ...environment, CRASH_POINT: point })
    expect(await worker.ended, worker.output()).toBe('SIGKILL')
    expect(await rowsOf(tenantId)).toEqual([0, 0, 0, 0, 0])
    const { state, percent } = await stands()
    expect(state).toBe('running')
    expect(percent).toBeGreaterThan(0)
  }
  const worker = startProgram('test/support/import-worker.ts', environment)
  await until(async () => (await stands()).state === 'done', 60_000)
  await until(async () => (await stands()).percent === 100)
  expect(await rowsOf(tenantId)).toEqual([CHILDREN, CHILDREN * 1.5, CHILDREN * 1.5, CHILDREN, 1])
  expect(await worker.end('SIGTERM')).toBe(0)
}, 120_000)
