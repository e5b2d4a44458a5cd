import { sql } from 'kysely'
import { romeDate, type RomeDate } from '#core/clock.ts'
import { inTenant } from '#core/db/tenant.ts'
import { DomainError } from '#core/errors.ts'
import { listFailing, type FailingEntry } from '#core/jobs/outbox.ts'
import type { Services } from '#core/services.ts'
import type { Tenant } from '#core/tenant.ts'
import { toTenant } from '../registry.ts'
import { waitingInvitations, type WaitingInvitation } from '../staff/invitations.ts'
import { currentLeave, type SupportLeave } from '../support/leave.ts'

/** How much an entity is used, in counts: never a name, never an amount. */
export interface EntityUsage {
  readonly children: number
  readonly guardians: number
  readonly staff: number
  readonly administrators: number
  /** Of the last 30 days: asked for, and paid. */
  readonly topUps: number
  readonly paidTopUps: number
  readonly lastReceiptOn: RomeDate | null
}

/** All that who runs the installation sees of one entity. */
export interface EntityDossier {
  readonly tenant: Tenant
  readonly since: Date
  readonly createdAt: Date
  readonly usage: EntityUsage
  /** Of administrators, sent by operators. */
  readonly invitations: readonly WaitingInvitation[]
  readonly failing: readonly FailingEntry[]
  readonly leave: SupportLeave | undefined
}

const DAYS = 30

/** An entity's dossier. @throws DomainError resource.not_found */
export async function entityDossier(services: Services, slug: string): Promise<EntityDossier> {
  const { db, relay, clock } = services
  const row = await db.selectFrom('tenants').selectAll().where('slug', '=', slug).executeTakeFirst()
  if (!row) throw new DomainError('resource.not_found')
  const tenant = toTenant(row)
  const [usage, waiting, failing, leave] = await Promise.all([
    usageOf(services, tenant.id, clock.now()),
    waitingInvitations(services, tenant.id),
    listFailing(relay, 20, tenant.id),
    currentLeave(services, tenant.id),
  ])
  return {
    tenant,
    since: row.state_since,
    createdAt: row.created_at,
    usage,
    invitations: waiting.filter(({ isFromOperators }) => isFromOperators),
    failing,
    leave,
  }
}

interface UsageRow {
  children: bigint
  guardians: bigint
  staff: bigint
  administrators: bigint
  top_ups: bigint
  paid_top_ups: bigint
  last_receipt_at: Date | null
}

async function usageOf({ db }: Services, tenantId: string, now: Date): Promise<EntityUsage> {
  const from = new Date(now.getTime() - DAYS * 86_400_000)
  const { rows } = await inTenant(db, tenantId, (tx) =>
    sql<UsageRow>`
      select a.*, t.*,
        (select count(*) from children where tenant_id = ${tenantId}) as children,
        (select arrived_at from receipts where tenant_id = ${tenantId} order by id desc limit 1) as last_receipt_at
      from (
        select count(*) filter (where kind = 'guardian') as guardians,
          count(*) filter (where kind = 'staff' and not exists (
            select from support_leaves l where l.tenant_id = ${tenantId} and l.account_id = accounts.id)) as staff,
          count(*) filter (where staff_role = 'administrator') as administrators
        from accounts where tenant_id = ${tenantId} and disabled_at is null) a,
      (select count(*) as top_ups, count(*) filter (where state = 'paid') as paid_top_ups
        from top_ups where tenant_id = ${tenantId} and created_at > ${from}) t`.execute(tx),
  )
  const row = rows[0]!
  return {
    children: Number(row.children),
    guardians: Number(row.guardians),
    staff: Number(row.staff),
    administrators: Number(row.administrators),
    topUps: Number(row.top_ups),
    paidTopUps: Number(row.paid_top_ups),
    lastReceiptOn: row.last_receipt_at && romeDate(row.last_receipt_at),
  }
}
