import { audit } from '#core/audit.ts'
import { romeDate, type RomeDate } from '#core/clock.ts'
import { inTenant } from '#core/db/tenant.ts'
import { translator } from '#core/i18n.ts'
import type { PageContext } from '#pages/context.ts'
import { formFields } from '#pages/form.ts'
import type { Alert } from '#pages/view.ts'
import { categoriesOf } from '#tenants/people/children.ts'
import { refreshPrices } from '#tenants/people/refresh-prices.ts'
import { proposeSiblingRanks, rankSibling, type RankDifference } from '#tenants/people/siblings.ts'
import { readTypedDay } from '#core/typed-day.ts'
import { officeRoute, type OfficeApp } from '../access.ts'
import { officeOf, type OfficeParts } from '../context.ts'
import { frame, page } from '../frame.ts'
import { address } from '../query.ts'
import { chosenYear } from '../school-years.ts'
import type { SiblingsView } from '../views/tariffs.ts'

/** Differences on one page; once they are accepted, the next ones come. */
const SHOWN = 200

/** `{base}/tariffe/fratelli`: which sibling a child is, proposed from the guardians and accepted here. */
export function siblingRoutes(app: OfficeApp, parts: OfficeParts): void {
  const { db, clock } = parts.services

  officeRoute(app, 'GET /tariffe/fratelli', async (context) =>
    page(parts, context, 'office/siblings', await view(parts, context)),
  )

  officeRoute(app, 'POST /tariffe/fratelli', async (context, staff) => {
    const { tenant } = context.var
    const fields = await formFields(context)
    parts.forms.check(fields.form, staff.accountId)
    const now = clock.now()
    const { category, schoolYear } = await chosen(parts, context)
    const from = readTypedDay((fields.from ?? '').trim())
    if (!from) return page(parts, context, 'office/siblings', await view(parts, context, fields), 422)
    const proposed = await proposals(parts, context)
    await inTenant(db, tenant.id, async (tx) => {
      const changed: string[] = []
      for (const { enrolmentId, after } of proposed) {
        // What was seen is what is accepted: a proposal that has changed meanwhile is shown again.
        if (fields[`fratello-${enrolmentId}`] !== String(after)) continue
        const childId = await rankSibling(tx, tenant.id, { enrolmentId, rank: after, from }, now)
        if (childId !== undefined) changed.push(childId)
      }
      if (changed.length === 0) return
      await refreshPrices(tx, tenant.id, romeDate(now), changed)
      const actor = { kind: 'staff', id: staff.accountId } as const
      const details = { category, schoolYear, from, children: changed.length }
      await audit(tx, tenant.id, { actor, action: 'siblings.ranked', details }, now)
    })
    parts.services.nudge()
    const path = `${officeOf(tenant)}/tariffe/fratelli`
    return context.redirect(address(path, { anno: schoolYear, servizio: category, fatto: 'si' }), 303)
  })
}

async function chosen(parts: OfficeParts, context: PageContext) {
  const today = romeDate(parts.services.clock.now())
  const categories = await categoriesOf(parts.services.db, context.var.tenant.id)
  const asked = categories.find(({ code }) => code === context.req.query('servizio')) ?? categories[0]
  return { ...chosenYear(context, today), categories, category: asked?.code ?? '', today }
}

async function proposals(parts: OfficeParts, context: PageContext): Promise<RankDifference[]> {
  const { tenant } = context.var
  const { db, vault } = parts.services
  const asked = await chosen(parts, context)
  const keys = await vault.of(tenant.id)
  return inTenant(db, tenant.id, (tx) => proposeSiblingRanks(tx, keys, tenant.id, asked))
}

/** @param typed what was sent and is not right: a day that is none */
async function view(
  parts: OfficeParts,
  context: PageContext,
  typed?: Readonly<Record<string, string>>,
): Promise<SiblingsView> {
  const { tenant, language } = context.var
  const t = translator(language)
  const base = officeOf(tenant)
  const { schoolYear, years, categories, category, today } = await chosen(parts, context)
  const all = await proposals(parts, context)
  const alerts: Alert[] = context.req.query('fatto')
    ? [{ kind: 'success', text: t('tariffs.siblings.done') }]
    : []
  return {
    ...frame(parts, context, 'tariffs', alerts),
    parentHref: `${base}/tariffe`,
    schoolYear,
    years,
    services: categories.map(({ code, label }) => ({ value: code, label, selected: code === category })),
    category,
    count: all.length,
    from: typed?.from ?? defaultDay(schoolYear, today),
    errors: typed ? { from: t('tariffs.siblings.error.from') } : {},
    rows: all.slice(0, SHOWN).map(({ enrolmentId, childId, name, before, after, siblings }) => ({
      box: `fratello-${enrolmentId}`,
      rank: String(after),
      name,
      href: `${base}/alunni/${childId}/tariffa`,
      before: t('tariffs.column.sibling', { number: before }),
      after: t('tariffs.column.sibling', { number: after }),
      siblings: siblings.join(', '),
      isChosen: !typed || typed[`fratello-${enrolmentId}`] === String(after),
    })),
  }
}

/** Today, where it lies in the year that is shown; a year to come counts from its beginning. */
function defaultDay(schoolYear: string, today: RomeDate): RomeDate {
  const first = `${schoolYear.slice(0, 4)}-08-01`
  return today < first ? first : today
}
