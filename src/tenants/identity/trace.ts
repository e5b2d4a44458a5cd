import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import type { Db } from '#core/db/connect.ts'
import type { Tx } from '#core/db/tenant.ts'
import { newId } from '#core/ids.ts'
import type { TenantVault } from '#core/vault.ts'
import type { Outcome, PendingRequest } from '#identity/scheme.ts'

/** How long requests and answers are kept (DPCM 24/10/2014, art. 13 c. 2; SPID technical rules, tracing). */
const KEPT_MONTHS = 24
/** How many characters are kept of an answer that nobody has signed: else anybody could fill the trace for 24 months. */
const UNSIGNED_MAX = 4096

/** Writes a request down as it was sent, in the transaction that stores it. */
export async function traceRequest(
  tx: Tx,
  vault: TenantVault,
  request: PendingRequest,
  sent: string,
  now: Date,
): Promise<void> {
  const id = newId()
  await tx
    .insertInto('identity_traces')
    .values({
      tenant_id: request.tenantId,
      id,
      at: now,
      scheme: request.scheme,
      direction: 'request',
      request_id: request.id,
      message_id: request.id,
      issue_instant: request.issuedAt.toISOString(),
      issuer: request.entityId,
      assertion_id: null,
      subject: null,
      name_qualifier: null,
      outcome: 'sent',
      content_sealed: vault.sealTrace(rowOf(id, request.id), sent),
    })
    .execute()
}

/** Writes the answer to a request of ours down, taken or refused, and why. */
export async function traceResponse(
  tx: Tx,
  vault: TenantVault,
  request: PendingRequest,
  outcome: Outcome,
  now: Date,
): Promise<void> {
  const id = newId()
  const { trace } = outcome
  const column = (text: string | undefined) => text?.slice(0, 1024) ?? null
  await tx
    .insertInto('identity_traces')
    .values({
      tenant_id: request.tenantId,
      id,
      at: now,
      scheme: request.scheme,
      direction: 'response',
      request_id: request.id,
      message_id: column(trace.responseId),
      issue_instant: column(trace.issueInstant),
      issuer: column(trace.issuer),
      assertion_id: column(trace.assertionId),
      subject: column(trace.nameId),
      name_qualifier: column(trace.nameQualifier),
      outcome: outcome.accepted ? 'accepted' : outcome.reason,
      content_sealed: vault.sealTrace(rowOf(id, request.id), contentOf(outcome)),
    })
    .execute()
}

/** The answer as it is kept: whole where the provider has signed it; of anybody else's, enough to know it again. */
function contentOf(outcome: Outcome): string {
  const { received = '' } = outcome
  if (outcome.accepted || outcome.isSigned || received.length <= UNSIGNED_MAX) return received
  const digest = createHash('sha256').update(received).digest('hex')
  return `${received.slice(0, UNSIGNED_MAX)}\n[${received.length} characters, SHA-256 ${digest}]`
}

/** A message of the trace, opened for whoever has to answer for a sign-in. */
export interface TracedMessage {
  readonly at: Date
  readonly direction: 'request' | 'response'
  readonly outcome: string
  readonly xml: string
}

/**
 * Reads the messages of one request, the oldest first.
 * @param owner the owner role: the application itself may not read the trace
 */
export async function readTrace(
  owner: Db,
  vault: TenantVault,
  tenantId: string,
  requestId: string,
): Promise<TracedMessage[]> {
  const rows = await owner
    .selectFrom('identity_traces')
    .select(['id', 'at', 'direction', 'outcome', 'content_sealed'])
    .where('tenant_id', '=', tenantId)
    .where('request_id', '=', requestId)
    .orderBy('id')
    .execute()
  return rows.map(({ id, at, direction, outcome, content_sealed }) => ({
    at,
    direction,
    outcome,
    xml: vault.openTrace(rowOf(id, requestId), content_sealed),
  }))
}

/** Deletes what is older than 24 months, in every tenant, at most `limit` rows. Answers how many. */
export async function purgeTraces(relay: Db, now: Date, limit = 10_000): Promise<number> {
  const before = new Date(now)
  before.setUTCMonth(before.getUTCMonth() - KEPT_MONTHS)
  const result = await sql`delete from identity_traces where (tenant_id, id) in
    (select tenant_id, id from identity_traces where at < ${before} limit ${limit})`.execute(relay)
  return Number(result.numAffectedRows ?? 0n)
}

/** What binds a sealed message to its row. */
function rowOf(id: string, requestId: string): string {
  return `${id}/${requestId}`
}
