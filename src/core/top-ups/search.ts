import { sql, type SqlBool } from 'kysely'
import { addDays, startOfRomeDay, type RomeDate } from '../clock.ts'
import type { Db } from '../db/connect.ts'
import type { Disposition, Irregularity, TopUpState } from '../db/schema.ts'
import { inTenant, type Tx } from '../db/tenant.ts'
import type { Page } from '../ledger/movements.ts'
import { cents, type Cents } from '../money.ts'
import type { PaymentsKey } from './read.ts'

/** What the office looks for among all payments of its entity. Nothing set finds everything. */
export interface PaymentSearch {
  /** A notice number, an IUV or a receipt's id, whole; blanks in it are passed over. */
  code?: string | undefined
  /** A part of the name, or the whole id, of the PSP that took the money. */
  psp?: string | undefined
  /** Rome days on which the top-up was asked for, both included. */
  from?: RomeDate | undefined
  to?: RomeDate | undefined
  state?: TopUpState | undefined
  /** Only payments with something odd: an irregular receipt, or money that came twice. */
  irregularOnly?: boolean | undefined
  before?: PaymentsKey | undefined
  limit?: number
}

/** A payment as the office's list shows it. */
export interface FoundPayment {
  id: string
  createdAt: Date
  state: TopUpState
  childFirstName: string
  childLastName: string
  channelId: string
  noticeNumber: string
  askedCents: Cents
  /** What all its receipts brought to the entity; zero while there is none. */
  receivedCents: Cents
  /** Of the receipt that credited it. */
  pspName: string | undefined
  paidAt: Date | undefined
  irregular: boolean
}

/** A page of the entity's payments, newest first. */
export async function searchPayments(
  db: Db,
  tenantId: string,
  search: PaymentSearch,
): Promise<Page<FoundPayment, PaymentsKey>> {
  const { limit = 25 } = search
  return inTenant(db, tenantId, async (tx) => {
    const rows = await query(tx, tenantId, search, limit + 1)
    const items = rows.slice(0, limit).map(toFound)
    const last = items.at(-1)
    return {
      items,
      next: rows.length > limit && last ? { createdAt: last.createdAt, id: last.id } : undefined,
    }
  })
}

/** With auxiliary digit 3 the notice number is a 3 and the IUV (protocol §2.1). */
const AUX_DIGIT = '3'

async function query(
  tx: Tx,
  tenantId: string,
  { code, psp, from, to, state, irregularOnly, before }: PaymentSearch,
  limit: number,
): Promise<Row[]> {
  const conditions = [sql<SqlBool>`t.tenant_id = ${tenantId}`]
  const wanted = code?.replaceAll(/\s/g, '')
  if (wanted)
    // By number first, each over its own index: one condition over two joined tables would read them whole.
    conditions.push(sql<SqlBool>`t.id in (
      select id from top_ups where tenant_id = ${tenantId} and notice_number in (${wanted}, ${AUX_DIGIT + wanted})
      union select top_up_id from receipts where tenant_id = ${tenantId} and creditor_reference = ${wanted}
      union select top_up_id from receipts where tenant_id = ${tenantId} and receipt_id = ${wanted})`)
  if (psp)
    conditions.push(sql<SqlBool>`exists (select from receipts r where r.tenant_id = ${tenantId} and r.top_up_id = t.id
      and (r.psp_id = ${psp} or position(lower(${psp}) in lower(r.psp_name)) > 0))`)
  if (from) conditions.push(sql<SqlBool>`t.created_at >= ${startOfRomeDay(from)}`)
  if (to) conditions.push(sql<SqlBool>`t.created_at < ${startOfRomeDay(addDays(to, 1))}`)
  if (state) conditions.push(sql<SqlBool>`t.state = ${state}`)
  if (irregularOnly)
    conditions.push(sql<SqlBool>`exists (select from receipts r where r.tenant_id = ${tenantId} and r.top_up_id = t.id
      and (r.irregularities <> '{}' or r.disposition <> 'credited'))`)
  if (before) conditions.push(sql<SqlBool>`(t.created_at, t.id) < (${before.createdAt}, ${before.id}::uuid)`)
  const { rows } = await sql<Row>`
    select t.id, t.created_at, t.state, t.channel_id, t.notice_number, t.amount_cents, k.first_name, k.last_name,
      got.received_cents, got.irregular, paid.psp_name, paid.paid_at
    from (select * from top_ups t where ${sql.join(conditions, sql` and `)}
      order by t.created_at desc, t.id desc limit ${limit}) t
    join wallets w on w.tenant_id = t.tenant_id and w.id = t.wallet_id
    join children k on k.tenant_id = w.tenant_id and k.id = w.child_id
    left join receipts paid on paid.tenant_id = t.tenant_id and paid.top_up_id = t.id and paid.disposition = 'credited'
    left join lateral (
      select coalesce(sum(r.our_amount_cents) filter (where r.ledger_transaction_id is not null), 0)::bigint as received_cents,
        coalesce(bool_or(r.irregularities <> '{}' or r.disposition <> 'credited'), false) as irregular
      from receipts r where r.tenant_id = ${tenantId} and r.top_up_id = t.id) got on true
    order by t.created_at desc, t.id desc`.execute(tx)
  return rows
}

interface Row {
  id: string
  created_at: Date
  state: TopUpState
  channel_id: string
  notice_number: string
  amount_cents: bigint
  first_name: string
  last_name: string
  received_cents: bigint
  irregular: boolean
  psp_name: string | null
  paid_at: Date | null
}

function toFound(row: Row): FoundPayment {
  return {
    id: row.id,
    createdAt: row.created_at,
    state: row.state,
    childFirstName: row.first_name,
    childLastName: row.last_name,
    channelId: row.channel_id,
    noticeNumber: row.notice_number,
    askedCents: cents(row.amount_cents),
    receivedCents: cents(row.received_cents),
    pspName: row.psp_name ?? undefined,
    paidAt: row.paid_at ?? undefined,
    irregular: row.irregular,
  }
}

/** A receipt that belongs to no top-up: an unknown notice, a failed payment, another intermediary's. */
export interface LooseReceipt {
  id: string
  receiptId: string
  noticeNumber: string
  disposition: Disposition
  irregularities: readonly Irregularity[]
  ourCents: Cents
  pspName: string
  arrivedAt: Date
}

const LOOSE_MAX = 10

/** The receipts without a top-up that a code names, newest first; at most ten. */
export async function findLooseReceipts(db: Db, tenantId: string, code: string): Promise<LooseReceipt[]> {
  const wanted = code.replaceAll(/\s/g, '')
  const rows = await inTenant(db, tenantId, (tx) =>
    tx
      .selectFrom('receipts')
      .select([
        'id',
        'receipt_id',
        'notice_number',
        'disposition',
        'irregularities',
        'our_amount_cents',
        'psp_name',
        'arrived_at',
      ])
      .where('tenant_id', '=', tenantId)
      .where('top_up_id', 'is', null)
      .where((where) =>
        where.or([
          where('receipt_id', '=', wanted),
          where('creditor_reference', '=', wanted),
          // A whole notice number, over the index of its reference.
          where('creditor_reference', '=', wanted.slice(1)),
        ]),
      )
      .orderBy('arrived_at', 'desc')
      .limit(LOOSE_MAX)
      .execute(),
  )
  return rows.map((row) => ({
    id: row.id,
    receiptId: row.receipt_id,
    noticeNumber: row.notice_number,
    disposition: row.disposition,
    irregularities: row.irregularities,
    ourCents: cents(row.our_amount_cents),
    pspName: row.psp_name,
    arrivedAt: row.arrived_at,
  }))
}
