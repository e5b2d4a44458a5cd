import { audit } from '#core/audit.ts'
import { inTenant, type Tx } from '#core/db/tenant.ts'
import type { Services } from '#core/services.ts'
import { operatorAudit } from '../operators/audit.ts'

/* What operators do in an office by its leave stands in both logs, the entity's and their own. */

/** Who is at work, and by which leave. */
interface AtWork {
  readonly operatorId: string
  readonly leaveId: string
}

/** What an act is about: a child, a request, a payment. */
export interface SupportSubject {
  readonly kind: string
  readonly id: string
}

/** An act of an operator in an office. */
export interface SupportAct {
  /**
   * `tried` is written before a change, so that one whose end nobody saw is there too; `wrote` or `refused` once its
   * outcome is known; `read` for a page or file that tells of families, before it leaves the house.
   */
  readonly action: 'support.tried' | 'support.wrote' | 'support.refused' | 'support.read'
  /** As the office's table names it, without ids. */
  readonly route: string
  /** The HTTP status of what is known to have happened. */
  readonly status?: number
  readonly subject?: SupportSubject | undefined
}

/** Writes an act of an operator at work into both logs. */
export async function noteSupportAct(
  { db, clock }: Pick<Services, 'db' | 'clock'>,
  tenantId: string,
  support: AtWork,
  { action, route, status, subject }: SupportAct,
): Promise<void> {
  const details = status === undefined ? { route } : { route, status }
  await inTenant(db, tenantId, (tx) =>
    noteInBothLogs(tx, tenantId, support, { action, details, subject }, clock.now()),
  )
}

/** The same inside a transaction; what it is about stands in the entity's log alone. */
export async function noteInBothLogs(
  tx: Tx,
  tenantId: string,
  { operatorId, leaveId }: AtWork,
  {
    action,
    details,
    subject,
  }: {
    action: SupportAct['action'] | 'support.entered'
    details: Readonly<Record<string, string | number>>
    subject?: SupportSubject | undefined
  },
  now: Date,
): Promise<void> {
  const actor = { kind: 'operator', id: operatorId } as const
  const entry = subject
    ? { actor, action, subject, details: { ...details, leave: leaveId } }
    : { actor, action, subject: { kind: 'support_leave', id: leaveId }, details }
  await audit(tx, tenantId, entry, now)
  const entity = { kind: 'tenant', id: tenantId } as const
  await operatorAudit(tx, { operatorId, action, subject: entity, details }, now)
}
