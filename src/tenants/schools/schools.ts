import type { Db } from '#core/db/connect.ts'
import { inTenant, type Tx } from '#core/db/tenant.ts'
import { newId } from '#core/ids.ts'
import { askForRecharge } from '../people/recharge.ts'

/** A school of the entity. */
export interface School {
  readonly id: string
  /** What files call it: the entity's short name, or the ministry's code. */
  readonly code: string
  readonly name: string
  readonly address: string
  /** From then on nobody is placed there; undefined while it is open. */
  readonly closedAt: Date | undefined
}

/** A class of a school in one school year. */
export interface SchoolClass {
  readonly id: string
  readonly schoolId: string
  readonly schoolYear: string
  readonly name: string
}

/** The entity's schools by name, closed ones included. */
export async function listSchools(db: Db, tenantId: string): Promise<School[]> {
  const rows = await inTenant(db, tenantId, (tx) =>
    tx
      .selectFrom('schools')
      .select(['id', 'code', 'name', 'address', 'closed_at'])
      .where('tenant_id', '=', tenantId)
      .orderBy('name')
      .orderBy('id')
      .execute(),
  )
  return rows.map(({ closed_at, ...school }) => ({ ...school, closedAt: closed_at ?? undefined }))
}

/** The classes of a school year by name; of one school, or of all. */
export async function listClasses(
  db: Db,
  tenantId: string,
  schoolYear: string,
  schoolId?: string,
): Promise<SchoolClass[]> {
  const rows = await inTenant(db, tenantId, (tx) =>
    tx
      .selectFrom('classes')
      .select(['id', 'school_id', 'school_year', 'name'])
      .where('tenant_id', '=', tenantId)
      .where('school_year', '=', schoolYear)
      .$if(schoolId !== undefined, (query) => query.where('school_id', '=', schoolId!))
      .orderBy('name')
      .orderBy('id')
      .execute(),
  )
  return rows.map((row) => ({
    id: row.id,
    schoolId: row.school_id,
    schoolYear: row.school_year,
    name: row.name,
  }))
}

/** Adds a school, or finds the one of the same code: whoever comes second gets the first one's id. */
export async function ensureSchool(
  tx: Tx,
  tenantId: string,
  school: { code: string; name: string; address?: string },
  now: Date,
): Promise<string> {
  await tx
    .insertInto('schools')
    .values({ tenant_id: tenantId, id: newId(), ...school, created_at: now })
    .onConflict((conflict) => conflict.columns(['tenant_id', 'code']).doNothing())
    .execute()
  const { id } = await tx
    .selectFrom('schools')
    .select('id')
    .where('tenant_id', '=', tenantId)
    .where('code', '=', school.code)
    .executeTakeFirstOrThrow()
  return id
}

/** Adds a class to a school's year, or finds the one of the same name. */
export async function ensureClass(
  tx: Tx,
  tenantId: string,
  { schoolId, schoolYear, name }: Omit<SchoolClass, 'id'>,
  now: Date,
): Promise<string> {
  await tx
    .insertInto('classes')
    .values({
      tenant_id: tenantId,
      id: newId(),
      school_id: schoolId,
      school_year: schoolYear,
      name,
      created_at: now,
    })
    .onConflict((conflict) => conflict.columns(['tenant_id', 'school_id', 'school_year', 'name']).doNothing())
    .execute()
  const { id } = await tx
    .selectFrom('classes')
    .select('id')
    .where('tenant_id', '=', tenantId)
    .where('school_id', '=', schoolId)
    .where('school_year', '=', schoolYear)
    .where('name', '=', name)
    .executeTakeFirstOrThrow()
  return id
}

/**
 * Puts a child into a class, for all services of its school year; a class that it had in that year is left. What the
 * child's card says of school and class follows, and so do meals that it ate without a class.
 */
export async function placeChild(
  tx: Tx,
  tenantId: string,
  { childId, classId }: { childId: string; classId: string },
  now: Date,
): Promise<void> {
  const place = await tx
    .selectFrom('classes as c')
    .innerJoin('schools as s', (join) =>
      join.onRef('s.tenant_id', '=', 'c.tenant_id').onRef('s.id', '=', 'c.school_id'),
    )
    .select(['c.school_year', 'c.name as class_name', 's.name as school_name'])
    .where('c.tenant_id', '=', tenantId)
    .where('c.id', '=', classId)
    .executeTakeFirstOrThrow()
  await tx
    .insertInto('placements')
    .values({
      tenant_id: tenantId,
      child_id: childId,
      school_year: place.school_year,
      class_id: classId,
      since: now,
    })
    .onConflict((conflict) =>
      conflict
        .columns(['tenant_id', 'child_id', 'school_year'])
        .doUpdateSet({ class_id: classId, since: now, left_on: null }),
    )
    .execute()
  await tx
    .updateTable('children')
    .set({ school: place.school_name, class_name: place.class_name })
    .where('tenant_id', '=', tenantId)
    .where('id', '=', childId)
    .where(({ not, exists, selectFrom }) =>
      // A class of an earlier year that is put right does not change where the child is now.
      not(
        exists(
          selectFrom('placements as later')
            .select('later.class_id')
            .where('later.tenant_id', '=', tenantId)
            .where('later.child_id', '=', childId)
            .where('later.school_year', '>', place.school_year),
        ),
      ),
    )
    .execute()
  await askForRecharge(tx, tenantId, { childIds: [childId] }, now)
}
