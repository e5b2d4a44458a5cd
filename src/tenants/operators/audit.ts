import type { Transaction } from 'kysely'
import type { Db } from '#core/db/connect.ts'
import type { Database } from '#core/db/schema.ts'
import { newId } from '#core/ids.ts'

/** What is written down of operators. Each has a text `operator_audit.<action>`. */
export const OPERATOR_ACTIONS = [
  'operator.created',
  'operator.disabled',
  'operator.reset',
  'second_factor.set_up',
  'sign_in.succeeded',
  'sign_in.refused',
  'sign_in.ended',
  'tenant.created',
  'tenant.state_changed',
  'tenant.administrator_invited',
  'job.replayed',
  'support.entered',
  'support.tried',
  'support.wrote',
  'support.refused',
  'support.read',
] as const
export type OperatorAction = (typeof OPERATOR_ACTIONS)[number]

export interface OperatorAuditEntry {
  /** Null on the command line, and for who could not sign in. */
  readonly operatorId: string | null
  readonly action: OperatorAction
  readonly subject?: { readonly kind: 'operator' | 'tenant' | 'session' | 'job'; readonly id: string }
  /** Plain facts. Never a person's name, code or address. */
  readonly details?: Readonly<Record<string, string | number | boolean | null>>
}

/** Writes an act of, or on, an operator down inside the transaction that does it. */
export async function operatorAudit(
  tx: Transaction<Database>,
  { operatorId, action, subject, details = {} }: OperatorAuditEntry,
  now: Date,
): Promise<void> {
  await tx
    .insertInto('operator_audit_log')
    .values({
      id: newId(),
      at: now,
      operator_id: operatorId,
      action,
      subject_kind: subject?.kind ?? null,
      subject_id: subject?.id ?? null,
      details,
    })
    .execute()
}

export interface OperatorAuditLine {
  readonly id: string
  readonly at: Date
  readonly action: OperatorAction
  /** The operator who did it. */
  readonly by: string | undefined
  /** The operator or the entity that it was done to. */
  readonly about: string | undefined
  readonly details: Readonly<Record<string, string | number | boolean | null>>
}

export interface OperatorAuditKey {
  readonly at: Date
  readonly id: string
}

/** A page of the operators' log, newest first. */
export async function readOperatorAudit(
  db: Db,
  before?: OperatorAuditKey,
  limit = 50,
): Promise<{ items: OperatorAuditLine[]; next: OperatorAuditKey | undefined }> {
  let query = db
    .selectFrom('operator_audit_log as l')
    .leftJoin('operators as o', 'o.id', 'l.operator_id')
    .leftJoin('operators as s', (join) =>
      join.onRef('s.id', '=', 'l.subject_id').on('l.subject_kind', '=', 'operator'),
    )
    .leftJoin('tenants as t', (join) =>
      join.onRef('t.id', '=', 'l.subject_id').on('l.subject_kind', '=', 'tenant'),
    )
    .select(['l.id', 'l.at', 'l.action', 'l.details', 'o.name as by', 's.name as about', 't.name as entity'])
    .orderBy('l.at', 'desc')
    .orderBy('l.id', 'desc')
    .limit(limit + 1)
  if (before)
    query = query.where((where) =>
      where(where.refTuple('l.at', 'l.id'), '<', where.tuple(before.at, before.id)),
    )
  const rows = await query.execute()
  const shown = rows.slice(0, limit)
  const last = rows.length > limit ? shown.at(-1) : undefined
  return {
    items: shown.map(({ id, at, action, details, by, about, entity }) => ({
      id,
      at,
      action: action as OperatorAction,
      details: details as OperatorAuditLine['details'],
      by: by ?? undefined,
      about: about ?? entity ?? undefined,
    })),
    next: last && { at: last.at, id: last.id },
  }
}
