import { newId } from '#core/ids.ts'
import type { Tx } from '#core/db/tenant.ts'
import { askForRecharge } from '../people/recharge.ts'
import { schoolYearAfter } from '../people/school-year.ts'
import { childrenOfClasses } from './count-children.ts'
import { classNumber, nextClassName } from './next-class.ts'
import { ensureClass } from './schools.ts'

/** What becomes of a class: its children go on into one of that name, leave the school, or nobody knows yet. */
export type NextStep =
  | { readonly kind: 'class'; readonly name: string }
  | { readonly kind: 'leave' }
  | { readonly kind: 'unknown' }

/** A class of the year that ends, with what is proposed for the next. */
export interface ClassProposal {
  readonly classId: string
  readonly schoolId: string
  readonly schoolName: string
  readonly name: string
  readonly children: number
  /** How many of them have a class of the next year already. */
  readonly placed: number
  readonly next: NextStep
}

/** What a rollover did. */
export interface RolledOver {
  readonly classes: number
  readonly placements: number
  readonly enrolments: number
  /** Whose class or services changed. */
  readonly childIds: readonly string[]
}

/**
 * Proposes the next school year: classes go up by the number in their names, the highest of each school leave. What a
 * name does not tell is left to a person, and so is a school whose classes have no numbers.
 */
export async function proposeRollover(tx: Tx, tenantId: string, fromYear: string): Promise<ClassProposal[]> {
  const rows = await tx
    .selectFrom('classes as c')
    .innerJoin('schools as s', (join) =>
      join.onRef('s.tenant_id', '=', 'c.tenant_id').onRef('s.id', '=', 'c.school_id'),
    )
    .select(['c.id', 'c.name', 's.id as school_id', 's.name as school_name', 's.closed_at'])
    .where('c.tenant_id', '=', tenantId)
    .where('c.school_year', '=', fromYear)
    .orderBy('s.name')
    .orderBy('s.id')
    .orderBy('c.name')
    .execute()
  const children = await childrenOfClasses(tx, tenantId, fromYear)
  const placed = await placedAfter(tx, tenantId, fromYear)
  const last = new Map<string, number>()
  for (const { school_id: school, name } of rows)
    last.set(school, Math.max(last.get(school) ?? 0, classNumber(name) ?? 0))
  return rows.map((row) => ({
    classId: row.id,
    schoolId: row.school_id,
    schoolName: row.school_name,
    name: row.name,
    children: children.get(row.id) ?? 0,
    placed: placed.get(row.id) ?? 0,
    next: stepOf(row.name, last.get(row.school_id)!, row.closed_at !== null),
  }))
}

function stepOf(name: string, highest: number, isClosed: boolean): NextStep {
  // A closed school takes nobody: where its children go is a person's to say.
  const number = isClosed ? undefined : classNumber(name)
  if (number === undefined) return { kind: 'unknown' }
  const next = nextClassName(name)
  return number === highest || next === undefined ? { kind: 'leave' } : { kind: 'class', name: next }
}

/** How many children of each class have a class of the next year already. */
async function placedAfter(tx: Tx, tenantId: string, fromYear: string): Promise<ReadonlyMap<string, number>> {
  const rows = await tx
    .selectFrom('placements as p')
    .innerJoin('placements as n', (join) =>
      join
        .onRef('n.tenant_id', '=', 'p.tenant_id')
        .onRef('n.child_id', '=', 'p.child_id')
        .on('n.school_year', '=', schoolYearAfter(fromYear)),
    )
    .select(['p.class_id', (select) => select.fn.countAll<bigint>().as('children')])
    .where('p.tenant_id', '=', tenantId)
    .where('p.school_year', '=', fromYear)
    .groupBy('p.class_id')
    .execute()
  return new Map(rows.map(({ class_id, children }) => [class_id, Number(children)]))
}

/**
 * Puts the children of the named classes into next year's and carries their services over, but for those that ended
 * before June, and asks for the charges of days that the next year already has. Who has a class or an enrolment of the next year keeps it, so doing it again changes nothing. Wallets and
 * their credit are not touched: they belong to no year. Prices are the caller's to refresh.
 * @param next the name of the class that each class becomes, by its id; others are left alone
 */
export async function rollOver(
  tx: Tx,
  tenantId: string,
  { fromYear, next }: { fromYear: string; next: ReadonlyMap<string, string> },
  now: Date,
): Promise<RolledOver> {
  const schoolYear = schoolYearAfter(fromYear)
  const proposals = await proposeRollover(tx, tenantId, fromYear)
  const changed = new Set<string>()
  let [classes, placements, enrolments] = [0, 0, 0]
  for (const { classId, schoolId, schoolName } of proposals) {
    const name = next.get(classId)
    if (name === undefined) continue
    const nextId = await ensureClass(tx, tenantId, { schoolId, schoolYear, name }, now)
    classes++
    const children = await childrenIn(tx, tenantId, classId)
    const placed = await place(tx, tenantId, { children, classId: nextId, schoolYear }, now)
    await tellCards(tx, tenantId, placed, { school: schoolName, class_name: name })
    const carried = await carryOver(tx, tenantId, { children, fromYear, schoolYear }, now)
    placements += placed.length
    enrolments += carried.length
    for (const childId of [...placed, ...carried]) changed.add(childId)
  }
  const from = `${schoolYear.slice(0, 4)}-08-01`
  await askForRecharge(tx, tenantId, { childIds: [...changed], from }, now)
  return { classes, placements, enrolments, childIds: [...changed] }
}

async function childrenIn(tx: Tx, tenantId: string, classId: string): Promise<string[]> {
  const rows = await tx
    .selectFrom('placements')
    .select('child_id')
    .where('tenant_id', '=', tenantId)
    .where('class_id', '=', classId)
    .where('left_on', 'is', null)
    .execute()
  return rows.map((row) => row.child_id)
}

async function place(
  tx: Tx,
  tenantId: string,
  { children, classId, schoolYear }: { children: readonly string[]; classId: string; schoolYear: string },
  now: Date,
): Promise<string[]> {
  if (children.length === 0) return []
  const rows = await tx
    .insertInto('placements')
    .values(
      children.map((childId) => ({
        tenant_id: tenantId,
        child_id: childId,
        school_year: schoolYear,
        class_id: classId,
        since: now,
      })),
    )
    .onConflict((conflict) => conflict.columns(['tenant_id', 'child_id', 'school_year']).doNothing())
    .returning('child_id')
    .execute()
  return rows.map((row) => row.child_id)
}

async function tellCards(
  tx: Tx,
  tenantId: string,
  childIds: readonly string[],
  card: { school: string; class_name: string },
): Promise<void> {
  if (childIds.length === 0) return
  await tx
    .updateTable('children')
    .set(card)
    .where('tenant_id', '=', tenantId)
    .where('id', 'in', childIds)
    .execute()
}

async function carryOver(
  tx: Tx,
  tenantId: string,
  { children, fromYear, schoolYear }: { children: readonly string[]; fromYear: string; schoolYear: string },
  now: Date,
): Promise<string[]> {
  if (children.length === 0) return []
  const old = await tx
    .selectFrom('enrolments')
    .select(['child_id', 'category', 'tariff_cents', 'own_tariff_cents', 'sibling_rank'])
    .where('tenant_id', '=', tenantId)
    .where('school_year', '=', fromYear)
    .where('child_id', 'in', children)
    .where((where) =>
      where.or([where('ends_on', 'is', null), where('ends_on', '>=', `${fromYear.slice(5)}-06-01`)]),
    )
    .execute()
  if (old.length === 0) return []
  const rows = await tx
    .insertInto('enrolments')
    .values(
      old.map((row) => ({
        tenant_id: tenantId,
        id: newId(),
        ...row,
        school_year: schoolYear,
        created_at: now,
      })),
    )
    .onConflict((conflict) =>
      conflict.columns(['tenant_id', 'child_id', 'category', 'school_year']).doNothing(),
    )
    .returning('child_id')
    .execute()
  return rows.map((row) => row.child_id)
}
