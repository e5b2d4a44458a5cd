import { audit, type Actor } from '#core/audit.ts'
import type { TenantState } from '#core/db/schema.ts'
import { inTenant } from '#core/db/tenant.ts'
import { DomainError } from '#core/errors.ts'
import type { Services } from '#core/services.ts'
import { mayLackAccount, type Tenant } from '#core/tenant.ts'
import { beginLive } from './onboarding/wipe.ts'
import { operatorAudit } from './operators/audit.ts'
import { toTenant } from './registry.ts'

/**
 * The whole life of an entity. Its rehearsal ends once and for all when it goes live, since the money from then on is
 * real; who never went live can still give up; what is closed stays closed.
 */
export const STATE_GRAPH = {
  draft: ['rehearsal', 'closed'],
  rehearsal: ['live', 'closed'],
  live: ['suspended'],
  suspended: ['live', 'closed'],
  closed: [],
} as const satisfies Record<TenantState, readonly TenantState[]>

export const TENANT_STATES = Object.keys(STATE_GRAPH) as readonly TenantState[]

/** States whose reason families read, and may not miss. */
const NEEDS_REASON: readonly TenantState[] = ['suspended', 'closed']

/** What an entity still lacks before it goes live. */
export interface Missing {
  /** Its text is `missing.<key>`. */
  readonly key: string
  /** A path under the entity's office where it is set right. */
  readonly href?: string
}

/** Tells what an entity lacks before it goes live; nothing when it is ready. */
export type Preflight = (tenant: Tenant) => Promise<readonly Missing[]>

/** Where an entity may go from a state. */
export function statesAfter(state: TenantState): readonly TenantState[] {
  return STATE_GRAPH[state]
}

/** Whether a change into this state must be explained. */
export function needsReason(state: TenantState): boolean {
  return NEEDS_REASON.includes(state)
}

/** Whether an entity goes live for the first time, which asks for everything; after a pause it only goes on. */
export function isGoingLive(from: TenantState, to: TenantState): boolean {
  return from === 'rehearsal' && to === 'live'
}

export interface StateChange {
  /** At most 300 characters, without a person's name: the entity's log keeps it, and families may read it. */
  readonly reason: string | null
  readonly preflight: Preflight
}

/**
 * Moves an entity into another state, with a line in its log and one in the operators'. Callers that remember entities
 * forget them afterwards (TenantRegistry.forget); other processes see the change within ten seconds.
 * @throws DomainError tenant.unknown; tenant.wrong_state where the graph has no such way; tenant.reason_missing;
 *   tenant.not_ready with what is missing, and how many things
 */
export async function changeState(
  { db, clock }: Pick<Services, 'db' | 'clock'>,
  tenantId: string,
  to: TenantState,
  actor: Actor,
  { reason, preflight }: StateChange,
): Promise<void> {
  const text = reason?.trim() || null
  if (needsReason(to) && text === null) throw new DomainError('tenant.reason_missing')
  if (text !== null && text.length > 300) throw new DomainError('request.invalid')
  await inTenant(db, tenantId, async (tx) => {
    // Locked, so that of two changes at once the second is judged by what the first has made.
    const row = await tx
      .selectFrom('tenants')
      .selectAll()
      .where('id', '=', tenantId)
      .forNoKeyUpdate()
      .executeTakeFirst()
    if (!row) throw new DomainError('tenant.unknown')
    const from = row.state
    if (!statesAfter(from).includes(to)) throw new DomainError('tenant.wrong_state', { from, to })
    await assertReady(toTenant(row), to, preflight)
    const now = clock.now()
    if (isGoingLive(from, to) && row.live_since === null) await beginLive(tx, tenantId, actor, now)
    await tx
      .updateTable('tenants')
      .set({ state: to, state_reason: text, state_since: now })
      .where('id', '=', tenantId)
      .execute()
    const subject = { kind: 'tenant', id: tenantId } as const
    const action = 'tenant.state_changed'
    await audit(tx, tenantId, { actor, action, subject, details: { from, to, reason: text } }, now)
    const operatorId = actor.kind === 'operator' ? actor.id : null
    await operatorAudit(tx, { operatorId, action, subject, details: { from, to, by: actor.kind } }, now)
  })
}

/** @throws DomainError tenant.not_ready */
async function assertReady(tenant: Tenant, to: TenantState, preflight: Preflight): Promise<void> {
  const missing = isGoingLive(tenant.state, to) ? await preflight(tenant) : []
  const lacksAccount = !mayLackAccount(to) && tenant.creditor.iban === ''
  const keys = new Set([...(lacksAccount ? ['creditor.iban'] : []), ...missing.map(({ key }) => key)])
  if (keys.size > 0)
    throw new DomainError('tenant.not_ready', { count: keys.size, missing: [...keys].join(' ') })
}
