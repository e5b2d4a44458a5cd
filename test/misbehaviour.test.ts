import { beforeAll, describe, expect, test } from 'vitest'
import { sql } from 'kysely'
import { inTenant } from '#core/db/tenant.ts'
import { checkLedger } from '#core/ledger/check.ts'
import { cents } from '#core/money.ts'
import { openTopUps } from '#core/top-ups/open.ts'
import type { Tenant } from '#core/tenant.ts'
import { openTestHouse, type TestFamily } from './support/house.ts'
import { until } from './support/process.ts'

/*
 * Everything that the simulated Node can be told to do wrong, to entities that share a creditor and to one that has its
 * own; afterwards what the outside world knows that it paid must be credited or in suspense, to the cent.
 */

const TOKEN_LIFE_MS = 1_500
const { house, sandboxUrl, clock, addTenant, addFamily } = await openTestHouse(
  {},
  { tokenLifeMs: TOKEN_LIFE_MS },
)
const { db, scheme, relay } = house.services

/** What is ordered, by what it is called. */
const ORDERS = {
  'nothing wrong': {},
  '50 copies at once': { duplicates: 50, parallel: true },
  '5 copies one after another': { duplicates: 5 },
  'our answer lost': { loseAnswer: true },
  'our answer malformed to the Node': { garbleAnswer: true },
  'a receipt before the return': { timing: 'on-pay' },
  'a receipt after its token has expired': { timing: 'late' },
  'a receipt some time after the return': { timing: 'after-return' },
  'the same receipt once more, later': { repeatAfterSeconds: 1 },
  'a second payment of the same notice': { secondReceipt: true },
  'a smaller amount': { amountCents: 1_234 },
  'a larger amount': { amountCents: 9_876 },
  'a notice that nobody issued': { unknownNotice: true },
  'the notice of another intermediary beside ours': { broadcast: true },
  'a share in another entity’s notice beside ours': { secondaryBeneficiary: true },
  'a payment that failed after all': { outcomeKo: true },
  'a payment taken while we were away': { standIn: true },
  'the old version of the receipt': { version: 'V1' },
  'several of them together': {
    duplicates: 10,
    parallel: true,
    loseAnswer: true,
    secondReceipt: true,
    version: 'V1',
  },
} as const

interface LedgerEntry {
  fiscalCode: string
  segregationCode: string | null
  isRegistered: boolean
  paidCents: number
  acceptedCents: number
  underWayCents: number
  refusedCents: number
}

async function ask<Answer>(path: string, body?: unknown): Promise<Answer> {
  const response = await fetch(new URL(path, sandboxUrl), {
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    headers: { 'content-type': 'application/json' },
  })
  expect(response.ok, `${path} ${response.status}`).toBe(true)
  return (await response.json()) as Answer
}

async function outsideLedger({ creditorFiscalCode }: Tenant): Promise<LedgerEntry[]> {
  const query = `fiscalCode=${creditorFiscalCode}`
  return (await ask<{ entries: LedgerEntry[] }>(`/api/node/ledger?${query}`)).entries
}

/** What the entity's ledger took in, and where it stands. */
async function received(tenant: Tenant): Promise<{ credited: bigint; suspense: bigint; received: bigint }> {
  return inTenant(db, tenant.id, async (tx) => {
    const { rows } = await sql<{ credited: bigint; suspense: bigint; received: bigint }>`
      select coalesce(sum(p.amount_cents) filter (where p.account = 'wallet'), 0)::bigint as credited,
        coalesce(sum(p.amount_cents) filter (where p.account = 'suspense'), 0)::bigint as suspense,
        coalesce(-sum(p.amount_cents) filter (where p.account = 'pagopa-clearing'), 0)::bigint as received
      from ledger_postings p join ledger_transactions t on t.tenant_id = p.tenant_id and t.id = p.transaction_id
      where p.tenant_id = ${tenant.id} and t.kind in ('receipt', 'suspense')`.execute(tx)
    return rows[0]!
  })
}

let entities: { tenant: Tenant; family: TestFamily }[]

beforeAll(async () => {
  const first = await addTenant()
  const shared = { creditorFiscalCode: first.creditorFiscalCode, segregationCode: '07' }
  const tenants = [first, await addTenant(shared), await addTenant()]
  entities = await Promise.all(
    tenants.map(async (tenant) => ({ tenant, family: await addFamily(tenant, 1) })),
  )
})

describe('money is conserved', () => {
  test.each(Object.entries(ORDERS))('with %s', async (_, order) => {
    for (const { tenant, family } of entities) {
      const { walletId } = family.children[0]!
      const draft = { walletId, amountCents: cents(5_000n), accountId: family.accountId }
      const options = { channelId: 'psp-notice', validDays: 30 }
      const [opened] = await openTopUps(db, scheme, tenant, [draft], options, clock.now())
      const notice = { fiscalCode: tenant.creditorFiscalCode, noticeNumber: opened!.noticeNumber }
      await ask('/api/node/misbehaviour/next', { ...order, noticeNumber: notice.noticeNumber })
      const { paymentToken } = await ask<{ paymentToken: string }>('/api/node/activate', notice)
      expect(await ask('/api/node/pay', { paymentToken })).toMatchObject({ outcome: 'OK' })
    }
  })

  test('and every receipt found its end, none of them a refusal', async () => {
    await until(async () => {
      for (const { tenant } of entities) {
        const entries = await outsideLedger(tenant)
        if (entries.some(({ underWayCents }) => underWayCents > 0)) return false
      }
      return true
    }, 30_000)
    for (const { tenant } of entities) {
      const entries = await outsideLedger(tenant)
      expect(entries.filter(({ isRegistered, refusedCents }) => isRegistered && refusedCents > 0)).toEqual([])
    }
  })

  test('credited and suspense are what was received, to the cent, for every entity', async () => {
    for (const [index, { tenant }] of entities.entries()) {
      const entries = await outsideLedger(tenant)
      const of = (segregationCode: string | null) =>
        entries.find((entry) => entry.segregationCode === segregationCode)
      const own = of(tenant.segregationCode)!
      expect(own.acceptedCents).toBe(own.paidCents)
      const shares = of(null)?.acceptedCents ?? 0
      // Of two entities of one creditor nobody can say whose share it is: it is kept, and posted to neither.
      const ambiguous = index < 2
      const books = await received(tenant)
      expect(books.received).toBe(BigInt(own.acceptedCents + (ambiguous ? 0 : shares)))
      expect(books.credited + books.suspense).toBe(books.received)
      expect(await checkLedger(db, tenant.id)).toEqual([])
    }
    const kept = await relay
      .selectFrom('unrouted_receipts')
      .select((by) => by.fn.countAll<bigint>().as('count'))
      .where('id_pa', '=', entities[0]!.tenant.creditorFiscalCode)
      .executeTakeFirstOrThrow()
    expect(Number(kept.count)).toBeGreaterThanOrEqual(2)
  })

  test('a payment credits what was paid, once, whatever else came', async () => {
    const orders = Object.keys(ORDERS).length
    for (const { tenant } of entities) {
      const { rows } = await inTenant(db, tenant.id, (tx) =>
        sql<{ credits: bigint; top_ups: bigint }>`
          select count(*) filter (where r.disposition = 'credited') as credits, count(distinct r.top_up_id) as top_ups
          from receipts r where r.tenant_id = ${tenant.id} and r.disposition = 'credited'`.execute(tx),
      )
      // All but the unknown notice and the failed payment.
      expect(rows[0]).toEqual({ credits: BigInt(orders - 2), top_ups: BigInt(orders - 2) })
    }
  })
})
