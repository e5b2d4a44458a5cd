import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testDatabase } from '../support/database.ts'
import { temporaryDataFolder, until, type Program } from '../support/process.ts'
import { redisIsInstalled, startRedis } from '../support/redis.ts'
import { firstPaymentCode, installation, openEye, payAtCounter, playWorld } from './installation.ts'
import { Parent } from './parent.ts'

/* kill -9 at the worst moments, of the real program, on each queue: nothing is lost and nothing counts twice. */

const database = await testDatabase()
const folder = temporaryDataFolder()
const eye = openEye(database.adminUrl)
const house = await installation({
  DATA_DIR: folder.path,
  DATABASE_URL: database.urls.app,
  RELAY_DATABASE_URL: database.urls.relay,
  QUEUE_DATABASE_URL: database.urls.queue,
})
let code = ''

beforeAll(async () => {
  const main = await house.start()
  code = await firstPaymentCode(house.sandboxUrl, 'cassano')
  await until(async () => (await eye.trace('')).waiting === 0)
  await main.end('SIGTERM')
}, 120_000)
afterAll(async () => {
  await eye.close()
  folder.remove()
})

/** How the Node stands with the receipt of a notice. */
async function deliveryOf(noticeNumber: string) {
  const answer = await playWorld(house.sandboxUrl, `/api/node/receipts?noticeNumber=${noticeNumber}`)
  return (answer as { receipts: { state: string; attempts: { result: string }[] }[] }).receipts[0]
}

describe.each(redisIsInstalled ? ['postgres', 'redis'] : ['postgres'])('on the queue of %s', (backend) => {
  let redis: Awaited<ReturnType<typeof startRedis>> | undefined
  beforeAll(async () => {
    redis = backend === 'redis' ? await startRedis() : undefined
  })
  afterAll(() => redis?.stop())
  let main: Program | undefined
  const queue = () => (redis ? { REDIS_URL: redis.url } : {})

  test('kill -9 before the Node has its answer, then before the copy is stored: nothing lost, nothing twice', async () => {
    const first = await house.start({ CRASH_POINT: 'receipt-stored:1', ...queue() })
    const noticeNumber = await payAtCounter(house.sandboxUrl, code, 2_500)
    expect(await first.ended).toBe('SIGKILL')
    expect(await eye.trace(noticeNumber)).toMatchObject({ receipts: 1, copies: 0, credited: 2_500n })

    const second = house.launch({ CRASH_POINT: 'receipt-printed:1', ...queue() })
    expect(await second.ended).toBe('SIGKILL')
    expect(await eye.trace(noticeNumber)).toMatchObject({ receipts: 1, copies: 0, credited: 2_500n })

    main = await house.start(queue())
    expect(main.output()).toContain(`"queue":"${backend}"`)
    await until(async () => {
      const { copies, waiting } = await eye.trace(noticeNumber)
      return copies === 1 && waiting === 0
    })
    await until(async () => (await deliveryOf(noticeNumber))?.state === 'delivered')
    // The Node never had our first OK, and asked again until it was told that we have the receipt.
    expect((await deliveryOf(noticeNumber))!.attempts.at(-1)!.result).toBe('duplicate')
    expect(await eye.trace(noticeNumber)).toEqual({ receipts: 1, copies: 1, credited: 2_500n, waiting: 0 })
  }, 120_000)

  test('an e-mail that waits for the mail server arrives once, also when the queue forgets everything', async () => {
    const to = `mensa.${backend}@example.org`
    const parent = new Parent(house.url)
    await parent.signIn('cassano', 'elena.ferrari', 'borsellino-demo')
    const payments = await (await parent.get('/cassano/pagamenti')).text()
    const notice = await until(() => openNoticeIn(parent, payments))
    await playWorld(house.sandboxUrl, '/api/mailbox/refusal', { refuse: true }, 'PUT')
    expect((await parent.submit(notice, `${notice}/email`, { email: to })).status).toBe(303)
    await until(async () => (await eye.handedOver('notice.email')) > 0)
    if (redis) await forgetEverything(redis)
    await playWorld(house.sandboxUrl, '/api/mailbox/refusal', { refuse: false }, 'PUT')
    const arrived = async () =>
      ((await playWorld(house.sandboxUrl, `/api/mailbox?to=${to}`)) as { messages: unknown[] }).messages
        .length
    // The relay trusts a queue for ten seconds, then it looks.
    await until(async () => (await arrived()) === 1, 20_000)
    await until(async () => (await eye.trace('')).waiting === 0)
    expect(await arrived()).toBe(1)
  })

  test('every connection to PostgreSQL is cut, three times over: the house lives on, and so does its work', async () => {
    for (let round = 0; round < 3; round++) {
      expect(await eye.cutConnections()).toBeGreaterThan(0)
      await until(async () => (await fetch(`${house.url}/readyz`)).status === 200, 10_000)
    }
    const noticeNumber = await payAtCounter(house.sandboxUrl, code, 1_100)
    await until(async () => (await eye.trace(noticeNumber)).copies === 1, 20_000)
    expect(await eye.trace(noticeNumber)).toMatchObject({ receipts: 1, credited: 1_100n })
  })

  test('in the end every rule of the ledger holds', async () => {
    expect(await main!.end('SIGTERM')).toBe(0)
    const { code, output } = await house.cli('ledger', 'check')
    expect([code, output.match(/every rule holds/g)]).toEqual([0, ['every rule holds', 'every rule holds']])
  })
})

/** FLUSHALL at the moment when Redis alone knows that the e-mail is to be tried again. */
async function forgetEverything(redis: Awaited<ReturnType<typeof startRedis>>): Promise<void> {
  const client = new Redis(redis.url)
  try {
    await until(async () => {
      const waiting = await client.zrange('borsellino:mail:delayed', '0', '-1')
      return waiting.some((id) => id.startsWith('notice.email-'))
    })
    await redis.flush()
  } finally {
    client.disconnect()
  }
}

/** The path of the first notice on the page that can still be paid: the one that offers to be e-mailed. */
async function openNoticeIn(parent: Parent, payments: string): Promise<string | undefined> {
  for (const [, path] of payments.matchAll(/href="(\/cassano\/avvisi\/[0-9a-f-]+)"/g)) {
    if ((await (await parent.get(path!)).text()).includes(`action="${path}/email"`)) return path
  }
  return undefined
}
