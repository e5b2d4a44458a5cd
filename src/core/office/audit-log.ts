import type { AuditAction, Actor } from '../audit.ts'
import { addDays, startOfRomeDay, type RomeDate } from '../clock.ts'
import type { Db } from '../db/connect.ts'
import { inTenant } from '../db/tenant.ts'

/** One line of an entity's log. */
export interface AuditLine {
  readonly id: string
  readonly at: Date
  readonly action: AuditAction
  readonly actor: {
    readonly kind: Actor['kind']
    /** Of staff alone: a parent is never named here. */
    readonly name: string | undefined
  }
  readonly subject:
    | { readonly kind: string; readonly id: string; /** Of staff alone. */ readonly name: string | undefined }
    | undefined
  readonly details: Readonly<Record<string, string | number | boolean | null>>
}

export interface AuditFilter {
  readonly action?: AuditAction | undefined
  /** One day in Rome. */
  readonly day?: RomeDate | undefined
}

export interface AuditKey {
  readonly at: Date
  readonly id: string
}

/** A page of the entity's log, newest first. */
export async function readAuditLog(
  db: Db,
  tenantId: string,
  { action, day }: AuditFilter,
  { before, limit = 50 }: { before?: AuditKey | undefined; limit?: number } = {},
): Promise<{ items: AuditLine[]; next: AuditKey | undefined }> {
  const rows = await inTenant(db, tenantId, (tx) => {
    let query = tx
      .selectFrom('audit_log as l')
      .leftJoin('accounts as a', (join) =>
        join
          .onRef('a.tenant_id', '=', 'l.tenant_id')
          .onRef('a.id', '=', 'l.actor_id')
          .on('a.kind', '=', 'staff'),
      )
      .leftJoin('accounts as s', (join) =>
        join
          .onRef('s.tenant_id', '=', 'l.tenant_id')
          .onRef('s.id', '=', 'l.subject_id')
          .on('l.subject_kind', '=', 'account')
          .on('s.kind', '=', 'staff'),
      )
      .where('l.tenant_id', '=', tenantId)
      .select(['l.id', 'l.at', 'l.action', 'l.actor_kind', 'l.subject_kind', 'l.subject_id', 'l.details'])
      .select(['a.first_name as actor_first', 'a.last_name as actor_last'])
      .select(['s.first_name as subject_first', 's.last_name as subject_last'])
      .orderBy('l.at', 'desc')
      .orderBy('l.id', 'desc')
      .limit(limit + 1)
    if (action) query = query.where('l.action', '=', action)
    if (day)
      query = query
        .where('l.at', '>=', startOfRomeDay(day))
        .where('l.at', '<', startOfRomeDay(addDays(day, 1)))
    if (before)
      query = query.where((where) =>
        where(where.refTuple('l.at', 'l.id'), '<', where.tuple(before.at, before.id)),
      )
    return query.execute()
  })
  const shown = rows.slice(0, limit)
  const last = rows.length > limit ? shown.at(-1) : undefined
  return {
    items: shown.map((row) => ({
      id: row.id,
      at: row.at,
      action: row.action as AuditAction,
      actor: { kind: row.actor_kind, name: nameOf(row.actor_first, row.actor_last) },
      subject:
        row.subject_kind === null
          ? undefined
          : {
              kind: row.subject_kind,
              id: row.subject_id!,
              name: nameOf(row.subject_first, row.subject_last),
            },
      details: row.details as AuditLine['details'],
    })),
    next: last && { at: last.at, id: last.id },
  }
}

function nameOf(first: string | null, last: string | null): string | undefined {
  return first === null ? undefined : `${first} ${last}`
}
