import { romeDate } from '#core/clock.ts'
import { inTenant } from '#core/db/tenant.ts'
import { translator } from '#core/i18n.ts'
import { newId } from '#core/ids.ts'
import { firstOpenDay } from '#meals/attendance-days.ts'
import { askForCharges } from '#meals/meal-jobs.ts'
import { recordAttendance, type AttendanceRefusal, type RefusedRow } from '#meals/record-attendance.ts'
import { idsOfChildren } from '#tenants/people/told-children.ts'
import { answer } from '../answer.ts'
import { machineOf, type Api, type ApiContext, type ApiParts } from '../context.ts'
import { operation } from '../operation.ts'
import { InvalidRequest } from '../problem.ts'
import { jsonAnswer } from '../responses.ts'
import { recordedSchema, recordsSchema } from '../schemas/attendance-records.ts'
import { jsonBody } from '../schemas/fields.ts'

const record = operation({
  method: 'post',
  path: '/attendance/records',
  id: 'record_attendance',
  tag: 'attendance',
  summary: 'Record attendance by child, for readers that know children and no classes',
  description:
    'All or nothing: what is wrong is told record by record, as `errors` of `request.invalid`. The lists of the classes ' +
    'concerned are closed by it and charged, so send a class’s day when it is complete: whom no record names is neither ' +
    'present nor absent. The same records twice change nothing; corrected ones correct the charges.',
  access: ['attendance:write'],
  request: { body: jsonBody(recordsSchema) },
  answers: { 200: jsonAnswer('What was recorded.', recordedSchema) },
})

/** Which field of a record is wrong. */
const FIELDS: Readonly<Record<AttendanceRefusal, string>> = {
  'not-a-day': 'day',
  future: 'day',
  'too-long-ago': 'day',
  'no-service': 'day',
  closed: 'day',
  'not-enrolled': 'category',
  'unknown-child': 'child',
  repeated: 'child',
}
/** As many as help. */
const SHOWN_MAX = 20

/** Attendance by child, as a reader at the door knows it. */
export function attendanceRecordRoutes(app: Api, { services }: ApiParts): void {
  app.openapi(record, async (context) => {
    const { records } = context.req.valid('json')
    const { tenant, machine } = machineOf(context, 'attendance:write')
    const now = services.clock.now()
    const keys = await services.vault.of(tenant.id)
    const { tokenId, accountId, role } = machine
    const origin = {
      source: 'api',
      actor: { kind: 'staff', id: accountId },
      tokenId,
      first: firstOpenDay(tenant.policies, romeDate(now), role === 'administrator'),
    } as const
    const changed = await inTenant(services.db, tenant.id, async (tx) => {
      const told = records.map(({ child }) => child)
      const ids = await idsOfChildren(tx, tenant.id, keys, told)
      const rows = records.map(({ category, day, state }, index) => ({
        category,
        day,
        state,
        // Who is nobody's child is told as one.
        childId: ids[index] ?? newId(),
      }))
      const recorded = await recordAttendance(tx, tenant.id, rows, origin, now)
      if (recorded.refusals.length > 0) throw refused(context, recorded.refusals)
      for (const day of recorded.days) await askForCharges(tx, tenant, day, now)
      return recorded.changed
    })
    services.nudge()
    return answer(context, { records: records.length, changed })
  })
}

function refused(context: ApiContext, refusals: readonly RefusedRow[]): InvalidRequest {
  const t = translator(context.var.language)
  return new InvalidRequest(
    refusals.slice(0, SHOWN_MAX).map(({ row, problem }) => ({
      path: `records.${row - 1}.${FIELDS[problem]}`,
      message: t(`api.attendance.${problem}`),
    })),
  )
}
