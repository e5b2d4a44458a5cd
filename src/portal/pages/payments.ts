import { romeDate } from '#core/clock.ts'
import type { TopUpState } from '#core/db/schema.ts'
import { translator } from '#core/i18n.ts'
import { readPageKey, writePageKey } from '#pages/page-key.ts'
import { ownPayments } from '#tenants/people/own.ts'
import { baseOf, type PortalApp, type PortalContext, type PortalParts } from '../context.ts'
import { frame, page } from '../frame.ts'
import type { PaymentsView } from '../views/payment.ts'
import { ownerOf } from './own.ts'
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
  const childId = context.req.query('figlio') ?? ''
  const state = STATES.find((one) => one === context.req.query('stato'))
  const key = readPageKey(context.req.query('dopo'))
  const { items, next, wallets } = await ownPayments(services, ownerOf(context), {
    childId: childId || undefined,
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
  const former = new Set(wallets.filter(({ relation }) => relation === 'former').map(({ id }) => id))
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
      invitedLabel: topUp.invitation?.label ?? null,
      category: topUp.categoryLabel,
      channel: services.channelLabel(topUp.channelId, language),
      noticeNumber: topUp.noticeNumber,
      amountCents: topUp.receipt?.creditedCents ?? topUp.amountCents,
      state: stateOf(topUp, now),
      copy: copyOf(topUp, base, now, !former.has(topUp.walletId)),
    })),
    filtered: childId !== '' || state !== undefined,
    nextHref: next ? address(writePageKey({ at: next.createdAt, id: next.id })) : null,
    firstHref: key ? address() : null,
  }
}
