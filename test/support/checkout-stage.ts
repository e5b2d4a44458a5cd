import type { ServerResponse } from 'node:http'
import { afterAll, beforeEach, expect } from 'vitest'
import { inTenant } from '#core/db/tenant.ts'
import type { Tenant } from '#core/tenant.ts'
import { paymentsPage } from '#core/top-ups/read.ts'
import type { TopUp } from '#core/top-ups/top-up.ts'
import { openTestHouse, type TestFamily, type TestHouse } from './house.ts'
import { signIn, type PortalClient } from './portal-client.ts'
import { startCheckout, type AskedCart, type ScriptedCheckout } from './scripted-checkout.ts'
import { PlayedNode, stationOf } from './soap.ts'

/** One entity, one family, one parent signed in. */
export interface Scene {
  tenant: Tenant
  family: TestFamily
  portal: PortalClient
  base: string
}

/** A house whose Checkout does what the test says. */
export interface CheckoutStage extends TestHouse {
  checkout: ScriptedCheckout
  scene(change?: Parameters<TestHouse['addTenant']>[0], children?: number): Promise<Scene>
  /** Asks for a top-up online, with a form of the page or one that was sent before. */
  ask(
    here: Scene,
    amount?: string,
    form?: string,
  ): Promise<{ status: number; location: string; text: string; form: string }>
  payments(here: Scene): Promise<TopUp[]>
  cartCount(here: Scene): Promise<number>
  /** The Node brings the receipts of a cart. */
  pay(here: Scene, cart: AskedCart): Promise<void>
}

/** Opens one for a test file; before each test Checkout is well, has been asked nothing, and time is real. */
export async function openCheckoutStage(): Promise<CheckoutStage> {
  const checkout = await startCheckout()
  afterAll(() => checkout.close())
  const world = await openTestHouse({ CHECKOUT_URL: checkout.url })
  const node = new PlayedNode(world.url)
  const { db } = world.house.services
  beforeEach(() => {
    world.clock.reset()
    checkout.answerWith()
    checkout.asked.length = 0
  })
  return {
    ...world,
    checkout,
    async scene(change = {}, children = 1) {
      const tenant = await world.addTenant(change)
      const family = await world.addFamily(tenant, children)
      return { tenant, family, portal: await signIn(world, tenant, family), base: `/${tenant.slug}` }
    },
    async ask({ portal, family, base }, amount = '2500', form) {
      const fields = {
        form: form ?? (await portal.formOf(`${base}/ricarica`)),
        mode: 'single',
        channel: 'pagopa-online',
        child: family.children[0]!.childId,
        category: 'REFEZIONE',
        amount,
      }
      return { ...(await portal.post(`${base}/ricarica`, fields)), form: fields.form }
    },
    async payments({ tenant, family }) {
      const walletIds = family.children.map(({ walletId }) => walletId)
      return (await paymentsPage(db, tenant.id, { walletIds })).items
    },
    async cartCount({ tenant }) {
      const rows = await inTenant(db, tenant.id, (tx) =>
        tx.selectFrom('carts').select('id').where('tenant_id', '=', tenant.id).execute(),
      )
      return rows.length
    },
    async pay({ tenant }, cart) {
      for (const { noticeNumber, fiscalCode, amount } of cart.paymentNotices) {
        const answer = await node.send(stationOf(tenant), { noticeNumber, fiscalCode, amountCents: amount })
        expect(answer.verdict).toBe('OK')
      }
    },
  }
}

/** The path of an address that Checkout was given. */
export const pathOf = (address: string) => new URL(address).pathname

/** An answer of Checkout that is a problem. */
export const problem = (status: number) => (response: ServerResponse) =>
  void response.writeHead(status, { 'content-type': 'application/problem+json' }).end('{"title":"no"}')
