import { z } from '@hono/zod-openapi'
import type { AbsenceDay, AbsencePlan } from '#meals/absences.ts'
import { category } from './attendance.ts'
import { day, id } from './fields.ts'

/** A day of a child in a service. */
export const absencePath = z.strictObject({ id, category, day })

const absenceDaySchema = z
  .strictObject({
    day,
    state: z.enum(['expected', 'announced', 'absent', 'present']).openapi({
      description:
        '`expected` while nobody has said anything, `announced` by a parent; `absent` and `present` as the school wrote.',
    }),
    canChange: z.boolean().openapi({
      description: 'Whether an absence can still be announced, or withdrawn.',
    }),
  })
  .openapi('AbsenceDay')

export const absencesSchema = z
  .strictObject({
    until: z
      .string()
      .max(5)
      .regex(/^\d{2}:\d{2}$/)
      .nullable()
      .openapi({
        description:
          'The hour in Rome until which the day’s absence can be announced; null where the entity does not take announcements.',
        example: '09:00',
      }),
    items: z
      .array(
        z.strictObject({
          child: z.strictObject({ id, firstName: z.string().max(60) }),
          category,
          categoryLabel: z.string().max(60),
          days: z.array(absenceDaySchema).min(0).max(31),
        }),
      )
      .min(0)
      .max(200)
      .openapi({
        description: 'By child and service: the days of the next two weeks on which there is service.',
      }),
  })
  .openapi('Absences')

export function absenceDayView({ day: of, state, isOpen }: AbsenceDay): z.infer<typeof absenceDaySchema> {
  return { day: of, state, canChange: isOpen }
}

export function absencesView(
  until: string | null,
  plans: readonly AbsencePlan[],
): z.infer<typeof absencesSchema> {
  return {
    until,
    items: plans.map((plan) => ({
      child: { id: plan.childId, firstName: plan.firstName },
      category: plan.category,
      categoryLabel: plan.label,
      days: plan.days.map(absenceDayView),
    })),
  }
}
