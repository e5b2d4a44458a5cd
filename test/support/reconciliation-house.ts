import { inTenant } from '#core/db/tenant.ts'
import { checkLedger } from '#core/ledger/check.ts'
import { cents } from '#core/money.ts'
import { importBankStatement } from '#core/reconciliation/bank.ts'
import { pullAndReconcile } from '#core/reconciliation/reconciliation-jobs.ts'
import { reconciliationSummary } from '#core/reconciliation/summary.ts'
import type { Tenant } from '#core/tenant.ts'
import { paymentsPage } from '#core/top-ups/read.ts'
import { payAtCounter } from './counter.ts'
import { openDifferences } from './flows.ts'
import { openTestHouse, type TestFamily } from './house.ts'

/** An entity with one family of one child. */
export interface Entity {
  tenant: Tenant
  family: TestFamily
}

interface Call {
  path: string
  status: number
}

/** A whole house beside its sandbox, with the words in which a day of payments, flows and bank credits is told. */
export async function openReconciliationHouse() {
  const { house, sandboxUrl, clock, addTenant, addFamily } = await openTestHouse()
  const { services, sources, cashier } = house
  const { db } = services

  async function order<Answer = unknown>(path: string, body: object): Promise<Answer> {
    const response = await fetch(new URL(path, sandboxUrl), {
      method: path.endsWith('/failure') ? 'PUT' : 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
    return (await response.json()) as Answer
  }

  /** Opens a notice, pays it at the sandbox's counter; a dropped receipt is never sent. Answers the IUV. */
  async function pay({ tenant, family }: Entity, euros: number, drop = false): Promise<string> {
    const { walletId } = family.children[0]!
    const payer = { accountId: family.accountId, email: null, language: 'it' as const }
    const drafts = [{ walletId, amountCents: cents(euros * 100) }]
    await cashier.start(tenant, 'psp-notice', payer, { walletId, drafts })
    const { items } = await paymentsPage(db, tenant.id, { walletIds: [walletId], limit: 1 })
    const { noticeNumber } = items[0]!
    if (drop) await order('/api/node/misbehaviour/next', { drop: true, noticeNumber })
    await payAtCounter(sandboxUrl, tenant.creditorFiscalCode, noticeNumber)
    return noticeNumber.slice(1)
  }

  const pull = ({ tenant }: Entity) => pullAndReconcile(services, sources, tenant.id)
  const closeDay = (fiscalCode: string) =>
    order<{ flows: { fdr: string; sumCents: number; pspId: string }[] }>('/api/fdr/close-day', { fiscalCode })
  const open = ({ tenant }: Entity) => openDifferences(db, tenant.id)
  const summary = ({ tenant }: Entity) => reconciliationSummary(db, tenant.id)
  const soundness = ({ tenant }: Entity) => checkLedger(db, tenant.id)

  async function upload({ tenant }: Entity) {
    const address = new URL(`/api/fdr/bank-statement.csv?fiscalCode=${tenant.creditorFiscalCode}`, sandboxUrl)
    const bytes = Buffer.from(await (await fetch(address)).arrayBuffer())
    return importBankStatement(
      db,
      tenant.id,
      { fileName: 'estratto conto.csv', bytes, accountId: null },
      clock.now(),
    )
  }

  async function walletOf({ tenant, family }: Entity): Promise<bigint> {
    const row = await inTenant(db, tenant.id, (tx) =>
      tx
        .selectFrom('wallets')
        .select('balance_cents')
        .where('tenant_id', '=', tenant.id)
        .where('id', '=', family.children[0]!.walletId)
        .executeTakeFirstOrThrow(),
    )
    return row.balance_cents
  }

  async function entity(change: Parameters<typeof addTenant>[0] = {}): Promise<Entity> {
    const tenant = await addTenant(change)
    return { tenant, family: await addFamily(tenant, 1) }
  }

  async function calls(): Promise<Call[]> {
    const response = await fetch(new URL('/api/biz-events/calls', sandboxUrl))
    return ((await response.json()) as { calls: Call[] }).calls.toReversed()
  }

  function recoveries({ tenant }: Entity) {
    return inTenant(db, tenant.id, (tx) =>
      tx
        .selectFrom('receipt_recoveries')
        .selectAll()
        .where('tenant_id', '=', tenant.id)
        .orderBy('iuv')
        .execute(),
    )
  }

  return {
    services,
    sources,
    clock,
    entity,
    order,
    pay,
    pull,
    closeDay,
    open,
    summary,
    soundness,
    upload,
    walletOf,
    calls,
    recoveries,
  }
}
