import { formatDateTime } from '#core/clock.ts'
import { translator, type Language } from '#core/i18n.ts'
import { formatMoney } from '#core/money.ts'
import { moneyOverview, type MoneyOverview } from '#core/office/overview.ts'
import { suspenseTotal } from '#core/receipts/suspense.ts'
import { reconciliationSummary } from '#core/reconciliation/summary.ts'
import type { PageContext } from '#pages/context.ts'
import { mayUse, officeRoute, type OfficeApp } from '../access.ts'
import { officeOf, type OfficeParts } from '../context.ts'
import { frame, page } from '../frame.ts'
import type { OverviewView } from '../views/entrance.ts'
import type { Tile } from '../views/tile.ts'

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

/** `{base}/`: the day's numbers, each leading to what is behind it. */
export function overviewRoutes(app: OfficeApp, parts: OfficeParts): void {
  officeRoute(app, 'GET /', async (context, { role }) => {
    const { tenant, language } = context.var
    const { db, clock } = parts.services
    const t = translator(language)
    const around = frame(parts, context, 'overview')
    if (!mayUse(role, 'GET /pagamenti'))
      return page(parts, context, 'office/overview', { ...around, role, tiles: [], failing: [] })
    const money = await moneyOverview(db, tenant.id, clock.now())
    const view: OverviewView = {
      ...around,
      role,
      tiles: await tiles(parts, context, money),
      failing: money.failing.map(({ job, count, parked, since }) => ({
        work: t(`office.work.${WORK.includes(job) ? job : 'other'}`),
        count,
        parked,
        since,
      })),
    }
    return page(parts, context, 'office/overview', view)
  })
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
