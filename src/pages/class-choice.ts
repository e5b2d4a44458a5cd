import type { Db } from '#core/db/connect.ts'
import { listClasses, listSchools } from '#tenants/schools/schools.ts'
import type { Option } from './view.ts'

/** The classes of one school, as a select groups them. */
export interface ClassGroup {
  readonly school: string
  readonly classes: readonly Option[]
}

/** The classes of a school year that a child can be put into, by school; the one that it has is among them anyway. */
export async function classChoice(
  db: Db,
  tenantId: string,
  schoolYear: string,
  selected: string | undefined,
): Promise<ClassGroup[]> {
  const schools = await listSchools(db, tenantId)
  const classes = await listClasses(db, tenantId, schoolYear)
  return schools
    .map(({ id, name, closedAt }) => ({
      school: name,
      classes: classes
        .filter((one) => one.schoolId === id && (closedAt === undefined || one.id === selected))
        .map((one) => ({ value: one.id, label: one.name, selected: one.id === selected })),
    }))
    .filter((group) => group.classes.length > 0)
}
