import { sql } from 'kysely'
import { romeDate } from '../clock.ts'
import type { Db } from '../db/connect.ts'
import { inTenant, type Tx } from '../db/tenant.ts'
import { newId } from '../ids.ts'
import type { FlowEntry, FlowHeader, PublishedFlow } from './ports.ts'

/** How much of a published flow is stored. `id` is its row, once there is one. */
export interface StoredFlow {
  id: string
  isComplete: boolean
}

/** Finds the stored flows among published ones. Answers in their order, undefined for what is new. */
export async function findFlows(
  db: Db,
  tenantId: string,
  flows: readonly PublishedFlow[],
): Promise<(StoredFlow | undefined)[]> {
  if (flows.length === 0) return []
  const { rows } = await inTenant(db, tenantId, (tx) =>
    sql<{ place: bigint; id: string; complete_at: Date | null }>`
      select wanted.place, f.id, f.complete_at
      from unnest(${flows.map(({ pspId }) => pspId)}::text[], ${flows.map(({ flowId }) => flowId)}::text[],
        ${flows.map(({ flowDate }) => flowDate)}::timestamptz[], ${flows.map(({ revision }) => revision)}::bigint[])
        with ordinality as wanted (psp_id, flow_id, flow_date, revision, place)
      join fdr_flows f on f.tenant_id = ${tenantId} and f.psp_id = wanted.psp_id and f.flow_id = wanted.flow_id
        and f.flow_date = wanted.flow_date and f.revision = wanted.revision`.execute(tx),
  )
  const stored = new Map(
    rows.map((row) => [Number(row.place), { id: row.id, isComplete: row.complete_at !== null }]),
  )
  return flows.map((_, index) => stored.get(index + 1))
}

/** Stores the head of a flow, incomplete as yet; whoever comes second finds the first one's row. */
export async function storeHeader(
  db: Db,
  tenantId: string,
  flow: PublishedFlow,
  header: FlowHeader,
  now: Date,
): Promise<string> {
  await inTenant(db, tenantId, (tx) =>
    tx
      .insertInto('fdr_flows')
      .values({
        tenant_id: tenantId,
        id: newId(),
        psp_id: flow.pspId,
        psp_name: header.pspName,
        flow_id: flow.flowId,
        flow_date: flow.flowDate,
        flow_day: romeDate(flow.flowDate),
        revision: BigInt(flow.revision),
        regulation: header.regulation,
        regulation_date: header.regulationDate,
        declared_count: header.declaredCount === undefined ? null : BigInt(header.declaredCount),
        declared_cents: header.declaredCents ?? null,
        published_at: flow.publishedAt,
        pulled_at: now,
      })
      .onConflict((conflict) => conflict.doNothing())
      .execute(),
  )
  const [stored] = await findFlows(db, tenantId, [flow])
  return stored!.id
}

/** A page of lines is one statement; what is stored already stays as it is. */
const CHUNK = 1000

/**
 * Stores lines, at most 1000 a transaction. A line is known by its index in the flow; one whose index cannot be read
 * by its place among the lines, as a negative number.
 * @param segregationCode of the entity: tells its own payments from those of the creditor's other entities
 */
export async function storeLines(
  db: Db,
  tenantId: string,
  flowRowId: string,
  lines: readonly FlowEntry[],
  segregationCode: string,
): Promise<void> {
  for (let from = 0; from < lines.length; from += CHUNK) {
    const chunk = lines.slice(from, from + CHUNK)
    await inTenant(db, tenantId, (tx) => insertChunk(tx, tenantId, flowRowId, chunk, segregationCode))
  }
}

async function insertChunk(
  tx: Tx,
  tenantId: string,
  flowRowId: string,
  chunk: readonly FlowEntry[],
  segregationCode: string,
): Promise<void> {
  const ours = ({ iuv }: FlowEntry) =>
    iuv !== undefined && /^\d{17}$/.test(iuv) && iuv.startsWith(segregationCode)
  const column = <Value>(value: (line: FlowEntry) => Value) => chunk.map(value)
  await sql`
    insert into fdr_lines (tenant_id, flow_id, line_index, iuv, iur, id_transfer, amount_cents, code, pay_date, unreadable, ours)
    select ${tenantId}, ${flowRowId}, line.*
    from unnest(${column(({ index, place }) => index ?? -place)}::bigint[], ${column(({ iuv }) => iuv ?? null)}::text[],
      ${column(({ iur }) => iur ?? null)}::text[], ${column(({ idTransfer }) => idTransfer ?? null)}::smallint[],
      ${column(({ amountCents }) => amountCents.toString())}::bigint[], ${column(({ code }) => code ?? null)}::smallint[],
      ${column(({ payDate }) => payDate ?? null)}::date[], ${column(({ unreadable }) => unreadable ?? null)}::text[],
      ${column(ours)}::boolean[]) as line
    on conflict do nothing`.execute(tx)
}

/** Closes the reading: the flow counts from now on, in the place of its lower revisions. */
export async function completeFlow(db: Db, tenantId: string, flowRowId: string, now: Date): Promise<boolean> {
  const { rows } = await sql<{
    fresh: boolean
  }>`select complete_flow(${tenantId}, ${flowRowId}, ${now}) as fresh`.execute(db)
  return rows[0]!.fresh
}
