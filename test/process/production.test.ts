import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testDatabase } from '../support/database.ts'
import { ConfigError, loadConfig } from '#core/config.ts'
import { freePorts, runProgram, temporaryDataFolder, type Program } from '../support/process.ts'
import { installation, openEye, type Installation } from './installation.ts'
import { Parent } from './parent.ts'

const database = await testDatabase()
const folder = temporaryDataFolder()
const eye = openEye(database.adminUrl)
afterAll(async () => {
  await eye.close()
  folder.remove()
})

const complete = {
  NODE_ENV: 'production',
  DATA_DIR: folder.path,
  PUBLIC_URL: 'https://mensa.example.it',
  DATABASE_URL: database.urls.app,
  RELAY_DATABASE_URL: database.urls.relay,
  QUEUE_DATABASE_URL: database.urls.queue,
  SMTP_URL: 'smtp://127.0.0.1:9',
  MASTER_KEY: randomBytes(32).toString('base64'),
  CHECKOUT_SUBSCRIPTION_KEY: 'prova',
  ACA_URL: 'http://127.0.0.1:9',
  ACA_SUBSCRIPTION_KEY: 'prova',
  FDR_URL: 'http://127.0.0.1:9',
  FDR_SUBSCRIPTION_KEY: 'prova',
  BIZ_EVENTS_URL: 'http://127.0.0.1:9',
  BIZ_EVENTS_SUBSCRIPTION_KEY: 'prova',
  PAGOPA_PROXIES: '127.0.0.1',
  PAGOPA_SUBJECTS: 'forwarder.platform.pagopa.it',
}

/** Starts the house as it is configured, and expects it to refuse: in words, without a stack. */
async function refusal(environment: Record<string, string>): Promise<string> {
  const { code, output } = await runProgram('src/main.ts', {
    PORT: String(await freePorts()),
    ...environment,
  })
  expect(code).toBe(1)
  expect(output).not.toMatch(/^\s+at /m)
  return output
}

// The first two tests show what a refusal does to the program; what else is refused needs no program to tell.
describe('a configuration', () => {
  test('that is empty is told every missing name at once', async () => {
    const output = await refusal({ NODE_ENV: 'production' })
    const missing = [...output.matchAll(/^ {2}(\w+).* (?:is missing|must be an https address)$/gm)]
    expect(missing.map(([, name]) => name)).toEqual([
      'ACA_SUBSCRIPTION_KEY',
      'BIZ_EVENTS_SUBSCRIPTION_KEY',
      'CHECKOUT_SUBSCRIPTION_KEY',
      'DATABASE_URL',
      'FDR_SUBSCRIPTION_KEY',
      'MASTER_KEY',
      'PAGOPA_PROXIES',
      'PAGOPA_SUBJECTS',
      'PUBLIC_URL',
      'REDIS_URL',
      'RELAY_DATABASE_URL',
      'SMTP_URL',
    ])
  })

  test('that is wrong in many places is told all of them at once, and no secret is repeated', async () => {
    const key = Buffer.alloc(32).toString('base64')
    const output = await refusal({
      ...complete,
      PUBLIC_URL: 'http://mensa.example.it',
      DATABASE_URL: 'mysql://root:segreto@localhost/mensa',
      QUEUE_DATABASE_URL: '',
      DATABASE_POOL: 'tanti',
      ROLE: 'all-of-them',
      MASTER_KEY: key,
      SANDBOX_URL: 'http://127.0.0.1:3001',
      CRASH_POINT: 'receipt-stored:1',
    })
    const lines = output.split('\n').filter((line) => line.startsWith('  '))
    for (const name of [
      'CRASH_POINT is not for production',
      'DATABASE_POOL',
      'DATABASE_URL',
      'MASTER_KEY is not random',
      'PUBLIC_URL must be an https address',
      'REDIS_URL',
      'ROLE',
      'SANDBOX_URL is not for production',
    ])
      expect(lines.filter((line) => line.startsWith(`  ${name}`))).toHaveLength(1)
    expect(output).not.toContain('segreto')
    expect(output).not.toContain(key)
  })

  test.each([
    [
      'the address of a sandbox',
      { SANDBOX_URL: 'http://127.0.0.1:3001' },
      '  SANDBOX_URL is not for production',
    ],
    ['a crash point', { CRASH_POINT: 'receipt-stored:1' }, '  CRASH_POINT is not for production'],
    ['no queue', { QUEUE_DATABASE_URL: '' }, '  REDIS_URL'],
    ['no proxy to believe', { PAGOPA_PROXIES: ' , ' }, '  PAGOPA_PROXIES names no address'],
    ['a proxy that is none', { PAGOPA_PROXIES: 'nginx' }, '  PAGOPA_PROXIES is no list of addresses'],
    ['no caller to let in', { PAGOPA_SUBJECTS: ' ; ' }, '  PAGOPA_SUBJECTS names no subject'],
    ['a caller without a name', { PAGOPA_SUBJECTS: 'CN=' }, '  PAGOPA_SUBJECTS is no list of subjects'],
    ['an address that is none', { PAGOPA_ADDRESSES: '20.86.139.300' }, '  PAGOPA_ADDRESSES is no list'],
    ['a header that is none', { PAGOPA_SUBJECT_HEADER: 'x client' }, '  PAGOPA_SUBJECT_HEADER is no name'],
  ])('with %s is refused in production', (_, change, line) => {
    expect(() => loadConfig({ ...complete, ...change })).toThrow(ConfigError)
    expect(() => loadConfig({ ...complete, ...change })).toThrow(line)
  })
})

test('half of what recognises the Node is refused outside production too', async () => {
  const output = await refusal({
    ...complete,
    NODE_ENV: 'development',
    SANDBOX_URL: 'http://127.0.0.1:9',
    PAGOPA_PROXIES: '',
  })
  expect(output).toContain('  PAGOPA_PROXIES is missing')
})

test('the clock of production cannot be moved', async () => {
  const { code, output } = await runProgram('src/cli.ts', complete, ['clock', 'forward', '5'])
  expect([code, output.trim()]).toEqual([1, 'In production time is what it is: the clock cannot be moved.'])
})

test('the sandbox does not start in production', async () => {
  const { code, output } = await runProgram('sandbox/main.ts', { NODE_ENV: 'production', SANDBOX_PORT: '0' })
  expect([code, output]).toEqual([1, expect.stringContaining('does not start with NODE_ENV=production')])
})

describe('a house in production', () => {
  let house: Installation
  let main: Program
  beforeAll(async () => {
    house = await installation(complete)
    main = await house.start()
  }, 60_000)
  afterAll(() => main.end('SIGTERM'))

  test('starts with a complete configuration, without demonstration and without sandbox', async () => {
    expect((await fetch(`${house.url}/readyz`)).status).toBe(200)
    expect(await eye.tenants()).toEqual([])
    expect(main.output()).not.toContain('Borsellino is ready')
    await expect(fetch(`${house.sandboxUrl}/world.json`)).rejects.toThrow('fetch failed')
  })

  test('takes an entity aboard by command, and its parents sign in with a cookie of this very host', async () => {
    const { code, output } = await house.cli(
      'tenant',
      'create',
      '--name',
      'Comune di Prova',
      '--creditor-fiscal-code',
      '60000000001',
      '--segregation-code',
      '01',
      '--iban',
      'IT60X0542811101000000123456',
    )
    expect(code, output).toBe(0)
    const parent = new Parent(house.url)
    const person = { firstName: 'Elena', lastName: 'Provetti', email: 'elena@example.org', consent: 'yes' }
    const fields = { ...person, username: 'elena.prova', password: 'parola-di-prova-lunga' }
    const response = await parent.submit('/prova/registrati', '/prova/registrati', fields)
    expect(response.status).toBe(303)
    const [cookie] = response.headers.getSetCookie()
    expect(cookie).toMatch(/^__Host-borsellino-prova=/)
    for (const attribute of ['Secure', 'HttpOnly', 'SameSite=Lax', 'Path=/'])
      expect(cookie).toContain(attribute)
    expect(cookie).not.toContain('Domain')
  }, 60_000)

  test('lets nobody in as pagoPA’s Node whom the proxy does not vouch for', async () => {
    const answers = [
      await fetch(`${house.url}/webhooks/pagopa`, { method: 'POST', body: '<x/>' }),
      await fetch(`${house.url}/webhooks/pagopa`),
    ]
    expect(answers.map(({ status }) => status)).toEqual([403, 403])
  })

  test('asks browsers to come by https alone', async () => {
    const header = (await fetch(`${house.url}/`)).headers.get('strict-transport-security')
    expect(header).toMatch(/^max-age=(\d{8,})/)
  })

  test('ends with 0 on SIGTERM, with every line of its log an object', async () => {
    expect(await main.end('SIGTERM')).toBe(0)
    const lines = main.output().trim().split('\n')
    expect(lines.filter((line) => !line.startsWith('{'))).toEqual([])
  })
})
