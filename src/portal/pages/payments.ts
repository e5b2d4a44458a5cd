import { romeDate } from '#core/clock.ts'
import type { TopUpState } from '#core/db/schema.ts'
import { translator } from '#core/i18n.ts'
import { paymentsPage } from '#core/top-ups/read.ts'
import { readPageKey, writePageKey } from '#pages/page-key.ts'
import { walletsOfGuardian } from '#tenants/people/wallets.ts'
import { baseOf, type PortalApp, type PortalContext, type PortalParts } from '../context.ts'
import { frame, page } from '../frame.ts'
import { viewerOf } from '../form.ts'
import type { PaymentsView } from '../views/payment.ts'
import { copyOf, stateOf } from './payment-texts.ts'

const STATES = ['open', 'paid', 'expired', 'cancelled'] as const satisfies readonly TopUpState[]

/** Riepilogo pagamenti: every payment with its state and its receipt. */
export function paymentsRoutes(app: PortalApp, parts: PortalParts): void {
  app.get('/:slug/pagamenti', async (context) => page(parts, context, 'payments', await view(parts, context)))
}

async function view(parts: PortalParts, context: PortalContext): Promise<PaymentsView> {
  const { services } = parts
  const { tenant, language } = context.var
  const t = translator(language)
  const base = baseOf(tenant)
  const now = services.clock.now()
  const wallets = await walletsOfGuardian(services.pool, tenant.id, viewerOf(context).accountId)
  const childId = context.req.query('figlio') ?? ''
  const state = STATES.find((one) => one === context.req.query('stato'))
  const key = readPageKey(context.req.query('dopo'))
  const chosen = childId === '' ? wallets : wallets.filter(({ child }) => child.id === childId)
  const { items, next } = await paymentsPage(services.db, tenant.id, {
    walletIds: chosen.map(({ id }) => id),
    state,
    before: key && { createdAt: key.at, id: key.id },
  })
  const address = (dopo?: string) => {
    const query = new URLSearchParams({
      ...(childId && { figlio: childId }),
      ...(state && { stato: state }),
      ...(dopo && { dopo }),
    })
    return `${base}/pagamenti${query.size > 0 ? `?${query.toString()}` : ''}`
  }
  const children = new Map(wallets.map(({ child }) => [child.id, child.firstName]))
  return {
    ...frame(parts, context, 'payments'),
    children: [...children].map(([value, label]) => ({ value, label, selected: value === childId })),
    states: STATES.map((value) => ({ value, label: t(`portal.state.${value}`), selected: value === state })),
    rows: items.map((topUp) => ({
      topUpId: topUp.id,
      href: `${base}/pagamenti/${topUp.id}`,
      on: romeDate(topUp.createdAt),
      childName: topUp.childFirstName,
      category: topUp.categoryLabel,
      channel: services.channelLabel(topUp.channelId, language),
      noticeNumber: topUp.noticeNumber,
      amountCents: topUp.receipt?.creditedCents ?? topUp.amountCents,
      state: stateOf(topUp, now),
      copy: copyOf(topUp, base, now),
    })),
    filtered: childId !== '' || state !== undefined,
    nextHref: next ? address(writePageKey({ at: next.createdAt, id: next.id })) : null,
    firstHref: key ? address() : null,
  }
}
