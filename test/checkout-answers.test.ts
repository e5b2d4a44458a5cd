import type { ServerResponse } from 'node:http'
import { describe, expect, test } from 'vitest'
import { cents } from '#core/money.ts'
import { openCheckoutStage, pathOf, problem, type Scene } from './support/checkout-stage.ts'

/* Whatever Checkout answers, the parent has a way on, and no answer is taken for a payment. */

const { checkout, house, scene, ask, payments, pay } = await openCheckoutStage()
const postalIban = 'IT40P0760101600000012345678'

describe('when Checkout has no cart for us', () => {
  test.each<[string, (response: ServerResponse) => void]>([
    ['refuses the request (400)', problem(400)],
    ['refuses our key (401)', problem(401)],
    ['does not know the address (404)', problem(404)],
    ['cannot verify notices this fresh (422)', problem(422)],
    ['has too much to do (429)', problem(429)],
    ['breaks (500)', problem(500)],
    ['has lost the Node (502)', problem(502)],
    ['is closed (503)', problem(503)],
    ['shows a page instead', (response) => void response.end('<html>ciao</html>')],
    ['sends nowhere', (response) => void response.writeHead(302).end()],
    ['sends to a script', (response) => void response.writeHead(302, { location: 'javascript:x' }).end()],
    ['talks nonsense', (response) => void response.socket?.end('garbage\r\n\r\n')],
    ['hangs up', (response) => void response.destroy()],
    ['says nothing for four seconds', () => undefined],
  ])('%s: the top-up is kept, with a notice and another try', async (_, answer) => {
    const here = await scene()
    checkout.answerWith(answer)
    const { status, location } = await ask(here)
    expect([status, location]).toEqual([
      303,
      expect.stringMatching(/\/carrelli\/[0-9a-f-]{36}\?canale=fermo$/),
    ])
    const page = await here.portal.page(location)
    expect(page).toContain('in questo momento non risponde')
    const [topUp, ...others] = await payments(here)
    expect([topUp!.state, others.length]).toEqual(['open', 0])
    expect(page).toContain(`${here.base}/avvisi/${topUp!.id}`)
    // What the page offers works: the notice at once, Checkout as soon as it is well again.
    expect(await here.portal.page(`${here.base}/avvisi/${topUp!.id}`)).toContain('Informazioni utili')
    checkout.answerWith()
    const retryAt = /action="([^"]+\/riprova)"/.exec(page)![1]!
    const again = await here.portal.post(retryAt, { form: await here.portal.formOf(location) })
    expect([again.status, again.location]).toEqual([
      303,
      expect.stringContaining('https://checkout.example.org/'),
    ])
    expect((await payments(here)).map(({ id }) => id)).toEqual([topUp!.id])
  })

  test('several children: each has a notice of its own to go on with', async () => {
    const here = await scene({}, 3)
    checkout.answerWith(problem(503))
    const fields = Object.fromEntries(
      here.family.children.map(({ walletId }) => [`amount-${walletId}`, '20']),
    )
    const form = await here.portal.formOf(`${here.base}/ricarica`)
    const { location } = await here.portal.post(`${here.base}/ricarica`, {
      form,
      mode: 'multi',
      channel: 'pagopa-online',
      ...fields,
    })
    const page = await here.portal.page(location)
    const opened = await payments(here)
    expect(opened).toHaveLength(3)
    for (const { id } of opened) expect(page).toContain(`${here.base}/avvisi/${id}`)
  })
})

describe('when Checkout says that a notice is paid or being paid', () => {
  /** A parent who came back from Checkout without having paid. */
  async function cameBack() {
    const here = await scene()
    await ask(here)
    const [cart] = checkout.asked
    const { location } = await here.portal.visit(pathOf(cart!.returnUrls.returnErrorUrl))
    const form = await here.portal.formOf(location)
    const retry = () => here.portal.post(`${here.base}/pagamenti/${topUpId}/riprova`, { form })
    const topUpId = (await payments(here))[0]!.id
    return { here, cart: cart!, retry, topUpId }
  }

  test('and no receipt is here, the parent is told to wait for half an hour', async () => {
    const { here, retry } = await cameBack()
    checkout.answerWith(problem(422))
    const { status, text } = await retry()
    expect(status).toBe(409)
    expect(text).toContain('Pagamento già in corso')
    expect(text).toContain('mezz’ora')
    expect((await payments(here))[0]!.state).toBe('open')
    // Half an hour later the same button opens a cart.
    checkout.answerWith()
    expect((await retry()).location).toContain('https://checkout.example.org/')
  })

  test('and the receipt came while it was asked, the parent sees what is paid', async () => {
    const { here, cart, retry, topUpId } = await cameBack()
    checkout.answerWith(async (response) => {
      await pay(here, cart)
      problem(422)(response)
    })
    const { status, location } = await retry()
    expect([status, location]).toEqual([303, `${here.base}/pagamenti/${topUpId}`])
    expect(await here.portal.page(location)).toContain('Pagamento riuscito')
  })

  test('and it was paid before, Checkout is not even asked', async () => {
    const { here, cart, retry } = await cameBack()
    await pay(here, cart)
    const { location } = await retry()
    expect(await here.portal.page(location)).toContain('Pagamento riuscito')
    expect(checkout.asked).toHaveLength(1)
  })

  test('an app is told the same by two codes', async () => {
    const { here, cart, topUpId } = await cameBack()
    const payer = { accountId: here.family.accountId, email: null, language: 'it' as const }
    const resume = () => house.cashier.resume(here.tenant, 'pagopa-online', payer, [topUpId])
    checkout.answerWith(problem(422))
    await expect(resume()).rejects.toMatchObject({ code: 'top_up.being_paid' })
    await pay(here, cart)
    await expect(resume()).rejects.toMatchObject({ code: 'top_up.already_paid' })
  })
})

describe('what Checkout is told', () => {
  const start = (here: Scene, count: number) => {
    const payer = { accountId: here.family.accountId, email: 'elena@example.org', language: 'it' as const }
    const wallets = here.family.children.slice(0, count)
    const drafts = wallets.map(({ walletId }, index) => ({ walletId, amountCents: cents(1_000 + index) }))
    return house.cashier.start(here.tenant, 'pagopa-online', payer, {
      walletId: wallets[0]!.walletId,
      drafts,
    })
  }

  test.each([1, 2, 3, 4, 5])(
    '%i top-ups are one cart, each with its notice and amount, and no person’s data',
    async (count) => {
      const here = await scene({}, 5)
      const step = await start(here, count)
      expect(step.kind).toBe('redirect')
      const [cart, ...others] = checkout.asked
      expect(others).toEqual([])
      expect(cart!.paymentNotices.map(({ amount }) => amount)).toEqual(
        Array.from({ length: count }, (_, index) => 1_000 + index),
      )
      expect(new Set(cart!.paymentNotices.map(({ noticeNumber }) => noticeNumber)).size).toBe(count)
      const { emailNotice, ...rest } = cart!
      expect(emailNotice).toBe('elena@example.org')
      const told = JSON.stringify(rest)
      for (const name of ['Elena', 'Provetti', ...here.family.children.map(({ firstName }) => firstName)])
        expect(told).not.toContain(name)
      for (const { walletId, childId } of here.family.children) {
        expect(told).not.toContain(walletId)
        expect(told).not.toContain(childId)
      }
      // All paid, and every wallet has its own.
      await pay(here, cart!)
      expect((await payments(here)).map(({ state }) => state)).toEqual(
        Array.from({ length: count }, () => 'paid'),
      )
    },
  )

  test('six top-ups are too many, and nothing is opened', async () => {
    const here = await scene({}, 6)
    await expect(start(here, 6)).rejects.toMatchObject({ code: 'top_up.too_many' })
    expect([await payments(here), checkout.asked]).toEqual([[], []])
  })

  test('that all can be paid by postal slip exactly where the entity has a postal account', async () => {
    const plain = await scene()
    await start(plain, 1)
    const { creditor } = plain.tenant
    const postal = await scene({ creditor: { ...creditor, postalIban } })
    await start(postal, 1)
    expect(checkout.asked.map(({ allCCP }) => allCCP)).toEqual([false, true])
  })
})
