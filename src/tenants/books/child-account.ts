import { sql } from 'kysely'
import type { RomeDate } from '#core/clock.ts'
import type { Db } from '#core/db/connect.ts'
import type { EmailKind } from '#core/db/outbox-tables.ts'
import type { WalletState } from '#core/db/schema.ts'
import { inTenant, type Tx } from '#core/db/tenant.ts'
import { DomainError } from '#core/errors.ts'
import { cents, signedCents, type Cents, type SignedCents } from '#core/money.ts'

/** A wallet of a child, as the office sees it. */
export interface ChildWallet {
  id: string
  childId: string
  childName: string
  category: string
  state: WalletState
  balanceCents: SignedCents
  /** Notices that are out and not paid. */
  openNotices: number
}

export interface ChildService {
  category: string
  schoolYear: string
  /** Without a tariff plan the price, otherwise what an ordinary day costs at present. */
  tariffCents: Cents
  /** Undefined where it is for the whole school year. */
  startsOn: RomeDate | undefined
  endsOn: RomeDate | undefined
}

/** A message that was written about a child; its text and its address are nobody's business here. */
export interface ChildMessage {
  kind: EmailKind
  requestedAt: Date
  sentAt: Date | undefined
}

/** A parent's request by which the child was linked. */
export interface ChildRequestTrace {
  askedAt: Date
  decidedAt: Date
}

export interface ChildAccount {
  wallets: ChildWallet[]
  services: ChildService[]
  /** The latest ones. */
  messages: ChildMessage[]
  requests: ChildRequestTrace[]
}

const MESSAGES_SHOWN = 20

/** What the entity keeps about a child besides the people around it. Empty lists for a child that is not there. */
export async function childAccount(db: Db, tenantId: string, childId: string): Promise<ChildAccount> {
  return inTenant(db, tenantId, async (tx) => ({
    wallets: await walletsOf(tx, tenantId, childId),
    services: await servicesOf(tx, tenantId, childId),
    messages: await messagesOf(tx, tenantId, childId),
    requests: await requestsOf(tx, tenantId, childId),
  }))
}

/** One wallet of one child. @throws DomainError resource.not_found, also for the wallet of another child */
export async function walletOfChild(
  db: Db,
  tenantId: string,
  childId: string,
  walletId: string,
): Promise<ChildWallet> {
  const wallets = await inTenant(db, tenantId, (tx) => walletsOf(tx, tenantId, childId))
  const found = wallets.find(({ id }) => id === walletId)
  if (!found) throw new DomainError('resource.not_found')
  return found
}

async function walletsOf(tx: Tx, tenantId: string, childId: string): Promise<ChildWallet[]> {
  const { rows } = await sql<{
    id: string
    first_name: string
    last_name: string
    label: string
    state: WalletState
    balance_cents: bigint
    open_notices: bigint
  }>`
    select w.id, k.first_name, k.last_name, s.label, w.state, w.balance_cents,
      (select count(*) from top_ups t
        where t.tenant_id = ${tenantId} and t.wallet_id = w.id and t.state = 'open') as open_notices
    from wallets w
    join children k on k.tenant_id = w.tenant_id and k.id = w.child_id
    join service_categories s on s.tenant_id = w.tenant_id and s.code = w.category
    where w.tenant_id = ${tenantId} and w.child_id = ${childId} order by w.category`.execute(tx)
  return rows.map((row) => ({
    id: row.id,
    childId,
    childName: `${row.first_name} ${row.last_name}`,
    category: row.label,
    state: row.state,
    balanceCents: signedCents(row.balance_cents),
    openNotices: Number(row.open_notices),
  }))
}

async function servicesOf(tx: Tx, tenantId: string, childId: string): Promise<ChildService[]> {
  const rows = await tx
    .selectFrom('enrolments as e')
    .innerJoin('service_categories as s', (join) =>
      join.onRef('s.tenant_id', '=', 'e.tenant_id').onRef('s.code', '=', 'e.category'),
    )
    .select(['s.label', 'e.school_year', 'e.tariff_cents', 'e.starts_on', 'e.ends_on'])
    .where('e.tenant_id', '=', tenantId)
    .where('e.child_id', '=', childId)
    .orderBy('e.school_year', 'desc')
    .orderBy('e.category')
    .execute()
  return rows.map((row) => ({
    category: row.label,
    schoolYear: row.school_year,
    tariffCents: cents(row.tariff_cents),
    startsOn: row.starts_on ?? undefined,
    endsOn: row.ends_on ?? undefined,
  }))
}

/** About the child's payments, its invitations and the requests that led to it: what each e-mail is about tells. */
async function messagesOf(tx: Tx, tenantId: string, childId: string): Promise<ChildMessage[]> {
  const { rows } = await sql<{ kind: EmailKind; requested_at: Date; sent_at: Date | null }>`
    with payments as (
      select t.id from wallets w join top_ups t on t.tenant_id = w.tenant_id and t.wallet_id = w.id
      where w.tenant_id = ${tenantId} and w.child_id = ${childId})
    select e.kind, e.requested_at, e.sent_at
    from emails e
    join (
      select id from payments
      union all
      select r.id from payments p join receipts r on r.tenant_id = ${tenantId} and r.top_up_id = p.id
      union all
      select i.id from invitations i where i.tenant_id = ${tenantId} and i.child_id = ${childId}
      union all
      select q.id from child_requests q where q.tenant_id = ${tenantId} and q.child_id = ${childId}
    ) about on about.id = e.subject_id
    where e.tenant_id = ${tenantId}
    order by e.requested_at desc, e.id desc limit ${MESSAGES_SHOWN}`.execute(tx)
  return rows.map((row) => ({
    kind: row.kind,
    requestedAt: row.requested_at,
    sentAt: row.sent_at ?? undefined,
  }))
}

async function requestsOf(tx: Tx, tenantId: string, childId: string): Promise<ChildRequestTrace[]> {
  const rows = await tx
    .selectFrom('child_requests')
    .select(['created_at', 'decided_at'])
    .where('tenant_id', '=', tenantId)
    .where('child_id', '=', childId)
    .orderBy('created_at', 'desc')
    .limit(MESSAGES_SHOWN)
    .execute()
  return rows.map((row) => ({ askedAt: row.created_at, decidedAt: row.decided_at! }))
}

/** The transactions among these of one wallet that were taken back; of a batch of meals, this wallet's. */
export async function reversedAmong(
  db: Db,
  tenantId: string,
  walletId: string,
  transactionIds: readonly string[],
): Promise<ReadonlySet<string>> {
  if (transactionIds.length === 0) return new Set()
  const { rows } = await inTenant(db, tenantId, (tx) =>
    sql<{ id: string }>`
      select asked.id from unnest(${transactionIds}::uuid[]) as asked (id)
      where exists (select from ledger_transactions t where t.tenant_id = ${tenantId} and t.reverses = asked.id)
        or exists (
          select from meal_charge_of(${tenantId}, asked.id, ${walletId}) c
          where c.transaction_id = asked.id and c.reversed_at is not null)`.execute(tx),
  )
  return new Set(rows.map(({ id }) => id))
}
