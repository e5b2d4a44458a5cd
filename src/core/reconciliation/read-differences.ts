import type { RomeDate } from '../clock.ts'
import { audit, staffOrSystem } from '../audit.ts'
import type { Db } from '../db/connect.ts'
import type { DifferenceKind, DifferenceState } from '../db/reconciliation-schema.ts'
import { inTenant, type Tx } from '../db/tenant.ts'
import { DomainError } from '../errors.ts'
import type { Page } from '../ledger/movements.ts'

/**
 * Something that does not agree. `expectedCents` is what our own books (or the flow, against the bank) say,
 * `foundCents` what the other side says; either may be missing.
 */
export interface Difference {
  id: string
  kind: DifferenceKind
  state: DifferenceState
  expectedCents: bigint | undefined
  foundCents: bigint | undefined
  flow: { id: string; flowId: string; pspName: string; flowDate: Date } | undefined
  line: { index: number; iuv: string | undefined; iur: string | undefined } | undefined
  receipt: { id: string; receiptId: string; noticeNumber: string; topUpId: string | undefined } | undefined
  movement: { id: string; bookedOn: RomeDate; amountCents: bigint; remittance: string } | undefined
  openedAt: Date
  /** When it came back after it had been in order. */
  reopenedAt: Date | undefined
  resolvedAt: Date | undefined
  acceptedAt: Date | undefined
  /** The staff account that accepted it; undefined when the operator did, on the command line. */
  acceptedBy: string | undefined
  note: string | undefined
}

export interface DifferencesKey {
  openedAt: Date
  id: string
}

export interface DifferencesFilter {
  state?: DifferenceState | undefined
  kind?: DifferenceKind | undefined
  /** The flow's row id. */
  flowId?: string | undefined
  before?: DifferencesKey | undefined
  limit?: number
}

/** A page of differences, newest first. */
export async function listDifferences(
  db: Db,
  tenantId: string,
  { state, kind, flowId, before, limit = 25 }: DifferencesFilter = {},
): Promise<Page<Difference, DifferencesKey>> {
  return inTenant(db, tenantId, async (tx) => {
    let query = select(tx, tenantId)
    if (state) query = query.where('d.state', '=', state)
    if (kind) query = query.where('d.kind', '=', kind)
    if (flowId) query = query.where('d.flow_id', '=', flowId)
    if (before)
      query = query.where((where) =>
        where(where.refTuple('d.opened_at', 'd.id'), '<', where.tuple(before.openedAt, before.id)),
      )
    const rows = await query
      .orderBy('d.opened_at', 'desc')
      .orderBy('d.id', 'desc')
      .limit(limit + 1)
      .execute()
    const items = rows.slice(0, limit).map(toDifference)
    const last = items.at(-1)
    return {
      items,
      next: rows.length > limit && last ? { openedAt: last.openedAt, id: last.id } : undefined,
    }
  })
}

/**
 * One difference.
 * @throws DomainError resource.not_found
 */
export async function findDifference(db: Db, tenantId: string, id: string): Promise<Difference> {
  const row = await inTenant(db, tenantId, (tx) =>
    select(tx, tenantId).where('d.id', '=', id).executeTakeFirst(),
  )
  if (!row) throw new DomainError('resource.not_found')
  return toDifference(row)
}

function select(tx: Tx, tenantId: string) {
  return tx
    .selectFrom('reconciliation_differences as d')
    .leftJoin('fdr_flows as f', (join) =>
      join.onRef('f.tenant_id', '=', 'd.tenant_id').onRef('f.id', '=', 'd.flow_id'),
    )
    .leftJoin('fdr_lines as l', (join) =>
      join
        .onRef('l.tenant_id', '=', 'd.tenant_id')
        .onRef('l.flow_id', '=', 'd.flow_id')
        .onRef('l.line_index', '=', 'd.line_index'),
    )
    .leftJoin('receipts as r', (join) =>
      join.onRef('r.tenant_id', '=', 'd.tenant_id').onRef('r.id', '=', 'd.receipt_row_id'),
    )
    .leftJoin('bank_movements as m', (join) =>
      join.onRef('m.tenant_id', '=', 'd.tenant_id').onRef('m.id', '=', 'd.movement_id'),
    )
    .where('d.tenant_id', '=', tenantId)
    .selectAll('d')
    .select([
      'f.flow_id as flow_name',
      'f.psp_name',
      'f.flow_date',
      'l.iuv',
      'l.iur',
      'r.receipt_id',
      'r.notice_number',
      'r.top_up_id',
      'm.booked_on',
      'm.amount_cents as movement_cents',
      'm.remittance',
    ])
}

type Row = Awaited<ReturnType<ReturnType<typeof select>['execute']>>[number]

function toDifference(row: Row): Difference {
  return {
    id: row.id,
    kind: row.kind,
    state: row.state,
    expectedCents: row.expected_cents ?? undefined,
    foundCents: row.found_cents ?? undefined,
    flow: row.flow_id
      ? { id: row.flow_id, flowId: row.flow_name!, pspName: row.psp_name!, flowDate: row.flow_date! }
      : undefined,
    line:
      row.line_index === null
        ? undefined
        : { index: Number(row.line_index), iuv: row.iuv ?? undefined, iur: row.iur ?? undefined },
    receipt: row.receipt_row_id
      ? {
          id: row.receipt_row_id,
          receiptId: row.receipt_id!,
          noticeNumber: row.notice_number!,
          topUpId: row.top_up_id ?? undefined,
        }
      : undefined,
    movement: row.movement_id
      ? {
          id: row.movement_id,
          bookedOn: row.booked_on!,
          amountCents: row.movement_cents!,
          remittance: row.remittance!,
        }
      : undefined,
    openedAt: row.opened_at,
    reopenedAt: row.reopened_at ?? undefined,
    resolvedAt: row.resolved_at ?? undefined,
    acceptedAt: row.accepted_at ?? undefined,
    acceptedBy: row.accepted_by ?? undefined,
    note: row.note ?? undefined,
  }
}

/**
 * Closes an open difference at a person's word; it opens again by itself when its amounts change.
 * @param note why it may stay as it is; it must not name a family
 * @throws DomainError resource.not_found when it is not there or not open, request.invalid for an empty or endless note
 */
export async function acceptDifference(
  db: Db,
  tenantId: string,
  id: string,
  { accountId, note }: { accountId: string | null; note: string },
  now: Date,
): Promise<void> {
  const text = note.trim()
  if (text === '' || text.length > NOTE_MAX) throw new DomainError('request.invalid')
  await inTenant(db, tenantId, async (tx) => {
    const accepted = await tx
      .updateTable('reconciliation_differences')
      .set({ state: 'accepted', accepted_at: now, accepted_by: accountId, note: text })
      .where('tenant_id', '=', tenantId)
      .where('id', '=', id)
      .where('state', '=', 'open')
      .returning('kind')
      .executeTakeFirst()
    if (!accepted) throw new DomainError('resource.not_found')
    const entry = {
      actor: staffOrSystem(accountId),
      action: 'reconciliation.difference_accepted',
      subject: { kind: 'difference', id },
      details: { kind: accepted.kind },
    } as const
    await audit(tx, tenantId, entry, now)
  })
}

const NOTE_MAX = 500
