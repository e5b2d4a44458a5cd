import { audit } from '#core/audit.ts'
import { romeDate, type RomeDate } from '#core/clock.ts'
import type { Db } from '#core/db/connect.ts'
import type { TillWay } from '#core/db/office-ledger-tables.ts'
import { inTenant, sqlState, UNIQUE_VIOLATION, type Tx } from '#core/db/tenant.ts'
import { DomainError, invariant } from '#core/errors.ts'
import { bookTillEntry, type TillEntry } from '#core/ledger/till.ts'
import type { Page } from '#core/ledger/movements.ts'
import { cents, type Cents } from '#core/money.ts'
import type { Services } from '#core/services.ts'
import type { Tenant } from '#core/tenant.ts'
import { assertTillOpen } from './till-rule.ts'

export const TILL_WAYS = [
  'cash-desk',
  'postal-slip',
  'bank-transfer',
  'other',
] as const satisfies readonly TillWay[]

/** Who records, and the name of what was sent, so that the same one twice is one. */
export interface TillAuthor {
  readonly accountId: string
  readonly submission: string
  /** Of a machine that a colleague has given a token. */
  readonly tokenId?: string
}

/**
 * Records what a family paid at the entity's desk: the only door to it, for pages, API and imports. All that comes in
 * one call is recorded, or none of it.
 * @throws DomainError office_till.closed from the entity's `pagopaOnlyFrom` on, resource.not_found for a wallet that is
 *   not there, wallet.closed, till.slip_known with the number (`12/2026`) of the entry that holds the same paper
 */
export async function recordTillEntry(
  { db, clock }: Pick<Services, 'db' | 'clock'>,
  tenant: Tenant,
  entry: TillEntry,
  by: TillAuthor,
): Promise<{ id: string }> {
  const now = clock.now()
  assertTillOpen(tenant, romeDate(now))
  try {
    return await inTenant(db, tenant.id, (tx) => recordTillEntryIn(tx, tenant, entry, by, now))
  } catch (error) {
    if (sqlState(error) === UNIQUE_VIOLATION) throw new DomainError('till.slip_known', { number: '–' })
    throw error
  }
}

/** The same inside a transaction that records more than one. @throws DomainError as {@link recordTillEntry} */
export async function recordTillEntryIn(
  tx: Tx,
  tenant: Tenant,
  entry: TillEntry,
  by: TillAuthor,
  now: Date,
): Promise<{ id: string }> {
  const recordedOn = romeDate(now)
  assertTillOpen(tenant, recordedOn)
  invariant(entry.paidOn <= recordedOn, 'nobody pays tomorrow')
  const { outcome, id, isNew } = await bookTillEntry(tx, tenant.id, entry, { ...by, recordedOn }, now)
  if (outcome === 'slip-known') throw await slipKnown(tx, tenant.id, id!)
  if (outcome === 'wallet-closed') throw new DomainError('wallet.closed')
  if (outcome === 'closed')
    throw new DomainError('office_till.closed', { date: tenant.policies.pagopaOnlyFrom ?? recordedOn })
  if (outcome !== 'recorded' || id === undefined) throw new DomainError('resource.not_found')
  if (isNew) {
    const subject = { kind: 'wallet', id: entry.walletId }
    const { accountId, tokenId } = by
    const details = { entry: id, cents: Number(entry.amountCents), way: entry.way }
    const through = tokenId === undefined ? {} : { token: tokenId }
    const actor = { kind: 'staff', id: accountId } as const
    const entered = { actor, action: 'till.recorded', subject, details: { ...details, ...through } } as const
    await audit(tx, tenant.id, entered, now)
  }
  return { id }
}

async function slipKnown(tx: Tx, tenantId: string, entryId: string): Promise<DomainError> {
  const known = await entries(tx, tenantId).where('e.id', '=', entryId).executeTakeFirstOrThrow()
  return new DomainError('till.slip_known', { number: numberOf(known) })
}

/** What was recorded at the desk, as the office reads it. */
export interface RecordedTillEntry {
  id: string
  /** `12/2026`, from 1 in each year. */
  number: string
  childId: string
  childName: string
  walletId: string
  category: string
  amountCents: Cents
  way: TillWay
  paidOn: RomeDate
  slip: string
  note: string
  recordedAt: Date
  recordedBy: string
  transactionId: string
  /** Since when a correction has taken it back. */
  reversedAt: Date | undefined
}

/** One entry. @throws DomainError resource.not_found */
export async function findTillEntry(db: Db, tenantId: string, id: string): Promise<RecordedTillEntry> {
  const row = await inTenant(db, tenantId, (tx) =>
    entries(tx, tenantId).where('e.id', '=', id).executeTakeFirst(),
  )
  if (!row) throw new DomainError('resource.not_found')
  return toEntry(row)
}

/** The key of a page of entries. */
export interface TillKey {
  at: Date
  id: string
}

/** What was recorded, newest first. */
export async function tillEntriesPage(
  db: Db,
  tenantId: string,
  { before, limit = 25 }: { before?: TillKey | undefined; limit?: number },
): Promise<Page<RecordedTillEntry, TillKey>> {
  const rows = await inTenant(db, tenantId, (tx) =>
    entries(tx, tenantId)
      .$if(before !== undefined, (query) =>
        query.where((where) =>
          where(where.refTuple('e.recorded_at', 'e.id'), '<', where.tuple(before!.at, before!.id)),
        ),
      )
      .orderBy('e.recorded_at', 'desc')
      .orderBy('e.id', 'desc')
      .limit(limit + 1)
      .execute(),
  )
  const items = rows.slice(0, limit).map(toEntry)
  const last = items.at(-1)
  return { items, next: rows.length > limit && last ? { at: last.recordedAt, id: last.id } : undefined }
}

function entries(tx: Tx, tenantId: string) {
  return tx
    .selectFrom('till_entries as e')
    .innerJoin('wallets as w', (join) =>
      join.onRef('w.tenant_id', '=', 'e.tenant_id').onRef('w.id', '=', 'e.wallet_id'),
    )
    .innerJoin('children as k', (join) =>
      join.onRef('k.tenant_id', '=', 'w.tenant_id').onRef('k.id', '=', 'w.child_id'),
    )
    .innerJoin('service_categories as s', (join) =>
      join.onRef('s.tenant_id', '=', 'w.tenant_id').onRef('s.code', '=', 'w.category'),
    )
    .innerJoin('accounts as a', (join) =>
      join.onRef('a.tenant_id', '=', 'e.tenant_id').onRef('a.id', '=', 'e.recorded_by'),
    )
    .where('e.tenant_id', '=', tenantId)
    .select([
      'e.id',
      'e.year',
      'e.number',
      'e.wallet_id',
      'e.amount_cents',
      'e.way',
      'e.paid_on',
      'e.slip',
      'e.note',
    ])
    .select(['e.recorded_at', 'e.transaction_id', 'e.reversed_at'])
    .select(['k.id as child_id', 'k.first_name', 'k.last_name', 's.label'])
    .select(['a.first_name as by_first', 'a.last_name as by_last'])
}

type Row = Awaited<ReturnType<ReturnType<typeof entries>['execute']>>[number]

function numberOf({ number, year }: Pick<Row, 'number' | 'year'>): string {
  return `${number}/${year}`
}

function toEntry(row: Row): RecordedTillEntry {
  return {
    id: row.id,
    number: numberOf(row),
    childId: row.child_id,
    childName: `${row.first_name} ${row.last_name}`,
    walletId: row.wallet_id,
    category: row.label,
    amountCents: cents(row.amount_cents),
    way: row.way,
    paidOn: row.paid_on,
    slip: row.slip,
    note: row.note,
    recordedAt: row.recorded_at,
    recordedBy: `${row.by_first} ${row.by_last}`,
    transactionId: row.transaction_id,
    reversedAt: row.reversed_at ?? undefined,
  }
}
