import { romeDate } from '#core/clock.ts'
import { translator } from '#core/i18n.ts'
import { idFrom } from '#core/ids.ts'
import { movementsPage } from '#core/ledger/movements.ts'
import { paymentsPage } from '#core/top-ups/read.ts'
import { timelinesOf, wordTimeline } from '#core/top-ups/timeline.ts'
import type { PageContext } from '#pages/context.ts'
import { formFields } from '#pages/form.ts'
import { readPageKey, writePageKey } from '#pages/page-key.ts'
import type { Alert } from '#pages/view.ts'
import { childAccount, type ChildWallet } from '#tenants/books/child-account.ts'
import { walletStateReasons } from '#tenants/books/wallet-states.ts'
import { endGuardianship, findChild } from '#tenants/people/guardianships.ts'
import { officeRoute, type OfficeApp, type Staff } from '../access.ts'
import { mayUse } from '../routes.ts'
import { officeOf, type OfficeParts } from '../context.ts'
import { frame, page } from '../frame.ts'
import type { ChildAccountView, ChildPayment, ChildView, ChildWalletCard } from '../views/child.ts'
import { stateBadge } from './payment-words.ts'
import { creditLine, MOVEMENTS_DRAWN, statementRows, walletBadge } from './statement.ts'
import { waysIn } from './ways-in.ts'

const MOVEMENTS_SHOWN = 5
const PAYMENTS_SHOWN = 5

/** `{base}/alunni/<id>`: everything about one child. Where a role has nothing to do with money, its name and class. */
export function childRoutes(app: OfficeApp, parts: OfficeParts): void {
  officeRoute(app, 'GET /alunni/:id', async (context, staff) =>
    page(parts, context, 'office/child', await view(parts, context, staff)),
  )

  // Where the page was before.
  officeRoute(app, 'GET /richieste/alunni/:id', async (context) => {
    const { tenant } = context.var
    const { db, clock } = parts.services
    const { id } = await findChild(db, tenant.id, idFrom(context.req.param('id')), clock.now())
    return context.redirect(`${officeOf(tenant)}/alunni/${id}`, 301)
  })

  officeRoute(app, 'POST /alunni/:id/scollega', async (context, { accountId }) => {
    const { tenant } = context.var
    const fields = await formFields(context)
    parts.forms.check(fields.form, accountId)
    const childId = idFrom(context.req.param('id'))
    const owner = { tenantId: tenant.id, accountId }
    await endGuardianship(parts.services, owner, childId, idFrom(fields.guardian))
    return context.redirect(`${officeOf(tenant)}/alunni/${childId}?fatto=scollegato`, 303)
  })
}

async function view(parts: OfficeParts, context: PageContext, { role }: Staff): Promise<ChildView> {
  const { tenant, language } = context.var
  const { db, clock } = parts.services
  const id = idFrom(context.req.param('id'))
  const child = await findChild(db, tenant.id, id, clock.now())
  const ended = context.req.query('fatto') === 'scollegato'
  const text = translator(language)('households.office.unlinked')
  const alerts: Alert[] = ended ? [{ kind: 'success', text }] : []
  const common = {
    ...frame(parts, context, 'children', alerts),
    id,
    parentHref: `${officeOf(tenant)}/alunni`,
    name: child.name,
    place: child.place,
  }
  if (!mayUse(role, 'GET /alunni/:id/crediti/:wallet')) return { ...common, account: null }
  const { wallets, services, messages, requests } = await childAccount(db, tenant.id, id)
  return {
    ...common,
    account: {
      wallets: await cards(parts, context, wallets),
      ...(await payments(parts, context, id, wallets)),
      services: services.map(({ startsOn, endsOn, ...service }) => ({
        ...service,
        startsOn: startsOn ?? null,
        endsOn: endsOn ?? null,
      })),
      messages: messages.map(({ sentAt, ...message }) => ({ ...message, sentAt: sentAt ?? null })),
      requests,
      guardians: child.guardians.map((guardian) => ({
        accountId: guardian.accountId,
        name: guardian.name,
        since: guardian.since,
        ways: waysIn(guardian, language),
      })),
      mayUnlink: mayUse(role, 'POST /alunni/:id/scollega'),
      invitations: child.invitations,
    },
  }
}

async function cards(
  parts: OfficeParts,
  context: PageContext,
  wallets: readonly ChildWallet[],
): Promise<ChildWalletCard[]> {
  const { tenant, language } = context.var
  const { db, clock } = parts.services
  const base = officeOf(tenant)
  const stopped = wallets.filter(({ state }) => state !== 'active').map(({ id }) => id)
  const reasons = await walletStateReasons(db, tenant.id, stopped)
  return Promise.all(
    wallets.map(async ({ id, childId, category, state, balanceCents }) => {
      const href = `${base}/alunni/${childId}/crediti/${id}`
      const { items } = await movementsPage(db, tenant.id, id, { limit: MOVEMENTS_DRAWN })
      const where = { walletId: id, base, walletHref: href, language }
      return {
        id,
        category,
        balanceCents,
        state: state === 'active' ? null : walletBadge(state, language),
        stateReason: reasons.get(id)?.reason ?? null,
        line: creditLine(items, balanceCents, clock.now()),
        movements: await statementRows(db, tenant.id, items.slice(0, MOVEMENTS_SHOWN), where),
        href,
      }
    }),
  )
}

async function payments(
  parts: OfficeParts,
  context: PageContext,
  childId: string,
  wallets: readonly ChildWallet[],
): Promise<Pick<ChildAccountView, 'payments' | 'nextHref' | 'firstHref'>> {
  const { tenant, language } = context.var
  const { db, clock, channelLabel } = parts.services
  const base = officeOf(tenant)
  const here = `${base}/alunni/${childId}`
  const key = readPageKey(context.req.query('pagamenti'))
  const { items, next } = await paymentsPage(db, tenant.id, {
    walletIds: wallets.map(({ id }) => id),
    before: key && { createdAt: key.at, id: key.id },
    limit: PAYMENTS_SHOWN,
  })
  const timelines = await timelinesOf(db, tenant.id, items, clock.now())
  const nextKey = next && writePageKey({ at: next.createdAt, id: next.id })
  return {
    payments: items.map((topUp): ChildPayment => ({
      href: `${base}/pagamenti/${topUp.id}`,
      on: romeDate(topUp.createdAt),
      channel: channelLabel(topUp.channelId, language),
      category: topUp.categoryLabel,
      cents: topUp.receipt?.creditedCents ?? topUp.amountCents,
      state: stateBadge(topUp.state, language),
      timeline: wordTimeline(timelines.get(topUp.id)!, language),
    })),
    nextHref: nextKey ? `${here}?pagamenti=${nextKey}#pagamenti` : null,
    firstHref: key ? `${here}#pagamenti` : null,
  }
}
