import { DIFFERENCE_KINDS } from '#core/db/reconciliation-schema.ts'
import { formatDateTime } from '#core/clock.ts'
import { translator } from '#core/i18n.ts'
import { formatMoney } from '#core/money.ts'
import { reconciliationSummary } from '#core/reconciliation/summary.ts'
import type { PageContext } from '#pages/context.ts'
import { officeRoute, type OfficeApp, type Staff } from '../access.ts'
import { mayUse } from '../routes.ts'
import { officeOf, type OfficeParts } from '../context.ts'
import { frame, page } from '../frame.ts'
import type { ReconciliationView } from '../views/reconciliation.ts'
import type { Tile } from '../views/tile.ts'

/** `{base}/riconciliazione`: what was received, what the bank has, and what lies between. */
export function reconciliationRoutes(app: OfficeApp, parts: OfficeParts): void {
  officeRoute(app, 'GET /riconciliazione', async (context, staff) =>
    page(parts, context, 'office/reconciliation', await view(parts, context, staff)),
  )
}

async function view(parts: OfficeParts, context: PageContext, { role }: Staff): Promise<ReconciliationView> {
  const { tenant, language } = context.var
  const t = translator(language)
  const base = `${officeOf(tenant)}/riconciliazione`
  const summary = await reconciliationSummary(parts.services.db, tenant.id)
  const inWords = (cents: bigint) => formatMoney(cents, language)
  const at = (instant: Date | undefined) => (instant ? formatDateTime(instant, language) : '–')
  const tile = (key: string, value: string, href: string | null, note?: string, warns = false): Tile => ({
    label: t(`office.reconciliation.${key}`),
    value,
    note: note ?? t(`office.reconciliation.${key}_note`),
    href,
    tone: warns ? 'warning' : 'plain',
  })
  const { wanted, givenUp, nextTryAt } = summary.recoveries
  return {
    ...frame(parts, context, 'reconciliation'),
    tiles: [
      tile('received', inWords(summary.settledCents + summary.awaitedCents), null),
      tile('settled', inWords(summary.settledCents), `${base}/banca`),
      tile('awaited', inWords(summary.awaitedCents), null),
      tile(
        'flows',
        String(summary.currentFlows),
        `${base}/flussi`,
        t(`office.reconciliation.${summary.pulledAt ? 'flows_note' : 'flows_never'}`, {
          at: at(summary.pulledAt),
        }),
      ),
      tile(
        'bank',
        at(summary.lastStatementAt),
        `${base}/banca`,
        t(`office.reconciliation.${summary.lastStatementAt ? 'bank_note' : 'bank_never'}`),
      ),
      tile(
        'recoveries',
        String(wanted),
        null,
        t(`office.reconciliation.${nextTryAt ? 'recoveries_note' : 'recoveries_none'}`, {
          count: givenUp,
          at: at(nextTryAt),
        }),
        givenUp > 0,
      ),
    ],
    open: DIFFERENCE_KINDS.flatMap((kind) => {
      const count = summary.openDifferences[kind] ?? 0
      const href = `${base}/differenze?stato=open&tipo=${kind}`
      return count > 0 ? [{ kind: t(`office.difference.${kind}`), count, href }] : []
    }),
    mayUpload: mayUse(role, 'POST /riconciliazione/banca'),
  }
}
