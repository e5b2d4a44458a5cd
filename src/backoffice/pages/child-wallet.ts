import { romeDate } from '#core/clock.ts'
import { translator } from '#core/i18n.ts'
import { idFrom } from '#core/ids.ts'
import { movementsPage } from '#core/ledger/movements.ts'
import type { PageContext } from '#pages/context.ts'
import type { Alert } from '#pages/view.ts'
import { waitingCorrections } from '#tenants/books/approvals.ts'
import { walletOfChild, type ChildWallet } from '#tenants/books/child-account.ts'
import { isTillOpen } from '#tenants/books/till-rule.ts'
import { walletStateReasons } from '#tenants/books/wallet-states.ts'
import { officeRoute, type OfficeApp } from '../access.ts'
import { officeOf, type OfficeParts } from '../context.ts'
import { frame, page } from '../frame.ts'
import type { WalletView } from '../views/child.ts'
import { creditLine, MOVEMENTS_DRAWN, statementRows, walletBadge } from './statement.ts'

const SHOWN = 25

const NEWS: Readonly<Record<string, { kind: Alert['kind']; key: string }>> = {
  corretto: { kind: 'success', key: 'corrected' },
  'in-attesa': { kind: 'info', key: 'waits' },
  stato: { kind: 'success', key: 'state_changed' },
}

/** `{base}/alunni/<id>/crediti/<wallet>`: the whole statement of a wallet, and what the office may do with it. */
export function childWalletRoutes(app: OfficeApp, parts: OfficeParts): void {
  officeRoute(app, 'GET /alunni/:id/crediti/:wallet', async (context) => {
    const wallet = await askedWallet(parts, context)
    return page(parts, context, 'office/wallet', await view(parts, context, wallet))
  })
}

/** The wallet that an address names. @throws DomainError resource.not_found */
export function askedWallet({ services }: OfficeParts, context: PageContext): Promise<ChildWallet> {
  const childId = idFrom(context.req.param('id'))
  return walletOfChild(services.db, context.var.tenant.id, childId, idFrom(context.req.param('wallet')))
}

/** Where a wallet's page lies. */
export function walletHref(context: PageContext, { id, childId }: ChildWallet): string {
  return `${officeOf(context.var.tenant)}/alunni/${childId}/crediti/${id}`
}

async function view(parts: OfficeParts, context: PageContext, wallet: ChildWallet): Promise<WalletView> {
  const { tenant, language } = context.var
  const { db, clock } = parts.services
  const t = translator(language)
  const base = officeOf(tenant)
  const here = walletHref(context, wallet)
  const after = context.req.query('dopo') ?? ''
  const before = /^\d{1,12}$/.test(after) ? Number(after) : undefined
  const [{ items, next }, recent, waiting, reasons] = await Promise.all([
    movementsPage(db, tenant.id, wallet.id, { before, limit: SHOWN }),
    movementsPage(db, tenant.id, wallet.id, { limit: MOVEMENTS_DRAWN }),
    waitingCorrections(db, tenant.id, wallet.id, clock.now()),
    walletStateReasons(db, tenant.id, [wallet.id]),
  ])
  const news = NEWS[context.req.query('fatto') ?? '']
  const alerts: Alert[] = news ? [{ kind: news.kind, text: t(`books.wallet.${news.key}`) }] : []
  const stopped = wallet.state === 'active' ? undefined : reasons.get(wallet.id)
  return {
    ...frame(parts, context, 'children', alerts),
    parentHref: `${base}/alunni/${wallet.childId}`,
    childName: wallet.childName,
    category: wallet.category,
    balanceCents: wallet.balanceCents,
    state: wallet.state === 'active' ? null : walletBadge(wallet.state, language),
    stateReason: stopped ? { reason: stopped.reason, since: stopped.since } : null,
    line: creditLine(recent.items, wallet.balanceCents, clock.now()),
    correctHref: `${here}/correzione`,
    tillHref: isTillOpen(tenant, romeDate(clock.now())) ? `${here}/versamento` : null,
    pagopaOnlyFrom: tenant.policies.pagopaOnlyFrom,
    stateHref: `${here}/stato`,
    waiting: waiting.map(({ path, cents, reason, askedBy }) => ({
      href: base + path,
      cents,
      reason,
      askedBy: askedBy.name,
    })),
    rows: await statementRows(db, tenant.id, items, {
      walletId: wallet.id,
      base,
      walletHref: here,
      language,
    }),
    nextHref: next === undefined ? null : `${here}?dopo=${next}`,
    firstHref: before === undefined ? null : here,
  }
}
