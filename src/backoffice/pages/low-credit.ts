import { romeDate } from '#core/clock.ts'
import { isId } from '#core/ids.ts'
import {
  countLowCredits,
  lowCreditsPage,
  type LowCreditKey,
  type LowCreditRule,
} from '#core/office/figures.ts'
import type { PageContext } from '#pages/context.ts'
import { schoolYearOf } from '#tenants/people/school-year.ts'
import { officeRoute, type OfficeApp } from '../access.ts'
import { officeOf, type OfficeParts } from '../context.ts'
import { frame, page } from '../frame.ts'

/** `{base}/credito-basso`: children below the entity's threshold. A list to look at; nobody is written to from here. */
export function lowCreditRoutes(app: OfficeApp, parts: OfficeParts): void {
  officeRoute(app, 'GET /credito-basso', async (context) => {
    const { tenant } = context.var
    const { db } = parts.services
    const base = officeOf(tenant)
    const rule = lowCreditRule(parts, context)
    const after = readKey(context.req.query('dopo'))
    const [total, { items, next }] = await Promise.all([
      countLowCredits(db, tenant.id, rule),
      lowCreditsPage(db, tenant.id, rule, { after }),
    ])
    return page(parts, context, 'office/low-credit', {
      ...frame(parts, context, 'overview'),
      parentHref: `${base}/`,
      total,
      meals: rule.meals,
      rows: items.map(({ childId, walletId, balanceCents, mealsLeft, ...one }) => ({
        ...one,
        href: `${base}/alunni/${childId}/crediti/${walletId}`,
        cents: balanceCents,
        mealsLeft: mealsLeft ?? null,
      })),
      nextHref: next ? `${base}/credito-basso?dopo=${next.balanceCents}_${next.walletId}` : null,
      firstHref: after ? `${base}/credito-basso` : null,
    })
  })
}

/** From when on the entity calls a credit low. */
export function lowCreditRule({ services }: OfficeParts, { var: { tenant } }: PageContext): LowCreditRule {
  const schoolYear = schoolYearOf(romeDate(services.clock.now()))
  return { meals: tenant.policies.lowCreditMeals, schoolYear }
}

function readKey(text: string | undefined): LowCreditKey | undefined {
  const [, cents = '', walletId = ''] = /^(-?\d{1,15})_(.{36})$/.exec(text ?? '') ?? []
  return isId(walletId) ? { balanceCents: BigInt(cents), walletId } : undefined
}
