import { sql } from 'kysely'
import type { Db } from '../db/connect.ts'
import { inTenant, type Tx } from '../db/tenant.ts'

/** A rule of the ledger that a row breaks. */
export interface Violation {
  invariant: keyof typeof INVARIANTS
  /** The transaction, wallet or receipt at fault. */
  subjectId: string
  detail: string
}

/** A transaction of many meals of a day and service, whose charges tell of each; meals that came otherwise have other references. */
const nameOfBatch = sql`t.reference ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}/[A-Z0-9_]+/[0-9a-f-]{36}$'`

/** The rules of trust.md §2 as queries: each answers the rows that break it. */
export const INVARIANTS = {
  'I1 postings of a transaction sum to zero': (tenantId: string) => sql<Row>`
    select t.id as subject, coalesce(sum(p.amount_cents), 0)::text || ' over ' || count(p.line) || ' postings' as detail
    from ledger_transactions t
    left join ledger_postings p on p.tenant_id = t.tenant_id and p.transaction_id = t.id
    where t.tenant_id = ${tenantId}
    group by t.id having coalesce(sum(p.amount_cents), 0) <> 0 or count(p.line) < 2`,
  'I2 postings of the tenant sum to zero': (tenantId: string) => sql<Row>`
    select ${tenantId}::uuid as subject, sum(amount_cents)::text as detail
    from ledger_postings where tenant_id = ${tenantId} having sum(amount_cents) <> 0`,
  'I3 a stored balance is the sum of its postings': (tenantId: string) => sql<Row>`
    select w.id as subject, w.balance_cents || ' stored, ' || coalesce(sum(p.amount_cents), 0) || ' posted' as detail
    from wallets w
    left join ledger_postings p on p.tenant_id = w.tenant_id and p.wallet_id = w.id
    where w.tenant_id = ${tenantId}
    group by w.id, w.balance_cents, w.movements
    having w.balance_cents <> coalesce(sum(p.amount_cents), 0) or w.movements <> count(p.line)
      or count(p.line) <> coalesce(max(p.movement), 0)`,
  'I4 a paid receipt with a share of ours is booked once': (tenantId: string) => sql<Row>`
    select r.id as subject, r.disposition || ' with ' || count(t.id) || ' transactions' as detail
    from receipts r
    left join ledger_transactions t on t.tenant_id = r.tenant_id and t.reference = r.receipt_id
      and t.kind in ('receipt', 'suspense')
    where r.tenant_id = ${tenantId}
    group by r.id, r.disposition
    having count(t.id) <> case when r.disposition in ('credited', 'suspense-unknown', 'suspense-paid-twice') then 1 else 0 end`,
  'I5 a credit has a receipt, a till record or a reason': (tenantId: string) => sql<Row>`
    select t.id as subject, t.kind || ' ' || t.reference as detail
    from ledger_transactions t
    left join receipts r on r.tenant_id = t.tenant_id and r.ledger_transaction_id = t.id
    left join ledger_postings p on p.tenant_id = t.tenant_id and p.transaction_id = t.id
      and p.account in ('wallet', 'suspense')
    where t.tenant_id = ${tenantId} and t.kind in ('receipt', 'suspense')
      and (r.id is null or p.amount_cents is distinct from r.our_amount_cents)
    union all
    select t.id, t.kind || ' ' || t.reference
    from ledger_transactions t
    left join ledger_postings p on p.tenant_id = t.tenant_id and p.transaction_id = t.id and p.account = 'wallet'
    left join till_entries e on e.tenant_id = t.tenant_id and e.transaction_id = t.id
    left join ledger_corrections c on c.tenant_id = t.tenant_id and c.transaction_id = t.id and c.kind = 'adjustment'
    where t.tenant_id = ${tenantId} and t.kind in ('till', 'adjustment')
      -- Credit that moved between the two rows of one child came from nowhere else: its two postings are both wallets'.
      and not (t.kind = 'adjustment' and t.reference like 'merge %' and not exists (
        select from ledger_postings o
        where o.tenant_id = t.tenant_id and o.transaction_id = t.id and o.account <> 'wallet'))
      and p.amount_cents is distinct from case t.kind when 'till' then e.amount_cents else c.amount_cents end`,
  'I14 a till record is taken back exactly where its booking is': (tenantId: string) => sql<Row>`
    select e.id as subject, e.number || '/' || e.year as detail
    from till_entries e
    left join ledger_transactions back on back.tenant_id = e.tenant_id and back.reverses = e.transaction_id
    where e.tenant_id = ${tenantId} and (e.reversed_at is null) <> (back.id is null)`,
  'I7 a posting is of its transaction’s tenant': (tenantId: string) => sql<Row>`
    select p.transaction_id as subject, 'line ' || p.line as detail
    from ledger_postings p
    left join ledger_transactions t on t.tenant_id = p.tenant_id and t.id = p.transaction_id
    where p.tenant_id = ${tenantId} and t.id is null`,
  'I12 a settlement is the sum of its receipts, each settled as booked': (tenantId: string) => sql<Row>`
    select coalesce(t.id, s.transaction_id) as subject,
      coalesce(sum(s.amount_cents), 0) || ' of receipts, ' || coalesce(min(p.amount_cents), 0) || ' posted, '
        || coalesce(min(bank.amount_cents), 0) || ' in the bank' as detail
    from (select * from ledger_transactions where tenant_id = ${tenantId} and kind = 'settlement') t
    full join (
      select s.*, r.our_amount_cents, r.ledger_transaction_id
      from receipt_settlements s join receipts r on r.tenant_id = s.tenant_id and r.id = s.receipt_row_id
      where s.tenant_id = ${tenantId}) s on s.transaction_id = t.id
    left join ledger_postings p on p.tenant_id = t.tenant_id and p.transaction_id = t.id and p.account = 'pagopa-clearing'
    left join ledger_postings bank on bank.tenant_id = t.tenant_id and bank.transaction_id = t.id and bank.account = 'bank'
    group by t.id, s.transaction_id
    having t.id is null or sum(s.amount_cents) is distinct from min(p.amount_cents)
      or min(bank.amount_cents) is distinct from -min(p.amount_cents)
      or bool_or(s.amount_cents <> s.our_amount_cents or s.ledger_transaction_id is null)`,
  'I13 clearing holds what was received and is not settled': (tenantId: string) => sql<Row>`
    select ${tenantId}::uuid as subject, held.cents || ' held, ' || received.cents || ' received, ' || settled.cents || ' settled' as detail
    from (
      select coalesce(sum(p.amount_cents), 0) as cents from ledger_postings p
      join ledger_transactions t on t.tenant_id = p.tenant_id and t.id = p.transaction_id and t.kind <> 'reversal'
      where p.tenant_id = ${tenantId} and p.account = 'pagopa-clearing') held,
      (select coalesce(sum(our_amount_cents), 0) as cents from receipts
        where tenant_id = ${tenantId} and ledger_transaction_id is not null) received,
      (select coalesce(sum(amount_cents), 0) as cents from receipt_settlements where tenant_id = ${tenantId}) settled
    where held.cents <> settled.cents - received.cents`,
  'I15 a meal’s charge is in the ledger, and taken back where it was': (tenantId: string) => sql<Row>`
    select c.child_id as subject, c.day || ' ' || c.category || ' revision ' || c.revision || ': '
      || c.amount_cents || ' charged, ' || coalesce(-p.amount_cents, 0) || ' posted, '
      || coalesce(b.amount_cents, 0) || ' taken back' as detail
    from meal_charges c
    left join ledger_transactions t on t.tenant_id = c.tenant_id and t.id = c.transaction_id and t.kind = 'meal'
      and starts_with(t.reference, c.day || '/' || c.category || '/')
    left join ledger_postings p on p.tenant_id = t.tenant_id and p.transaction_id = t.id
      and p.wallet_id = c.wallet_id and p.movement = c.movement
    left join ledger_transactions r on r.tenant_id = c.tenant_id and r.id = c.reversal_id and r.kind = 'reversal'
      and (r.reverses = c.transaction_id or starts_with(r.reference, c.day || '/' || c.category || '/'))
    left join ledger_postings b on b.tenant_id = r.tenant_id and b.transaction_id = r.id and b.wallet_id = c.wallet_id
    where c.tenant_id = ${tenantId} and (coalesce(-p.amount_cents, 0) <> c.amount_cents
      or coalesce(b.amount_cents, 0) <> case when c.reversed_at is null then 0 else c.amount_cents end)`,
  'I16 a line of a batch of meals, and of its taking back, is a charge': (tenantId: string) => sql<Row>`
    select t.id as subject, t.kind || ' ' || t.reference || ': ' || coalesce(p.wallet_id::text, 'no wallet') as detail
    from ledger_transactions t
    left join ledger_postings p on p.tenant_id = t.tenant_id and p.transaction_id = t.id and p.wallet_id is not null
    left join meal_charges c on c.tenant_id = t.tenant_id and c.wallet_id = p.wallet_id and c.movement = p.movement
    where t.tenant_id = ${tenantId} and t.kind = 'meal' and ${nameOfBatch} and c.transaction_id is distinct from t.id
    union all
    select t.id, t.kind || ' ' || t.reference || ': ' || coalesce(p.wallet_id::text, 'no wallet')
    from ledger_transactions t
    left join ledger_postings p on p.tenant_id = t.tenant_id and p.transaction_id = t.id and p.wallet_id is not null
    left join meal_charges c on c.tenant_id = t.tenant_id and c.reversal_id = t.id and c.wallet_id = p.wallet_id
    where t.tenant_id = ${tenantId} and t.kind = 'reversal' and t.reverses is null and c.reversal_id is null`,
} as const satisfies Record<string, (tenantId: string) => unknown>

interface Row {
  subject: string
  detail: string
}

/** Checks one tenant's ledger against every rule; an empty list means that it holds. */
export async function checkLedger(db: Db, tenantId: string): Promise<Violation[]> {
  return inTenant(db, tenantId, async (tx: Tx) => {
    const found: Violation[] = []
    for (const [name, query] of Object.entries(INVARIANTS)) {
      const { rows } = await query(tenantId).execute(tx)
      const invariant = name as keyof typeof INVARIANTS
      found.push(...rows.map(({ subject, detail }) => ({ invariant, subjectId: subject, detail })))
    }
    return found
  })
}
