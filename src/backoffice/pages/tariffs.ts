import { romeDate } from '#core/clock.ts'
import { inTenant } from '#core/db/tenant.ts'
import { translator } from '#core/i18n.ts'
import type { PageContext } from '#pages/context.ts'
import type { Alert } from '#pages/view.ts'
import { listPlans, type TariffPlan } from '#meals/tariff-plans.ts'
import { categoriesOf } from '#tenants/people/children.ts'
import { officeRoute, type OfficeApp, type Staff } from '../access.ts'
import { mayUse } from '../routes.ts'
import { officeOf, type OfficeParts } from '../context.ts'
import { frame, page } from '../frame.ts'
import { address } from '../query.ts'
import type { TariffsView } from '../views/tariffs.ts'
import type { Badge } from '../views/tile.ts'

const NEWS = ['salvato', 'cancellato']

/** `{base}/tariffe`: what each service costs, plan after plan. */
export function tariffsRoutes(app: OfficeApp, parts: OfficeParts): void {
  officeRoute(app, 'GET /tariffe', async (context, staff) =>
    page(parts, context, 'office/tariffs', await view(parts, context, staff)),
  )
}

async function view(parts: OfficeParts, context: PageContext, { role }: Staff): Promise<TariffsView> {
  const { tenant, language } = context.var
  const { db, clock } = parts.services
  const t = translator(language)
  const base = officeOf(tenant)
  const today = romeDate(clock.now())
  const categories = await categoriesOf(db, tenant.id)
  const plans = await inTenant(db, tenant.id, (tx) => listPlans(tx, tenant.id))
  const done = context.req.query('fatto') ?? ''
  const alerts: Alert[] = NEWS.includes(done) ? [{ kind: 'success', text: t(`tariffs.done.${done}`) }] : []
  return {
    ...frame(parts, context, 'tariffs', alerts),
    mayEdit: mayUse(role, 'POST /tariffe/nuovo'),
    siblingsHref: mayUse(role, 'GET /tariffe/fratelli') ? `${base}/tariffe/fratelli` : null,
    services: categories.map(({ code, label }) => {
      const own = plans.filter(({ category }) => category === code)
      const current = own.find(({ validFrom }) => validFrom <= today)
      return {
        label,
        newHref: address(`${base}/tariffe/nuovo`, { servizio: code }),
        plans: own.map((plan) => ({
          href: `${base}/tariffe/${plan.id}`,
          copyHref: address(`${base}/tariffe/nuovo`, { servizio: code, copia: plan.id }),
          validFrom: plan.validFrom,
          note: plan.note,
          state: stateOf(plan),
        })),
      }

      function stateOf({ id, validFrom }: TariffPlan): Badge {
        if (validFrom > today) return { text: t('tariffs.state.future'), tone: 'waiting' }
        if (id === current?.id) return { text: t('tariffs.state.current'), tone: 'paid' }
        return { text: t('tariffs.state.past'), tone: 'plain' }
      }
    }),
  }
}
