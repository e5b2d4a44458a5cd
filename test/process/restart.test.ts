import { createTransport } from 'nodemailer'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startLocalPostgres } from '../../src/local/postgres.ts'
import { descendants, stillRunning, temporaryDataFolder, until, type Program } from '../support/process.ts'
import { firstPaymentCode, installation, openEye, payAtCounter, playWorld } from './installation.ts'
import { Parent } from './parent.ts'

/* `npm start` with nothing configured: PostgreSQL and the sandbox come along, and go along. */

const folder = temporaryDataFolder()
const house = await installation({ DATA_DIR: folder.path })
const parent = new Parent(house.url)
const mailTo = 'restart@example.org'
let main: Program

const mailbox = () => playWorld(house.sandboxUrl, `/api/mailbox?to=${mailTo}`)
/** The first page of a parent who is signed in; of anybody else it shows another one. */
const home = async () => (await parent.get('/cassano/')).text()

/** Looks at the database while the house runs: the server is joined, and not ours to stop. */
async function balances(): Promise<Record<string, bigint>> {
  const { adminUrl } = await startLocalPostgres({ folder: `${folder.path}/database` })
  const eye = openEye(adminUrl.replace(/\/postgres$/, '/borsellino'))
  try {
    return await eye.balances()
  } finally {
    await eye.close()
  }
}

beforeAll(async () => {
  main = await house.start()
}, 120_000)
afterAll(async () => {
  await main.end('SIGTERM')
  folder.remove()
})

test('a first start, with nothing configured, is alive, ready and measured', async () => {
  const get = (path: string) => fetch(house.url + path, { signal: AbortSignal.timeout(5_000) })
  expect(await (await get('/livez')).json()).toEqual({ alive: true })
  const ready = await get('/readyz')
  expect([ready.status, await ready.json()]).toEqual([200, { ready: true, database: true, queue: true }])
  expect(await (await get('/metrics')).text()).toContain('borsellino_http_request_seconds')
  expect(main.output()).toContain('Borsellino is ready')
})

test('a second start on the same port says so, ends with 1, and leaves the first alone', async () => {
  const second = house.launch()
  expect(await second.ended).toBe(1)
  expect(second.output()).toMatch(/^Port \d+ is in use: is Borsellino running already\?/)
  expect(second.output()).not.toContain('    at ')
  expect((await fetch(`${house.url}/readyz`)).status).toBe(200)
})

describe('what a family has', () => {
  let before: Record<string, bigint>
  beforeAll(async () => {
    await parent.signIn('cassano', 'elena.ferrari', 'borsellino-demo')
    before = await balances()
    const code = await firstPaymentCode(house.sandboxUrl, 'cassano')
    await payAtCounter(house.sandboxUrl, code, 4_200)
    const mail = createTransport({ host: '127.0.0.1', port: house.smtpPort })
    await mail.sendMail({ from: 'a@example.org', to: mailTo, subject: 'prova', text: 'prova' })
    mail.close()
  })

  test('survives SIGTERM, which ends everything with code 0, and a new start', async () => {
    const paid = await balances()
    const grown = Object.keys(paid).filter((child) => paid[child] === before[child]! + 4_200n)
    expect(grown).toHaveLength(1)
    const [page, letters] = [await home(), await mailbox()]
    expect(page).toContain('/cassano/esci')
    const parts = descendants(main.pid)
    expect(parts.length).toBeGreaterThan(2)
    expect(await main.end('SIGTERM')).toBe(0)
    expect(stillRunning(parts)).toEqual([])
    main = await house.start()
    expect(await balances()).toEqual(paid)
    expect(await home()).toContain('/cassano/esci')
    expect(await mailbox()).toEqual(letters)
  }, 90_000)

  test('survives SIGKILL, which leaves no process behind for five seconds, and a start in the same moment', async () => {
    const paid = await balances()
    const parts = descendants(main.pid)
    expect(await main.end('SIGKILL')).toBe('SIGKILL')
    const [again] = await Promise.all([house.start(), until(() => stillRunning(parts).length === 0, 5_000)])
    main = again
    expect(await balances()).toEqual(paid)
    expect(await home()).toContain('/cassano/esci')
  }, 90_000)
})

test('the command line joins a house that runs, and leaves it running', async () => {
  const { code, output } = await house.cli('ledger', 'check')
  expect([code, output.match(/every rule holds/g)?.length]).toEqual([0, 2])
  expect((await fetch(`${house.url}/readyz`)).status).toBe(200)
}, 60_000)

test('the date moved forward by command brings the news that was due by then', async () => {
  const news = async () => {
    const answer = await playWorld(house.sandboxUrl, '/api/mailbox?to=elena.ferrari@example.org')
    return (answer as { messages: unknown[] }).messages.length
  }
  const before = await news()
  // The demonstration's last payment is a day old, and its copy is given out three days after it.
  expect((await house.cli('clock', 'forward', '5')).code).toBe(0)
  await until(async () => (await news()) > before)
}, 60_000)
