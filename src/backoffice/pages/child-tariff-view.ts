import { romeDate, type RomeDate } from '#core/clock.ts'
import { inTenant } from '#core/db/tenant.ts'
import { translator, type Language } from '#core/i18n.ts'
import { idFrom } from '#core/ids.ts'
import { formatMoney } from '#core/money.ts'
import { formatDate } from '#core/clock.ts'
import type { PageContext } from '#pages/context.ts'
import type { Alert } from '#pages/view.ts'
import { listPlans, type TariffPlan } from '#meals/tariff-plans.ts'
import { mealPrices, type MealPrice } from '#meals/prices.ts'
import { categoriesOf } from '#tenants/people/children.ts'
import { childCard } from '#tenants/people/child-card.ts'
import { reductionsOf } from '#tenants/people/reductions.ts'
import { lastDayOfSchoolYear, schoolYearOf } from '#tenants/people/school-year.ts'
import { listSchools } from '#tenants/schools/schools.ts'
import { officeOf, type OfficeParts } from '../context.ts'
import { frame } from '../frame.ts'
import type { ChildTariffView } from '../views/tariffs.ts'

/** A child's price with its reasons, and what was noted of income and exemptions. */
export async function childTariffView(
  parts: OfficeParts,
  context: PageContext,
  fields: Readonly<Record<string, string>>,
  errors: ChildTariffView['errors'],
): Promise<ChildTariffView> {
  const { tenant, language } = context.var
  const { db, clock, vault } = parts.services
  const base = officeOf(tenant)
  const childId = idFrom(context.req.param('id'))
  const today = romeDate(clock.now())
  const keys = await vault.of(tenant.id)
  const categories = await categoriesOf(db, tenant.id)
  const schools = await listSchools(db, tenant.id)
  const { child, reductions, plans, prices } = await inTenant(db, tenant.id, async (tx) => {
    const of = { schoolYear: schoolYearOf(today), today }
    const card = await childCard(tx, keys, tenant.id, childId, of)
    const found: MealPrice[] = []
    const services: string[] = []
    for (const { category } of card.enrolments) {
      const [price] = await mealPrices(tx, tenant.id, { category, day: today, childIds: [childId] })
      if (price) {
        found.push(price)
        services.push(category)
      }
    }
    return {
      child: card,
      reductions: await reductionsOf(tx, tenant.id, childId),
      plans: await listPlans(tx, tenant.id),
      prices: found.map((price, index) => ({ price, category: services[index]! })),
    }
  })
  const labelOf = (code: string) => categories.find((one) => one.code === code)?.label ?? code
  const done: Alert = { kind: 'success', text: translator(language)('tariffs.child.done') }
  const isIsee = fields.amount !== undefined
  const isExemption = fields.percent !== undefined
  return {
    ...frame(parts, context, 'children', context.req.query('fatto') ? [done] : []),
    parentHref: `${base}/alunni`,
    href: `${base}/alunni/${childId}`,
    name: `${child.firstName} ${child.lastName}`,
    prices: prices.map(({ price, category }) => ({
      service: labelOf(category),
      cents: price.priceCents ?? null,
      because: reasons(price, { plans, schools, hasIsee: hasIsee(today), language }),
    })),
    declarations: reductions.declarations.map(({ validFrom, validUntil, iseeCents }) => ({
      validFrom,
      validUntil,
      cents: iseeCents,
      isCurrent: validFrom <= today && validUntil >= today,
    })),
    exemptions: reductions.exemptions.map((one) => ({
      id: one.id,
      service: labelOf(one.category),
      percent: one.percent,
      validFrom: one.validFrom,
      validUntil: one.validUntil,
      reason: one.reason,
      isOver: one.validUntil < today,
    })),
    services: categories.map(({ code, label }) => ({
      value: code,
      label,
      selected: code === fields.category,
    })),
    isee: {
      amount: fields.amount ?? '',
      from: isIsee ? (fields.from ?? '') : today,
      // An ISEE holds until the end of the year in which it was made (DPCM 159/2013, art. 10).
      until: isIsee ? (fields.until ?? '') : `${today.slice(0, 4)}-12-31`,
    },
    exemption: {
      percent: fields.percent ?? '100',
      from: isExemption ? (fields.from ?? '') : today,
      until: isExemption ? (fields.until ?? '') : lastDayOfSchoolYear(today),
      reason: fields.reason ?? '',
    },
    errors,
  }

  function hasIsee(day: RomeDate): boolean {
    return reductions.declarations.some((one) => one.validFrom <= day && one.validUntil >= day)
  }
}

/** What a price follows from, one sentence each. */
function reasons(
  price: MealPrice,
  {
    plans,
    schools,
    hasIsee,
    language,
  }: {
    plans: readonly TariffPlan[]
    schools: readonly { id: string; name: string }[]
    hasIsee: boolean
    language: Language
  },
): string[] {
  const t = translator(language)
  const plan = plans.find(({ id }) => id === price.planId)
  const exempt =
    price.exemptPercent > 0 ? [t('tariffs.because.exempt', { percent: price.exemptPercent })] : []
  if (!plan) return [t('tariffs.because.no_plan'), ...exempt]
  const school = schools.find(({ id }) => id === price.schoolId)?.name
  const band =
    price.bandCents === undefined
      ? t(hasIsee ? 'tariffs.because.above_bands' : 'tariffs.because.no_isee')
      : t('tariffs.because.band', { amount: formatMoney(price.bandCents, language) })
  return [
    t('tariffs.because.plan', { day: formatDate(plan.validFrom, language) }),
    ...(price.priceCents === undefined ? [t('tariffs.because.no_price')] : []),
    band,
    t('tariffs.because.sibling', { number: price.siblingRank }),
    school ? t('tariffs.because.school', { school }) : t('tariffs.because.no_school'),
    price.dayType ? t('tariffs.because.day', { kind: price.dayType }) : t('tariffs.because.ordinary'),
    ...exempt,
  ]
}
