import type { AddressInfo } from 'node:net'
import { serve } from '@hono/node-server'
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { newId } from '#core/ids.ts'
import { refusedByXsd } from '#pagopa/soap/test-reference.ts'
import { openHouse } from '../../src/house.ts'
import { createWeb } from '../../src/web.ts'
import { openProxy, until } from '../support/process.ts'
import { PlayedNode, receiptMessage, stationOf, type NodeCall } from '../support/soap.ts'
import { openStage } from './stage.ts'

/* A second house on the same database, which reaches PostgreSQL through a network that breaks. */

const stage = await openStage()
const tenant = await stage.addTenant()
const station = stationOf(tenant)
const proxy = await openProxy(stage.config.DATABASE_URL)
const urls = Object.fromEntries(
  (['DATABASE_URL', 'RELAY_DATABASE_URL', 'QUEUE_DATABASE_URL'] as const).map((name) => [
    name,
    proxy.through(stage.config[name]!),
  ]),
)
const { OWNER_DATABASE_URL: _, ...config } = stage.config
const house = await openHouse({ ...config, ...urls }, { clock: stage.clock })
const url = await new Promise<string>((done) => {
  const server = serve(
    { fetch: createWeb(house).fetch, port: 0, hostname: '127.0.0.1' },
    (info: AddressInfo) => done(`http://127.0.0.1:${info.port}`),
  )
  afterAll(async () => {
    proxy.pass()
    await new Promise((closed) => {
      server.close(closed)
      if ('closeAllConnections' in server) server.closeAllConnections()
    })
    await house.close()
    await proxy.close()
  })
})
const node = new PlayedNode(url)

/** A notice that the house has just been asked about: its connections are open and its tenant is remembered. */
async function knownNotice(amountCents: number) {
  const walletId = await stage.wallet(tenant)
  const notice = await stage.topUp(tenant, walletId, amountCents)
  await until(async () => (await node.verify(station, notice)).verdict === 'OK', 10_000)
  return { ...notice, walletId, amountCents, receiptId: newId() }
}

/** Sends as the Node does: again after anything that is no answer of paForNode. */
async function deliver(message: string): Promise<string[]> {
  const verdicts: string[] = []
  await until(async () => {
    const { verdict } = await node.call('paSendRTV2', message)
    verdicts.push(verdict)
    return !verdict.startsWith('HTTP')
  }, 10_000)
  return verdicts
}

const neverAFinalNo = ({ verdict }: NodeCall) => expect(verdict).toBe('HTTP 500')

describe.each(['refuse', 'blackHole'] as const)('PostgreSQL out of reach (%s)', (fault) => {
  let notice: Awaited<ReturnType<typeof knownNotice>>
  beforeEach(async () => {
    notice = await knownNotice(5_000)
    proxy[fault]()
  })
  afterEach(() => proxy.pass())

  test('a receipt gets HTTP 500, never a well-formed KO, and the Node’s retry is credited once', async () => {
    const message = receiptMessage(station, notice)
    for (const answer of await Promise.all([1, 2, 3].map(() => node.call('paSendRTV2', message))))
      neverAFinalNo(answer)
    expect(await stage.balance(tenant, notice.walletId)).toBe(0n)
    proxy.pass()
    const verdicts = await deliver(message)
    expect(['OK', 'PAA_RECEIPT_DUPLICATA']).toContain(verdicts.at(-1))
    expect(await stage.balance(tenant, notice.walletId)).toBe(5_000n)
    expect(await stage.brokenRules(tenant)).toEqual([])
  })

  test('verify and get are answered within two seconds, without a claim about the notice', async () => {
    const answers = await Promise.all([
      node.verify(station, notice),
      node.get(station, notice),
      node.get(station, notice, [], 'V1'),
    ])
    for (const answer of answers) {
      expect(['PAA_SYSTEM_ERROR', 'HTTP 500']).toContain(answer.verdict)
      expect(answer.durationMs).toBeLessThan(2_000)
    }
  })

  test('the probes tell: alive, not ready; and ready again by itself within ten seconds', async () => {
    const probe = async (path: string) =>
      (await fetch(`${url}${path}`, { signal: AbortSignal.timeout(3_000) })).status
    expect(await probe('/livez')).toBe(200)
    expect(await probe('/readyz')).toBe(503)
    proxy.pass()
    await until(async () => (await probe('/readyz')) === 200, 10_000)
  })

  test('after many failed calls everything recovers within ten seconds', async () => {
    // Failed connections in number are what makes a pool hesitate before it tries again.
    for (let round = 0; round < 3; round++)
      await Promise.all(Array.from({ length: 12 }, () => node.verify(station, notice)))
    proxy.pass()
    const started = performance.now()
    await until(async () => (await node.verify(station, notice)).verdict === 'OK', 10_000)
    expect(performance.now() - started).toBeLessThan(10_000)
  })
})

test('a commit whose answer is lost on the way is told as a duplicate at the next try', async () => {
  const notice = await knownNotice(4_000)
  const before = proxy.dropped()
  proxy.dropAnswerTo(notice.receiptId)
  const verdicts = await deliver(receiptMessage(station, notice))
  expect(proxy.dropped()).toBe(before + 1)
  expect(verdicts).toEqual(['HTTP 500', 'PAA_RECEIPT_DUPLICATA'])
  expect(await stage.balance(tenant, notice.walletId)).toBe(4_000n)
  expect(await stage.brokenRules(tenant)).toEqual([])
})

test('connections that PostgreSQL itself ends are replaced without a lost receipt', async () => {
  const notice = await knownNotice(6_000)
  const { database } = stage
  const { default: postgres } = await import('postgres')
  const admin = postgres(database.adminUrl, { max: 1 })
  const role = new URL(database.urls.app).username
  await admin`select pg_terminate_backend(pid) from pg_stat_activity where usename = ${role} and datname = current_database()`
  await admin.end()
  expect((await deliver(receiptMessage(station, notice))).at(-1)).toBe('OK')
  expect(await stage.balance(tenant, notice.walletId)).toBe(6_000n)
})

test('a new connection asks nothing of its own: a driver’s question that is cut off would end the process', async () => {
  proxy.refuse()
  const notice = await stage.topUp(tenant, await stage.wallet(tenant), 7_000)
  proxy.pass()
  const before = proxy.dropped()
  proxy.dropAnswerTo('typarray')
  await until(async () => (await node.verify(station, notice)).verdict === 'OK', 10_000)
  expect(proxy.dropped()).toBe(before)
})

test('every answer of this file is valid against the official schema', () => {
  expect(refusedByXsd('answers during outages', node.answers)).toEqual([])
})
