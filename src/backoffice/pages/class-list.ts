import { isRomeDate } from '#core/clock.ts'
import type { AttendanceState } from '#core/db/meal-tables.ts'
import { inTenant } from '#core/db/tenant.ts'
import { DomainError } from '#core/errors.ts'
import { translator } from '#core/i18n.ts'
import { idFrom } from '#core/ids.ts'
import type { PageContext } from '#pages/context.ts'
import { dayName } from '#pages/week-words.ts'
import { formFields } from '#pages/form.ts'
import type { ClassList, ListKey } from '#meals/class-list.ts'
import { dietsOfClass } from '#meals/diets-served.ts'
import { handInList, openList } from '#meals/hand-in.ts'
import { officeRoute, type OfficeApp, type Staff } from '../access.ts'
import { officeOf, type OfficeParts } from '../context.ts'
import { frame, page } from '../frame.ts'
import { address } from '../query.ts'
import type { ClassListView } from '../views/meals.ts'
import { listBadge } from './meal-words.ts'

/** `{base}/presenze/{class}`: the children of a class on a day, present unless somebody says otherwise. */
export function classListRoutes(app: OfficeApp, parts: OfficeParts): void {
  const { services } = parts

  officeRoute(app, 'GET /presenze/:id', async (context, staff) => {
    const key = keyOf(context)
    const list = await open(context, staff, key)
    return page(parts, context, 'office/class-list', view(parts, context, key, list))
  })

  officeRoute(app, 'POST /presenze/:id', async (context, staff) => {
    const { tenant } = context.var
    const fields = await formFields(context)
    parts.forms.check(fields.form, staff.accountId)
    const key = keyOf(context)
    const states = statesOf(fields)
    const now = services.clock.now()
    try {
      const handedIn = { key, version: fields.versione ?? '', states, close: fields.azione !== 'salva' }
      const author = { ...staff, source: 'class' } as const
      const { closed } = await inTenant(services.db, tenant.id, (tx) =>
        handInList(tx, tenant, handedIn, author, now),
      )
      services.nudge()
      const { category: servizio, day: giorno } = key
      const fatto = closed ? 'chiuso' : 'salvato'
      return context.redirect(address(`${officeOf(tenant)}/presenze`, { servizio, giorno, fatto }), 303)
    } catch (error) {
      if (!(error instanceof DomainError) || error.code !== 'attendance.list_changed') throw error
      const list = await open(context, staff, key)
      return page(parts, context, 'office/class-list', view(parts, context, key, list, states), 409)
    }
  })

  /** The list, and who of it eats something else than the others. */
  function open(context: PageContext, { role }: Staff, key: ListKey): Promise<Served> {
    const { tenant } = context.var
    return inTenant(services.db, tenant.id, async (tx) => {
      const list = await openList(tx, tenant, key, role, services.clock.now())
      const childIds = list.children.map(({ childId }) => childId)
      return { ...list, diets: await dietsOfClass(tx, tenant.id, key.day, childIds) }
    })
  }
}

type Served = ClassList & { readonly diets: Awaited<ReturnType<typeof dietsOfClass>> }

/** @throws DomainError resource.not_found for an address that names no list */
function keyOf(context: PageContext): ListKey {
  const { servizio: category = '', giorno: day = '' } = context.req.query()
  const classId = idFrom(context.req.param('id'))
  if (!/^[A-Z0-9_]{2,20}$/.test(category) || !isRomeDate(day)) throw new DomainError('resource.not_found')
  return { category, day, classId }
}

function statesOf(fields: Record<string, string>): Map<string, AttendanceState> {
  const states = new Map<string, AttendanceState>()
  for (const [name, value] of Object.entries(fields)) {
    const [, childId] = /^stato-([0-9a-f-]{36})$/.exec(name) ?? []
    if (childId) states.set(childId, value === 'assente' ? 'absent' : 'present')
  }
  return states
}

/** @param handedIn what was typed into a list that had changed meanwhile: kept, and compared with what stands now */
function view(
  parts: OfficeParts,
  context: PageContext,
  key: ListKey,
  list: Served,
  handedIn?: ReadonlyMap<string, AttendanceState>,
): ClassListView {
  const { tenant, language } = context.var
  const t = translator(language)
  const { category, day } = key
  const query = { servizio: category, giorno: day }
  return {
    ...frame(parts, context, 'attendance'),
    parentHref: address(`${officeOf(tenant)}/presenze`, query),
    action: address(`${officeOf(tenant)}/presenze/${key.classId}`, query),
    title: `${list.className}, ${list.schoolName}`,
    dayName: dayName(day, language),
    state: listBadge(list.state, language),
    isClosed: list.state === 'closed',
    savedAt: list.savedAt ?? null,
    version: list.version,
    category,
    day,
    changed: handedIn !== undefined,
    rows: list.children.map(({ childId, firstName, lastName, state, source }) => {
      const stands = state ?? 'present'
      const typed = handedIn?.get(childId) ?? stands
      const differs = typed !== stands
      return {
        id: childId,
        name: `${lastName} ${firstName}`,
        diets: (list.diets.get(childId) ?? []).map((kind) => t(`diets.kind.${kind}`)),
        present: typed === 'present',
        note: differs
          ? t('meals.list.differs', {
              state: t(`meals.state.${stands}`),
              source: t(`meals.source.${source ?? 'class'}`),
            })
          : source !== undefined && source !== 'class'
            ? t(`meals.said.${source}`)
            : '',
        differs,
      }
    }),
  }
}
