import { addDays, formatDate, romeDate } from '#core/clock.ts'
import type { Db } from '#core/db/connect.ts'
import type { LedgerKind, WalletState } from '#core/db/schema.ts'
import { translator, type Language } from '#core/i18n.ts'
import type { Movement } from '#core/ledger/movements.ts'
import { movementReasons, type MovementReason } from '#core/ledger/reasons.ts'
import { mealInWords, mealsOfMovements } from '#meals/meal-movements.ts'
import { creditPoints, sparkline } from '#pages/sparkline.ts'
import { reversedAmong } from '#tenants/books/child-account.ts'
import type { CreditLine, StatementRow } from '../views/child.ts'
import type { Badge } from '../views/tile.ts'

/** More than one movement a school day over the days drawn. */
export const MOVEMENTS_DRAWN = 60
const LINE_DAYS = 30

/** What the office may take back by itself; anything else rests on somebody else's paper. */
const REVERSIBLE: readonly LedgerKind[] = ['meal', 'till', 'adjustment']

/** Movements as rows, each with its meal's day or why the office made it and, where it may be taken back, the form for that. */
export async function statementRows(
  db: Db,
  tenantId: string,
  movements: readonly Movement[],
  {
    walletId,
    base,
    walletHref,
    language,
  }: { walletId: string; base: string; walletHref: string; language: Language },
): Promise<StatementRow[]> {
  const ids = movements.map(({ transactionId }) => transactionId)
  const [reasons, meals, reversed] = await Promise.all([
    movementReasons(db, tenantId, movements),
    mealsOfMovements(db, tenantId, walletId, movements),
    reversedAmong(db, tenantId, walletId, ids),
  ])
  return movements.map((movement) => {
    const reason = reasons.get(movement.transactionId)
    const isReversed = reversed.has(movement.transactionId)
    const may = REVERSIBLE.includes(movement.kind) && !isReversed
    return {
      at: movement.occurredAt,
      what: kindInWords(movement.kind, language),
      note: mealInWords(meals.get(movement.transactionId), language) || reasonInWords(reason, language),
      noteHref: reason?.kind === 'till' ? `${base}/sportello/${reason.entryId}` : null,
      amountCents: movement.amountCents,
      balanceAfterCents: movement.balanceAfterCents,
      reverseHref: may ? `${walletHref}/correzione?movimento=${movement.transactionId}` : null,
      isReversed,
    }
  })
}

/** A kind of movement as families read it. */
export function kindInWords(kind: LedgerKind, language: Language): string {
  return translator(language)(`portal.movement.${kind === 'receipt' ? 'top_up' : kind}`)
}

/** Why the office booked something; empty for what it did not book. */
export function reasonInWords(reason: MovementReason | undefined, language: Language): string {
  if (!reason) return ''
  if (reason.kind === 'correction') return reason.reason
  return translator(language)('books.till.movement', {
    way: translator(language)(`books.way.${reason.way}`),
    slip: reason.slip,
    date: formatDate(reason.paidOn, language),
  })
}

/** The credit of the last weeks; null where nothing moved. @param movements newest first */
export function creditLine(
  movements: readonly Movement[],
  balanceCents: bigint,
  now: Date,
): CreditLine | null {
  const today = romeDate(now)
  const from = addDays(today, -LINE_DAYS)
  const points = creditPoints(movements, from, today, balanceCents)
  const svg = sparkline(points, from, today)
  if (svg === null) return null
  const levels = points.map((point) => point.balanceCents)
  return {
    svg,
    from,
    startCents: levels[0]!,
    lowestCents: levels.reduce((low, level) => (level < low ? level : low)),
    endCents: balanceCents,
  }
}

const STATE_TONES: Record<WalletState, Badge['tone']> = { active: 'paid', suspended: 'open', closed: 'plain' }

/** The state of a wallet in words. */
export function walletBadge(state: WalletState, language: Language): Badge {
  return { text: translator(language)(`books.state.${state}`), tone: STATE_TONES[state] }
}
