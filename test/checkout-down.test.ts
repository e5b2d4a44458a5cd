import { createServer, type AddressInfo } from 'node:net'
import { afterAll, describe, expect, test } from 'vitest'
import { cents } from '#core/money.ts'
import { openTestHouse } from './support/house.ts'

/** Takes connections and never says a word. */
const mute = createServer(() => {}).listen(0, '127.0.0.1')
await new Promise((done) => mute.once('listening', done))
const { port } = mute.address() as AddressInfo
afterAll(() => mute.close())

const { house, url, addTenant, addFamily } = await openTestHouse({
  CHECKOUT_URL: `http://127.0.0.1:${port}/v2`,
})

describe('while Checkout does not answer', () => {
  test('a parent is told within seconds, with the top-up kept and a notice as the way out', async () => {
    const tenant = await addTenant()
    const family = await addFamily(tenant)
    const { token } = await house.sessions.begin(tenant.id, family.accountId, 'portal')
    const headers = { cookie: `borsellino-${tenant.slug}=${token}`, origin: url }
    const form = /name="form" value="([^"]+)"/.exec(
      await (await fetch(`${url}/${tenant.slug}/ricarica`, { headers })).text(),
    )![1]!
    const [child] = family.children
    const fields = {
      form,
      mode: 'single',
      channel: 'pagopa-online',
      child: child!.childId,
      category: 'REFEZIONE',
      amount: '2500',
    }
    const post = () =>
      fetch(`${url}/${tenant.slug}/ricarica`, {
        method: 'POST',
        headers,
        body: new URLSearchParams(fields),
        redirect: 'manual',
      })
    const started = Date.now()
    const answer = await post()
    expect(Date.now() - started).toBeLessThan(6_000)
    expect(answer.status).toBe(303)
    const location = answer.headers.get('location')!
    const page = await (await fetch(new URL(location, url), { headers })).text()
    expect(page).toContain('non risponde')
    expect(page).toMatch(/\/avvisi\/[0-9a-f-]{36}/)
    expect(page).toContain('/riprova')
    // The same form once more leads to the same top-up.
    expect((await post()).headers.get('location')).toBe(location)
  })

  test('an app gets the opened top-ups and the word "unavailable"', async () => {
    const tenant = await addTenant()
    const family = await addFamily(tenant)
    const payer = { accountId: family.accountId, email: null, language: 'it' as const }
    const walletId = family.children[0]!.walletId
    const step = await house.cashier.start(tenant, 'pagopa-online', payer, {
      walletId,
      drafts: [{ walletId, amountCents: cents(2_500) }],
    })
    expect(step).toMatchObject({ kind: 'unavailable', topUpIds: [expect.any(String)] })
  })
})
