import { beforeAll, describe, expect, test } from 'vitest'
import type { Tenant } from '#core/tenant.ts'
import { introduceAll, seedDemo } from '../../src/local/demo/seed.ts'
import { createByCommand } from '../support/by-command.ts'
import { dayAfter, openTestHouse } from '../support/house.ts'
import { endPasswords } from '../support/policies.ts'
import { createApp, until } from './client.ts'

const house = await openTestHouse()
const app = await createApp(house)
await introduceAll(house.house, house.sandboxUrl, await seedDemo(house.house))
const byCommand = await createByCommand(house)

describe.each(['cassano', 'brunico', byCommand.slug])(
  'the whole job by REST alone, as a mobile app does it, at %s',
  (slug) => {
    let tenant: Tenant
    let activationCode: string
    beforeAll(async () => {
      // One of the demonstration's entities takes no passwords any more: here it still does.
      if (slug === 'brunico') await endPasswords(house, slug, 30)
      house.house.registry.forget()
      tenant = (await house.house.registry.bySlug(slug))!
      activationCode = tenant.activationCode
    })
    let token = ''
    let refreshToken = ''
    let walletId = ''
    const paid: string[] = []

    /** The next token: days later the phone comes back with its refresh token. */
    const refreshed = async () => {
      const { status, body } = await app.call('POST', '/sessions/refresh', { json: { refreshToken } })
      expect(status).toBe(201)
      refreshToken = body.refreshToken
      return body.token as string
    }
    const balance = async () => {
      const { body } = await app.call('GET', '/wallets', { token })
      return body.items.find((wallet: { id: string }) => wallet.id === walletId).balanceCents as number
    }
    const whenPaid = (id: string) =>
      until(
        () => app.call('GET', `/top-ups/${id}`, { token }),
        ({ body }) => body.state === 'paid',
      )

    test('the activation code tells the app whose service it is, and what it offers', async () => {
      const { status, body } = await app.call('GET', `/tenants/${activationCode}`, {
        headers: { 'accept-language': 'it' },
      })
      expect(status).toBe(200)
      expect(body).toMatchObject({
        name: tenant.name,
        slug: tenant.slug,
        signInMethods: [{ id: 'password', open: true, availableUntil: tenant.policies.passwordLoginUntil }],
        policies: {
          currency: 'EUR',
          minimumCents: tenant.policies.minimumCents,
          receiptCopyDelayDays: tenant.policies.receiptCopyDelayDays,
        },
      })
      expect(
        body.channels.map(({ id, maxTopUps }: { id: string; maxTopUps: number }) => [id, maxTopUps]),
      ).toEqual([
        ['pagopa-online', 5],
        ['psp-notice', 1],
        ['puntolis-qr', 0],
      ])
      expect(body.channels[0]).toMatchObject({ label: 'Paga online', offered: true, because: null })
    })

    test('a parent registers and is signed in', async () => {
      const person = { firstName: 'Rosa', lastName: 'Provetti', email: 'rosa@example.org' }
      const secrets = { username: 'rosa.provetti', password: 'parola-lunga-di-prova' }
      const { status, body } = await app.call('POST', '/accounts', {
        json: { activationCode, ...person, ...secrets, privacyAccepted: true },
      })
      expect(status).toBe(201)
      expect((await app.call('GET', '/me', { token: body.token })).body).toMatchObject({
        firstName: 'Rosa',
        tenant: { slug: tenant.slug },
      })
      token = await app.signIn(activationCode, secrets.username, secrets.password)
      expect(token).not.toBe(body.token)
      refreshToken = body.refreshToken
    })

    test('a child is enrolled and has a wallet without credit', async () => {
      const child = { firstName: 'Nino', lastName: 'Provetti', school: 'Primaria Dante', className: '2ª A' }
      const { status, body } = await app.call('POST', '/children', {
        token,
        json: { ...child, category: 'REFEZIONE' },
      })
      expect(status).toBe(201)
      walletId = body.walletId
      const { items } = (await app.call('GET', '/wallets', { token })).body
      expect(items).toHaveLength(1)
      expect(items[0]).toMatchObject({ id: walletId, balanceCents: 0, child: { firstName: 'Nino' } })
    })

    test('an online payment leads to Checkout and ends in credit', async () => {
      const { status, body } = await app.call('POST', '/top-ups', {
        token,
        json: { channel: 'pagopa-online', items: [{ walletId, amountCents: 2500 }] },
      })
      expect(status).toBe(201)
      expect(body.nextStep.kind).toBe('redirect')
      const [topUp] = body.topUps
      expect(topUp).toMatchObject({ state: 'open', amountCents: 2500, receipt: null })
      const cart = (body.nextStep.url as string).split('/').at(-1)!
      const choice = { email: 'rosa@example.org', method: 'card' }
      expect((await app.outside(`/checkout/carts/${cart}/pay`, choice)).body.state).toBe('paid')
      const { body: after } = await whenPaid(topUp.id)
      expect(after.receipt).toMatchObject({
        creditedCents: 2500,
        balanceAfterCents: 2500,
        copyAvailable: false,
      })
      expect(after.timeline.map(({ step }: { step: string }) => step)).toContain('credited')
      expect(await balance()).toBe(2500)
      paid.push(topUp.id)
    })

    test('a notice is shown, printed, sent by e-mail and paid at a counter', async () => {
      const { body } = await app.call('POST', '/top-ups', {
        token,
        json: { channel: 'psp-notice', items: [{ walletId, amountCents: 1250 }] },
      })
      expect(body.nextStep).toMatchObject({ kind: 'document', topUpId: body.topUps[0].id })
      const { id, notice } = body.topUps[0]
      expect(notice).toMatchObject({ creditorFiscalCode: tenant.creditorFiscalCode })
      const pdf = await app.call('GET', `/top-ups/${id}/notice.pdf`, { token })
      expect(pdf.text.slice(0, 5)).toBe('%PDF-')
      const sent = await app.call('POST', `/top-ups/${id}/notice-emails`, {
        token,
        json: { email: 'nonna@example.org' },
      })
      expect(sent.status).toBe(202)
      await until(
        () => app.outside('/mailbox?to=nonna@example.org'),
        ({ text }) => text.includes(notice.noticeNumber),
      )
      expect((await app.outside('/counter/pay', { qr: notice.qrText })).body.outcome).toBe('OK')
      await whenPaid(id)
      expect(await balance()).toBe(3750)
      paid.push(id)
    })

    test('the child’s code is scanned at the tobacconist’s, who names the amount', async () => {
      const { body: code } = await app.call('GET', `/wallets/${walletId}/payment-code`, { token })
      expect(code.payload).toContain(code.caption)
      const asked = await app.outside('/puntolis/demand', { qr: code.payload, amountCents: 1000 })
      expect(asked.body.outcome).toBe('OK')
      const { fiscalCode, noticeNumber } = asked.body
      expect((await app.outside('/puntolis/confirm', { fiscalCode, noticeNumber })).body.outcome).toBe('OK')
      await until(balance, (cents) => cents === 4750)
      const { items } = (await app.call('GET', '/payments', { token })).body
      expect(items[0]).toMatchObject({ channel: 'puntolis-qr', state: 'paid', amountCents: 1000 })
    })

    test('movements and payments come in pages that lead to each other', async () => {
      const first = await app.call('GET', `/wallets/${walletId}/movements?limit=2`, { token })
      expect(first.body.items.map((item: { number: number }) => item.number)).toEqual([3, 2])
      expect(first.body.items[0]).toMatchObject({
        kind: 'top-up',
        amountCents: 1000,
        balanceAfterCents: 4750,
      })
      const next = /^<\/api\/v1(.+)>; rel="next"$/.exec(first.headers.get('link') ?? '')![1]!
      const last = await app.call('GET', next, { token })
      expect(last.body).toMatchObject({ items: [{ number: 1 }], nextCursor: null })
      expect(last.headers.get('link')).toBeNull()
      const page = await app.call('GET', '/payments?limit=1&state=paid', { token })
      const { body } = await app.call('GET', `/payments?limit=5&cursor=${page.body.nextCursor}`, { token })
      expect(body.items.map((item: { id: string }) => item.id)).toEqual(paid.toReversed())
    })

    test('the receipt’s copy can be had from its day on, and not before', async () => {
      const { receipt } = (await app.call('GET', `/top-ups/${paid[0]}`, { token })).body
      expect(receipt.copyAvailableOn).toBe(dayAfter(house.clock, tenant.policies.receiptCopyDelayDays))
      const early = await app.call('GET', `/receipts/${receipt.id}.pdf`, { token })
      expect(early).toMatchObject({ status: 409, body: { code: 'receipt.not_available_yet' } })
      house.clock.forwardDays(tenant.policies.receiptCopyDelayDays)
      const later = await refreshed()
      const copy = await until(
        () => app.call('GET', `/receipts/${receipt.id}.pdf`, { token: later }),
        ({ status }) => status === 200,
      )
      expect(copy.headers.get('content-type')).toBe('application/pdf')
      expect(copy.headers.get('cache-control')).toBe('no-store')
      expect(copy.text.slice(0, 5)).toBe('%PDF-')
      const { items } = (await app.call('GET', '/payments', { token: later })).body
      expect(items.every((item: { receipt: { copyAvailable: boolean } }) => item.receipt.copyAvailable)).toBe(
        true,
      )
      house.clock.reset()
    })

    test('after signing out the token opens nothing', async () => {
      expect((await app.call('DELETE', '/sessions/current', { token })).status).toBe(204)
      expect((await app.call('GET', '/wallets', { token })).status).toBe(401)
    })
  },
)
