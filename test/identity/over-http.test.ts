import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { inTenant } from '#core/db/tenant.ts'
import type { SigningKey } from '#identity/scheme.ts'
import { readTrace } from '#tenants/identity/trace.ts'
import { providerError } from './case-row.ts'
import { edit, goodCieResponse, goodResponse, PERSON, sign, signBoth } from './forge.ts'
import { browserOf, openIdentityHouse } from './house.ts'
import { SPID_ASSERTION_CASES } from './spid-assertion-cases.ts'
import { SPID_RESPONSE_CASES } from './spid-response-cases.ts'
import { keys, NOW, otherProvider, pendingRequest } from './world.ts'
import { wrappings } from './wrapping.ts'

// Every case of the checklist through the real door: PostgreSQL keeps the request, HTTP brings the answer, and a browser
// follows. Accepted is 200 on a page of the signed-in; refused is 403 on a page that says why, and nobody is signed in.
const world = await openIdentityHouse()
const { house, clock, addRegistered, begin, answer } = world
const tenant = await addRegistered()
const neighbour = await addRegistered()
beforeEach(() => clock.setTo(NOW))

const isSignedIn = (browser: ReadonlyMap<string, string>, slug = tenant.slug) =>
  browser.has(`borsellino-${slug}`)

describe('SPID answers over HTTP, by the public suite’s numbers', () => {
  const cases = [...SPID_RESPONSE_CASES, ...SPID_ASSERTION_CASES]

  test('are at least 110', () => expect(cases.length).toBeGreaterThanOrEqual(110))

  test.each(cases.map((one) => [one.number, one.name, one.verdict, one] as const))(
    '%s: %s → %s',
    async (_, __, verdict, { edit, signed = signBoth }) => {
      const request = await begin(tenant)
      const xml = signed(edit(goodResponse(PERSON, request)))
      const { status, browser, path, text } = await answer(tenant, 'spid', xml)
      if (verdict === 'accepted') {
        expect([status, isSignedIn(browser)]).toEqual([200, true])
        expect(path).toMatch(new RegExp(`^/${tenant.slug}/(primo-accesso)?$`))
      } else {
        expect([status, isSignedIn(browser), path]).toEqual([403, false, '/spid/acs'])
        expect(text).not.toContain('RSSMRA80A41H501Y')
      }
    },
  )
})

describe('CIE answers over HTTP', () => {
  const cie = async (change: (xml: string) => string, key = keys.provider) => {
    const request = await begin(tenant, {
      scheme: 'cie',
      assertionConsumerUrl: 'https://login.example.it/cie/acs',
    })
    const { status, browser } = await answer(tenant, 'cie', signBoth(change(goodCieResponse(request)), key))
    return [status, isSignedIn(browser)]
  }

  test.each([
    ['as CIE sends them', [200, true], (xml: string) => xml],
    ['level 2', [200, true], edit('SpidL3', 'SpidL2')],
    ['level 1', [403, false], edit('SpidL3', 'SpidL1')],
    ['no fiscal number', [403, false], edit('"fiscalNumber"', '"taxNumber"')],
    ['expired', [403, false], edit(/NotOnOrAfter="[^"]+"/, 'NotOnOrAfter="2026-11-23T09:59:50Z"')],
    [
      'another recipient',
      [403, false],
      edit(/Recipient="[^"]+"/, 'Recipient="https://elsewhere.example.it/"'),
    ],
  ])('%s → %j', async (_, verdict, change) => expect(await cie(change)).toEqual(verdict))

  test('a SPID answer is none for CIE, and the other way round', async () => {
    const request = await begin(tenant, { scheme: 'cie' })
    expect((await answer(tenant, 'spid', signBoth(goodCieResponse(request)))).status).toBe(403)
    const other = await begin(tenant)
    expect((await answer(tenant, 'cie', signBoth(goodResponse(PERSON, other)))).status).toBe(403)
  })
})

describe('forgeries over HTTP', () => {
  test.each(wrappings().map(([name]) => name))('%s → 403', async (name) => {
    const request = await begin(tenant)
    const [, , xml] = wrappings(request).find(([one]) => one === name)!
    const { status, browser } = await answer(tenant, 'spid', xml)
    expect([status, isSignedIn(browser)]).toEqual([403, false])
  })

  test.each([
    ['a document type', edit(/^/, '<!DOCTYPE samlp:Response [<!ENTITY x "y">]>')],
    ['a processing instruction in the fiscal number', edit('TINIT-RSSMRA', 'TINIT-<?x?>RSSMRA')],
    ['a value changed after signing', edit('RSSMRA80A41H501Y', 'BNCLGU75C10F205V')],
    ['a key of another provider', (xml: string) => xml],
  ])('%s → 403', async (name, change) => {
    const request = await begin(tenant)
    const key = name.startsWith('a key') ? keys.otherProvider : keys.provider
    const { status } = await answer(tenant, 'spid', change(signBoth(goodResponse(PERSON, request), key)))
    expect(status).toBe(403)
  })

  test('a comment inside the fiscal number splits nothing: the whole signed value is read', async () => {
    const request = await begin(tenant)
    const xml = goodResponse(PERSON, request).replace('TINIT-RSSMRA', 'TINIT-RSSMRA<!-- x -->')
    expect((await answer(tenant, 'spid', signBoth(xml))).status).toBe(200)
  })

  test('another tenant’s audience → 403, even with an answer that is right for that tenant', async () => {
    const here = await begin(tenant)
    const there = { ...here, entityId: 'https://login.example.it/pub-ag-full/another' }
    const { status } = await answer(tenant, 'spid', signBoth(goodResponse(PERSON, there)))
    expect(status).toBe(403)
  })

  test('a request named after another tenant is found nowhere', async () => {
    const request = await begin(tenant)
    const moved = { ...request, id: request.id.replace(tenant.id, neighbour.id) }
    const { status, browser } = await answer(tenant, 'spid', signBoth(goodResponse(PERSON, moved)))
    expect([status, isSignedIn(browser)]).toEqual([403, false])
  })

  test('another provider cannot answer a request that was not sent to it', async () => {
    const request = await begin(tenant)
    const xml = goodResponse(PERSON, request).replaceAll('https://idp.example.it', otherProvider.entityId)
    expect((await answer(tenant, 'spid', signBoth(xml, keys.otherProvider))).status).toBe(403)
  })

  test('what is no message at all is refused without a trace of ours', async () => {
    for (const body of ['', 'SAMLResponse=', 'SAMLResponse=%00', 'SAMLResponse=YQ==&SAMLResponse=YQ==']) {
      const response = await fetch(`${world.url}/spid/acs`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body,
      })
      expect(response.status).toBe(403)
    }
  })
})

describe('one request, one answer', () => {
  test('of fifty equal answers at the same time one signs in', async () => {
    const request = await begin(tenant)
    const xml = signBoth(goodResponse(PERSON, request))
    const all = await Promise.all(Array.from({ length: 50 }, () => answer(tenant, 'spid', xml)))
    expect(all.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(all.filter(({ status }) => status === 403)).toHaveLength(49)
  })

  test('a refused answer uses the request up too', async () => {
    const request = await begin(tenant)
    const xml = goodResponse(PERSON, request)
    expect((await answer(tenant, 'spid', signBoth(xml, keys.attacker))).status).toBe(403)
    expect((await answer(tenant, 'spid', signBoth(xml))).status).toBe(403)
  })

  describe('after fifteen minutes', () => {
    const fifteenMinutesLate = async (purgedAt: (expiry: Date) => Date) => {
      const request = await begin(tenant)
      clock.setTo(purgedAt(request.expiresAt))
      await house.identity.recurring.find(({ name }) => name === 'identity.purge')!.run()
      clock.setTo(request.expiresAt)
      const fresh = goodResponse(PERSON, request).replaceAll(
        /2026-11-23T10:0\d:\d\dZ/g,
        '2026-11-23T10:14:00Z',
      )
      const later = fresh.replaceAll(/NotOnOrAfter="[^"]+"/g, 'NotOnOrAfter="2026-11-23T10:20:00Z"')
      const { status, text } = await answer(tenant, 'spid', signBoth(later))
      const traced = await world.database.owner
        .selectFrom('identity_traces')
        .select('outcome')
        .where('tenant_id', '=', tenant.id)
        .where('request_id', '=', request.id)
        .execute()
      return { status, text, traced: traced.map(({ outcome }) => outcome) }
    }

    test('there is no answer to it, but one that comes is known and traced', async () => {
      const { status, text, traced } = await fifteenMinutesLate(
        (expiry) => new Date(expiry.getTime() + 86_340_000),
      )
      expect(status).toBe(403)
      expect(text).toContain('Questa pagina non vale più')
      expect(traced).toEqual(['request.expired'])
    })

    test('and a day it is forgotten', async () => {
      const { status, traced } = await fifteenMinutesLate((expiry) => new Date(expiry.getTime() + 86_400_000))
      expect([status, traced]).toEqual([403, []])
    })
  })

  test('only the browser that began is signed in, and the code is gone after another one has tried', async () => {
    const request = await begin(tenant)
    const stranger = await answer(tenant, 'spid', signBoth(goodResponse(PERSON, request)), new Map())
    expect([stranger.status, isSignedIn(stranger.browser)]).toEqual([403, false])
    const again = await begin(tenant)
    const other = browserOf(tenant, 'the-secret-of-another-browser')
    const planted = await answer(tenant, 'spid', signBoth(goodResponse(PERSON, again)), other)
    expect([planted.status, isSignedIn(planted.browser)]).toEqual([403, false])
  })
})

describe('the trace', () => {
  test('keeps request and answer, sealed, where the application itself cannot read or change them', async () => {
    const departure = await fetch(
      `${world.url}/${tenant.slug}/accedi/spid?idp=${encodeURIComponent('https://idp.example.it')}`,
      { redirect: 'manual' },
    )
    expect(departure.status).toBe(302)
    const { request_id: id } = await world.database.owner
      .selectFrom('identity_traces')
      .select('request_id')
      .where('tenant_id', '=', tenant.id)
      .where('direction', '=', 'request')
      .executeTakeFirstOrThrow()
    const unsigned = goodResponse(PERSON, pendingRequest({ id }))
    await answer(tenant, 'spid', sign(unsigned, 'Response', keys.attacker))
    const vault = await house.services.vault.of(tenant.id)
    const traced = await readTrace(world.database.owner, vault, tenant.id, id)
    expect(traced.map(({ direction, outcome }) => [direction, outcome])).toEqual([
      ['request', 'sent'],
      ['response', expect.stringMatching(/^signature\./)],
    ])
    expect(traced[0]!.xml).toContain('<samlp:AuthnRequest')
    expect(traced[1]!.xml).toContain(`InResponseTo="${id}"`)
    const asApp = (query: string) =>
      inTenant(house.services.db, tenant.id, (tx) => sql.raw(query).execute(tx))
    for (const query of [
      'select outcome from identity_traces',
      "update identity_traces set outcome = 'accepted'",
      'delete from identity_traces',
    ])
      await expect(asApp(query)).rejects.toThrow('permission denied')
  })
})

describe('of an answer that is refused the trace keeps', () => {
  const keptOf = async (key: SigningKey) => {
    const request = await begin(tenant)
    const weak = goodResponse(PERSON, request).replace('SpidL2', 'SpidL1')
    const xml = sign(weak.replace('_transient-name', '_'.repeat(10_000)), 'Assertion', key)
    expect((await answer(tenant, 'spid', xml)).status).toBe(403)
    const vault = await house.services.vault.of(tenant.id)
    const [traced] = await readTrace(world.database.owner, vault, tenant.id, request.id)
    return { xml, kept: traced!.xml }
  }

  test('all where the provider has signed it', async () => {
    const { xml, kept } = await keptOf(keys.provider)
    expect(kept).toBe(xml)
  })

  test('the beginning and the digest where anybody could have written it', async () => {
    const { xml, kept } = await keptOf(keys.attacker)
    const digest = createHash('sha256').update(xml).digest('hex')
    expect(kept).toBe(`${xml.slice(0, 4096)}\n[${xml.length} characters, SHA-256 ${digest}]`)
  })
})

describe('an error of our request', () => {
  const refusedBy = async (finish: (xml: string) => string) => {
    const { log } = house.services
    const [calling, noting] = [vi.spyOn(log, 'error'), vi.spyOn(log, 'warn')]
    onTestFinished(() => void vi.restoreAllMocks())
    const request = await begin(tenant)
    const { status } = await answer(
      tenant,
      'spid',
      finish(providerError('ErrorCode nr08')(goodResponse(PERSON, request))),
    )
    expect(status).toBe(403)
    const text = 'an identity provider refused our request'
    return [calling, noting].map((spy) => spy.mock.calls.filter((call) => call[1] === text).length)
  }

  test('calls a person where the provider has signed it', async () =>
    expect(await refusedBy((xml) => sign(xml, 'Response', keys.provider))).toEqual([1, 0]))

  test('that anybody could have written is noted and calls nobody', async () =>
    expect(await refusedBy((xml) => xml)).toEqual([0, 1]))
})

// Last, since the server closes such a connection under the client's feet.
test('an answer of a size that none has is refused unread', async () => {
  const huge = new URLSearchParams({ SAMLResponse: 'A'.repeat(300 * 1024) })
  expect((await fetch(`${world.url}/spid/acs`, { method: 'POST', body: huge })).status).toBe(413)
})
