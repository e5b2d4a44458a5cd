import { createHash } from 'node:crypto'
import type { Tx } from '#core/db/tenant.ts'
import { DomainError } from '#core/errors.ts'
import { brandingSchema, policiesSchema } from '#core/tenant.ts'
import type { Column, Field } from './fields.ts'

/** What an entity has settled, by column; objects as they are stored, with their defaults. */
export type Settled = Readonly<Record<Column, unknown>> & { readonly live_since: Date | null }

const COLUMNS = [
  'name',
  'branding',
  'policies',
  'creditor',
  'creditor_fiscal_code',
  'segregation_code',
  'service_id',
  'service_subject_id',
  'live_since',
] as const

/** What an entity has settled; locked against whoever else would save, where that is meant. */
export async function settledOf(
  tx: Tx,
  tenantId: string,
  { lock = false }: { lock?: boolean } = {},
): Promise<Settled> {
  const row = await tx
    .selectFrom('tenants')
    .select(COLUMNS)
    .where('id', '=', tenantId)
    .$if(lock, (query) => query.forNoKeyUpdate())
    .executeTakeFirst()
  if (!row) throw new DomainError('tenant.unknown')
  return {
    ...row,
    branding: brandingSchema.parse(row.branding),
    policies: policiesSchema.parse(row.policies),
  }
}

/** A short name of a state: the same values always have the same one. */
export function fingerprint(values: unknown): string {
  return createHash('sha256').update(JSON.stringify(values)).digest('base64url').slice(0, 22)
}

/** A stored value by its column and path. */
export function take(settled: Settled, [column, ...path]: Field['at']): unknown {
  return path.reduce<unknown>(
    (value, key) => (value as Record<string, unknown> | undefined)?.[key],
    settled[column],
  )
}

/** Puts a value in its place; an object that thereby holds nothing any more goes too. */
export function put(settled: Record<string, unknown>, [column, ...path]: Field['at'], value: unknown): void {
  if (path.length === 0) {
    settled[column] = value
    return
  }
  const [first, second] = path as [string, string?]
  const object = settled[column] as Record<string, unknown>
  if (second === undefined) {
    if (value === undefined) delete object[first]
    else object[first] = value
    return
  }
  const inner = { ...(object[first] as Record<string, unknown> | undefined) }
  if (value === undefined) delete inner[second]
  else inner[second] = value
  if (Object.keys(inner).length === 0) delete object[first]
  else object[first] = inner
}

/** A stored value as text: what is no text is written as JSON does, and nothing as nothing. */
export function plainText(value: unknown): string {
  if (typeof value === 'string') return value
  return value === undefined || value === null ? '' : JSON.stringify(value)
}

/** Pairs by their name: the same object always gives the same list. */
export function sortedEntries(object: Readonly<Record<string, unknown>>): [string, unknown][] {
  return Object.entries(object).toSorted(([one], [other]) => (one < other ? -1 : 1))
}
