import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { inTenant, sqlState } from '#core/db/tenant.ts'
import { newId } from '#core/ids.ts'
import { checkLedger } from '#core/ledger/check.ts'
import { importBankStatement } from '#core/reconciliation/bank.ts'
import { reconcileTenant } from '#core/reconciliation/reconcile.ts'
import { reconciliationSummary, settlementOf } from '#core/reconciliation/summary.ts'
import { testDatabase } from './support/database.ts'
import { bareTenant } from './support/entities.ts'
import { openBooks, cumulative, lineOf, pay, reportFlow, statement } from './support/flows.ts'

const database = await testDatabase()
const { world, db, now, differences, clearing, fullyPaid } = openBooks(database.urls.app)

describe('settlement', () => {
  test('waits for the bank to have the flow’s sum to the cent', async () => {
    const { tenant, paid } = await fullyPaid([5000n])
    const flow = await reportFlow(db, tenant, [lineOf(paid[0]!)])
    const short = statement([{ cents: 4999n, text: cumulative(flow.flowId) }])
    await importBankStatement(db, tenant.id, short, now)
    expect(await differences(tenant.id)).toEqual(['bank-amount-differs 5000 4999'])
    expect(await clearing(tenant.id)).toBe(5000n)
    const rest = statement([{ cents: 1n, text: cumulative(flow.flowId) }])
    expect(await importBankStatement(db, tenant.id, rest, now)).toMatchObject({ settledCents: 5000n })
    expect(await differences(tenant.id)).toEqual([])
  })

  test('is refused by the ledger itself while the sums differ, whoever asks', async () => {
    const { tenant, paid } = await fullyPaid([5000n])
    const flow = await reportFlow(db, tenant, [lineOf(paid[0]!)])
    const settle = async () => {
      const { rows } = await sql<{ cents: bigint }>`
        select settle_flow(${tenant.id}, ${flow.id}, ${newId()}, ${now}) as cents`.execute(db)
      return rows[0]!.cents
    }
    await reconcileTenant(db, tenant.id, now)
    expect(await settle()).toBe(0n)
    const text = cumulative(flow.flowId)
    await importBankStatement(db, tenant.id, statement([{ cents: 4999n, text }]), now)
    expect(await settle()).toBe(0n)
    await inTenant(db, tenant.id, (tx) =>
      sql`update bank_movements set flow_id = null where tenant_id = ${tenant.id}`.execute(tx),
    )
    expect(await settle()).toBe(0n)
    expect(await clearing(tenant.id)).toBe(5000n)
  })

  test('cannot be written by the app role, nor its rows', async () => {
    const { tenant } = await fullyPaid([5000n])
    const attempts = [
      sql`insert into receipt_settlements (tenant_id, receipt_row_id, transaction_id, flow_id, amount_cents, settled_at)
        select tenant_id, id, id, id, 5000, now() from receipts where tenant_id = ${tenant.id}`,
      sql`delete from fdr_lines where tenant_id = ${tenant.id}`,
      sql`delete from bank_movements where tenant_id = ${tenant.id}`,
      sql`update fdr_lines set amount_cents = 1 where tenant_id = ${tenant.id}`,
      sql`update bank_movements set amount_cents = 1 where tenant_id = ${tenant.id}`,
      sql`update call_budgets set calls = '{}'`,
    ]
    for (const attempt of attempts) {
      const outcome = inTenant(db, tenant.id, (tx) => attempt.execute(tx))
      expect(await outcome.then(() => 'done', sqlState)).toBe('42501')
    }
  })

  test('of a receipt that comes later is a further transaction; a revoked and a differing line settle nothing', async () => {
    const { tenant, paid } = await fullyPaid([1000n, 2000n, 3000n])
    const lost = await pay(world, tenant, 700n, { lost: true })
    const flow = await reportFlow(db, tenant, [
      lineOf(paid[0]!),
      lineOf(paid[1]!, { code: 3 }),
      lineOf(paid[2]!, { amountCents: 2999n }),
      lineOf(lost),
    ])
    const file = statement([{ cents: flow.cents, text: cumulative(flow.flowId) }])
    expect(await importBankStatement(db, tenant.id, file, now)).toMatchObject({ settledCents: 1000n })
    await pay(world, tenant, 700n, {
      facts: { receiptId: lost.receiptId, noticeNumber: lost.noticeNumber, creditorReference: lost.iuv },
    })
    expect(await reconcileTenant(db, tenant.id, now)).toMatchObject({ settledCents: 700n })
    expect(await clearing(tenant.id)).toBe(5000n)
    const { rows } = await inTenant(db, tenant.id, (tx) =>
      sql<{ reference: string }>`select reference from ledger_transactions
        where tenant_id = ${tenant.id} and kind = 'settlement' order by booked_at, reference`.execute(tx),
    )
    const name = `BANCAPROVA ${flow.flowId} 2026-11-21T08:00:00.000000Z revision 1`
    expect(rows.map(({ reference }) => reference)).toEqual([`${name} #1`, `${name} #2`])
    expect(await checkLedger(db, tenant.id)).toEqual([])
  })

  test('asked for by twenty runs at once books each receipt once', async () => {
    const { tenant, paid } = await fullyPaid(
      Array.from({ length: 12 }, (_, index) => BigInt(index + 1) * 100n),
    )
    const flows = await Promise.all(
      [paid.slice(0, 6), paid.slice(6), paid].map((some) =>
        reportFlow(
          db,
          tenant,
          some.map((one) => lineOf(one)),
        ),
      ),
    )
    const rows = flows.map(({ cents, flowId }) => ({ cents, text: cumulative(flowId) }))
    const runs = Array.from({ length: 20 }, (_, index) =>
      index === 3
        ? importBankStatement(db, tenant.id, statement(rows), now)
        : reconcileTenant(db, tenant.id, now),
    )
    await Promise.all(runs)
    await reconcileTenant(db, tenant.id, now)
    const summary = await reconciliationSummary(db, tenant.id)
    expect([summary.awaitedCents, summary.settledCents]).toEqual([0n, 7800n])
    expect(await checkLedger(db, tenant.id)).toEqual([])
  })

  test('asked of the ledger sixty times at the same moment, for flows that share receipts, books each once', async () => {
    const { tenant, paid } = await fullyPaid(Array.from({ length: 40 }, () => 100n))
    const flows = await Promise.all(
      [paid, paid.toReversed(), paid.slice(10, 30)].map((some) =>
        reportFlow(
          db,
          tenant,
          some.map((one) => lineOf(one)),
        ),
      ),
    )
    // In the bank, matched and waiting: only the settlement is left to do.
    for (const { id } of flows)
      await sql`select reconcile_flow(${tenant.id}, ${id}, ${newId()}, ${now}) as x`.execute(db)
    await inTenant(db, tenant.id, async (tx) => {
      const statementId = newId()
      await sql`insert into bank_statements (tenant_id, id, file_name, sha256, movements, new_movements, uploaded_at)
        values (${tenant.id}, ${statementId}, 'x', 'x', 3, 3, ${now})`.execute(tx)
      for (const { id, cents } of flows) {
        await sql`insert into bank_movements (tenant_id, id, statement_id, row_number, fingerprint, booked_on, amount_cents, remittance, kind)
          values (${tenant.id}, ${id}, ${statementId}, 1, ${id}, '2026-11-23', ${cents}, '', 'cumulative')`.execute(
          tx,
        )
        await sql`update bank_movements set flow_id = id where tenant_id = ${tenant.id} and id = ${id}`.execute(
          tx,
        )
      }
    })
    const settle = (id: string) =>
      sql<{ cents: bigint }>`select settle_flow(${tenant.id}, ${id}, ${newId()}, ${now}) as cents`.execute(db)
    const calls = Array.from({ length: 60 }, (_, index) => settle(flows[index % 3]!.id))
    const booked = (await Promise.all(calls)).map(({ rows }) => rows[0]!.cents)
    expect(booked.reduce((sum, cents) => sum + cents, 0n)).toBe(4000n)
    expect(await clearing(tenant.id)).toBe(0n)
    expect(await checkLedger(db, tenant.id)).toEqual([])
  })

  test('of a payment that the bank credits alone needs no flow', async () => {
    const { tenant, paid } = await fullyPaid([5000n, 2500n])
    const rows = [
      { cents: 5000n, text: `/RFB/${paid[0]!.iuv}/50.00` },
      { cents: 2501n, text: `/RFB/${paid[1]!.iuv}/25.01` },
      { cents: 900n, text: '/RFB/01999999999999999/9.00' },
      { cents: 900n, text: '/RFB/77999999999999999/9.00' },
    ]
    await importBankStatement(db, tenant.id, statement(rows), now)
    expect(await clearing(tenant.id)).toBe(2500n)
    expect(await differences(tenant.id)).toEqual(['bank-amount-differs 2500 2501', 'bank-unmatched - 900'])
    expect(await checkLedger(db, tenant.id)).toEqual([])
    const all = await inTenant(db, tenant.id, async (tx) => {
      const receipts = await tx
        .selectFrom('receipts')
        .select('id')
        .where('tenant_id', '=', tenant.id)
        .execute()
      return settlementOf(
        tx,
        tenant.id,
        receipts.map(({ id }) => id),
      )
    })
    expect([...all.values()]).toEqual([{ settledAt: now, flowId: undefined }])
  })

  test('of one creditor’s two entities books in each what is its own', async () => {
    const [north, south] = [await bareTenant(db), await bareTenant(db)]
    await sql`update tenants set creditor_fiscal_code = ${north.fiscalCode}, segregation_code = '02' where id = ${south.id}`.execute(
      database.owner,
    )
    const ofNorth = await pay(world, north, 1000n)
    const iuv = '02000000000000777'
    const ofSouth = await pay(world, { ...south, segregationCode: '02' }, 2000n, {
      facts: { creditorReference: iuv },
    })
    for (const tenant of [north, { ...south, segregationCode: '02' }]) {
      const flow = await reportFlow(db, tenant, [lineOf(ofNorth), lineOf({ ...ofSouth, iuv })])
      const file = statement([{ cents: flow.cents, text: cumulative(flow.flowId) }])
      await importBankStatement(db, tenant.id, file, now)
      expect(await differences(tenant.id)).toEqual([])
      expect(await clearing(tenant.id)).toBe(0n)
      expect(await checkLedger(db, tenant.id)).toEqual([])
    }
    expect((await reconciliationSummary(db, south.id)).settledCents).toBe(2000n)
  })

  test('is checked: a settlement that no receipt explains, and a receipt settled at another amount, are named', async () => {
    const { tenant, paid } = await fullyPaid([5000n])
    const flow = await reportFlow(db, tenant, [lineOf(paid[0]!)])
    await importBankStatement(
      db,
      tenant.id,
      statement([{ cents: 5000n, text: cumulative(flow.flowId) }]),
      now,
    )
    await sql`update receipt_settlements set amount_cents = 4000 where tenant_id = ${tenant.id}`.execute(
      database.owner,
    )
    const broken = (await checkLedger(db, tenant.id)).map(({ invariant }) => invariant.slice(0, 3))
    expect(broken).toEqual(['I12', 'I13'])
  })
})
