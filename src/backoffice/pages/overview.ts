import { formatDateTime, romeDate } from '#core/clock.ts'
import { translator, type Language } from '#core/i18n.ts'
import { formatMoney } from '#core/money.ts'
import {
  countLowCredits,
  creditFigures,
  mealsOn,
  topUpWeeks,
  type CreditFigures,
} from '#core/office/figures.ts'
import { moneyOverview, type MoneyOverview } from '#core/office/overview.ts'
import { suspenseTotal } from '#core/receipts/suspense.ts'
import { reconciliationSummary } from '#core/reconciliation/summary.ts'
import type { PageContext } from '#pages/context.ts'
import { APPROVAL_SOURCES } from '#tenants/books/approval-sources.ts'
import { officeRoute, type OfficeApp } from '../access.ts'
import { mayUse } from '../routes.ts'
import { officeOf, type OfficeParts } from '../context.ts'
import { frame, page } from '../frame.ts'
import type { OverviewView } from '../views/overview.ts'
import type { Tile } from '../views/tile.ts'
import { creditChart, topUpsChart } from './charts.ts'
import { lowCreditRule } from './low-credit.ts'

/** The jobs that staff should know by name; any other is "something else". */
const WORK = [
  'top-up.announce',
  'receipt.generate',
  'receipt.announce',
  'receipt.email',
  'notice.email',
  'invitation.email',
  'child-request.email',
  'fdr.pull',
  'import.check',
  'import.run',
]

/** `{base}/`: the day's numbers, each leading to what is behind it, and how credit and top-ups stand. */
export function overviewRoutes(app: OfficeApp, parts: OfficeParts): void {
  officeRoute(app, 'GET /', async (context, { role }) => {
    const { tenant } = context.var
    // There is nothing to oversee before the entity has anything: its administrator goes on with what is missing.
    if (tenant.state === 'draft' && mayUse(role, 'GET /avvio'))
      return context.redirect(`${officeOf(tenant)}/avvio`, 303)
    const { db, clock } = parts.services
    const around = { ...frame(parts, context, 'overview'), role }
    const meals = mealsTile(context, await mealsOn(db, tenant.id, romeDate(clock.now())))
    if (!mayUse(role, 'GET /pagamenti'))
      return page(parts, context, 'office/overview', { ...around, tiles: [meals], money: null })
    return page(parts, context, 'office/overview', { ...around, ...(await ofMoney(parts, context, meals)) })
  })
}

async function ofMoney(
  parts: OfficeParts,
  context: PageContext,
  meals: Tile,
): Promise<Pick<OverviewView, 'tiles' | 'money'>> {
  const { tenant, language } = context.var
  const { db, clock, channelLabel } = parts.services
  const t = translator(language)
  const now = clock.now()
  const [money, credit, low, weeks] = await Promise.all([
    moneyOverview(db, tenant.id, now),
    creditFigures(db, tenant.id),
    countLowCredits(db, tenant.id, lowCreditRule(parts, context)),
    topUpWeeks(db, tenant.id, now),
  ])
  return {
    tiles: [
      meals,
      creditTile(context, credit),
      lowTile(context, low),
      ...(await tiles(parts, context, money)),
      await approvalsTile(parts, context),
    ],
    money: {
      credits: creditChart(credit, language),
      topUps: topUpsChart(weeks, now, channelLabel, language),
      failing: money.failing.map(({ job, count, parked, since }) => ({
        work: t(`office.work.${WORK.includes(job) ? job : 'other'}`),
        count,
        parked,
        since,
      })),
    },
  }
}

function figure(count: number, language: Language): string {
  return new Intl.NumberFormat(language, { useGrouping: 'always' }).format(count)
}

function mealsTile({ var: { language } }: PageContext, meals: number): Tile {
  const t = translator(language)
  const note = t(meals > 0 ? 'figures.meals_note' : 'figures.meals_none')
  return { label: t('figures.meals'), value: figure(meals, language), note, href: null, tone: 'plain' }
}

function creditTile({ var: { language } }: PageContext, credit: CreditFigures): Tile {
  const t = translator(language)
  const owed = formatMoney(0n - credit.debtCents, language)
  return {
    label: t('figures.credit'),
    value: formatMoney(credit.totalCents, language),
    note: credit.debtCents < 0n ? t('figures.credit_debt', { amount: owed }) : t('figures.credit_note'),
    href: null,
    tone: 'plain',
  }
}

function lowTile({ var: { tenant, language } }: PageContext, low: number): Tile {
  const t = translator(language)
  const note =
    low > 0 ? t('figures.low_note', { count: tenant.policies.lowCreditMeals }) : t('figures.low_none')
  const href = `${officeOf(tenant)}/credito-basso`
  return {
    label: t('figures.low'),
    value: figure(low, language),
    note,
    href,
    tone: low > 0 ? 'warning' : 'plain',
  }
}

async function approvalsTile(
  { services }: OfficeParts,
  { var: { tenant, language } }: PageContext,
): Promise<Tile> {
  const t = translator(language)
  const lists = await Promise.all(
    APPROVAL_SOURCES.map((source) => source.waiting(services.db, tenant.id, services.clock.now())),
  )
  const count = lists.flat().length
  return {
    label: t('office.nav.approvals'),
    value: String(count),
    note: t(count > 0 ? 'figures.approvals_note' : 'approvals.none'),
    href: `${officeOf(tenant)}/da-approvare`,
    tone: count > 0 ? 'warning' : 'plain',
  }
}

async function tiles(parts: OfficeParts, context: PageContext, money: MoneyOverview): Promise<Tile[]> {
  const { tenant, language } = context.var
  const { db } = parts.services
  const base = officeOf(tenant)
  const t = translator(language)
  const inWords = (cents: bigint) => formatMoney(cents, language)
  const [suspense, reconciliation] = await Promise.all([
    suspenseTotal(db, tenant.id),
    reconciliationSummary(db, tenant.id),
  ])
  const tile = (key: string, value: string, note: string, href: string, warns = false): Tile => ({
    label: t(`office.tile.${key}`),
    value,
    note,
    href: base + href,
    tone: warns ? 'warning' : 'plain',
  })
  return [
    tile(
      'today',
      inWords(money.todayCents),
      t('office.tile.today_note', { count: money.todayCount }),
      '/pagamenti?stato=paid',
    ),
    tile(
      'waiting',
      String(money.waitingCount),
      t('office.tile.waiting_note', { amount: inWords(money.waitingCents) }),
      '/pagamenti?stato=open',
    ),
    tile(
      'suspense',
      inWords(suspense.ledgerCents),
      t(`office.tile.suspense_${suspense.count > 0 ? 'note' : 'none'}`, { count: suspense.count }),
      '/sospesi',
      suspense.count > 0,
    ),
    tile(
      'differences',
      String(reconciliation.openTotal),
      t(`office.tile.differences_${reconciliation.openTotal > 0 ? 'note' : 'none'}`),
      '/riconciliazione/differenze?stato=open',
      reconciliation.openTotal > 0,
    ),
    tile('awaited', inWords(reconciliation.awaitedCents), t('office.tile.awaited_note'), '/riconciliazione'),
    lastFlow(money, language, base),
  ]
}

function lastFlow({ lastFlow: flow }: MoneyOverview, language: Language, base: string): Tile {
  const t = translator(language)
  return {
    label: t('office.tile.last_flow'),
    value: flow ? formatDateTime(flow.flowDate, language).split(',')[0]! : '–',
    note: flow ? flow.pspName : t('office.tile.last_flow_none'),
    href: flow ? `${base}/riconciliazione/flussi/${flow.id}` : `${base}/riconciliazione/flussi`,
    tone: 'plain',
  }
}
