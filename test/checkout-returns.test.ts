import { describe, expect, test } from 'vitest'
import { cents } from '#core/money.ts'
import { openCheckoutStage, pathOf } from './support/checkout-stage.ts'
import { signIn } from './support/portal-client.ts'

/* A browser may come back at once, late, twice, another way or never: receipts alone tell what was paid. */

const world = await openCheckoutStage()
const { checkout, house, clock, scene, ask, payments, cartCount, pay } = world

describe('the time of a cart', () => {
  test('is ten minutes, which the next step tells', async () => {
    const here = await scene()
    const payer = { accountId: here.family.accountId, email: null, language: 'it' as const }
    const { walletId } = here.family.children[0]!
    const before = clock.now().getTime()
    const step = await house.cashier.start(here.tenant, 'pagopa-online', payer, {
      walletId,
      drafts: [{ walletId, amountCents: cents(2_500) }],
    })
    const left = step.kind === 'redirect' ? step.expiresAt.getTime() - before : 0
    expect(left).toBeGreaterThanOrEqual(10 * 60_000)
    expect(left).toBeLessThan(10 * 60_000 + 5_000)
  })

  test('the same form leads to the same cart within it, and to a new one of the same top-up after it', async () => {
    const here = await scene()
    const first = await ask(here)
    clock.forwardDays(9 / 1_440)
    expect((await ask(here, '2500', first.form)).location).toBe(first.location)
    clock.forwardDays(2 / 1_440)
    const later = await ask(here, '2500', first.form)
    expect(later.location).toContain('https://checkout.example.org/')
    expect(later.location).not.toBe(first.location)
    expect([(await payments(here)).length, await cartCount(here)]).toEqual([1, 2])
  })
})

describe('coming back', () => {
  const RETURNS = ['returnOkUrl', 'returnCancelUrl', 'returnErrorUrl', 'returnWaitingUrl'] as const

  async function begun() {
    const here = await scene()
    await ask(here)
    return { here, cart: checkout.asked.at(-1)! }
  }

  test.each(RETURNS)('by %s proves nothing: the credit does not move', async (how) => {
    const { here, cart } = await begun()
    const { status, location } = await here.portal.visit(pathOf(cart.returnUrls[how]))
    expect([status, location]).toEqual([
      303,
      expect.stringMatching(new RegExp(`^${here.base}/carrelli/[0-9a-f-]{36}$`)),
    ])
    const titles = {
      returnOkUrl: 'In attesa',
      returnWaitingUrl: 'In attesa',
      returnErrorUrl: 'non riuscito',
      returnCancelUrl: 'interrotto',
    }
    expect(await here.portal.page(location)).toContain(titles[how])
    expect((await payments(here))[0]!.state).toBe('open')
  })

  test.each(RETURNS)('by %s before the receipt and after it ends with what was paid', async (how) => {
    for (const receiptFirst of [true, false]) {
      const { here, cart } = await begun()
      if (receiptFirst) await pay(here, cart)
      const { location } = await here.portal.visit(pathOf(cart.returnUrls[how]))
      if (!receiptFirst) await pay(here, cart)
      expect(await here.portal.page(location)).toContain('Pagamento riuscito')
    }
  })

  test('never, the receipt is found in the list of payments', async () => {
    const { here, cart } = await begun()
    await pay(here, cart)
    const [topUp] = await payments(here)
    expect(topUp).toMatchObject({ state: 'paid', returnedAs: undefined })
    expect(await here.portal.page(`${here.base}/pagamenti/${topUp!.id}`)).toContain('Pagamento riuscito')
  })

  test('weeks later, to a payment that was never made, says so and offers what is left', async () => {
    const { here, cart } = await begun()
    clock.forwardDays(45)
    const { location } = await here.portal.visit(pathOf(cart.returnUrls.returnOkUrl))
    const portal = await signIn(world, here.tenant, here.family)
    expect(await portal.page(location)).toContain('Pagamento scaduto')
  })

  test('with good news and without a receipt for half an hour, the payment can be tried again', async () => {
    const { here, cart } = await begun()
    const { location } = await here.portal.visit(pathOf(cart.returnUrls.returnOkUrl))
    expect(await here.portal.page(location)).not.toContain('/riprova')
    clock.forwardDays(31 / 1_440)
    expect(await here.portal.page(location)).toContain('/riprova')
  })

  test('from an attempt that another one has replaced leads to the payments, not to a dead end', async () => {
    const { here, cart } = await begun()
    await here.portal.visit(pathOf(cart.returnUrls.returnErrorUrl))
    const [topUp] = await payments(here)
    const page = `${here.base}/pagamenti/${topUp!.id}`
    await here.portal.post(`${page}/riprova`, { form: await here.portal.formOf(page) })
    expect(checkout.asked).toHaveLength(2)
    const { location } = await here.portal.visit(pathOf(cart.returnUrls.returnOkUrl))
    expect((await here.portal.visit(location)).location).toBe(`${here.base}/pagamenti`)
    // The other family of the entity finds nothing there.
    const stranger = await signIn(world, here.tenant, await world.addFamily(here.tenant))
    expect((await stranger.visit(location)).status).toBe(404)
  })

  test('by an address of one’s own making finds nothing, and twice or by another way changes nothing', async () => {
    const { here, cart } = await begun()
    const path = pathOf(cart.returnUrls.returnOkUrl)
    const [, , token] = path.split('/')
    for (const wrong of [
      `/r/${token}x/ok`,
      `/r/${token}/pagato`,
      `/r/${here.tenant.id}.x/ok`,
      '/r/x/ok',
      `/r/${token!.split('.')[0]}./ok`,
    ])
      expect((await here.portal.visit(wrong)).status).toBe(404)
    expect(await here.portal.visit(path)).toEqual(await here.portal.visit(path))
    expect((await here.portal.visit(pathOf(cart.returnUrls.returnCancelUrl))).status).toBe(303)
    expect((await payments(here))[0]!.state).toBe('open')
  })

  test('the addresses differ for every attempt and say nothing of anybody', async () => {
    const { here, cart } = await begun()
    const [topUp] = await payments(here)
    const told = Object.values(cart.returnUrls).join()
    for (const secret of [topUp!.id, topUp!.noticeNumber, here.family.accountId, topUp!.cartId!])
      expect(told).not.toContain(secret)
    const other = await begun()
    expect(new Set([...Object.values(cart.returnUrls), ...Object.values(other.cart.returnUrls)]).size).toBe(8)
  })
})
