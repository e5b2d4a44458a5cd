import { request } from 'node:http'
import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { settleInRehearsal } from '#core/receipts/settle.ts'
import { settlementOf } from '../support/entities.ts'
import { neverLive } from '../support/onboarding.ts'
import { until } from '../support/process.ts'
import { readMessage, receiptMessage, stationOf } from '../support/soap.ts'
import { openStage } from './stage.ts'

/* Two callers come through the same proxy: pagoPA's Node, and the sandbox to which entities in rehearsal pay. */

const stage = await openStage({
  PAGOPA_PROXIES: '127.0.0.2',
  PAGOPA_SUBJECTS: 'forwarder.platform.pagopa.it',
  PAGOPA_ADDRESSES: '20.86.139.154',
  REHEARSAL_SUBJECTS: 'sandbox.example.org',
})
const NODE = { 'x-client-subject': 'CN=forwarder.platform.pagopa.it', 'x-forwarded-for': '20.86.139.154' }
const SANDBOX = { 'x-client-subject': 'CN=sandbox.example.org', 'x-forwarded-for': '10.1.2.3' }

function call(caller: Record<string, string>, body: string) {
  return new Promise<{ status: number; text: string }>((done, fail) => {
    const headers = { 'content-type': 'text/xml', 'x-client-verify': 'SUCCESS', ...caller }
    const options = { method: 'POST', localAddress: '127.0.0.2', headers, agent: false }
    const sending = request(`${stage.url}/webhooks/pagopa`, options, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
      response.on('end', () => done({ status: response.statusCode!, text }))
    })
    sending.once('error', fail)
    sending.end(body)
  })
}

async function entity(rehearses: boolean) {
  const made = await stage.addTenant()
  const tenant = rehearses ? await neverLive(stage, made, 'rehearsal') : made
  const walletId = await stage.wallet(tenant)
  const notice = await stage.topUp(tenant, walletId, 5_000)
  const station = stationOf(tenant)
  return {
    tenant,
    walletId,
    notice,
    verify: readMessage('paVerifyPaymentNotice', station, notice),
    receipt: receiptMessage(station, { ...notice, amountCents: 5_000 }),
  }
}

const [live, rehearsing] = [await entity(false), await entity(true)]

describe.each([
  ['the Node', NODE, live, rehearsing],
  ['the sandbox', SANDBOX, rehearsing, live],
] as const)('%s', (_, caller, own, others) => {
  test('is answered for its own entities, and told that the others are unknown', async () => {
    expect((await call(caller, own.verify)).text).toContain('<outcome>OK</outcome>')
    const refused = await call(caller, others.verify)
    expect([refused.status, refused.text.includes('PAA_ID_DOMINIO_ERRATO')]).toEqual([200, true])
  })

  test('credits its own entities and no other', async () => {
    const before = await stage.balance(others.tenant, others.walletId)
    expect((await call(caller, others.receipt)).text).toContain('PAA_ID_DOMINIO_ERRATO')
    expect(await stage.balance(others.tenant, others.walletId)).toBe(before)
    // What the real Node says of somebody's money is kept for a person; a rehearsal's is nobody's.
    expect(await stage.unrouted(others.tenant.creditorFiscalCode)).toHaveLength(caller === NODE ? 1 : 0)
    expect((await call(caller, own.receipt)).text).toContain('<outcome>OK</outcome>')
    expect(await stage.balance(own.tenant, own.walletId)).toBe(5_000n)
  })
})

test('a stranger’s certificate opens neither world', async () => {
  const stranger = { ...SANDBOX, 'x-client-subject': 'CN=altro.example.org' }
  expect((await call(stranger, rehearsing.verify)).status).toBe(403)
})

test.each(['a moment after the entity has gone live', 'while it goes live'])(
  'a receipt of the rehearsal that comes %s is not booked',
  async (when) => {
    const { tenant, walletId, notice } = await entity(true)
    const { id, creditorFiscalCode: fiscalCode } = tenant
    const facts = settlementOf(
      { id, fiscalCode, segregationCode: '01', walletId, childId: '' },
      { noticeNumber: notice.noticeNumber },
    )
    const { pool } = stage.house.services
    const { owner, app } = stage.database
    const settled = () =>
      settleInRehearsal(pool, id, facts, stage.clock.now()).then(String, (error) => error.code)
    let outcome: Promise<string> | undefined
    await owner.transaction().execute(async (tx) => {
      await tx
        .updateTable('tenants')
        .set({ state: 'live', live_since: stage.clock.now() } as never)
        .where('id', '=', id)
        .execute()
      if (when !== 'while it goes live') return
      outcome = settled()
      await until(async () => {
        // As the role that waits: of others a role is not told what they ask.
        const { rows } = await sql`
          select from pg_stat_activity
          where datname = current_database() and wait_event_type = 'Lock' and query like '%rehearsing%'`.execute(
          app,
        )
        return rows.length > 0
      }, 5_000)
    })
    expect(await (outcome ?? settled())).toBe('tenant.unknown')
    expect(await stage.balance(tenant, walletId)).toBe(0n)
  },
)
