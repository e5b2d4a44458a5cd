import { sql } from 'kysely'
import type { RomeDate } from '#core/clock.ts'
import { inTenant } from '#core/db/tenant.ts'
import type { Db } from '#core/db/connect.ts'
import { schoolYearOf } from '#tenants/people/school-year.ts'
import { serviceDay, type ServiceDay } from './calendar.ts'

/** A class with the state of its list on a day. */
export interface ClassOfDay {
  readonly classId: string
  readonly name: string
  /** Enrolled on that day. */
  readonly children: number
  /** Who is known to stay away, announced by parents or written down. */
  readonly absent: number
  /** `new` until it is saved for the first time. */
  readonly state: 'new' | 'open' | 'closed'
}

/** A school's classes on a day of a service. */
export interface SchoolOfDay {
  readonly schoolId: string
  readonly name: string
  readonly service: ServiceDay
  readonly classes: readonly ClassOfDay[]
}

interface Row {
  class_id: string
  name: string
  school_id: string
  school_name: string
  state: 'open' | 'closed' | null
  revision: number | null
  children: bigint
  absent: bigint
}

/** The schools whose children are enrolled in a service, with their classes, by name. Classes without any are left out. */
export async function classesOfDay(
  db: Db,
  tenantId: string,
  { category, day }: { category: string; day: RomeDate },
): Promise<SchoolOfDay[]> {
  return inTenant(db, tenantId, async (tx) => {
    const { rows } = await sql<Row>`
      select c.id as class_id, c.name, s.id as school_id, s.name as school_name, l.state, l.revision,
        count(*) as children, count(*) filter (where a.state = 'absent') as absent
      from classes c
      join schools s on s.tenant_id = c.tenant_id and s.id = c.school_id
      join placements p on p.tenant_id = c.tenant_id and p.class_id = c.id and (p.left_on is null or p.left_on > ${day})
      join enrolments e on e.tenant_id = p.tenant_id and e.child_id = p.child_id and e.school_year = p.school_year
        and e.category = ${category} and (e.starts_on is null or e.starts_on <= ${day}) and (e.ends_on is null or e.ends_on >= ${day})
      left join attendance_lists l on l.tenant_id = c.tenant_id and l.class_id = c.id and l.category = ${category} and l.day = ${day}
      left join attendance a on a.tenant_id = p.tenant_id and a.child_id = p.child_id and a.category = ${category} and a.day = ${day}
      where c.tenant_id = ${tenantId} and c.school_year = ${schoolYearOf(day)}
      group by c.id, c.name, s.id, s.name, l.state, l.revision
      order by s.name, s.id, c.name, c.id`.execute(tx)
    const schools: (Omit<SchoolOfDay, 'classes'> & { classes: ClassOfDay[] })[] = []
    for (const row of rows) {
      let school = schools.find(({ schoolId }) => schoolId === row.school_id)
      if (!school) {
        const service = await serviceDay(tx, tenantId, { category, schoolId: row.school_id, day })
        school = { schoolId: row.school_id, name: row.school_name, service, classes: [] }
        schools.push(school)
      }
      school.classes.push({
        classId: row.class_id,
        name: row.name,
        children: Number(row.children),
        absent: Number(row.absent),
        state: (row.revision ?? 0) > 0 ? row.state! : 'new',
      })
    }
    return schools
  })
}

/** A service that children can be enrolled in, for a choice. */
export async function listServices(db: Db, tenantId: string): Promise<{ code: string; label: string }[]> {
  return inTenant(db, tenantId, (tx) =>
    tx
      .selectFrom('service_categories')
      .select(['code', 'label'])
      .where('tenant_id', '=', tenantId)
      .orderBy('label')
      .execute(),
  )
}
