import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { serve } from '@hono/node-server'
import type { Hono } from 'hono'
import { afterAll } from 'vitest'
import { loadConfig, type Config } from '#core/config.ts'
import { addDays, romeDate } from '#core/clock.ts'
import type { Log } from '#core/log.ts'
import { cents } from '#core/money.ts'
import { loadTemplates } from '#core/templates.ts'
import type { Tenant } from '#core/tenant.ts'
import { createTenant, type NewTenant } from '#tenants/create.ts'
import { enrolChild } from '#tenants/people/children.ts'
import { registerGuardian } from '#tenants/people/guardians.ts'
import type { Timings } from '../../sandbox/options.ts'
import { startSandbox } from '../../sandbox/server.ts'
import { openHouse, type House } from '../../src/house.ts'
import { demoEntities } from '../../src/local/demo/entities.ts'
import { keepSandboxMetadata } from '../../src/local/identity.ts'
import { introduceToSandbox } from '../../src/local/introduce.ts'
import { createWeb } from '../../src/web.ts'
import { testDatabase, type TestDatabase } from './database.ts'

/** A clock that tests move: real time plus an offset. */
export class MovableClock {
  #offsetMs = 0
  #heldAt: Date | undefined
  now(): Date {
    return this.#heldAt ?? new Date(Date.now() + this.#offsetMs)
  }
  /** Stands still at the beginning of the next minute until {@link release}: whatever follows falls within one window. */
  hold(): void {
    this.toNextMinute()
    this.#heldAt = this.now()
  }
  release(): void {
    this.#heldAt = undefined
  }
  forwardDays(days: number): void {
    this.#offsetMs += days * 86_400_000
  }
  setTo(instant: Date): void {
    this.#offsetMs = instant.getTime() - Date.now()
  }
  /** To the beginning of the next minute, where fixed windows begin: what follows falls within one. */
  toNextMinute(): void {
    this.#offsetMs += 60_000 - (this.now().getTime() % 60_000)
  }
  reset(): void {
    this.#heldAt = undefined
    this.#offsetMs = 0
  }
}

export interface TestFamily {
  username: string
  password: string
  accountId: string
  children: { childId: string; walletId: string; firstName: string }[]
}

export interface TestHouse {
  house: House
  web: Hono
  /** Where the house listens, for browsers and for the sandbox's Node. */
  url: string
  sandboxUrl: string
  clock: MovableClock
  database: TestDatabase
  config: Config
  /** Takes an entity aboard and introduces it to the sandbox. */
  addTenant(change?: Partial<NewTenant>): Promise<Tenant>
  /** A guardian with password "parola-di-prova" and children, each with a wallet. */
  addFamily(tenant: Tenant, children?: number): Promise<TestFamily>
}

export const TEST_FAMILY_PASSWORD = 'parola-di-prova'

let serial = 0

/** Compiled once for all houses of a worker: they are the same for each. */
const templates = loadTemplates()

/** A whole house on a database of its own, served on loopback, beside a sandbox of its own. */
export async function openTestHouse(
  environment: Record<string, string> = {},
  timings: Partial<Timings> = {},
  options: { identityProviders?: boolean; log?: Log } = {},
): Promise<TestHouse> {
  const database = await testDatabase()
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const clock = new MovableClock()
  const sandbox = await startSandbox({
    borsellinoUrl: url,
    now: () => clock.now(),
    timings: {
      retryDelaysMs: [100, 200, 400, 800, 1600],
      waitingDelayMs: 1_500,
      afterReturnMs: 500,
      ...timings,
    },
  })
  const providers = options.identityProviders ? await sandboxProviders(sandbox.url) : {}
  const config = loadConfig({
    NODE_ENV: 'test',
    LOG_LEVEL: process.env.TEST_LOG ?? 'silent',
    DATABASE_URL: database.urls.app,
    RELAY_DATABASE_URL: database.urls.relay,
    QUEUE_DATABASE_URL: database.urls.queue,
    PUBLIC_URL: url,
    SMTP_URL: `smtp://127.0.0.1:${sandbox.smtpPort}`,
    MASTER_KEY: Buffer.from('tests only: 32 bytes of nothing!').toString('base64'),
    CHECKOUT_URL: `${sandbox.url}/checkout/ec/v2`,
    CHECKOUT_ORIGINS: sandbox.url,
    CHECKOUT_SUBSCRIPTION_KEY: 'sandbox',
    ACA_URL: `${sandbox.url}/aca/v1`,
    ACA_SUBSCRIPTION_KEY: 'sandbox',
    FDR_URL: `${sandbox.url}/fdr-org/service/v1`,
    FDR_SUBSCRIPTION_KEY: 'sandbox',
    BIZ_EVENTS_URL: `${sandbox.url}/bizevents/service/v1`,
    BIZ_EVENTS_SUBSCRIPTION_KEY: 'sandbox',
    SANDBOX_URL: sandbox.url,
    ...providers,
    ...environment,
  })
  const house = await openHouse(config, { clock, templates, ...(options.log && { log: options.log }) })
  const web = createWeb(house)
  const server = serve({ fetch: web.fetch, port, hostname: '127.0.0.1' })
  await house.startWorking({ intervalMs: 50, trustMs: 2_000 })
  afterAll(async () => {
    await sandbox.close()
    await new Promise((done) => {
      server.close(done)
      if ('closeAllConnections' in server) server.closeAllConnections()
    })
    await house.close()
  })

  async function addTenant(change: Partial<NewTenant> = {}): Promise<Tenant> {
    const number = ++serial
    const [model] = demoEntities(romeDate(clock.now()))
    const digits = `${Date.now()}`.slice(-7)
    const { activationCode: _, ipaCode: __, ...base } = model!.tenant
    const made = await createTenant(
      house.services.db,
      house.services.vault,
      {
        ...base,
        slug: `ente-${digits}-${number}`,
        name: `Ente di prova ${number}`,
        creditorFiscalCode: `6${digits}${String(number).padStart(3, '0')}`,
        serviceSubjectId: `T${String(number).padStart(4, '0')}`,
        policies: {},
        ...change,
      },
      clock.now(),
    )
    house.registry.forget()
    const tenant = (await house.registry.byId(made.id))!
    await introduceToSandbox(sandbox.url, tenant, { people: [], paymentCodes: [] })
    return tenant
  }

  async function addFamily(tenant: Tenant, count = 2): Promise<TestFamily> {
    const number = ++serial
    const { db, vault } = house.services
    const username = `genitore.${number}`
    const person = {
      firstName: 'Elena',
      lastName: 'Provetti',
      email: `genitore.${number}@example.org`,
      fiscalCode: null,
      fiscalCodeProof: 'registry' as const,
    }
    const accountId = await registerGuardian(
      db,
      vault,
      tenant.id,
      { ...person, username, password: TEST_FAMILY_PASSWORD, language: 'it' },
      clock.now(),
    )
    const names = ['Sofia', 'Luca', 'Marta', 'Nino', 'Ada', 'Leo'].slice(0, count)
    const children = []
    for (const firstName of names) {
      const child = {
        firstName,
        lastName: 'Provetti',
        fiscalCode: null,
        school: 'Primaria Dante',
        className: '3ª B',
      }
      const service = { category: 'REFEZIONE', schoolYear: '2026/2027', tariffCents: cents(490) }
      children.push({
        firstName,
        ...(await enrolChild(db, vault, tenant.id, { ...child, ...service }, accountId, clock.now())),
      })
    }
    return { username, password: TEST_FAMILY_PASSWORD, accountId, children }
  }

  return { house, web, url, sandboxUrl: sandbox.url, clock, database, config, addTenant, addFamily }
}

/** The simulated identity providers, as an administrator would add them. Their keys take a second to make. */
async function sandboxProviders(sandboxUrl: string): Promise<Record<string, string>> {
  const folder = mkdtempSync(join(tmpdir(), 'sandbox-providers-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return { IDP_METADATA_FILES: (await keepSandboxMetadata(sandboxUrl, folder, true))! }
}

/** The Rome day `days` after the clock's. */
export function dayAfter(clock: MovableClock, days: number): string {
  return addDays(romeDate(clock.now()), days)
}

/** A second process of the same installation: a house of its own on the same database, at another address. */
export async function openSecondHouse({ config, clock }: TestHouse): Promise<{ house: House; url: string }> {
  const port = await freePort()
  const house = await openHouse(config, { clock, templates })
  const server = serve({ fetch: createWeb(house).fetch, port, hostname: '127.0.0.1' })
  afterAll(async () => {
    await new Promise((done) => {
      server.close(done)
      if ('closeAllConnections' in server) server.closeAllConnections()
    })
    await house.close()
  })
  return { house, url: `http://127.0.0.1:${port}` }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await new Promise((done) => probe.once('listening', done))
  const { port } = probe.address() as AddressInfo
  await new Promise((done) => probe.close(done))
  return port
}
