import { sql } from 'kysely'
import { romeDate } from '#core/clock.ts'
import type { Tx } from '#core/db/tenant.ts'
import { keepFormerTerms } from '../people/former-terms.ts'
import { askForRecharge } from '../people/recharge.ts'
import { refreshPrices } from '../people/refresh-prices.ts'
import { ensureSchool } from '../schools/schools.ts'
import { inChunks, type Chunk } from './chunks.ts'

/** What a file of families writes, by table. */
export interface FamiliesWork {
  readonly schoolYear: string
  readonly schools: { code: string; name: string }[]
  readonly classes: { id: string; schoolCode: string; schoolName: string; name: string }[]
  readonly children: (ChildValues & { school: string; className: string })[]
  /** Nulls leave what is there. */
  readonly changedChildren: ChildValues[]
  readonly placements: { childId: string; classId: string; school: string; className: string }[]
  readonly enrolments: {
    id: string
    childId: string
    category: string
    tariffCents: bigint
    startsOn: string | null
  }[]
  readonly changedEnrolments: { id: string; childId: string; tariffCents: bigint; startsOn: string | null }[]
  readonly wallets: { id: string; childId: string; category: string }[]
  /** Accounts that only declared a code which is another one's. */
  readonly disclaimed: string[]
  readonly accounts: {
    id: string
    firstName: string
    lastName: string
    email: string | null
    sealedCode: Buffer
    codeHash: Buffer
    language: string
  }[]
  readonly guardianships: { accountId: string; childId: string }[]
}

interface ChildValues {
  id: string
  firstName: string
  lastName: string
  sealedCode: Buffer | null
  codeHash: Buffer | null
  externalId: string | null
}

/**
 * Writes it, set by set. A tariff that the file changes counts from today on; what else it changes of children who ate
 * already is asked to be charged anew.
 */
export async function writeFamilies(
  tx: Tx,
  tenantId: string,
  work: FamiliesWork,
  now: Date,
  tell: (part: number) => Promise<void>,
): Promise<void> {
  await writePlaces(tx, tenantId, work, now)
  const { schoolYear } = work
  const today = romeDate(now)
  const changedIds = work.changedEnrolments.map(({ id }) => id)
  await keepFormerTerms(tx, tenantId, { enrolmentIds: changedIds, before: today })
  await inChunks(
    [
      chunk(
        work.disclaimed,
        (ids) => sql`
        update accounts set fiscal_code_hash = null, fiscal_code_sealed = null, fiscal_code_proof = null
        where tenant_id = ${tenantId} and id = any (${ids}::uuid[])`,
      ),
      chunk(
        work.accounts,
        (rows) => sql`
        insert into accounts (tenant_id, id, kind, first_name, last_name, email, email_confirmed_at, fiscal_code_sealed,
          fiscal_code_hash, fiscal_code_proof, language, created_at)
        select ${tenantId}, a.id, 'guardian', a.first_name, a.last_name, a.email,
          case when a.email is not null then ${now}::timestamptz end, a.sealed, a.hash, 'registry', a.language, ${now}
        from unnest(${all(rows, 'id')}::uuid[], ${all(rows, 'firstName')}::text[], ${all(rows, 'lastName')}::text[],
          ${all(rows, 'email')}::text[], ${all(rows, 'sealedCode')}::bytea[], ${all(rows, 'codeHash')}::bytea[],
          ${all(rows, 'language')}::text[]) as a (id, first_name, last_name, email, sealed, hash, language)`,
      ),
      chunk(
        work.children,
        (rows) => sql`
        insert into children (tenant_id, id, first_name, last_name, fiscal_code_sealed, fiscal_code_hash, external_id,
          school, class_name, created_at)
        select ${tenantId}, c.id, c.first_name, c.last_name, c.sealed, c.hash, c.external_id, c.school, c.class_name, ${now}
        from unnest(${all(rows, 'id')}::uuid[], ${all(rows, 'firstName')}::text[], ${all(rows, 'lastName')}::text[],
          ${all(rows, 'sealedCode')}::bytea[], ${all(rows, 'codeHash')}::bytea[], ${all(rows, 'externalId')}::text[],
          ${all(rows, 'school')}::text[], ${all(rows, 'className')}::text[])
          as c (id, first_name, last_name, sealed, hash, external_id, school, class_name)`,
      ),
      chunk(
        work.changedChildren,
        (rows) => sql`
        update children set first_name = c.first_name, last_name = c.last_name,
          fiscal_code_sealed = coalesce(children.fiscal_code_sealed, c.sealed),
          fiscal_code_hash = coalesce(children.fiscal_code_hash, c.hash),
          external_id = coalesce(c.external_id, children.external_id)
        from unnest(${all(rows, 'id')}::uuid[], ${all(rows, 'firstName')}::text[], ${all(rows, 'lastName')}::text[],
          ${all(rows, 'sealedCode')}::bytea[], ${all(rows, 'codeHash')}::bytea[], ${all(rows, 'externalId')}::text[])
          as c (id, first_name, last_name, sealed, hash, external_id)
        where children.tenant_id = ${tenantId} and children.id = c.id`,
      ),
      chunk(
        work.placements,
        (rows) => sql`
        insert into placements as p (tenant_id, child_id, school_year, class_id, since)
        select ${tenantId}, c.child_id, ${schoolYear}, c.class_id, ${now}
        from unnest(${all(rows, 'childId')}::uuid[], ${all(rows, 'classId')}::uuid[]) as c (child_id, class_id)
        on conflict (tenant_id, child_id, school_year) do update set class_id = excluded.class_id, since = excluded.since,
          left_on = null`,
      ),
      // What the child's card says follows, unless it is already of a later year: as placeChild has it.
      chunk(
        work.placements,
        (rows) => sql`
        update children set school = c.school, class_name = c.class_name
        from unnest(${all(rows, 'childId')}::uuid[], ${all(rows, 'school')}::text[], ${all(rows, 'className')}::text[])
          as c (child_id, school, class_name)
        where children.tenant_id = ${tenantId} and children.id = c.child_id
          and (children.school, children.class_name) is distinct from (c.school, c.class_name)
          and not exists (select from placements later where later.tenant_id = ${tenantId}
            and later.child_id = c.child_id and later.school_year > ${schoolYear})`,
      ),
      chunk(
        work.enrolments,
        (rows) => sql`
        insert into enrolments (tenant_id, id, child_id, category, school_year, tariff_cents, starts_on, created_at)
        select ${tenantId}, e.id, e.child_id, e.category, ${schoolYear}, e.tariff, e.starts_on, ${now}
        from unnest(${all(rows, 'id')}::uuid[], ${all(rows, 'childId')}::uuid[], ${all(rows, 'category')}::text[],
          ${rows.map(({ tariffCents }) => tariffCents.toString())}::bigint[], ${all(rows, 'startsOn')}::date[])
          as e (id, child_id, category, tariff, starts_on)`,
      ),
      chunk(
        work.changedEnrolments,
        (rows) => sql`
        update enrolments set starts_on = e.starts_on, own_tariff_cents = e.tariff,
          tariff_cents = case when own_tariff_cents is null then e.tariff else tariff_cents end
        from unnest(${all(rows, 'id')}::uuid[], ${rows.map(({ tariffCents }) => tariffCents.toString())}::bigint[],
          ${all(rows, 'startsOn')}::date[]) as e (id, tariff, starts_on)
        where enrolments.tenant_id = ${tenantId} and enrolments.id = e.id`,
      ),
      // A child may have the purse from another year.
      chunk(
        work.wallets,
        (rows) => sql`
        insert into wallets (tenant_id, id, child_id, category, created_at)
        select ${tenantId}, w.id, w.child_id, w.category, ${now}
        from unnest(${all(rows, 'id')}::uuid[], ${all(rows, 'childId')}::uuid[], ${all(rows, 'category')}::text[])
          as w (id, child_id, category)
        on conflict (tenant_id, child_id, category) do nothing`,
      ),
      chunk(
        work.guardianships,
        (rows) => sql`
        insert into guardianships (tenant_id, account_id, child_id, since)
        select ${tenantId}, g.account_id, g.child_id, ${now}
        from unnest(${all(rows, 'accountId')}::uuid[], ${all(rows, 'childId')}::uuid[]) as g (account_id, child_id)
        on conflict do nothing`,
      ),
    ],
    (statement) => statement.execute(tx),
    tell,
  )
  const touched = [...work.placements, ...work.enrolments, ...work.changedEnrolments]
  const childIds = [...new Set(touched.map(({ childId }) => childId))]
  await refreshPrices(tx, tenantId, today, childIds)
  await askForRecharge(tx, tenantId, { childIds, from: `${schoolYear.slice(0, 4)}-08-01` }, now)
}

/** A few rows each: schools and classes. */
async function writePlaces(tx: Tx, tenantId: string, work: FamiliesWork, now: Date): Promise<void> {
  for (const school of work.schools) await ensureSchool(tx, tenantId, school, now)
  const rows = work.classes
  await sql`
    insert into classes (tenant_id, id, school_id, school_year, name, created_at)
    select ${tenantId}, c.id, s.id, ${work.schoolYear}, c.name, ${now}
    from unnest(${all(rows, 'id')}::uuid[], ${all(rows, 'schoolCode')}::text[], ${all(rows, 'name')}::text[])
      as c (id, school_code, name)
    join schools s on s.tenant_id = ${tenantId} and s.code = c.school_code`.execute(tx)
}

function chunk<Item>(items: readonly Item[], statement: Chunk<Item>['statement']): Chunk<unknown> {
  return { items, statement }
}

function all<Row, Key extends keyof Row>(rows: readonly Row[], key: Key): Row[Key][] {
  return rows.map((row) => row[key])
}
