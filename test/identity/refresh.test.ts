import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { loadConfig, ConfigError } from '#core/config.ts'
import { createLog } from '#core/log.ts'
import { openProviderDirectory, type MetadataSource } from '#tenants/identity/providers.ts'
import { dueSources, refreshProviders } from '#tenants/identity/refresh.ts'
import { MovableClock } from '../support/house.ts'
import { testDatabase } from '../support/database.ts'
import { sign } from './forge.ts'
import { keys, NOW } from './world.ts'

const { app, owner } = await testDatabase()
const clock = new MovableClock()
beforeEach(() => clock.setTo(NOW))

describe('the providers’ metadata', () => {
  const bare = keys.provider.certificate.replace(/-----[^-]+-----|\s/g, '')
  const document = (entityIds: readonly string[], certificate = bare, validUntil = '2030-01-01T00:00:00Z') =>
    `<md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="http://www.w3.org/2000/09/xmldsig#" ID="_list" validUntil="${validUntil}">${entityIds.map((id) => `<md:EntityDescriptor entityID="${id}"><md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><md:KeyDescriptor use="signing"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>${certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor><md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="${id}/sso"/></md:IDPSSODescriptor></md:EntityDescriptor>`).join('')}</md:EntitiesDescriptor>`
  const signed = (xml: string, key = keys.tenant) => sign(xml, 'EntitiesDescriptor', key)

  let served: { status: number; body: string } = { status: 200, body: '' }
  let registry: Server
  const listening = new Promise<number>((done) => {
    registry = createServer((_, response) => {
      response.writeHead(served.status)
      response.end(served.body)
    }).listen(0, '127.0.0.1', () => done((registry.address() as { port: number }).port))
  })
  afterAll(() => registry.close())

  const lines: Record<string, unknown>[] = []
  const log = Object.assign(createLog('silent'), {
    warn: (facts: Record<string, unknown>) => lines.push(facts),
    error: (facts: Record<string, unknown>) => lines.push(facts),
  })

  async function source(): Promise<MetadataSource> {
    return {
      name: `registry-${Math.random()}`,
      scheme: 'spid',
      url: `http://127.0.0.1:${await listening}/`,
      certificates: [keys.tenant.certificate],
    }
  }
  async function known(one: MetadataSource): Promise<string[]> {
    const directory = await openProviderDirectory(app, clock, {
      sources: [one],
      files: [],
      isProduction: true,
    })
    return (await directory.list('spid')).map(({ entityId }) => entityId)
  }
  const refresh = (one: MetadataSource) => refreshProviders([one], { db: app, log, now: clock.now() })

  test('are taken when signed, and the last good ones stay through whatever comes after', async () => {
    const one = await source()
    const [first, second] = ['https://uno.example.it', 'https://due.example.it'] as const
    served = { status: 200, body: signed(document([first])) }
    expect(await refresh(one)).toEqual([])
    expect(await known(one)).toEqual([first])
    for (const bad of [
      { status: 503, body: 'busy' },
      { status: 200, body: document([second]) },
      { status: 200, body: signed(document([second]), keys.attacker) },
      { status: 200, body: signed(document([second])).replace('due.example', 'tre.example') },
      { status: 200, body: signed(document([second], bare, '2020-01-01T00:00:00Z')) },
      { status: 200, body: '<html>' },
      { status: 200, body: 'x'.repeat(5 * 1024 * 1024) },
    ]) {
      served = bad
      lines.length = 0
      expect(await refresh(one)).toEqual([one.name])
      expect(lines).toHaveLength(1)
      expect(await known(one)).toEqual([first])
    }
    served = { status: 200, body: signed(document([first, second])) }
    expect(await refresh(one)).toEqual([])
    expect((await known(one)).toSorted()).toEqual([first, second].toSorted())
  })

  test('that change their certificates, come or go are told to a person', async () => {
    const one = await source()
    served = { status: 200, body: signed(document(['https://uno.example.it', 'https://due.example.it'])) }
    await refresh(one)
    lines.length = 0
    const other = keys.nextProvider.certificate.replace(/-----[^-]+-----|\s/g, '')
    served = {
      status: 200,
      body: signed(document(['https://uno.example.it', 'https://tre.example.it'], other)),
    }
    await refresh(one)
    expect(lines.map(({ entityId, change }) => `${String(entityId)} ${String(change)}`).toSorted()).toEqual([
      'https://due.example.it gone',
      'https://tre.example.it came',
      'https://uno.example.it certificates',
    ])
  })

  test('are due at first, daily, and hourly after a failure', async () => {
    const one = await source()
    const due = async () => (await dueSources([one], { db: app, now: clock.now() })).length
    expect(await due()).toBe(1)
    served = { status: 200, body: signed(document(['https://uno.example.it'])) }
    await refresh(one)
    expect(await due()).toBe(0)
    clock.forwardDays(1)
    expect(await due()).toBe(1)
    served = { status: 500, body: '' }
    await refresh(one)
    expect(await due()).toBe(1)
  })

  test('written into the database by hand let nobody in: the signature is verified at every reading', async () => {
    const one = await source()
    await owner
      .insertInto('identity_metadata')
      .values({
        source: one.name,
        document: Buffer.from(signed(document(['https://planted.example.it']), keys.attacker)),
        fetched_at: NOW,
        checked_at: NOW,
        problem: null,
      })
      .execute()
    expect(await known(one)).toEqual([])
  })

  test('of a demonstration, or that cannot be read, stop a real installation at its start', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'metadata-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const file = (name: string, text: string) => {
      writeFileSync(join(folder, name), text)
      return join(folder, name)
    }
    const open = (path: string, isProduction = true) =>
      openProviderDirectory(app, clock, {
        sources: [],
        files: [{ scheme: 'spid', path }],
        isProduction,
      })
    const demo = file('demo.xml', document(['https://prova.example.it/sandbox-idp/spid-demo']))
    await expect(open(demo)).rejects.toThrow(ConfigError)
    await expect(open(file('plain.xml', document(['http://idp.example.it'])))).rejects.toThrow(ConfigError)
    await expect(open(file('empty.xml', '<x/>'))).rejects.toThrow('is no metadata')
    await expect(open(join(folder, 'missing.xml'))).rejects.toThrow('ENOENT')
    expect((await (await open(demo, false)).list('spid')).length).toBe(1)
    expect(() => loadConfig({ IDP_METADATA_FILES: 'nonsense' })).toThrow('IDP_METADATA_FILES')
  })
})
