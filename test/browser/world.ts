import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Browser, BrowserContext, BrowserContextOptions } from 'playwright-core'
import { afterAll, expect } from 'vitest'
import { inTenant } from '#core/db/tenant.ts'
import { DEMO_PASSWORD } from '../../src/local/demo/entities.ts'
import { introduceAll, seedDemo } from '../../src/local/demo/seed.ts'
import { launchBrowser } from '../support/browser.ts'
import { openTestHouse, type TestHouse } from '../support/house.ts'

/** A parent as one signs in. */
export interface Credentials {
  username: string
  password: string
}

/** An entity as its parents know it: from the school's leaflet. */
export interface Entity {
  slug: string
  name: string
  activationCode: string
  /** Whom the demonstration has already registered; undefined where every parent starts from "Registrati". */
  parent: Credentials | undefined
}

/** The whole house, the simulated world and one browser; three entities live in it. */
export interface World extends TestHouse {
  browser: Browser
  entities: { cassano: Entity; brunico: Entity; byCommand: Entity }
}

/** Opens the world of one test file; everything is closed when the file has run. */
export async function openWorld(): Promise<World> {
  const test = await openTestHouse()
  const demo = await seedDemo(test.house)
  await introduceAll(test.house, test.sandboxUrl, demo)
  const [cassano, brunico] = demo.map(({ tenant, guardian }) => ({
    slug: tenant.slug,
    name: tenant.name,
    activationCode: tenant.activationCode!,
    parent: { username: guardian.username, password: DEMO_PASSWORD },
  }))
  const byCommand = await createByCommand(test)
  const browser = await launchBrowser()
  afterAll(() => browser.close())
  return { ...test, browser, entities: { cassano: cassano!, brunico: brunico!, byCommand } }
}

/** Takes an entity aboard as an operator does: `tenant create`, in a process of its own, while the house is open. */
async function createByCommand({ config, database, sandboxUrl }: TestHouse): Promise<Entity> {
  const name = 'Comune di Valdorata'
  const folder = mkdtempSync(join(tmpdir(), 'borsellino-command-'))
  const words = ['tenant', 'create', '--name', name, '--creditor-fiscal-code', '66666666666']
  const payments = ['--segregation-code', '12', '--iban', 'IT60X0542811101000000654321']
  const counter = ['--service-id', '00009', '--service-subject-id', '00099']
  const command = ['src/cli.ts', ...words, ...payments, ...counter, '--color', '#8a3b12']
  const environment = {
    ...process.env,
    NODE_ENV: 'test',
    DATA_DIR: folder,
    DATABASE_URL: database.urls.app,
    RELAY_DATABASE_URL: database.urls.relay,
    QUEUE_DATABASE_URL: database.urls.queue,
    PUBLIC_URL: config.PUBLIC_URL,
    MASTER_KEY: config.MASTER_KEY.toString('base64'),
    SMTP_URL: config.SMTP_URL,
    CHECKOUT_URL: config.CHECKOUT_URL,
    CHECKOUT_ORIGINS: config.CHECKOUT_ORIGINS,
    CHECKOUT_SUBSCRIPTION_KEY: config.CHECKOUT_SUBSCRIPTION_KEY,
    SANDBOX_URL: sandboxUrl,
  }
  const { stdout } = await promisify(execFile)(process.execPath, command, { env: environment })
  rmSync(folder, { recursive: true })
  const activationCode = /activation code +(\d{10})/.exec(stdout)?.[1]
  expect(activationCode, stdout).toBeDefined()
  return { slug: 'valdorata', name, activationCode: activationCode!, parent: undefined }
}

/** What a page did that no page may do; filled while the browser walks. */
export type Complaints = string[]

/** A browser of a parent's own, which notes pages that are too wide, refused by the policy, or broken. */
export async function openBrowser(
  world: World,
  options: BrowserContextOptions = {},
): Promise<{ context: BrowserContext; complaints: Complaints }> {
  const context = await world.browser.newContext({
    locale: 'it-IT',
    viewport: { width: 390, height: 844 },
    reducedMotion: 'reduce',
    ...options,
  })
  context.setDefaultTimeout(10_000)
  const complaints: Complaints = []
  context.on('weberror', (error) => complaints.push(`${error.error()}`))
  context.on('console', (message) => {
    // A page that refuses a form answers 4xx on purpose, and a mail's frame lets not even our own script in.
    const isMeant = /status of 4\d\d|frame is sandboxed/.test(message.text())
    if (message.type() === 'error' && !isMeant)
      complaints.push(`${message.location().url}: ${message.text()}`)
  })
  await context.exposeBinding('noteWidth', (_, note: string) => complaints.push(note))
  await context.addInitScript(() => {
    addEventListener('load', () => {
      const excess = document.documentElement.scrollWidth - innerWidth
      const { noteWidth } = globalThis as unknown as { noteWidth: (note: string) => void }
      if (excess > 0 && self === top) noteWidth(`${location.pathname} is ${excess} px too wide`)
    })
  })
  return { context, complaints }
}

/** How many top-ups and carts an entity has: what a mishap must not change. */
export async function countOf(
  { house, database }: World,
  { slug }: Entity,
): Promise<{ topUps: number; carts: number }> {
  const tenant = (await house.registry.bySlug(slug))!
  return inTenant(database.app, tenant.id, async (tx) => {
    const count = async (table: 'top_ups' | 'carts') => {
      const all = await tx.selectFrom(table).select('id').where('tenant_id', '=', tenant.id).execute()
      return all.length
    }
    return { topUps: await count('top_ups'), carts: await count('carts') }
  })
}
