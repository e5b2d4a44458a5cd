import { sql } from 'kysely'
import type { FiscalCodeProof } from '#core/db/people-tables.ts'
import type { Tx } from '#core/db/tenant.ts'
import { plainClass } from './registry.ts'

/** A child as the register has it, with what holds in the file's school year. */
export interface RegisterChild {
  readonly id: string
  readonly firstName: string
  readonly lastName: string
  /** Hexadecimal; undefined where the register knows no code. */
  readonly codeHash: string | undefined
  readonly externalId: string | undefined
  readonly place: { readonly classId: string; readonly schoolId: string; readonly label: string } | undefined
  readonly enrolments: ReadonlyMap<string, RegisterEnrolment>
  /** Ids of accounts. */
  readonly guardians: ReadonlySet<string>
}

export interface RegisterEnrolment {
  readonly id: string
  readonly tariffCents: bigint
  readonly startsOn: string | undefined
  readonly endsOn: string | undefined
}

export interface RegisterAccount {
  readonly id: string
  readonly proof: FiscalCodeProof
}

/** What of the register a file of families touches. */
export interface FamiliesRegister {
  readonly children: readonly RegisterChild[]
  /** Guardians' accounts by the hash of their fiscal code. */
  readonly accounts: ReadonlyMap<string, RegisterAccount>
  /** Classes of the year by school and plain name. */
  readonly classes: ReadonlyMap<string, { readonly id: string; readonly name: string }>
}

export const classKey = (schoolId: string, name: string) => `${schoolId}/${plainClass(name)}`

/** Reads it, and locks children and accounts where it is about to be changed. Hashes are hexadecimal. */
export async function readRegister(
  tx: Tx,
  tenantId: string,
  asked: {
    schoolYear: string
    codeHashes: readonly string[]
    externalIds: readonly string[]
    guardianHashes: readonly string[]
    lock: boolean
  },
): Promise<FamiliesRegister> {
  const { schoolYear, lock } = asked
  const locked = lock ? sql`for update of c` : sql``
  const children = await sql<ChildRow>`
    select c.id, c.first_name, c.last_name, encode(c.fiscal_code_hash, 'hex') as hash, c.external_id,
      p.class_id, k.school_id, s.name as school, k.name as class
    from children c
    left join placements p on p.tenant_id = c.tenant_id and p.child_id = c.id and p.school_year = ${schoolYear} and p.left_on is null
    left join classes k on k.tenant_id = p.tenant_id and k.id = p.class_id
    left join schools s on s.tenant_id = k.tenant_id and s.id = k.school_id
    where c.tenant_id = ${tenantId} and (c.fiscal_code_hash = any (${bytes(asked.codeHashes)}::bytea[])
      or c.external_id = any (${asked.externalIds}::text[]))
    order by c.id ${locked}`.execute(tx)
  const ids = children.rows.map(({ id }) => id)
  const enrolments = await sql<EnrolmentRow>`
    select id, child_id, category, coalesce(own_tariff_cents, tariff_cents) as tariff_cents, starts_on, ends_on from enrolments
    where tenant_id = ${tenantId} and school_year = ${schoolYear} and child_id = any (${ids}::uuid[])`.execute(
    tx,
  )
  const guardianships = await sql<{ child_id: string; account_id: string }>`
    select child_id, account_id from guardianships
    where tenant_id = ${tenantId} and child_id = any (${ids}::uuid[])`.execute(tx)
  const accounts = await sql<{ id: string; hash: string; fiscal_code_proof: FiscalCodeProof }>`
    select c.id, encode(c.fiscal_code_hash, 'hex') as hash, c.fiscal_code_proof from accounts c
    where c.tenant_id = ${tenantId} and c.kind = 'guardian'
      and c.fiscal_code_hash = any (${bytes(asked.guardianHashes)}::bytea[]) order by c.id ${locked}`.execute(
    tx,
  )
  const classes = await tx
    .selectFrom('classes')
    .select(['id', 'school_id', 'name'])
    .where('tenant_id', '=', tenantId)
    .where('school_year', '=', schoolYear)
    .execute()
  const enrolmentsOf = grouped(enrolments.rows)
  const guardiansOf = grouped(guardianships.rows)
  return {
    children: children.rows.map((row) => childOf(row, enrolmentsOf.get(row.id), guardiansOf.get(row.id))),
    accounts: new Map(accounts.rows.map((row) => [row.hash, { id: row.id, proof: row.fiscal_code_proof }])),
    classes: new Map(
      classes.map((row) => [classKey(row.school_id, row.name), { id: row.id, name: row.name }]),
    ),
  }
}

interface ChildRow {
  id: string
  first_name: string
  last_name: string
  hash: string | null
  external_id: string | null
  class_id: string | null
  school_id: string | null
  school: string | null
  class: string | null
}

interface EnrolmentRow {
  id: string
  child_id: string
  category: string
  tariff_cents: bigint
  starts_on: string | null
  ends_on: string | null
}

function childOf(
  row: ChildRow,
  enrolments: readonly EnrolmentRow[] = [],
  guardians: readonly { account_id: string }[] = [],
): RegisterChild {
  return {
    id: row.id,
    firstName: row.first_name,
    lastName: row.last_name,
    codeHash: row.hash ?? undefined,
    externalId: row.external_id ?? undefined,
    place: row.class_id
      ? { classId: row.class_id, schoolId: row.school_id!, label: `${row.school!}, ${row.class!}` }
      : undefined,
    enrolments: new Map(
      enrolments.map((one) => [
        one.category,
        {
          id: one.id,
          tariffCents: one.tariff_cents,
          startsOn: one.starts_on ?? undefined,
          endsOn: one.ends_on ?? undefined,
        },
      ]),
    ),
    guardians: new Set(guardians.map(({ account_id }) => account_id)),
  }
}

function grouped<Row extends { child_id: string }>(rows: readonly Row[]): Map<string, Row[]> {
  const groups = new Map<string, Row[]>()
  for (const row of rows) {
    const group = groups.get(row.child_id)
    if (group) group.push(row)
    else groups.set(row.child_id, [row])
  }
  return groups
}

function bytes(hashes: readonly string[]): Buffer[] {
  return hashes.map((hash) => Buffer.from(hash, 'hex'))
}

/** Children enrolled in the year whom a file of families does not name; the first by name. */
export async function absentChildren(
  tx: Tx,
  tenantId: string,
  asked: { schoolYear: string; categories: readonly string[]; known: readonly string[] },
): Promise<{ count: number; names: string[] }> {
  const { rows } = await sql<{ name: string; count: bigint }>`
    select c.last_name || ' ' || c.first_name as name, count(*) over () as count from children c
    where c.tenant_id = ${tenantId} and c.id <> all (${asked.known}::uuid[]) and exists (
      select from enrolments e where e.tenant_id = ${tenantId} and e.child_id = c.id
        and e.school_year = ${asked.schoolYear} and e.category = any (${asked.categories}::text[]))
    order by c.last_name, c.first_name, c.id limit 200`.execute(tx)
  return { count: Number(rows[0]?.count ?? 0n), names: rows.map(({ name }) => name) }
}
