import { sqlState, UNIQUE_VIOLATION, type Tx } from '#core/db/tenant.ts'
import { DomainError } from '#core/errors.ts'
import { newId } from '#core/ids.ts'

/** What an entity says of a school, checked at the edge: code of A–Z, 0–9, `_` and `-`, at most 20 characters. */
export interface SchoolFacts {
  readonly code: string
  readonly name: string
  readonly address: string
}

/** Adds a school. @throws DomainError school.code_taken */
export async function addSchool(tx: Tx, tenantId: string, school: SchoolFacts, now: Date): Promise<string> {
  const id = newId()
  const added = await tx
    .insertInto('schools')
    .values({ tenant_id: tenantId, id, ...school, created_at: now })
    .onConflict((conflict) => conflict.columns(['tenant_id', 'code']).doNothing())
    .returning('id')
    .executeTakeFirst()
  if (!added) throw new DomainError('school.code_taken')
  return id
}

/**
 * Changes what a school is called and where it is. What the cards of its children say follows.
 * @returns what it was called before
 * @throws DomainError school.code_taken, resource.not_found
 */
export async function changeSchool(
  tx: Tx,
  tenantId: string,
  schoolId: string,
  school: SchoolFacts,
): Promise<SchoolFacts> {
  const before = await tx
    .selectFrom('schools')
    .select(['code', 'name', 'address'])
    .where('tenant_id', '=', tenantId)
    .where('id', '=', schoolId)
    .forUpdate()
    .executeTakeFirst()
  if (!before) throw new DomainError('resource.not_found')
  await uniquely('school.code_taken', () =>
    tx
      .updateTable('schools')
      .set(school)
      .where('tenant_id', '=', tenantId)
      .where('id', '=', schoolId)
      .execute(),
  )
  if (before.name !== school.name) {
    await tx
      .updateTable('children')
      .set({ school: school.name })
      .where('tenant_id', '=', tenantId)
      .where('school', '=', before.name)
      .where('id', 'in', (placed) =>
        placed
          .selectFrom('placements as p')
          .innerJoin('classes as c', (join) =>
            join.onRef('c.tenant_id', '=', 'p.tenant_id').onRef('c.id', '=', 'p.class_id'),
          )
          .select('p.child_id')
          .where('p.tenant_id', '=', tenantId)
          .where('c.school_id', '=', schoolId),
      )
      .execute()
  }
  return before
}

/**
 * Closes a school: from now on nobody is placed there; or opens it again, with null. What was stays.
 * @throws DomainError resource.not_found
 */
export async function closeSchool(
  tx: Tx,
  tenantId: string,
  schoolId: string,
  closedAt: Date | null,
): Promise<void> {
  const changed = await tx
    .updateTable('schools')
    .set({ closed_at: closedAt })
    .where('tenant_id', '=', tenantId)
    .where('id', '=', schoolId)
    .returning('id')
    .executeTakeFirst()
  if (!changed) throw new DomainError('resource.not_found')
}

/**
 * Renames a class. What the cards of its children say follows.
 * @returns what it was called before
 * @throws DomainError class.name_taken, resource.not_found when the school has no such class
 */
export async function renameClass(
  tx: Tx,
  tenantId: string,
  { schoolId, classId, name }: { schoolId: string; classId: string; name: string },
): Promise<string> {
  const before = await tx
    .selectFrom('classes')
    .select('name')
    .where('tenant_id', '=', tenantId)
    .where('id', '=', classId)
    .where('school_id', '=', schoolId)
    .executeTakeFirst()
  if (!before) throw new DomainError('resource.not_found')
  await uniquely('class.name_taken', () =>
    tx
      .updateTable('classes')
      .set({ name })
      .where('tenant_id', '=', tenantId)
      .where('id', '=', classId)
      .execute(),
  )
  await tx
    .updateTable('children')
    .set({ class_name: name })
    .where('tenant_id', '=', tenantId)
    .where('class_name', '=', before.name)
    .where('id', 'in', (placed) =>
      placed
        .selectFrom('placements')
        .select('child_id')
        .where('tenant_id', '=', tenantId)
        .where('class_id', '=', classId),
    )
    .execute()
  return before.name
}

async function uniquely(
  code: 'school.code_taken' | 'class.name_taken',
  work: () => Promise<unknown>,
): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (sqlState(error) === UNIQUE_VIOLATION) throw new DomainError(code)
    throw error
  }
}

/**
 * Makes sure that children can be placed in a class.
 * @throws DomainError class.school_closed, resource.not_found
 */
export async function assertOpenClass(tx: Tx, tenantId: string, classId: string): Promise<void> {
  const found = await tx
    .selectFrom('classes as c')
    .innerJoin('schools as s', (join) =>
      join.onRef('s.tenant_id', '=', 'c.tenant_id').onRef('s.id', '=', 'c.school_id'),
    )
    .select('s.closed_at')
    .where('c.tenant_id', '=', tenantId)
    .where('c.id', '=', classId)
    .executeTakeFirst()
  if (!found) throw new DomainError('resource.not_found')
  if (found.closed_at !== null) throw new DomainError('class.school_closed')
}
