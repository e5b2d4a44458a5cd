import type { AttendanceState } from '#core/db/meal-tables.ts'
import { inTenant } from '#core/db/tenant.ts'
import { DomainError } from '#core/errors.ts'
import { readList, type ListKey } from '#meals/class-list.ts'
import { classesOfDay, listServices } from '#meals/classes-of-day.ts'
import { handInList, openList } from '#meals/hand-in.ts'
import { kitchenDay } from '#meals/kitchen.ts'
import { answer, conditionalAnswer } from '../answer.ts'
import { machineOf, type Api, type ApiContext, type ApiParts } from '../context.ts'
import { operation } from '../operation.ts'
import { ETAG_HEADER, jsonAnswer } from '../responses.ts'
import {
  classesSchema,
  classesView,
  handedInSchema,
  kitchenSchema,
  kitchenView,
  listPath,
  listSchema,
  listView,
  servicePath,
} from '../schemas/attendance.ts'
import { jsonBody } from '../schemas/fields.ts'

const DAY_FAULTS = ['attendance.too_far', 'attendance.no_service', 'attendance.closed'] as const

const classes = operation({
  method: 'get',
  path: '/attendance/{category}/{day}',
  id: 'classes_of_day',
  tag: 'attendance',
  summary: 'The classes of a service on a day, and how far their lists are',
  description: 'By school. Numbers and names of classes, of no child.',
  access: ['attendance:write', 'meals:read'],
  conditional: true,
  request: { params: servicePath },
  answers: { 200: jsonAnswer('The schools with their classes.', classesSchema, ETAG_HEADER) },
})

const list = operation({
  method: 'get',
  path: '/attendance/{category}/{day}/classes/{id}',
  id: 'class_list',
  tag: 'attendance',
  summary: 'The list of a class on a day',
  description: 'Of a day for which a list can be handed in; absences that parents announced are in it.',
  access: ['attendance:write'],
  conditional: true,
  request: { params: listPath },
  answers: { 200: jsonAnswer('The children of the class.', listSchema, ETAG_HEADER) },
  faults: DAY_FAULTS,
})

const handIn = operation({
  method: 'put',
  path: '/attendance/{category}/{day}/classes/{id}',
  id: 'hand_in_class_list',
  tag: 'attendance',
  summary: 'Hand in the list of a class, and close it',
  description:
    'Whole, with the version that was read: what somebody else has said meanwhile is never written over, but answered ' +
    '`attendance.list_changed`; read the list again then. The same list sent twice is one: send it again until there is an ' +
    'answer. A closed list is charged; a corrected one corrects the charges.',
  access: ['attendance:write'],
  request: { params: listPath, body: jsonBody(handedInSchema) },
  answers: { 200: jsonAnswer('The list as it stands now.', listSchema) },
  faults: [...DAY_FAULTS, 'attendance.list_changed'],
})

const kitchen = operation({
  method: 'get',
  path: '/kitchen/{category}/{day}',
  id: 'kitchen_count',
  tag: 'attendance',
  summary: 'How many meals each school and class needs on a day',
  description: 'Who is enrolled and not known to stay away. Schools without service are left out.',
  access: ['meals:read'],
  conditional: true,
  request: { params: servicePath },
  answers: { 200: jsonAnswer('Meals by school and class.', kitchenSchema, ETAG_HEADER) },
})

/** What tablets and readers of attendance do, and kitchens ask, with a token of the entity. */
export function attendanceRoutes(app: Api, { services }: ApiParts): void {
  app.openapi(classes, async (context) => {
    const asked = context.req.valid('param')
    const tenantId = await assertService(context, asked.category)
    return conditionalAnswer(context, classesView(asked, await classesOfDay(services.db, tenantId, asked)))
  })

  app.openapi(kitchen, async (context) => {
    const asked = context.req.valid('param')
    const tenantId = await assertService(context, asked.category)
    return conditionalAnswer(context, kitchenView(asked, await kitchenDay(services.db, tenantId, asked)))
  })

  app.openapi(list, async (context) => {
    const key = keyOf(context.req.valid('param'))
    const { tenant, machine } = machineOf(context, 'attendance:write')
    await assertService(context, key.category)
    const found = await inTenant(services.db, tenant.id, (tx) =>
      openList(tx, tenant, key, machine.role, services.clock.now()),
    )
    return conditionalAnswer(context, listView(key, found))
  })

  app.openapi(handIn, async (context) => {
    const key = keyOf(context.req.valid('param'))
    const { tenant, machine } = machineOf(context, 'attendance:write')
    await assertService(context, key.category)
    const { version, close, children } = context.req.valid('json')
    const states = new Map<string, AttendanceState>(children.map(({ id, state }) => [id, state]))
    // A child that is told twice is told nothing for sure.
    if (states.size < children.length) throw new DomainError('attendance.list_changed')
    const { tokenId, accountId, role } = machine
    const author = { accountId, role, source: 'api', tokenId } as const
    const stands = await inTenant(services.db, tenant.id, async (tx) => {
      await handInList(tx, tenant, { key, version, states, close }, author, services.clock.now())
      return readList(tx, tenant.id, key)
    })
    services.nudge()
    return answer(context, listView(key, stands))
  })

  /** The entity of the machine. @throws DomainError resource.not_found for a service that it does not have */
  async function assertService(context: ApiContext, category: string): Promise<string> {
    const { tenant } = machineOf(context, 'attendance:write', 'meals:read')
    const known = await listServices(services.db, tenant.id)
    if (!known.some(({ code }) => code === category)) throw new DomainError('resource.not_found')
    return tenant.id
  }
}

function keyOf({ category, day, id }: { category: string; day: string; id: string }): ListKey {
  return { category, day, classId: id }
}
