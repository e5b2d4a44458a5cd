import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readProviders } from '#identity/metadata/identity-providers.ts'
import type { ServiceProvider } from '#identity/metadata/service-provider.ts'
import type { CallbackPost, Desk, PendingRequest, Provider, Started } from '#identity/scheme.ts'
import { answerLogout } from '#identity/saml/logout-response.ts'
import { readLogout } from '#identity/saml/logout-request.ts'
import { schemeNamed } from '#identity/schemes.ts'
import { cie } from '#identity/schemes/cie/scheme.ts'
import { spid } from '#identity/schemes/spid/scheme.ts'
import { startSandbox } from '../../sandbox/server.ts'
import type { Sandbox } from '../../sandbox/server.ts'
import { keys, NOW, pendingRequests, registration, verdictOf } from './world.ts'

/** Our identity room and the sandbox's providers, which share no code: what one sends the other must take. */
let sandbox: Sandbox
let providers: Record<string, Provider>

const NORA = 'NVUNRO85D52Z999B'
const serviceProvider: ServiceProvider = {
  profile: 'pub-ag-full',
  entityId: registration.entityId,
  key: keys.tenant,
  assertionConsumerUrl: registration.assertionConsumerUrl,
  logoutUrl: registration.logoutUrl,
  serviceName: 'Mensa scolastica',
  organization: {
    name: 'Comune di Prova',
    displayName: 'Comune di Prova & dintorni',
    url: 'https://comune.example',
  },
  ipaCode: 'c_a123',
  email: 'protocollo@comune.example',
  municipality: 'A123',
  aggregator: {
    name: 'Borsellino Srl',
    vatNumber: 'IT12345678901',
    fiscalCode: '12345678901',
    email: 'spid@example.it',
    telephone: '+390511234567',
    municipality: 'A944',
    nace2Code: '62.01',
  },
}

async function call(method: string, path: string, body?: unknown) {
  const response = await fetch(sandbox.url + path, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  return { status: response.status, text, body: text.startsWith('{') ? JSON.parse(text) : undefined }
}

beforeAll(async () => {
  sandbox = await startSandbox({ now: () => NOW })
  const world = (await call('GET', '/world.json')).body.identity
  providers = {}
  for (const [scheme, url] of Object.entries(world.metadataUrls as Record<string, string>)) {
    const bytes = new Uint8Array(await (await fetch(url)).arrayBuffer())
    const list = await readProviders(bytes, { kind: 'local-file' }, NOW)
    if (!list.accepted) throw new Error(`${scheme}: ${list.reason}`)
    if (list.skipped.length > 0) throw new Error(`${scheme}: ${JSON.stringify(list.skipped)}`)
    for (const provider of list.providers) providers[provider.entityId.split('/').at(-1)!] = provider
  }
  for (const [scheme, metadata] of [
    ['spid', spid.metadata(serviceProvider)],
    ['cie', cie.metadata(serviceProvider)],
  ]) {
    const { status, text } = await call('PUT', '/api/identity/service-providers', { scheme, metadata })
    if (status !== 200) throw new Error(text)
  }
})
afterAll(() => sandbox.close())

function start(id: string, binding: 'redirect' | 'post'): Started {
  const provider = providers[id]!
  return schemeNamed(id.split('-')[0] === 'cie' ? 'cie' : 'spid')!.start({
    registration,
    provider,
    level: 2,
    binding,
    now: NOW,
  })
}

/** Plays the sandbox's part: what it would have the browser post back. */
async function visit(id: string, { departure }: Started, how: object): Promise<CallbackPost[]> {
  const request =
    departure.kind === 'redirect'
      ? { binding: 'redirect', url: departure.url }
      : { binding: 'post', fields: departure.fields }
  const { status, body, text } = await call('POST', '/api/identity/sign-in', {
    provider: id,
    citizen: NORA,
    ...request,
    ...how,
  })
  expect([status, text]).toEqual([200, expect.any(String)])
  expect(body.action).toBe(registration.assertionConsumerUrl)
  return body.posts.map((post: { fields: CallbackPost }) => post.fields)
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

function desk(pending: PendingRequest): Desk {
  return {
    pending: pendingRequests(pending),
    providers: {
      find: async (_, entityId) => Object.values(providers).find((one) => one.entityId === entityId),
    },
    clock: { now: () => NOW },
  }
}

const WAYS = [
  ['spid-demo', 'redirect'],
  ['spid-demo', 'post'],
  ['spid-altro', 'post'],
  ['cie-demo', 'redirect'],
  ['cie-demo', 'post'],
] as const

describe.each(WAYS)('%s by %s', (id, binding) => {
  test('takes our request, and we take its answer', async () => {
    const started = start(id, binding)
    const [post] = await visit(id, started, {})
    expect(post!.RelayState).toBe(started.pending.relayState)
    const outcome = await schemeNamed(started.pending.scheme)!.finish(post!, desk(started.pending))
    expect(outcome).toMatchObject({
      accepted: true,
      identity: {
        fiscalCode: NORA,
        firstName: 'Nora',
        lastName: 'Nuova',
        level: id === 'cie-demo' ? 3 : 2,
        issuer: `${sandbox.url}/sandbox-idp/${id}`,
      },
    })
  })

  test.each<[string, string]>([
    ['unsigned', 'signature.missing'],
    ['other-key', 'signature.invalid'],
    ['expired', 'assertion.subject-confirmation'],
    ['future', 'response.issue-instant'],
    ['other-audience', 'assertion.audience'],
    ['other-recipient', 'assertion.subject-confirmation'],
    ['other-destination', 'response.destination'],
    ['other-request', 'request.unknown'],
    ['level-1', 'assertion.level'],
    ['no-fiscal-number', 'fiscal-number.missing'],
    ['wrong-check-character', 'fiscal-number.malformed'],
    ['comment', 'fiscal-number.malformed'],
    ['tampered', 'signature.invalid'],
    ['doctype', 'xml.document-type'],
  ])('its wrong answer "%s" is refused with %s', async (wrong, reason) => {
    const started = start(id, binding)
    const [post] = await visit(id, started, { wrong })
    const outcome = await schemeNamed(started.pending.scheme)!.finish(post!, desk(started.pending))
    expect(verdictOf(outcome)).toBe(reason)
  })

  test('the same answer twice is accepted once', async () => {
    const started = start(id, binding)
    const posts = await visit(id, started, { wrong: 'replay' })
    const one = desk(started.pending)
    const scheme = schemeNamed(started.pending.scheme)!
    const verdicts = []
    for (const post of posts) verdicts.push(verdictOf(await scheme.finish(post, one)))
    expect(verdicts).toEqual(['accepted', 'request.unknown'])
  })

  test('its errors reach us with their number', async () => {
    for (const number of [21, 22, 23, 25]) {
      const started = start(id, binding)
      const [post] = await visit(id, started, { error: number })
      const outcome = await schemeNamed(started.pending.scheme)!.finish(post!, desk(started.pending))
      expect(outcome).toMatchObject({ reason: 'provider.error', error: { number } })
    }
  })
})

test('our metadata is registered as it was meant', async () => {
  const { serviceProviders } = (await call('GET', '/api/identity/service-providers')).body
  const { entityId, assertionConsumerUrl, logoutUrl } = registration
  const known = {
    entityId,
    assertionConsumerUrl,
    displayName: 'Comune di Prova & dintorni',
    logout: { redirect: logoutUrl, post: logoutUrl },
  }
  const spidSet = ['name', 'familyName', 'fiscalNumber', 'spidCode']
  expect(serviceProviders).toMatchObject([
    { ...known, scheme: 'spid', attributeSets: { 0: spidSet } },
    { ...known, scheme: 'cie', attributeSets: { 0: ['name', 'familyName', 'dateOfBirth', 'fiscalNumber'] } },
  ])
})

test('what the sandbox’s registry signed is believed by its certificate, and by no other', async () => {
  // Only providers on https are listed from signed metadata, and only those that answer there.
  const port = await freePort()
  const behindTls = await startSandbox({ now: () => NOW, port, publicUrl: 'https://sandbox.example' })
  try {
    const at = (path: string) => fetch(`http://127.0.0.1:${port}/sandbox-idp${path}`)
    const certificate = await (await at('/registry.pem')).text()
    for (const [name, ids] of [
      ['spid', ['spid-demo', 'spid-altro']],
      ['cie', ['cie-demo']],
    ] as const) {
      const bytes = new Uint8Array(await (await at(`/metadata/${name}.xml`)).arrayBuffer())
      const read = (pem: string) => readProviders(bytes, { kind: 'signed-by', certificates: [pem] }, NOW)
      const entityIds = ids.map((id) => ({ entityId: `https://sandbox.example/sandbox-idp/${id}` }))
      expect(await read(certificate)).toMatchObject({ accepted: true, providers: entityIds, skipped: [] })
      expect(await read(keys.attacker.certificate)).toEqual({ accepted: false, reason: 'signature' })
    }
  } finally {
    await behindTls.close()
  }
})

test('a logout that a provider asks for is read by us, and our answer by it', async () => {
  const started = start('spid-demo', 'redirect')
  const [post] = await visit('spid-demo', started, {})
  const outcome = await schemeNamed('spid')!.finish(post!, desk(started.pending))
  const nameId = outcome.accepted ? outcome.identity.nameId : ''
  const provider = providers['spid-demo']!
  const { body } = await call('POST', '/api/identity/logout', {
    provider: 'spid-demo',
    entityId: registration.entityId,
    nameId,
  })
  const query = (body.url as string).slice(body.url.indexOf('?') + 1)
  const { logoutUrl } = registration
  const read = await readLogout(
    { binding: 'redirect', query },
    { findProvider: async () => provider, logoutUrl, now: NOW },
  )
  expect(read).toMatchObject({ accepted: true, request: { nameId } })
  if (!read.accepted) return
  const departure = answerLogout({ request: read.request, registration, provider, now: NOW })
  if (departure?.kind !== 'redirect') throw new Error('the sandbox takes logouts by redirect')
  const page = await (await fetch(departure.url)).text()
  expect(page).toContain('Il servizio ha chiuso la sessione.')
  expect((await call('GET', '/api/identity/logouts')).body.logouts[0]).toMatchObject({
    nameId,
    answer: { status: 'Success', isSignatureGood: true, problems: [] },
  })
})
