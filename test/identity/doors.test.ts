import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { issueAppCode } from '#tenants/sign-in/app-codes.ts'
import { beginAppSession } from '#tenants/sign-in/app-sessions.ts'
import { columnsOf } from '#tenants/sign-in/proof.ts'
import { registerLocally } from '../../src/local/identity.ts'
import { sign } from './forge.ts'
import { browserOf, openIdentityHouse } from './house.ts'
import { enter, somebody } from './people.ts'
import { byQuery, logoutRequest } from './logout-messages.ts'
import { keys, NOW, otherProvider, provider } from './world.ts'

const world = await openIdentityHouse()
const { house, url, clock, addRegistered } = world
beforeEach(() => clock.setTo(NOW))

const start = (slug: string, query: string, scheme = 'spid') =>
  fetch(`${url}/${slug}/accedi/${scheme}?${query}`, { redirect: 'manual' })
const idp = (entityId: string) => `idp=${encodeURIComponent(entityId)}`

describe('the way to a provider', () => {
  test('is a 302 with a signed request, a cookie for this browser, and nothing to keep', async () => {
    const tenant = await addRegistered()
    const response = await start(tenant.slug, idp(provider.entityId))
    expect(response.status).toBe(302)
    expect(response.headers.get('location')).toMatch(
      /^https:\/\/idp\.example\.it\/sso\?SAMLRequest=.*&Signature=/,
    )
    expect(response.headers.get('cache-control')).toBe('no-store')
    const cookie = response.headers.getSetCookie().find((one) => one.includes('accesso'))!
    expect(cookie).toMatch(/HttpOnly; SameSite=Lax/)
  })

  test('keeps the browser’s secret where several windows begin', async () => {
    const tenant = await addRegistered()
    const cookie = `borsellino_accesso-${tenant.slug}=${browserOf(tenant).values().next().value}`
    const response = await fetch(`${url}/${tenant.slug}/accedi/spid?${idp(provider.entityId)}`, {
      headers: { cookie },
      redirect: 'manual',
    })
    expect(response.headers.getSetCookie().join()).toContain(cookie)
  })

  test('is none for a provider, a scheme or an entity that is not there', async () => {
    const tenant = await addRegistered()
    const unregistered = await world.addTenant()
    expect((await start(tenant.slug, idp('https://nobody.example.it'))).status).toBe(404)
    expect((await start(tenant.slug, '')).status).toBe(404)
    expect((await start(tenant.slug, idp(provider.entityId), 'eidas')).status).toBe(404)
    expect((await start(unregistered.slug, idp(provider.entityId))).status).toBe(404)
    expect((await start('ente-che-non-esiste', idp(provider.entityId))).status).toBe(404)
  })

  test('leads back to a path of ours alone', async () => {
    const tenant = await addRegistered()
    for (const poi of [
      'https://elsewhere.example.org/',
      '//elsewhere.example.org',
      `/${tenant.slug}/../x//y`,
    ]) {
      await start(tenant.slug, `${idp(provider.entityId)}&poi=${encodeURIComponent(poi)}`)
      const row = await world.database.owner
        .deleteFrom('identity_requests')
        .where('tenant_id', '=', tenant.id)
        .returning('next_path')
        .executeTakeFirstOrThrow()
      expect(row.next_path).toBe(`/${tenant.slug}/`)
    }
  })

  test('stands on the sign-in page: every provider, each time in another order, and the other scheme beside', async () => {
    const tenant = await addRegistered()
    const orders = new Set<string>()
    for (let n = 0; n < 40; n++) {
      const html = await (await fetch(`${url}/${tenant.slug}/accedi`)).text()
      const section = html.slice(html.indexOf('id="with-spid"'), html.indexOf('id="with-cie"'))
      const listed = [...section.matchAll(/idp&#x3D;([^"&]+)/g)].map(([, id]) => decodeURIComponent(id!))
      expect(listed.toSorted()).toEqual([provider.entityId, otherProvider.entityId].toSorted())
      orders.add(listed.join())
    }
    expect(orders.size).toBe(2)
  })
})

describe('what a tenant is known by', () => {
  test('lies at its entityID, to the byte as it was signed, however often it is asked for', async () => {
    const tenant = await addRegistered()
    const address = `${url}/pub-ag-full/${tenant.ipaCode}`
    const [first, second, cie] = await Promise.all(
      [address, address, `${address}/cie`].map(async (one) => (await fetch(one)).text()),
    )
    expect(first).toBe(second)
    expect(first).toContain(`entityID="${address}"`)
    expect(first).toContain('spid:aggregator')
    expect(cie).toContain(`entityID="${address}"`)
    expect(cie).toContain('cie:IPACode')
    expect((await fetch(`${url}/pub-ag-full/nobody`)).status).toBe(404)
  })

  test('is not signed anew by a second registration for the same addresses', async () => {
    const tenant = await addRegistered()
    const before = await (await fetch(`${url}/pub-ag-full/${tenant.ipaCode}`)).text()
    await registerLocally(house, tenant)
    expect(await (await fetch(`${url}/pub-ag-full/${tenant.ipaCode}`)).text()).toBe(before)
  })
})

describe('a logout that a provider asks for', () => {
  const signedIn = async () => {
    const tenant = await addRegistered()
    const { browser } = await enter(world, tenant, somebody())
    const token = browser.get(`borsellino-${tenant.slug}`)!
    expect(await house.sessions.find(tenant.id, token, 'portal')).toBeDefined()
    const alive = async () => (await house.sessions.find(tenant.id, token, 'portal')) !== undefined
    return { tenant, alive, address: `${url}/spid/slo/${tenant.slug}` }
  }

  test('ends the sessions of its name and is answered, signed', async () => {
    const { alive, address } = await signedIn()
    const response = await fetch(`${address}?${byQuery(logoutRequest(address), keys.provider)}`, {
      redirect: 'manual',
    })
    expect(response.status).toBe(302)
    expect(response.headers.get('location')).toMatch(
      /^https:\/\/idp\.example\.it\/slo\?SAMLResponse=.*&Signature=/,
    )
    expect(await alive()).toBe(false)
  })

  test('by POST is answered with the state that came along', async () => {
    const { alive, address } = await signedIn()
    const signed = sign(logoutRequest(address), 'LogoutRequest', keys.provider)
    const response = await fetch(address, {
      method: 'POST',
      headers: { origin: provider.entityId, 'sec-fetch-site': 'cross-site' },
      body: new URLSearchParams({
        SAMLRequest: Buffer.from(signed).toString('base64'),
        RelayState: 'of theirs & kept',
      }),
      redirect: 'manual',
    })
    const answered = new URL(response.headers.get('location')!).searchParams
    expect([response.status, await alive()]).toEqual([302, false])
    expect(answered.get('RelayState')).toBe('of theirs & kept')
  })

  test('of a provider that can be told nothing ends them all the same, and says so', async () => {
    const { alive, address } = await signedIn()
    const { providers } = house.identity.federation
    const find = vi.spyOn(providers, 'find').mockResolvedValue({ ...provider, singleLogout: {} })
    onTestFinished(() => find.mockRestore())
    const response = await fetch(`${address}?${byQuery(logoutRequest(address))}`, { redirect: 'manual' })
    expect([response.status, await alive()]).toEqual([200, false])
    expect(await response.text()).toContain('Uscita completata')
  })

  test.each([
    ['unsigned', (xml: string) => `SAMLRequest=${byQuery(xml, keys.provider).split('&')[0]!.slice(12)}`],
    ['signed by another', (xml: string) => byQuery(xml, keys.attacker)],
  ])('%s ends nothing', async (_, query) => {
    const { alive, address } = await signedIn()
    const response = await fetch(`${address}?${query(logoutRequest(address))}`, { redirect: 'manual' })
    expect([response.status, await alive()]).toEqual([403, true])
  })

  test('ends the apps of its name too, with codes that wait for one, each written down', async () => {
    const { tenant, address } = await signedIn()
    const { services, sessions } = house
    const { accountId } = await world.addFamily(tenant, 1)
    const proof = columnsOf({ method: 'spid', provider: provider.entityId, nameId: '_transient-name' })
    const person = { tenantId: tenant.id, accountId, proof }
    const begin = () => beginAppSession({ db: services.db, clock, sessions }, { ...person, deviceName: null })
    await begin()
    await begin()
    const owner = world.database.owner
    const [live, silent] = await owner
      .selectFrom('sessions')
      .select(['id', 'family_id'])
      .where('tenant_id', '=', tenant.id)
      .where('family_id', 'is not', null)
      .execute()
    // The one app has been silent for so long that its short session is gone.
    await owner.deleteFrom('sessions').where('id', '=', silent!.id).execute()
    const challenge = { challenge: 'c'.repeat(43), redirectUri: 'https://app.example.org/' }
    await issueAppCode(services.db, person, challenge, clock.now())
    await fetch(`${address}?${byQuery(logoutRequest(address))}`, { redirect: 'manual' })
    for (const table of ['sessions', 'refresh_families', 'app_sign_in_codes'] as const) {
      expect(await owner.selectFrom(table).selectAll().where('tenant_id', '=', tenant.id).execute()).toEqual(
        [],
      )
    }
    const lines = await owner
      .selectFrom('audit_log')
      .select(['subject_id', 'details'])
      .where('tenant_id', '=', tenant.id)
      .where('action', '=', 'sign_in.ended')
      .execute()
    expect(lines.map(({ details }) => details)).toEqual(
      Array.from({ length: 3 }, () => ({ by: 'provider', scheme: 'spid' })),
    )
    const subjects = lines.map(({ subject_id }) => subject_id)
    expect(subjects).toEqual(expect.arrayContaining([live!.id, silent!.family_id]))
  })

  test('at another entity’s address ends nothing of this one', async () => {
    const { alive } = await signedIn()
    const elsewhere = `${url}/spid/slo/${(await addRegistered()).slug}`
    await fetch(`${elsewhere}?${byQuery(logoutRequest(elsewhere), keys.provider)}`, { redirect: 'manual' })
    expect(await alive()).toBe(true)
  })
})
