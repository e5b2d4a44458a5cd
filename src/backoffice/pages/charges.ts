import { addDays, isRomeDate, romeDate } from '#core/clock.ts'
import { DomainError } from '#core/errors.ts'
import { translator } from '#core/i18n.ts'
import { formatMoney } from '#core/money.ts'
import { chargeDay, unchargedMeals } from '#meals/charges.ts'
import { chargedDaysBetween, type ChargedDay } from '#meals/charged-days.ts'
import type { PageContext } from '#pages/context.ts'
import { formFields } from '#pages/form.ts'
import { officeRoute, type OfficeApp } from '../access.ts'
import { officeOf, type OfficeParts } from '../context.ts'
import { frame, page } from '../frame.ts'
import { address } from '../query.ts'
import type { ChargesView } from '../views/meals.ts'
import type { Tile } from '../views/tile.ts'
import { dayName } from '#pages/week-words.ts'

/** How many days the list goes back. */
const SHOWN_DAYS = 45

/** `{base}/addebiti`: what each day was charged, and who ate without being charged. */
export function chargeRoutes(app: OfficeApp, parts: OfficeParts): void {
  officeRoute(app, 'GET /addebiti', async (context) =>
    page(parts, context, 'office/charges', await view(parts, context)),
  )

  officeRoute(app, 'POST /addebiti', async (context, staff) => {
    const { tenant } = context.var
    const fields = await formFields(context)
    parts.forms.check(fields.form, staff.accountId)
    const { servizio: category = '', giorno: day = '' } = fields
    if (!/^[A-Z0-9_]{2,20}$/.test(category) || !isRomeDate(day) || day > romeDate(parts.services.clock.now()))
      throw new DomainError('resource.not_found')
    const actor = { kind: 'staff', id: staff.accountId } as const
    await chargeDay(parts.services, tenant.id, { category, day }, actor)
    const path = `${officeOf(tenant)}/addebiti`
    return context.redirect(address(path, { servizio: category, giorno: day, fatto: 'aggiornato' }), 303)
  })
}

async function view(parts: OfficeParts, context: PageContext): Promise<ChargesView> {
  const { db, clock } = parts.services
  const { tenant, language } = context.var
  const t = translator(language)
  const base = `${officeOf(tenant)}/addebiti`
  const today = romeDate(clock.now())
  const { servizio, giorno = '' } = context.req.query()
  const chosen = isRomeDate(giorno) ? { from: giorno, until: giorno } : undefined
  const days = await chargedDaysBetween(
    db,
    tenant.id,
    chosen ?? { from: addDays(today, -SHOWN_DAYS), until: today },
  )
  const day = chosen && days.find(({ category }) => category === servizio)
  const problems = day ? await unchargedMeals(db, tenant.id, day) : []
  const news =
    context.req.query('fatto') === 'aggiornato'
      ? [{ kind: 'success' as const, text: t('meals.charges.updated') }]
      : []
  return {
    ...frame(parts, context, 'charges', news),
    rows: day
      ? []
      : days.map((one) => ({
          ...one,
          href: address(base, { servizio: one.category, giorno: one.day }),
        })),
    detail: day
      ? {
          dayName: dayName(day.day, language),
          category: day.category,
          day: day.day,
          service: day.service,
          tiles: tiles(day, language),
          problems: problems.map(({ name, place, problem }) => ({
            name,
            place,
            why: t(`meals.problem.${problem}`),
          })),
          parentHref: base,
        }
      : null,
  }
}

function tiles(day: ChargedDay, language: 'it' | 'en'): Tile[] {
  const t = translator(language)
  const tile = (key: string, value: string, note: string, warns = false): Tile => ({
    label: t(`meals.charges.${key}`),
    value,
    note,
    href: null,
    tone: warns ? 'warning' : 'plain',
  })
  return [
    tile('meals', String(day.meals), t('meals.charges.free', { count: day.free })),
    tile('amount', formatMoney(day.cents, language), t('meals.charges.reversed', { count: day.reversed })),
    tile(
      'problems',
      String(day.problems),
      t(`meals.charges.problems_${day.problems > 0 ? 'some' : 'none'}`),
      day.problems > 0,
    ),
    tile(
      'lists',
      String(day.toCharge),
      t(`meals.charges.lists_${day.toCharge > 0 ? 'some' : 'none'}`),
      day.toCharge > 0,
    ),
  ]
}
