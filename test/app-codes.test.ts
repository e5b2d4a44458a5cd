import { createHash, randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { inTenant } from '#core/db/tenant.ts'
import type { Tenant } from '#core/tenant.ts'
import { issueAppCode } from '#tenants/sign-in/app-codes.ts'
import { columnsOf } from '#tenants/sign-in/proof.ts'
import type { Answer } from './api/client.ts'
import { APP_LINK, openPhoneStage } from './support/phone-stage.ts'

const { house, clock, app, addTenant, addFamily, refresh, stored, closePasswords } = await openPhoneStage()
const { services, sessions } = house
const SECOND = 1 / 86_400

describe('a one-time code', () => {
  const spid = columnsOf({ method: 'spid', level: 2, provider: 'https://idp.example.org', nameId: '_nome' })

  /** A code as the browser brings it, for the verifier that the app kept. */
  async function issued(tenant?: Tenant) {
    const home = tenant ?? (await addTenant())
    const { accountId } = await addFamily(home, 1)
    const codeVerifier = randomBytes(32).toString('base64url')
    const challenge = createHash('sha256').update(codeVerifier).digest('base64url')
    const person = { tenantId: home.id, accountId, proof: spid }
    const code = await issueAppCode(services.db, person, { challenge, redirectUri: APP_LINK }, clock.now())
    return { tenant: home, accountId, brought: { code, codeVerifier, redirectUri: APP_LINK } }
  }
  const exchange = (json: object): Promise<Answer> => app.call('POST', '/sessions/exchange', { json })
  const REFUSED = { status: 400, body: { code: 'app_sign_in.code_refused' } }

  test('begins a session that is what the sign-in in the browser was, and so are the next ones', async () => {
    const { tenant, accountId, brought } = await issued()
    const { status, body } = await exchange({ ...brought, deviceName: 'tavoletta' })
    expect(status).toBe(201)
    const me = await app.call('GET', '/me', { token: body.token })
    expect(me.body).toMatchObject({ id: accountId, session: { method: 'spid', expiresAt: body.expiresAt } })
    await closePasswords(tenant)
    const next = await refresh(body.refreshToken)
    expect(next.status).toBe(201)
    const { families, sessions: rows } = await stored(tenant.id)
    for (const row of [...families, ...rows]) expect(row).toMatchObject({ ...spid, device: 'tavoletta' })
  })

  test('is good for one try: right twice, or wrong once, is refused for ever', async () => {
    const twice = await issued()
    expect((await exchange(twice.brought)).status).toBe(201)
    expect(await exchange(twice.brought)).toMatchObject(REFUSED)
    const guessed = await issued()
    const codeVerifier = randomBytes(32).toString('base64url')
    expect(await exchange({ ...guessed.brought, codeVerifier })).toMatchObject(REFUSED)
    expect(await exchange(guessed.brought)).toMatchObject(REFUSED)
    expect((await stored(guessed.tenant.id)).sessions).toEqual([])
  })

  test('sent ten times at once begins one session', async () => {
    const { tenant, brought } = await issued()
    const answers = await Promise.all(Array.from({ length: 10 }, () => exchange(brought)))
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
      201,
      ...Array<number>(9).fill(400),
    ])
    expect((await stored(tenant.id)).sessions).toHaveLength(1)
  })

  test('is refused for another address, in another entity, and after a minute', async () => {
    const elsewhere = await addTenant()
    const moved = await issued()
    const secret = moved.brought.code.split('.')[1]!
    expect(await exchange({ ...moved.brought, code: `${elsewhere.id}.${secret}` })).toMatchObject(REFUSED)
    expect(await exchange({ ...moved.brought, redirectUri: `${APP_LINK}/` })).toMatchObject(REFUSED)
    const late = await issued()
    clock.forwardDays(61 * SECOND)
    expect(await exchange(late.brought)).toMatchObject(REFUSED)
  })

  test('of a password is refused with the reason once the entity has closed passwords', async () => {
    const { tenant, brought } = await issued()
    await inTenant(services.db, tenant.id, (tx) =>
      tx.deleteFrom('app_sign_in_codes').where('tenant_id', '=', tenant.id).execute(),
    )
    const { accountId } = await addFamily(tenant, 1)
    const challenge = createHash('sha256').update(brought.codeVerifier).digest('base64url')
    const person = { tenantId: tenant.id, accountId, proof: columnsOf({ method: 'password' }) }
    const code = await issueAppCode(services.db, person, { challenge, redirectUri: APP_LINK }, clock.now())
    await closePasswords(tenant)
    expect(await exchange({ ...brought, code })).toMatchObject({
      status: 403,
      body: { code: 'sign_in.method_closed' },
    })
  })

  test('dies with everything else when the account’s sessions are ended', async () => {
    const { tenant, accountId, brought } = await issued()
    await sessions.endAll(tenant.id, accountId)
    expect(await exchange(brought)).toMatchObject(REFUSED)
  })
})
