import { inTenant } from '#core/db/tenant.ts'
import { DomainError } from '#core/errors.ts'
import type { Services } from '#core/services.ts'
import { columnsOf } from '../sign-in/proof.ts'
import type { Begun, Sessions } from '../sign-in/sessions.ts'
import { leaveNow, type SupportRole } from './leave.ts'
import { noteInBothLogs } from './log.ts'

type Deps = Pick<Services, 'db' | 'clock'>

/** An operator at work in an office, by its leave. */
export interface Support {
  readonly operatorId: string
  readonly leaveId: string
  readonly role: SupportRole
  /** When it ends at the latest. */
  readonly until: Date
}

/**
 * Lets an operator into the office of an entity that has given its leave: a session of the account made for it, told in
 * both logs.
 * @param device a short label, from browserLabel()
 * @throws DomainError support.no_leave
 */
export async function enterAsSupport(
  { db, clock }: Deps,
  sessions: Pick<Sessions, 'beginIn'>,
  tenantId: string,
  operatorId: string,
  device: string | null,
): Promise<Begun> {
  const now = clock.now()
  return inTenant(db, tenantId, async (tx) => {
    const leave = await leaveNow(tx, tenantId, now)
    if (!leave) throw new DomainError('support.no_leave')
    const { account_id: accountId } = await tx
      .selectFrom('support_leaves')
      .select('account_id')
      .where('tenant_id', '=', tenantId)
      .where('id', '=', leave.id)
      // Who ends the leave at this moment ends this session too, or comes before it.
      .forUpdate()
      .where('ended_at', 'is', null)
      .executeTakeFirstOrThrow(() => new DomainError('support.no_leave'))
    const begun = await sessions.beginIn(tx, {
      tenantId,
      accountId,
      face: 'office',
      proof: columnsOf({ method: 'support' }),
      device,
      familyId: null,
      isRenewal: false,
    })
    await tx
      .insertInto('support_entries')
      .values({
        tenant_id: tenantId,
        session_id: begun.sessionId,
        leave_id: leave.id,
        operator_id: operatorId,
        entered_at: now,
      })
      .execute()
    const act = { action: 'support.entered', details: {} } as const
    await noteInBothLogs(tx, tenantId, { operatorId, leaveId: leave.id }, act, now)
    return begun
  })
}

/** The leave by which a session of support works now; undefined once it is over, or the operator is disabled. */
export async function supportOf(
  { db, clock }: Deps,
  tenantId: string,
  sessionId: string,
): Promise<Support | undefined> {
  const row = await inTenant(db, tenantId, (tx) =>
    tx
      .selectFrom('support_entries as e')
      .innerJoin('support_leaves as l', (join) =>
        join.onRef('l.tenant_id', '=', 'e.tenant_id').onRef('l.id', '=', 'e.leave_id'),
      )
      .innerJoin('operators as o', 'o.id', 'e.operator_id')
      .select(['e.operator_id', 'e.leave_id', 'l.staff_role', 'l.ends_at'])
      .where('e.tenant_id', '=', tenantId)
      .where('e.session_id', '=', sessionId)
      .where('l.ended_at', 'is', null)
      .where('l.ends_at', '>', clock.now())
      .where('o.disabled_at', 'is', null)
      .executeTakeFirst(),
  )
  return (
    row && {
      operatorId: row.operator_id,
      leaveId: row.leave_id,
      role: row.staff_role,
      until: row.ends_at,
    }
  )
}
