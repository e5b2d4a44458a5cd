import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readOptions } from './options.ts'
import { FISCAL_CODE } from './testing/played-creditor.ts'
import { declaration, setStage } from './testing/stage.ts'
import type { Stage } from './testing/stage.ts'

let stage: Stage
beforeAll(async () => {
  stage = await setStage()
})
afterAll(() => stage.close())

const folder = fileURLToPath(new URL('.', import.meta.url))

function run(env: Record<string, string>) {
  const child = spawn(process.execPath, [`${folder}main.ts`], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let errors = ''
  child.stderr.on('data', (chunk: Buffer) => (errors += String(chunk)))
  return { child, errors: () => errors }
}

test('the process says when it is ready, and stops when asked', async () => {
  const { child } = run({ SANDBOX_PORT: '0' })
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  expect(String(line)).toMatch(/^sandbox ready http:\/\/127\.0\.0\.1:\d+ smtp 127\.0\.0\.1:\d+\n$/)
  child.kill('SIGTERM')
  expect(await once(child, 'exit')).toEqual([0, null])
})

test('it does not start in production', async () => {
  const { child, errors } = run({ SANDBOX_PORT: '0', NODE_ENV: 'production' })
  expect((await once(child, 'exit'))[0]).toBe(1)
  expect(errors()).toContain('NODE_ENV=production')
})

test('it does not start on a busy port, and leaves no half of itself behind', async () => {
  const { child, errors } = run({ SANDBOX_PORT: new URL(stage.sandbox.url).port, SANDBOX_SMTP_PORT: '0' })
  expect((await once(child, 'exit'))[0]).toBe(1)
  expect(errors()).toContain('EADDRINUSE')
})

test('every problem of the configuration is listed at once', () => {
  expect(() =>
    readOptions({ SANDBOX_PORT: 'x', BORSELLINO_URL: 'ftp://a', SANDBOX_RETRY_SECONDS: '1,b' }),
  ).toThrow(/SANDBOX_PORT[\s\S]*SANDBOX_RETRY_SECONDS[\s\S]*BORSELLINO_URL/)
})

test('mail is one port beside the pages unless told otherwise', () => {
  expect(readOptions({})).toMatchObject({
    port: 3001,
    smtpPort: 3002,
    borsellinoUrl: 'http://127.0.0.1:3000',
  })
  expect(
    readOptions({ SANDBOX_PORT: '4000', SANDBOX_SMTP_PORT: '25', SANDBOX_SUBSCRIPTION_KEYS: 'a,b' }),
  ).toMatchObject({
    port: 4000,
    smtpPort: 25,
    subscriptionKeys: ['a', 'b'],
  })
})

test('the world tells everything about its tenants, and declaring one twice changes nothing', async () => {
  const before = (await stage.call('GET', '/world.json')).body
  await stage.call('PUT', `/api/creditors/${FISCAL_CODE}/01`, declaration(stage.creditor.endpoint))
  expect((await stage.call('GET', '/world.json')).body).toEqual(before)
  expect(before).toMatchObject({
    tenants: [{ ...declaration(stage.creditor.endpoint), fiscalCode: FISCAL_CODE, segregationCode: '01' }],
    checkoutBaseUrl: `${stage.sandbox.url}/checkout/ec/v2`,
    nodeBaseUrl: `${stage.sandbox.url}/api/node`,
    mailboxUrl: `${stage.sandbox.url}/posta`,
    identity: {
      providers: [{ id: 'spid-demo' }, { id: 'spid-altro' }, { id: 'cie-demo' }],
      metadataUrls: { spid: `${stage.sandbox.url}/sandbox-idp/metadata/spid.xml` },
      citizens: expect.arrayContaining([expect.objectContaining({ lastName: 'Nuova' })]) as object[],
    },
    phoneUrl: `${stage.sandbox.url}/telefono`,
  })
})

test('a creditor without an address of its own answers at Borsellino', async () => {
  const { endpoint: _, ...rest } = declaration('')
  const { body } = await stage.call('PUT', '/api/creditors/00000000035/02', rest)
  expect(body.endpoint).toBe('http://127.0.0.1:3000/webhooks/pagopa')
  expect((await stage.call('DELETE', '/api/creditors/00000000035/02')).status).toBe(204)
  expect((await stage.call('PUT', '/api/creditors/35/02', rest)).status).toBe(400)
})

test.each([
  '/',
  '/node',
  '/nodo/comportamento',
  '/sportello',
  '/puntolis',
  '/posta',
  '/telefono',
  '/nessuna-pagina',
])('%s says that it is a simulation', async (path) => {
  const response = await fetch(stage.sandbox.url + path)
  const text = await response.text()
  expect(text).toContain('<strong>Simulazione</strong>')
  expect(text).toContain('<html lang="it">')
  expect(response.headers.get('content-security-policy')).toContain("default-src 'none'")
})

test('a body beyond reason is refused', async () => {
  expect((await stage.call('POST', '/api/node/verify', 'x'.repeat(300_000))).status).toBe(413)
})

test('the sandbox knows nothing of Borsellino’s own code', () => {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  )
  expect(files.length).toBeGreaterThan(30)
  for (const file of files) {
    const specifiers = readFileSync(folder + file, 'utf8').matchAll(/(?:from|import) '([^']+)'/g)
    for (const [, specifier] of specifiers) expect(specifier, file).not.toMatch(/^#|src\//)
  }
})
