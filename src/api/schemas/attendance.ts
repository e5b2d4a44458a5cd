import { z } from '@hono/zod-openapi'
import type { ClassList, ListKey } from '#meals/class-list.ts'
import type { SchoolOfDay } from '#meals/classes-of-day.ts'
import type { KitchenSchool } from '#meals/kitchen.ts'
import { day, id, instant } from './fields.ts'

export const category = z
  .string()
  .min(2)
  .max(20)
  .regex(/^[A-Z0-9_]+$/)
  .openapi({ description: 'A service of the entity, by its code.', example: 'REFEZIONE' })

/** A service on a day, and one class on it. */
export const servicePath = z.strictObject({ category, day })
export const listPath = z.strictObject({ category, day, id })

const count = z.int().min(0).max(100_000).openapi({ format: 'int32' })
const listState = z.enum(['new', 'open', 'closed']).openapi({
  description: '`new` until it is handed in for the first time; a closed list is charged, and stays closed.',
})
const attendanceState = z.enum(['present', 'absent'])
const className = z.string().max(40)
const schoolName = z.string().max(100)

export const classesSchema = z
  .strictObject({
    category,
    day,
    schools: z
      .array(
        z.strictObject({
          id,
          name: schoolName,
          runs: z.boolean().openapi({ description: 'Whether there is service on that day.' }),
          closure: z.string().max(200).nullable().openapi({
            description:
              'Why the school is closed, in the office’s words; null where it is not, or has no service.',
          }),
          classes: z
            .array(z.strictObject({ id, name: className, children: count, absent: count, state: listState }))
            .min(0)
            .max(1_000),
        }),
      )
      .min(0)
      .max(1_000),
  })
  .openapi('ClassesOfDay')

export function classesView(
  of: { category: string; day: string },
  schools: readonly SchoolOfDay[],
): z.infer<typeof classesSchema> {
  return {
    ...of,
    schools: schools.map(({ schoolId, name, service, classes }) => ({
      id: schoolId,
      name,
      runs: service.runs,
      closure: !service.runs && service.why === 'closed' ? service.reason : null,
      classes: classes.map(({ classId, ...one }) => ({ id: classId, ...one })),
    })),
  }
}

export const listSchema = z
  .strictObject({
    id,
    category,
    day,
    name: className,
    school: z.strictObject({ id, name: schoolName }),
    state: listState,
    version: z.string().max(60).openapi({
      description: 'Changes with everything that is said of these children: send it back with the list.',
    }),
    savedAt: instant.nullable(),
    children: z
      .array(
        z.strictObject({
          id,
          firstName: z.string().max(60),
          lastName: z.string().max(60),
          state: attendanceState.nullable().openapi({
            description: 'Null while nobody has said anything: propose that the child is present.',
          }),
          source: z.enum(['class', 'file', 'api', 'parent']).nullable().openapi({
            description:
              'Who said so: the school’s page, a file, a machine, or a parent who announced an absence.',
          }),
        }),
      )
      .min(0)
      .max(1_000),
  })
  .openapi('ClassList')

export function listView({ category, day, classId }: ListKey, list: ClassList): z.infer<typeof listSchema> {
  return {
    id: classId,
    category,
    day,
    name: list.className,
    school: { id: list.schoolId, name: list.schoolName },
    state: list.state,
    version: list.version,
    savedAt: list.savedAt?.toISOString() ?? null,
    children: list.children.map(({ childId, firstName, lastName, state, source }) => ({
      id: childId,
      firstName,
      lastName,
      state: state ?? null,
      source: source ?? null,
    })),
  }
}

export const handedInSchema = z
  .strictObject({
    version: z
      .string()
      .min(1)
      .max(60)
      .regex(/^[\w-]+$/)
      .openapi({ description: 'The version of the list that was read.' }),
    close: z.boolean().openapi({
      description: 'Whether the list is complete and may be charged. A list that is closed stays closed.',
    }),
    children: z
      .array(z.strictObject({ id, state: attendanceState }))
      .min(1)
      .max(500)
      .openapi({ description: 'Every child of the list, once.' }),
  })
  .openapi('HandedInList')

export const kitchenSchema = z
  .strictObject({
    category,
    day,
    schools: z
      .array(
        z.strictObject({
          id,
          name: schoolName,
          meals: count,
          openClasses: count.openapi({
            description: 'Classes whose list is not closed yet: their number may still change.',
          }),
          classes: z
            .array(z.strictObject({ name: className, meals: count, closed: z.boolean() }))
            .min(0)
            .max(1_000),
        }),
      )
      .min(0)
      .max(1_000),
  })
  .openapi('KitchenDay')

export function kitchenView(
  of: { category: string; day: string },
  schools: readonly KitchenSchool[],
): z.infer<typeof kitchenSchema> {
  return {
    ...of,
    schools: schools.map(({ schoolId, name, meals, open, classes }) => ({
      id: schoolId,
      name,
      meals,
      openClasses: open,
      classes: classes.map((one) => ({ name: one.name, meals: one.meals, closed: one.isClosed })),
    })),
  }
}
