import { inTenant } from '#core/db/tenant.ts'
import { absencePlans, announceAbsence } from '#meals/absences.ts'
import { conditionalAnswer } from '../answer.ts'
import { callerOf, ownerOf, type Api, type ApiContext, type ApiParts } from '../context.ts'
import { operation } from '../operation.ts'
import { ETAG_HEADER, jsonAnswer } from '../responses.ts'
import { absencePath, absencesSchema, absencesView } from '../schemas/absences.ts'

const RULES = [
  'attendance.not_offered',
  'attendance.too_late',
  'attendance.too_early',
  'attendance.no_service',
  'attendance.list_closed',
] as const

const list = operation({
  method: 'get',
  path: '/absences',
  id: 'absences',
  tag: 'absences',
  summary: 'The next two weeks of the children’s services, with the absences that are announced',
  access: 'personal',
  conditional: true,
  answers: { 200: jsonAnswer('The days by child and service.', absencesSchema, ETAG_HEADER) },
})

const announce = operation({
  method: 'put',
  path: '/children/{id}/absences/{category}/{day}',
  id: 'announce_absence',
  tag: 'absences',
  summary: 'Announce that a child stays away on a day',
  description:
    'Until the entity’s hour of that day, two weeks ahead at most. Doing it twice is doing it once.',
  access: 'personal',
  request: { params: absencePath },
  answers: { 204: { description: 'The absence is announced.' } },
  faults: RULES,
})

const withdraw = operation({
  method: 'delete',
  path: '/children/{id}/absences/{category}/{day}',
  id: 'withdraw_absence',
  tag: 'absences',
  summary: 'Take an announced absence back',
  description: 'As long as one can be announced. What the school wrote stays.',
  access: 'personal',
  request: { params: absencePath },
  answers: { 204: { description: 'The child is expected.' } },
  faults: RULES,
})

/** Which days a child stays away, as its guardians say. */
export function absenceRoutes(app: Api, { services }: ApiParts): void {
  app.openapi(list, async (context) => {
    const { policies } = callerOf(context).tenant
    const plans = await absencePlans(services.db, ownerOf(context), policies, services.clock.now())
    return conditionalAnswer(context, absencesView(policies.absenceUntil, plans))
  })

  app.openapi(announce, (context) => say(context, context.req.valid('param'), true))
  app.openapi(withdraw, (context) => say(context, context.req.valid('param'), false))

  async function say(
    context: ApiContext,
    { id: childId, category, day }: { id: string; category: string; day: string },
    absent: boolean,
  ): Promise<Response> {
    const { tenant } = callerOf(context)
    await inTenant(services.db, tenant.id, (tx) =>
      announceAbsence(
        tx,
        ownerOf(context),
        { childId, category, day, absent },
        tenant.policies,
        services.clock.now(),
      ),
    )
    return context.body(null, 204)
  }
}
