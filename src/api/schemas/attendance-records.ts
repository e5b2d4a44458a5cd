import { z } from '@hono/zod-openapi'
import { category } from './attendance.ts'
import { day } from './fields.ts'
import { toldChild } from './told-child.ts'

/** As many as a request may weigh. */
const RECORDS_MAX = 400

export const recordsSchema = z
  .strictObject({
    records: z
      .array(z.strictObject({ child: toldChild, category, day, state: z.enum(['present', 'absent']) }))
      .min(1)
      .max(RECORDS_MAX)
      .openapi({ description: 'Each child once a day and service.' }),
  })
  .openapi('AttendanceRecords')

export const recordedSchema = z
  .strictObject({
    records: z.int().min(1).max(RECORDS_MAX).openapi({ format: 'int32' }),
    changed: z.int().min(0).max(RECORDS_MAX).openapi({
      format: 'int32',
      description: 'How many of them said something new.',
    }),
  })
  .openapi('RecordedAttendance')
