import { formatDate } from '#core/clock.ts'
import type { LedgerKind } from '#core/db/schema.ts'
import { translator, type Language } from '#core/i18n.ts'
import { movementsPage } from '#core/ledger/movements.ts'
import { movementReasons, type MovementReason } from '#core/ledger/reasons.ts'
import { mealInWords, mealsOfMovements } from '#meals/meal-movements.ts'
import { ownWallet } from '#tenants/people/own.ts'
import { baseOf, type PortalApp, type PortalParts } from '../context.ts'
import { frame, page } from '../frame.ts'
import { viewerOf } from '../form.ts'
import type { MovementRow } from '../views/wallet.ts'

/** What a movement is called; kinds that never touch a wallet have no name. */
const KIND_NAMES: Partial<Record<LedgerKind, MovementRow['kind']>> = {
  receipt: 'top_up',
  meal: 'meal',
  reversal: 'reversal',
  opening: 'opening',
  till: 'till',
  refund: 'refund',
  adjustment: 'adjustment',
}

/** Movimenti: the statement of one wallet with its running balance. */
export function movementRoutes(app: PortalApp, parts: PortalParts): void {
  app.get('/:slug/movimenti/:wallet', async (context) => {
    const { services } = parts
    const { tenant } = context.var
    const owner = { tenantId: tenant.id, accountId: viewerOf(context).accountId }
    const wallet = await ownWallet(services.pool, owner, context.req.param('wallet'))
    const walletId = wallet.id
    const after = context.req.query('dopo') ?? ''
    const before = /^\d{1,12}$/.test(after) ? Number(after) : undefined
    const { items, next } = await movementsPage(services.db, tenant.id, walletId, { before })
    const reasons = await movementReasons(services.db, tenant.id, items)
    const meals = await mealsOfMovements(services.db, tenant.id, walletId, items)
    const base = `${baseOf(tenant)}/movimenti/${walletId}`
    return page(parts, context, 'movements', {
      ...frame(parts, context, null),
      walletId,
      childId: wallet.child.id,
      childName: `${wallet.child.firstName} ${wallet.child.lastName}`,
      category: wallet.categoryLabel,
      balanceCents: wallet.balanceCents,
      rows: items.map(({ kind, transactionId, occurredAt, amountCents, balanceAfterCents }) => ({
        at: occurredAt,
        kind: KIND_NAMES[kind] ?? 'adjustment',
        note:
          mealInWords(meals.get(transactionId), context.var.language) ||
          noteOf(reasons.get(transactionId), context.var.language),
        amountCents,
        balanceAfterCents,
        href: null,
      })),
      nextHref: next === undefined ? null : `${base}?dopo=${next}`,
      firstHref: before === undefined ? null : base,
    })
  })
}

/** Why the office booked something, in its own words; what a family paid at the desk, by its paper. */
function noteOf(reason: MovementReason | undefined, language: Language): string {
  if (!reason) return ''
  if (reason.kind === 'correction') return reason.reason
  const t = translator(language)
  const date = formatDate(reason.paidOn, language)
  return t('books.till.movement', { way: t(`books.way.${reason.way}`), slip: reason.slip, date })
}
