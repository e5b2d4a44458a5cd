import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { openTestHouse } from '../support/house.ts'
import { createApp, until } from './client.ts'

const house = await openTestHouse()
const app = await createApp(house)
const tenant = await house.addTenant()
const family = await house.addFamily(tenant)
const token = await app.signIn(tenant.activationCode, family.username, family.password)
const [first, second] = family.children.map(({ walletId }) => walletId)

const notice = (amountCents: number, walletId = first) => ({
  channel: 'psp-notice',
  items: [{ walletId, amountCents }],
})
const payments = async () =>
  (await app.call('GET', '/payments?limit=100', { token })).body.items as {
    id: string
    amountCents: number
  }[]
const opened = async (amountCents: number) =>
  (await payments()).filter((payment) => payment.amountCents === amountCents).length

test('the same key and body open one top-up and get the same answer, byte for byte', async () => {
  const key = randomUUID()
  const [one, other] = [
    await app.call('POST', '/top-ups', { token, key, json: notice(1100) }),
    await app.call('POST', '/top-ups', { token, key, json: notice(1100) }),
  ]
  expect(one.status).toBe(201)
  expect(other.status).toBe(201)
  expect(other.text).toBe(one.text)
  expect(await opened(1100)).toBe(1)
})

test('the order of fields and the spaces between them are no other body', async () => {
  const key = randomUUID()
  const { body } = await app.call('POST', '/top-ups', { token, key, json: notice(1150) })
  const json = `{ "items": [ { "amountCents": 1150, "walletId": "${first}" } ], "channel": "psp-notice" }`
  const again = await app.call('POST', '/top-ups', { token, key, json })
  expect(again.body).toEqual(body)
})

test('requests sent together under one key open one top-up; who comes too early is told to wait', async () => {
  const key = randomUUID()
  const answers = await Promise.all(
    Array.from({ length: 10 }, () => app.call('POST', '/top-ups', { token, key, json: notice(1200) })),
  )
  for (const { status, body } of answers) {
    expect([201, 409]).toContain(status)
    if (status === 409) expect(body.code).toBe('idempotency.in_progress')
  }
  expect(answers.filter(({ status }) => status === 201).length).toBeGreaterThan(0)
  expect(await opened(1200)).toBe(1)
  expect((await app.call('POST', '/top-ups', { token, key, json: notice(1200) })).status).toBe(201)
})

test('a key with another body, or for another thing, is refused and opens nothing', async () => {
  const key = randomUUID()
  const { body } = await app.call('POST', '/top-ups', { token, key, json: notice(1300) })
  const changed = await app.call('POST', '/top-ups', { token, key, json: notice(1301) })
  expect(changed).toMatchObject({ status: 422, body: { code: 'idempotency.reused' } })
  const other = await app.call('POST', '/top-ups', { token, json: notice(1302) })
  const send = (id: string) =>
    app.call('POST', `/top-ups/${id}/notice-emails`, {
      token,
      key: `${key}-email`,
      json: { email: 'nonna@example.org' },
    })
  expect((await send(body.topUps[0].id)).status).toBe(202)
  const elsewhere = await send(other.body.topUps[0].id)
  expect(elsewhere).toMatchObject({ status: 422, body: { code: 'idempotency.reused' } })
  expect(await opened(1301)).toBe(0)
})

test('without a key nothing is opened', async () => {
  const { status, body } = await app.call('POST', '/top-ups', { token, key: null, json: notice(1400) })
  expect(status).toBe(400)
  expect(body.code).toBe('idempotency.missing')
  expect(await opened(1400)).toBe(0)
})

test('a refused request leaves its key free for the right one', async () => {
  const key = randomUUID()
  const low = await app.call('POST', '/top-ups', { token, key, json: notice(1) })
  expect(low).toMatchObject({ status: 422, body: { code: 'amount.below_minimum' } })
  expect((await app.call('POST', '/top-ups', { token, key, json: notice(1500) })).status).toBe(201)
})

test('another parent’s key of the same name is another key', async () => {
  const key = 'one-key-for-all'
  const neighbours = await house.addFamily(tenant, 1)
  const other = await app.signIn(tenant.activationCode, neighbours.username, neighbours.password)
  const [ours, theirs] = [
    await app.call('POST', '/top-ups', { token, key, json: notice(1600) }),
    await app.call('POST', '/top-ups', {
      token: other,
      key,
      json: notice(1600, neighbours.children[0]!.walletId),
    }),
  ]
  expect([ours.status, theirs.status]).toEqual([201, 201])
  expect(theirs.body.topUps[0].id).not.toBe(ours.body.topUps[0].id)
})

test('a renewed code voids the old one, once however often it is asked for', async () => {
  const path = `/wallets/${second}/payment-code`
  const before = (await app.call('GET', path, { token })).body.payload as string
  const key = randomUUID()
  const renewed = await app.call('POST', path, { token, key })
  const repeated = await app.call('POST', path, { token, key })
  expect(renewed.status).toBe(201)
  expect(repeated.body).toEqual(renewed.body)
  expect(renewed.body.payload).not.toBe(before)
  const shown = await app.outside('/puntolis/demand', { qr: before, amountCents: 1000 })
  expect(shown.body.outcome).toBe('KO')
  const { rows } = await house.database.owner.executeQuery<{ response: { body: string } }>(
    house.database.owner.selectFrom('idempotency_keys').select('response').compile(),
  )
  expect(JSON.stringify(rows)).not.toContain(renewed.body.caption)
})

test('up to five wallets share one online payment, each with a top-up of its own', async () => {
  const items = [first, second].map((walletId) => ({ walletId, amountCents: 700 }))
  const json = { channel: 'pagopa-online', items }
  const { status, body } = await app.call('POST', '/top-ups', { token, json })
  expect(status).toBe(201)
  expect(body.topUps.map((topUp: { walletId: string }) => topUp.walletId)).toEqual([first, second])
  const again = await app.call('POST', `/top-ups/${body.topUps[0].id}/attempts`, { token })
  expect(again.status).toBe(201)
  expect(again.body.nextStep.kind).toBe('redirect')
  expect(again.body.nextStep.url).not.toBe(body.nextStep.url)
})

test('what takes one at a time refuses several, and a code is no top-up', async () => {
  const items = [first, second].map((walletId) => ({ walletId, amountCents: 800 }))
  const several = await app.call('POST', '/top-ups', { token, json: { channel: 'psp-notice', items } })
  expect(several).toMatchObject({ status: 422, body: { code: 'top_up.too_many' } })
  const code = await app.call('POST', '/top-ups', {
    token,
    json: { channel: 'puntolis-qr', items: items.slice(0, 1) },
  })
  expect(code).toMatchObject({ status: 422, body: { code: 'top_up.too_many' } })
  expect(await opened(800)).toBe(0)
})

test('a cancelled top-up stays cancelled, and cannot be printed, sent or tried again', async () => {
  const { body } = await app.call('POST', '/top-ups', { token, json: notice(900) })
  const { id } = body.topUps[0]
  expect((await app.call('DELETE', `/top-ups/${id}`, { token })).status).toBe(204)
  expect((await app.call('DELETE', `/top-ups/${id}`, { token })).status).toBe(204)
  expect((await app.call('GET', `/top-ups/${id}`, { token })).body.state).toBe('cancelled')
  const email = { email: 'nonna@example.org' }
  for (const refused of [
    await app.call('GET', `/top-ups/${id}/notice.pdf`, { token }),
    await app.call('POST', `/top-ups/${id}/notice-emails`, { token, json: email }),
  ])
    expect(refused).toMatchObject({ status: 409, body: { code: 'top_up.cancelled' } })
})

const stepOf = ({ step }: { step: string }) => step

test('a read that has not changed is answered without a body', async () => {
  const { body } = await app.call('POST', '/top-ups', { token, json: notice(950) })
  const path = `/top-ups/${body.topUps[0].id}`
  // The announcement to pagoPA is a step of its own, a moment later.
  const steps = async () => (await app.call('GET', path, { token })).body.timeline.map(stepOf)
  await until(steps, (known) => known.includes('announced'))
  const tag = (await app.call('GET', path, { token })).headers.get('etag')!
  expect(tag).toMatch(/^"[\w-]{20,}"$/)
  const ask = () => app.call('GET', path, { token, headers: { 'if-none-match': `"other", ${tag}` } })
  expect(await ask()).toMatchObject({ status: 304, text: '' })
  await app.call('DELETE', path, { token })
  const changed = await ask()
  expect(changed).toMatchObject({ status: 200, body: { state: 'cancelled' } })
  expect(changed.headers.get('etag')).not.toBe(tag)
})
