import type { Db } from '../db/connect.ts'
import type { TopUpState } from '../db/schema.ts'
import { inTenant, type Tx } from '../db/tenant.ts'
import type { Page } from '../ledger/movements.ts'
import { cents, signedCents } from '../money.ts'
import type { TopUp } from './top-up.ts'

/** The key of the next page of payments: the last one's time and id. */
export interface PaymentsKey {
  createdAt: Date
  id: string
}

export interface PaymentsFilter {
  /** Wallets of which every payment counts. */
  walletIds: readonly string[]
  /** Wallets of which those count that this account paid as an invited person. */
  invited?: { accountId: string; walletIds: readonly string[] } | undefined
  state?: TopUpState | undefined
  before?: PaymentsKey | undefined
  limit?: number
}

/** One top-up with its receipt; undefined when the tenant has none with this id. */
export async function findTopUp(db: Db, tenantId: string, id: string): Promise<TopUp | undefined> {
  return inTenant(db, tenantId, async (tx) => {
    const row = await select(tx, tenantId).where('t.id', '=', id).executeTakeFirst()
    return row && toTopUp(row)
  })
}

/** The top-ups of one cart, in the order in which they were opened. */
export async function topUpsOfCart(db: Db, tenantId: string, cartId: string): Promise<TopUp[]> {
  return inTenant(db, tenantId, async (tx) => {
    const rows = await select(tx, tenantId).where('t.cart_id', '=', cartId).orderBy('t.id').execute()
    return rows.map(toTopUp)
  })
}

/** A page of the top-ups of some wallets, newest first. */
export async function paymentsPage(
  db: Db,
  tenantId: string,
  filter: PaymentsFilter,
): Promise<Page<TopUp, PaymentsKey>> {
  const { walletIds, invited, state, before, limit = 20 } = filter
  const all = [...walletIds, ...(invited?.walletIds ?? [])]
  if (all.length === 0) return { items: [], next: undefined }
  return inTenant(db, tenantId, async (tx) => {
    let query = select(tx, tenantId).where('t.wallet_id', 'in', all)
    if (invited && invited.walletIds.length > 0) {
      query = query.where((where) => {
        const theirs = where.and([
          where('t.account_id', '=', invited.accountId),
          where('t.invitation_id', 'is not', null),
        ])
        return walletIds.length === 0 ? theirs : where.or([where('t.wallet_id', 'in', walletIds), theirs])
      })
    }
    if (state) query = query.where('t.state', '=', state)
    if (before) {
      query = query.where((where) =>
        where(where.refTuple('t.created_at', 't.id'), '<', where.tuple(before.createdAt, before.id)),
      )
    }
    const rows = await query
      .orderBy('t.created_at', 'desc')
      .orderBy('t.id', 'desc')
      .limit(limit + 1)
      .execute()
    const items = rows.slice(0, limit).map(toTopUp)
    const last = items.at(-1)
    return {
      items,
      next: rows.length > limit && last ? { createdAt: last.createdAt, id: last.id } : undefined,
    }
  })
}

function select(tx: Tx, tenantId: string) {
  return tx
    .selectFrom('top_ups as t')
    .innerJoin('wallets as w', (join) =>
      join.onRef('w.tenant_id', '=', 't.tenant_id').onRef('w.id', '=', 't.wallet_id'),
    )
    .innerJoin('children as k', (join) =>
      join.onRef('k.tenant_id', '=', 'w.tenant_id').onRef('k.id', '=', 'w.child_id'),
    )
    .innerJoin('service_categories as s', (join) =>
      join.onRef('s.tenant_id', '=', 'w.tenant_id').onRef('s.code', '=', 'w.category'),
    )
    .leftJoin('carts as c', (join) =>
      join.onRef('c.tenant_id', '=', 't.tenant_id').onRef('c.id', '=', 't.cart_id'),
    )
    .leftJoin('invitations as i', (join) =>
      join.onRef('i.tenant_id', '=', 't.tenant_id').onRef('i.id', '=', 't.invitation_id'),
    )
    .leftJoin('receipts as r', (join) =>
      join
        .onRef('r.tenant_id', '=', 't.tenant_id')
        .onRef('r.top_up_id', '=', 't.id')
        .on('r.disposition', '=', 'credited'),
    )
    .leftJoin('ledger_postings as p', (join) =>
      join
        .onRef('p.tenant_id', '=', 'r.tenant_id')
        .onRef('p.transaction_id', '=', 'r.ledger_transaction_id')
        .on('p.account', '=', 'wallet'),
    )
    .where('t.tenant_id', '=', tenantId)
    .select([
      't.id',
      't.wallet_id',
      't.channel_id',
      't.cart_id',
      't.state',
      't.amount_cents',
      't.description',
      't.taxonomy_code',
      't.notice_number',
      't.account_id',
      't.invitation_id',
      'i.label as invitation_label',
      't.created_at',
      't.expires_at',
      'w.category',
      's.label as category_label',
      'k.id as child_id',
      'k.first_name',
      'k.last_name',
      'c.returned_as',
      'c.returned_at',
      'r.id as r_id',
      'r.receipt_id',
      'r.disposition',
      'r.amount_cents as r_amount',
      'r.our_amount_cents',
      'r.fee_cents',
      'r.psp_name',
      'r.psp_fiscal_code',
      'r.payment_method',
      'r.paid_at',
      'r.application_date',
      'r.arrived_at',
      'r.copy_available_on',
      'r.creditor_reference',
      'p.balance_after_cents',
    ])
}

type Row = Awaited<ReturnType<ReturnType<typeof select>['execute']>>[number]

function toTopUp(row: Row): TopUp {
  return {
    id: row.id,
    walletId: row.wallet_id,
    channelId: row.channel_id,
    state: row.state,
    amountCents: cents(row.amount_cents),
    description: row.description,
    taxonomyCode: row.taxonomy_code,
    noticeNumber: row.notice_number,
    accountId: row.account_id ?? undefined,
    invitation:
      row.invitation_id === null ? undefined : { id: row.invitation_id, label: row.invitation_label! },
    cartId: row.cart_id ?? undefined,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    category: row.category,
    categoryLabel: row.category_label,
    childId: row.child_id,
    childFirstName: row.first_name,
    childLastName: row.last_name,
    returnedAs: row.returned_as ?? undefined,
    returnedAt: row.returned_at ?? undefined,
    receipt: row.r_id === null ? undefined : receiptOf(row, row.r_id),
  }
}

function receiptOf(row: Row, id: string): NonNullable<TopUp['receipt']> {
  return {
    id,
    receiptId: row.receipt_id!,
    disposition: row.disposition!,
    amountCents: cents(row.r_amount!),
    creditedCents: cents(row.our_amount_cents!),
    feeCents: row.fee_cents === null ? undefined : cents(row.fee_cents),
    pspName: row.psp_name!,
    pspFiscalCode: row.psp_fiscal_code ?? undefined,
    paymentMethod: row.payment_method ?? undefined,
    paidAt: row.paid_at ?? undefined,
    applicationDate: row.application_date ?? undefined,
    arrivedAt: row.arrived_at!,
    copyAvailableOn: row.copy_available_on!,
    creditorReference: row.creditor_reference!,
    balanceAfterCents: signedCents(row.balance_after_cents!),
  }
}
