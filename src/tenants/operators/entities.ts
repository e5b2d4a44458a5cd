import { sql } from 'kysely'
import { romeDate, type RomeDate } from '#core/clock.ts'
import type { Db } from '#core/db/connect.ts'
import type { TenantState } from '#core/db/schema.ts'
import type { Services } from '#core/services.ts'

/** An entity as who runs the installation sees it: no family's data, no amounts. */
export interface EntityLine {
  readonly id: string
  readonly name: string
  readonly slug: string
  readonly state: TenantState
  readonly activationCode: string
  /** Work that fails: how much of it, and how much of that waits for a person. */
  readonly failing: number
  readonly parked: number
  readonly lastError: string | null
  readonly lastReceiptOn: RomeDate | null
}

export interface EntityFilter {
  /** Words of the name or the address, or an activation code. */
  readonly search?: string | undefined
  readonly state?: TenantState | undefined
  /** Only those whose work waits for a person. */
  readonly onlyParked?: boolean
}

const PAGE = 50

/**
 * A page of the installation's entities by name, with their health. Whatever their number, it is two queries: one of the
 * registry, and one of the relay about those that are shown.
 * @param after the id of the last entity of the page before
 */
export async function listEntities(
  { db, relay }: Pick<Services, 'db' | 'relay'>,
  { search, state, onlyParked = false }: EntityFilter,
  after?: string,
): Promise<{ items: EntityLine[]; next: string | undefined }> {
  let query = db
    .selectFrom('tenants as t')
    .select(['t.id', 't.name', 't.slug', 't.state', 't.activation_code'])
    .orderBy('t.name')
    .orderBy('t.id')
    .limit(PAGE + 1)
  const words = search?.replace(/\p{Cc}/gu, ' ').trim() ?? ''
  const digits = words.replace(/[\s.-]/g, '')
  if (/^\d{10}$/.test(digits)) query = query.where('t.activation_code', '=', digits)
  else if (words !== '') {
    const pattern = `%${words.replace(/[\\%_]/g, String.raw`\$&`)}%`
    query = query.where((where) =>
      where.or([where('t.name', 'ilike', pattern), where('t.slug', 'ilike', pattern)]),
    )
  }
  if (state) query = query.where('t.state', '=', state)
  if (onlyParked) query = query.where('t.id', 'in', await parkedTenants(relay))
  if (after)
    query = query.where(
      sql<boolean>`(t.name, t.id) > (select l.name, l.id from tenants l where l.id = ${after})`,
    )
  const rows = await query.execute()
  const shown = rows.slice(0, PAGE)
  const health = await healthOf(
    relay,
    shown.map(({ id }) => id),
  )
  return {
    items: shown.map(({ activation_code, ...row }) => {
      const { failing, parked, last_error, last_receipt_at } = health.get(row.id)!
      return {
        ...row,
        activationCode: activation_code,
        failing: Number(failing),
        parked: Number(parked),
        lastError: last_error,
        lastReceiptOn: last_receipt_at && romeDate(last_receipt_at),
      }
    }),
    next: rows.length > PAGE ? shown.at(-1)!.id : undefined,
  }
}

/** Nobody's id stands in for an empty list, which SQL does not know. */
const NOBODY = '00000000-0000-0000-0000-000000000000'

async function parkedTenants(relay: Db): Promise<string[]> {
  const rows = await relay
    .selectFrom('outbox')
    .select('tenant_id')
    .distinct()
    .where('parked_at', 'is not', null)
    .where('done_at', 'is', null)
    .execute()
  return [NOBODY, ...rows.map(({ tenant_id }) => tenant_id)]
}

interface Health {
  id: string
  failing: bigint
  parked: bigint
  last_error: string | null
  last_receipt_at: Date | null
}

/** Ids grow with time, so that the newest receipt is the last one of its entity's key. */
async function healthOf(relay: Db, ids: readonly string[]): Promise<Map<string, Health>> {
  const { rows } = await sql<Health>`
    select t.id, o.failing, o.parked, o.last_error, r.arrived_at as last_receipt_at
    from unnest(${ids}::uuid[]) as t (id)
    cross join lateral (
      select count(*) as failing, count(parked_at) as parked, (array_agg(last_error order by id desc))[1] as last_error
      from outbox where tenant_id = t.id and done_at is null and last_error is not null) o
    left join lateral (
      select arrived_at from receipts where tenant_id = t.id order by id desc limit 1) r on true`.execute(
    relay,
  )
  return new Map(rows.map((row) => [row.id, row]))
}

/** The names of some entities, by their ids. */
export async function entityNames(
  db: Db,
  ids: readonly string[],
): Promise<ReadonlyMap<string, { name: string; slug: string }>> {
  const rows = await db
    .selectFrom('tenants')
    .select(['id', 'name', 'slug'])
    .where('id', 'in', [NOBODY, ...new Set(ids)])
    .execute()
  return new Map(rows.map(({ id, name, slug }) => [id, { name, slug }]))
}
