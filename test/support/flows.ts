import type { Db, Pool } from '#core/db/connect.ts'
import { cents } from '#core/money.ts'
import type { FlowEntry, PublishedFlow } from '#core/reconciliation/ports.ts'
import { listDifferences } from '#core/reconciliation/read-differences.ts'
import { completeFlow, storeHeader, storeLines } from '#core/reconciliation/store-flow.ts'
import { settleReceipt, type ReceiptFacts } from '#core/receipts/settle.ts'
import { reconciliationSummary } from '#core/reconciliation/summary.ts'
import { afterAll } from 'vitest'
import { appPool, bareTenant, bareTopUp, settlementOf, type BareTenant } from './entities.ts'

let serial = 0n

/** A payment that a flow may report. */
export interface Paid {
  noticeNumber: string
  iuv: string
  receiptId: string
  amountCents: bigint
}

/** A notice of the tenant that was paid; with `lost`, its receipt never came. */
export async function pay(
  { pool, db }: { pool: Pool; db: Db },
  tenant: BareTenant,
  amountCents: bigint,
  options: { lost?: boolean; paidAt?: Date; arrivedAt?: Date; facts?: Partial<ReceiptFacts> } = {},
): Promise<Paid> {
  const number = ++serial
  const noticeNumber = `301${number.toString().padStart(15, '0')}`
  const paid = {
    noticeNumber,
    iuv: noticeNumber.slice(1),
    receiptId: `rt-${number}`,
    amountCents,
  }
  await bareTopUp(db, tenant, noticeNumber, amountCents)
  if (options.lost) return paid
  const at = options.paidAt ?? new Date('2026-11-20T10:00:00Z')
  const facts = {
    noticeNumber,
    creditorReference: paid.iuv,
    receiptId: paid.receiptId,
    amountCents: cents(amountCents),
    ourAmountCents: cents(amountCents),
    paidAt: at,
    ...options.facts,
  }
  await settleReceipt(pool, tenant.id, settlementOf(tenant, facts), options.arrivedAt ?? at)
  return paid
}

/** A line that reports a payment as it was, unless told otherwise. */
export function lineOf(paid: Paid, change: Partial<FlowEntry> = {}): Omit<FlowEntry, 'place'> {
  return {
    index: undefined,
    iuv: paid.iuv,
    iur: paid.receiptId,
    idTransfer: 1,
    amountCents: paid.amountCents,
    code: 0,
    payDate: '2026-11-20',
    unreadable: undefined,
    ...change,
  }
}

export interface PlayedFlow extends Partial<PublishedFlow> {
  declaredCents?: bigint
  declaredCount?: number
  regulationDate?: string
}

/** Stores a flow, numbered in the order of its lines, and completes it. Answers its row's id and its name. */
export async function reportFlow(
  db: Db,
  tenant: BareTenant,
  lines: readonly Omit<FlowEntry, 'place'>[],
  change: PlayedFlow = {},
): Promise<{ id: string; flowId: string; cents: bigint }> {
  const { declaredCents, declaredCount, regulationDate, ...named } = change
  const flow: PublishedFlow = {
    pspId: 'BANCAPROVA',
    flowId: `2026-11-21BANCAPROVA-${String(++serial).padStart(7, '0')}`,
    revision: 1,
    flowDate: new Date('2026-11-21T08:00:00Z'),
    publishedAt: new Date('2026-11-21T09:00:00Z'),
    ...named,
  }
  const total = lines.reduce((sum, { amountCents }) => sum + amountCents, 0n)
  const header = {
    pspName: 'Banca di Prova',
    regulation: `TRN${serial}`,
    regulationDate: regulationDate ?? '2026-11-21',
    declaredCount: declaredCount ?? lines.length,
    declaredCents: declaredCents ?? total,
  }
  const now = new Date('2026-11-21T10:00:00Z')
  const id = await storeHeader(db, tenant.id, flow, header, now)
  const entries = lines.map((line, index) => ({ ...line, place: index + 1, index: line.index ?? index + 1 }))
  await storeLines(db, tenant.id, id, entries, tenant.segregationCode)
  await completeFlow(db, tenant.id, id, now)
  return { id, flowId: flow.flowId, cents: total }
}

/** A statement in the form most Italian banks give. */
export function statement(rows: readonly { on?: string; cents: bigint; text: string }[]): {
  fileName: string
  bytes: Buffer
  accountId: null
} {
  const amount = (value: bigint) => `${value / 100n},${String(value % 100n).padStart(2, '0')}`
  const lines = rows.map(({ on = '23/11/2026', cents, text }) => `${on};${on};${amount(cents)};${text}`)
  const file = `Data contabile;Data valuta;Importo;Causale\r\n${lines.join('\r\n')}\r\n`
  return { fileName: 'estratto.csv', bytes: Buffer.from(file), accountId: null }
}

/** The text of a credit that pays a flow. */
export function cumulative(flowId: string): string {
  return `/PUR/LGPE-RIVERSAMENTO/URI/${flowId}`
}

/** What is open, by kind and line (or amounts), in a stable order. */
export async function openDifferences(db: Db, tenantId: string): Promise<string[]> {
  const { items } = await listDifferences(db, tenantId, { state: 'open', limit: 500 })
  return items
    .map(({ kind, expectedCents, foundCents }) => `${kind} ${expectedCents ?? '-'} ${foundCents ?? '-'}`)
    .toSorted()
}

/** The books of a database for tests of reconciliation, and what they are asked again and again. */
export function openBooks(url: string) {
  const world = appPool(url)
  const { db, pool } = world
  afterAll(async () => {
    await pool.end()
    await db.destroy()
  })
  return {
    world,
    db,
    now: new Date('2026-11-24T10:00:00Z'),
    differences: (tenantId: string) => openDifferences(db, tenantId),
    clearing: async (tenantId: string) => (await reconciliationSummary(db, tenantId)).awaitedCents,
    /** A tenant with one paid notice for each amount. */
    async fullyPaid(amounts: readonly bigint[]) {
      const tenant = await bareTenant(db)
      const paid = await Promise.all(amounts.map((amount) => pay(world, tenant, amount)))
      return { tenant, paid }
    },
  }
}
