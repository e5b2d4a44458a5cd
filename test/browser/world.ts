import type { Browser, BrowserContext, BrowserContextOptions } from 'playwright-core'
import { afterAll } from 'vitest'
import { inTenant } from '#core/db/tenant.ts'
import { policiesSchema } from '#core/tenant.ts'
import { isMethodOpen } from '#tenants/sign-in/methods.ts'
import { DEMO_PASSWORD } from '../../src/local/demo/entities.ts'
import { introduceAll, seedDemo } from '../../src/local/demo/seed.ts'
import { launchBrowser } from '../support/browser.ts'
import { createByCommand } from '../support/by-command.ts'
import { openTestHouse, type TestHouse } from '../support/house.ts'

/** A parent as one signs in with a password. */
export interface Credentials {
  username: string
  password: string
}

/** A parent of the demonstration: with a password where the entity still takes one, with SPID or CIE anywhere. */
export interface DemoParent extends Credentials {
  name: string
  fiscalCode: string
  takesPassword: boolean
}

/** An entity as its parents know it: from the school's leaflet. */
export interface Entity {
  slug: string
  name: string
  activationCode: string
  /** Whom the demonstration has already registered; undefined where every parent starts from "Registrati". */
  parent: DemoParent | undefined
}

/** The whole house, the simulated world and one browser; three entities live in it. */
export interface World extends TestHouse {
  browser: Browser
  entities: { cassano: Entity; brunico: Entity; byCommand: Entity }
}

/** Opens the world of one test file; everything is closed when the file has run. */
export async function openWorld(environment: Record<string, string> = {}): Promise<World> {
  const test = await openTestHouse(environment, {}, { identityProviders: true })
  const demo = await seedDemo(test.house)
  await introduceAll(test.house, test.sandboxUrl, demo)
  const [cassano, brunico] = demo.map(({ tenant, guardian }) => ({
    slug: tenant.slug,
    name: tenant.name,
    activationCode: tenant.activationCode!,
    parent: {
      username: guardian.username,
      password: DEMO_PASSWORD,
      name: `${guardian.firstName} ${guardian.lastName}`,
      fiscalCode: guardian.fiscalCode,
      takesPassword: isMethodOpen(
        { policies: policiesSchema.parse(tenant.policies) },
        'password',
        test.clock.now(),
      ),
    },
  }))
  const byCommand = { ...(await createByCommand(test)), parent: undefined }
  const browser = await launchBrowser()
  afterAll(() => browser.close())
  return { ...test, browser, entities: { cassano: cassano!, brunico: brunico!, byCommand } }
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
