import { describe, expect, test } from 'vitest'
import { inTenant } from '#core/db/tenant.ts'
import { hashToken } from '#core/ids.ts'
import { openPhoneStage } from './support/phone-stage.ts'

const { house, clock, app, addTenant, phone, refresh, opens, stored, closePasswords } = await openPhoneStage()
const { services, sessions } = house
const SECOND = 1 / 86_400

describe('a refresh token', () => {
  test('brings the next session when the token of an hour has ended, for weeks', async () => {
    const { first, tenant } = await phone()
    let { refreshToken } = first
    for (let week = 0; week < 10; week++) {
      clock.forwardDays(7)
      const { status, body } = await refresh(refreshToken)
      expect(status).toBe(201)
      expect(await opens(body.token)).toBe(true)
      refreshToken = body.refreshToken
    }
    expect(await opens(first.token)).toBe(false)
    const { log } = await stored(tenant.id)
    expect(log.filter(({ action }) => action === 'sign_in.succeeded')).toHaveLength(1)
  })

  test('ends after 60 days without use, and a year after the sign-in however much it is used', async () => {
    const idle = await phone()
    clock.forwardDays(61)
    expect(await refresh(idle.first.refreshToken)).toMatchObject({
      status: 401,
      body: { code: 'session.over' },
    })
    const busy = await phone()
    let { refreshToken } = busy.first
    for (let month = 0; month < 7; month++) {
      clock.forwardDays(50)
      refreshToken = (await refresh(refreshToken)).body.refreshToken
    }
    clock.forwardDays(14)
    const last = await refresh(refreshToken)
    expect(last.status).toBe(201)
    clock.forwardDays(2)
    expect(await refresh(last.body.refreshToken)).toMatchObject({ status: 401 })
  })

  test('used a second time ends the family and its sessions, and says so in the log', async () => {
    const { first, tenant } = await phone()
    const second = (await refresh(first.refreshToken)).body
    clock.forwardDays(61 * SECOND)
    expect(await refresh(first.refreshToken)).toMatchObject({ status: 401, body: { code: 'session.over' } })
    expect(await opens(second.token)).toBe(false)
    expect((await refresh(second.refreshToken)).status).toBe(401)
    const { families, tokens, sessions: left, log } = await stored(tenant.id)
    expect([families, tokens, left]).toEqual([[], [], []])
    expect(log.at(-1)).toMatchObject({ action: 'session.refresh_reused', actor_kind: 'nobody' })
  })

  test('whose answer was lost gets the same answer again within a minute', async () => {
    const { first, tenant } = await phone()
    const answer = (await refresh(first.refreshToken)).body
    clock.forwardDays(30 * SECOND)
    expect((await refresh(first.refreshToken)).body).toEqual(answer)
    expect((await stored(tenant.id)).tokens).toHaveLength(2)
    expect((await refresh(answer.refreshToken)).status).toBe(201)
  })

  test('whose successor has been used is reuse at once: its answer had arrived', async () => {
    const { first } = await phone()
    const second = (await refresh(first.refreshToken)).body
    const third = (await refresh(second.refreshToken)).body
    expect((await refresh(first.refreshToken)).status).toBe(401)
    expect(await opens(third.token)).toBe(false)
  })

  test('sent ten times at once has one successor, which everybody gets', async () => {
    const { first, tenant } = await phone()
    // Every connection is open by now: the ten then really meet.
    await Promise.all(Array.from({ length: 20 }, () => app.call('GET', '/sessions', { token: first.token })))
    const answers = await Promise.all(Array.from({ length: 10 }, () => refresh(first.refreshToken)))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]))
    expect(new Set(answers.map(({ body }) => body.refreshToken)).size).toBe(1)
    const { families, tokens } = await stored(tenant.id)
    expect([families.length, tokens.length]).toEqual([1, 2])
    expect((await refresh(answers[0]!.body.refreshToken)).status).toBe(201)
  })

  test('of a password is refused with the reason once the entity has closed passwords, and opens nothing', async () => {
    const { first, tenant } = await phone()
    await closePasswords(tenant)
    expect(await refresh(first.refreshToken)).toMatchObject({
      status: 403,
      body: { code: 'sign_in.method_closed' },
    })
    expect(await opens(first.token)).toBe(false)
  })

  test('of somebody shut out is over', async () => {
    const { first, tenant, family } = await phone()
    await inTenant(services.db, tenant.id, (tx) =>
      tx
        .updateTable('accounts')
        .set({ disabled_at: clock.now() })
        .where('tenant_id', '=', tenant.id)
        .where('id', '=', family.accountId)
        .execute(),
    )
    expect((await refresh(first.refreshToken)).status).toBe(401)
  })

  test('is unknown in another entity, changed, or cut short; a session’s token is none', async () => {
    const { first } = await phone()
    const elsewhere = await addTenant()
    const secret = first.refreshToken.split('.')[1]!
    const wrong = [`${elsewhere.id}.${secret}`, `${first.refreshToken}x`, first.refreshToken.slice(0, -1)]
    for (const token of [...wrong, first.token, secret, 'x'])
      expect(await refresh(token)).toMatchObject({ status: 401, body: { code: 'session.over' } })
    expect((await refresh(first.refreshToken)).status).toBe(201)
  })

  test('is in the database only as a hash, and what was answered to it is sealed', async () => {
    const { first, tenant } = await phone()
    const second = (await refresh(first.refreshToken)).body
    const rows = await stored(tenant.id)
    const text = JSON.stringify(rows, (_, value: unknown) =>
      Buffer.isBuffer(value) ? value.toString('latin1') : value,
    )
    const bytes = rows.tokens.map(({ answer_sealed }) => answer_sealed?.toString('latin1') ?? '').join()
    for (const token of [first.token, first.refreshToken, second.token, second.refreshToken]) {
      const secret = token.split('.')[1]
      expect(text).not.toContain(secret)
      expect(bytes).not.toContain(secret)
    }
    expect(text).toContain(hashToken(second.refreshToken.split('.')[1]))
  })

  test('is no bearer token', async () => {
    const { first } = await phone()
    expect(await opens(first.refreshToken)).toBe(false)
  })
})

describe('signing out', () => {
  test('ends the app’s session and its refresh token', async () => {
    const { first } = await phone()
    expect((await app.call('DELETE', '/sessions/current', { token: first.token })).status).toBe(204)
    expect(await opens(first.token)).toBe(false)
    expect((await refresh(first.refreshToken)).status).toBe(401)
  })

  test('of another device by its id ends that one, with every session that came of it', async () => {
    const one = await phone()
    const other = await phone(one.tenant, one.family)
    const next = (await refresh(other.first.refreshToken)).body
    const { items } = (await app.call('GET', '/sessions', { token: one.first.token })).body
    expect(items).toMatchObject([
      { kind: 'app', device: 'App «telefono di Elena»', method: 'password', current: true },
      { kind: 'app', current: false },
    ])
    const id = items[1].id as string
    const stranger = await phone(one.tenant)
    expect((await app.call('DELETE', `/sessions/${id}`, { token: stranger.first.token })).status).toBe(404)
    expect((await app.call('DELETE', `/sessions/${id}`, { token: one.first.token })).status).toBe(204)
    for (const token of [other.first.token, next.token]) expect(await opens(token)).toBe(false)
    expect((await refresh(next.refreshToken)).status).toBe(401)
    expect(await opens(one.first.token)).toBe(true)
  })

  test('everywhere but here spares the app that asks, and its refresh token', async () => {
    const one = await phone()
    const other = await phone(one.tenant, one.family)
    const viewer = (await sessions.find(one.tenant.id, one.first.token, 'app'))!
    expect(await sessions.endAll(viewer.tenantId, viewer.accountId, viewer.sessionId)).toBe(1)
    expect(await opens(other.first.token)).toBe(false)
    expect(await opens(one.first.token)).toBe(true)
    expect((await refresh(one.first.refreshToken)).status).toBe(201)
  })
})
