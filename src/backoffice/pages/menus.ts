import { isRomeDate, romeDate } from '#core/clock.ts'
import type { MenuState } from '#core/db/menu-tables.ts'
import { inTenant } from '#core/db/tenant.ts'
import { DomainError } from '#core/errors.ts'
import { translator } from '#core/i18n.ts'
import { isId } from '#core/ids.ts'
import { readTypedDay } from '#core/typed-day.ts'
import { listServices } from '#meals/classes-of-day.ts'
import { repeatMenus, ROTATION_WEEKS_MAX } from '#meals/menu-rotation.ts'
import { mondayOf, NO_MENU, readMenu, saveMenu, type MenuKey } from '#meals/menus.ts'
import type { PageContext } from '#pages/context.ts'
import { formFields } from '#pages/form.ts'
import { listSchools } from '#tenants/schools/schools.ts'
import { officeRoute, type OfficeApp, type Staff } from '../access.ts'
import { officeOf, type OfficeParts } from '../context.ts'
import { page } from '../frame.ts'
import { address } from '../query.ts'
import { readWeek } from './menu-form.ts'
import { menuView } from './menu-view.ts'

/** `{base}/menu`: what is on the table in a week, of one school or of all; families read what is published. */
export function menuRoutes(app: OfficeApp, parts: OfficeParts): void {
  const { db, clock } = parts.services

  officeRoute(app, 'GET /menu', async (context) => {
    const key = await chosenMenu(parts, context, context.req.query())
    return page(parts, context, 'office/menu', await menuView(parts, context, key))
  })

  officeRoute(app, 'POST /menu', async (context, staff) => {
    const { fields, key } = await posted(parts, context, staff)
    const { days, errors } = readWeek(fields, key.week, context.var.language)
    if (Object.keys(errors).length > 0)
      return page(parts, context, 'office/menu', await menuView(parts, context, key, { fields, errors }), 422)
    const by = { staffId: staff.accountId, now: clock.now() }
    const { tenant } = context.var
    try {
      const done = await inTenant(db, tenant.id, async (tx) => {
        const before = await readMenu(tx, tenant.id, key)
        const { state, word } = afterSaving(fields.azione, before?.state)
        const menu = { state, isPublic: fields.pubblico === 'si', days, seen: fields.versione ?? NO_MENU }
        await saveMenu(tx, tenant.id, key, menu, by)
        return word
      })
      return toMenu(context, key, done)
    } catch (error) {
      if (!(error instanceof DomainError) || error.code !== 'menu.changed') throw error
      const attempt = { fields, errors: {}, isStale: true }
      return page(parts, context, 'office/menu', await menuView(parts, context, key, attempt), 409)
    }
  })

  officeRoute(app, 'POST /menu/ripeti', async (context, staff) => {
    const { fields, key } = await posted(parts, context, staff)
    const t = translator(context.var.language)
    const weeks = /^\d{1,2}$/.test((fields.settimane ?? '').trim()) ? Number(fields.settimane) : 0
    const until = readTypedDay((fields.fino ?? '').trim())
    const isWeeks = weeks >= 1 && weeks <= ROTATION_WEEKS_MAX
    if (!isWeeks || until === undefined || until <= key.week) {
      const errors = {
        ...(!isWeeks && { settimane: t('menus.error.weeks', { maximum: ROTATION_WEEKS_MAX }) }),
        ...((until === undefined || until <= key.week) && { fino: t('menus.error.until') }),
      }
      const again = await menuView(parts, context, key, { repeat: fields, errors })
      return page(parts, context, 'office/menu', again, 422)
    }
    const by = { staffId: staff.accountId, now: clock.now() }
    const { tenant } = context.var
    const written = await inTenant(db, tenant.id, (tx) =>
      repeatMenus(tx, tenant.id, key, { weeks, until }, by),
    )
    return toMenu(context, key, written > 0 ? 'ripetuto' : 'niente')
  })
}

function afterSaving(
  act: string | undefined,
  before: MenuState = 'draft',
): { state: MenuState; word: string } {
  if (act === 'pubblica') return { state: 'published', word: 'pubblicato' }
  if (act === 'ritira') return { state: 'draft', word: 'ritirato' }
  return { state: before, word: 'salvato' }
}

function toMenu(context: PageContext, { category, schoolId, week }: MenuKey, fatto: string): Response {
  const query = { servizio: category, scuola: schoolId ?? '', settimana: week, fatto }
  return context.redirect(address(`${officeOf(context.var.tenant)}/menu`, query), 303)
}

/** @throws DomainError resource.not_found for a service or a school that is none of the entity's */
async function posted(parts: OfficeParts, context: PageContext, { accountId }: Staff) {
  const fields = await formFields(context)
  parts.forms.check(fields.form, accountId)
  const key = await chosenMenu(parts, context, fields)
  if (
    key.category === '' ||
    key.category !== fields.servizio ||
    (key.schoolId ?? '') !== (fields.scuola ?? '')
  )
    throw new DomainError('resource.not_found')
  return { fields, key }
}

/** The menu that is asked for: the first service, all schools and the present week where nothing, or nothing known, is named. */
async function chosenMenu(
  { services: { db, clock } }: OfficeParts,
  context: PageContext,
  asked: Readonly<Record<string, string>>,
): Promise<MenuKey> {
  const { tenant } = context.var
  const [services, schools] = await Promise.all([listServices(db, tenant.id), listSchools(db, tenant.id)])
  const service = services.find(({ code }) => code === asked.servizio) ?? services[0]
  const school = isId(asked.scuola ?? '') ? schools.find(({ id }) => id === asked.scuola) : undefined
  const day = isRomeDate(asked.settimana ?? '') ? asked.settimana! : romeDate(clock.now())
  return { category: service?.code ?? '', schoolId: school?.id ?? null, week: mondayOf(day) }
}
