import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request as plainRequest } from 'node:http'
import { request } from 'node:https'
import { connect as connectTcp } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readMessage, stationOf } from '../support/soap.ts'
import { freePorts, until } from '../support/process.ts'
import { openStage } from '../wire/stage.ts'

/* The very server blocks of docs/operations.md, in a real nginx, in front of a house that knows its callers. */

const NGINX = spawnSync('nginx', ['-v']).error ? '/usr/sbin/nginx' : 'nginx'
const isInstalled = spawnSync(NGINX, ['-v']).status === 0 && spawnSync('openssl', ['version']).status === 0
if (!isInstalled) console.warn('NOT CHECKED: the Node’s door: no nginx (package nginx-light), or no openssl')

const NODE_HOST = 'pagopa.mensa.example.it'
const PAGES_HOST = 'mensa.example.it'
const FORWARDER = '/C=IT/O=PagoPA S.p.A./CN=forwarder.platform.pagopa.it'
const SUCCESSOR = '/C=IT/O=PagoPA S.p.A./OU=Città, e altro/CN=forwarder2.platform.pagopa.it'

const folder = mkdtempSync(join(tmpdir(), 'borsellino-nginx-'))
const at = (name: string) => join(folder, name)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function openssl(...words: string[]): void {
  const { status, stderr } = spawnSync('openssl', words, { cwd: folder, encoding: 'utf8' })
  if (status !== 0) throw new Error(`openssl ${words[0]}: ${stderr}`)
}

/** A key and a certificate, signed by an authority or by itself. */
function certify(name: string, subject: string, by?: string, more: readonly string[] = []): void {
  openssl('ecparam', '-genkey', '-name', 'prime256v1', '-noout', '-out', `${name}.key`)
  const who = ['-utf8', '-subj', subject, '-key', `${name}.key`]
  if (!by) return openssl('req', '-x509', '-new', '-days', '2', ...who, '-out', `${name}.pem`)
  openssl('req', '-new', ...who, '-out', `${name}.csr`)
  const signing = ['-CA', `${by}.pem`, '-CAkey', `${by}.key`, '-CAcreateserial', '-days', '2', ...more]
  openssl('x509', '-req', '-in', `${name}.csr`, ...signing, '-out', `${name}.pem`)
}

/** The server blocks of the documentation, with the places of this test in the places of a real one. */
function documentedBlocks(port: number, housePort: string): string {
  const page = readFileSync('docs/operations.md', 'utf8')
  const blocks = [...page.matchAll(/^```nginx\n(.*?)^```$/gms)].map((match) => match[1]!)
  expect(blocks).toHaveLength(2)
  const replaced = (text: string, from: string, to: string) => {
    expect(text).toContain(from)
    return text.replaceAll(from, to)
  }
  let text = blocks.join('\n')
  text = replaced(text, 'listen 443 ssl', `listen 127.0.0.1:${port} ssl`)
  text = replaced(text, 'http://127.0.0.1:3000', `http://127.0.0.1:${housePort}`)
  text = replaced(text, '/etc/nginx/tls/', `${folder}/`)
  return replaced(text, 'allow 20.86.139.154;', 'allow 127.0.0.1;')
}

interface Call {
  /** Whose certificate is shown; none when left out. */
  as?: string
  method?: string
  headers?: Record<string, string>
  path?: string
  host?: string
  servername?: string
  from?: string
  body?: string
  tls?: object
}

describe.runIf(isInstalled)('the Node’s door', async () => {
  const stage = await openStage({
    PAGOPA_PROXIES: '127.0.0.1',
    PAGOPA_SUBJECTS: String.raw`forwarder.platform.pagopa.it; CN=forwarder2.platform.pagopa.it,OU=Città\, e altro,O=PagoPA S.p.A.,C=IT`,
    PAGOPA_ADDRESSES: '127.0.0.1',
  })
  const port = await freePorts()
  const tenant = await stage.addTenant()
  let nginx: ChildProcess
  let said = ''
  let verifyMessage = ''

  beforeAll(async () => {
    const notice = await stage.topUp(tenant, await stage.wallet(tenant), 5_000)
    verifyMessage = readMessage('paVerifyPaymentNotice', stationOf(tenant), notice)
    certify('authority', '/CN=Autorita di prova')
    certify('stranger-authority', '/CN=Autorita di prova')
    writeFileSync(at('names'), `subjectAltName=DNS:${NODE_HOST},DNS:${PAGES_HOST}\n`)
    certify('server', `/CN=${NODE_HOST}`, 'authority', ['-extfile', 'names'])
    certify('forwarder', FORWARDER, 'authority')
    certify('successor', SUCCESSOR, 'authority')
    certify('somebody', '/C=IT/O=CN=forwarder.platform.pagopa.it/CN=somebody.example', 'authority')
    certify('impostor', FORWARDER, 'stranger-authority')
    certify('self-made', FORWARDER)
    openssl('x509', '-in', 'authority.pem', '-out', 'pagopa-authorities.pem')
    for (const name of ['body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']) mkdirSync(at(`temp-${name}`))
    const housePort = new URL(stage.url).port
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
      .map((name) => `${name}_temp_path ${at(`temp-${name.replace('client_', '')}`)};`)
      .join('\n')
    // As root nginx would hand its workers to another user, who may not enter this folder.
    const user = process.getuid?.() === 0 ? 'user root;' : ''
    writeFileSync(
      at('nginx.conf'),
      `daemon off; master_process on; worker_processes 1; pid ${at('pid')}; ${user} error_log stderr warn;
       events {} http { access_log off; ${temporary}\n${documentedBlocks(port, housePort)} }`,
    )
    nginx = spawn(NGINX, ['-p', folder, '-c', at('nginx.conf'), '-e', 'stderr'], {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    nginx.stderr!.on('data', (chunk: Buffer) => (said += chunk.toString()))
    const isListening = () =>
      new Promise<boolean>((done) => {
        const socket = connectTcp(port, '127.0.0.1')
        socket.once('connect', () => done(socket.destroy() !== undefined))
        socket.once('error', () => done(false))
      })
    await until(async () => {
      if (nginx.exitCode !== null) throw new Error(`nginx ended: ${said}`)
      return isListening()
    }, 10_000)
  })
  afterAll(async () => {
    const ended = new Promise((done) => nginx.once('exit', done))
    nginx.kill('SIGTERM')
    await ended
  })

  function call(one: Call): Promise<{ status: number; text: string }> {
    const { host = NODE_HOST, path = '/webhooks/pagopa', as, from = '127.0.0.1', body = verifyMessage } = one
    return new Promise((done, fail) => {
      const sending = request(
        {
          method: one.method ?? 'POST',
          host: '127.0.0.1',
          port,
          path,
          servername: one.servername ?? host,
          localAddress: from,
          ca: readFileSync(at('authority.pem')),
          ...(as ? { cert: readFileSync(at(`${as}.pem`)), key: readFileSync(at(`${as}.key`)) } : {}),
          headers: { host, 'content-type': 'text/xml', soapaction: 'paVerifyPaymentNotice', ...one.headers },
          agent: false,
          timeout: 10_000,
          ...one.tls,
        },
        (response) => {
          let text = ''
          response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
          response.once('end', () => done({ status: response.statusCode!, text }))
        },
      )
      sending.once('error', fail)
      sending.once('timeout', () => sending.destroy(new Error(`no answer; nginx said: ${said}`)))
      sending.end(body)
    })
  }

  const OK = { status: 200, text: expect.stringContaining('<outcome>OK</outcome>') as string }

  test('opens to the certificate that is pinned', async () => {
    expect(await call({ as: 'forwarder' })).toEqual(OK)
  })

  test('opens to the next certificate too, whose name has letters and commas of its own', async () => {
    expect(await call({ as: 'successor' })).toEqual(OK)
  })

  test.each<[string, Call, number]>([
    ['who shows no certificate', {}, 403],
    ['whose certificate another authority of the same name has signed', { as: 'impostor' }, 400],
    ['who signed the right name itself', { as: 'self-made' }, 400],
    ['whom the right authority has signed under another name', { as: 'somebody' }, 403],
    ['who calls from another address', { as: 'forwarder', from: '127.0.0.7' }, 403],
    ['who sends more than a receipt can be', { as: 'forwarder', body: 'x'.repeat(300_000) }, 413],
    ['who asks for another page there', { as: 'forwarder', path: '/' }, 404],
    ['who names the pages’ host and asks the Node’s', { servername: PAGES_HOST, host: NODE_HOST }, 421],
  ])('stays shut to one %s', async (_, one, status) => {
    const answer = await call(one)
    expect(answer.status).toBe(status)
    expect(answer.text).not.toContain('outcome')
  })

  const forged = {
    'X-Client-Verify': 'SUCCESS',
    'X-Client-Subject': 'CN=forwarder.platform.pagopa.it',
    X_Client_Subject: 'CN=forwarder.platform.pagopa.it',
    'X-Forwarded-For': '127.0.0.1',
  }

  test('what a caller says about itself is replaced by what nginx knows', async () => {
    expect((await call({ headers: forged })).status).toBe(403)
    expect((await call({ as: 'somebody', headers: forged })).status).toBe(403)
    const lies = { 'X-Client-Verify': 'NONE', 'X-Client-Subject': 'CN=x', 'X-Forwarded-For': '6.6.6.6' }
    expect(await call({ as: 'forwarder', headers: lies })).toEqual(OK)
  })

  test.each([
    ['/webhooks/pagopa', 404],
    ['/webhooks/pagopa/', 404],
    ['/webhooks/%70agopa', 404],
    ['//webhooks/pagopa', 404],
    ['/x/../webhooks/pagopa', 404],
    ['/webhooks/pagopa?x=1', 404],
    ['/WEBHOOKS/pagopa', 404],
    ['/webhooks%2fpagopa', 404],
  ])('the parents’ pages are no side entrance: %s', async (path, status) => {
    for (const as of [undefined, 'forwarder'])
      expect((await call({ host: PAGES_HOST, path, headers: forged, ...(as ? { as } : {}) })).status).toBe(
        status,
      )
  })

  test('the parents’ pages themselves are served', async () => {
    const answer = await call({ host: PAGES_HOST, path: '/livez', method: 'GET', body: '' })
    expect(answer).toEqual({ status: 200, text: '{"alive":true}' })
  })

  test('the house itself, called past nginx, believes nobody', async () => {
    const status = await new Promise((done, fail) => {
      const options = {
        method: 'POST',
        localAddress: '127.0.0.3',
        headers: { ...forged, 'content-type': 'text/xml' },
      }
      const sending = plainRequest(`${stage.url}/webhooks/pagopa`, options, (response) => {
        done(response.statusCode)
        response.resume()
      })
      sending.once('error', fail)
      sending.end(verifyMessage)
    })
    expect(status).toBe(403)
  })

  test('TLS 1.1 is not spoken', async () => {
    const tls = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }
    await expect(call({ as: 'forwarder', tls })).rejects.toThrow(/protocol version|alert|EPROTO/i)
  })
})
