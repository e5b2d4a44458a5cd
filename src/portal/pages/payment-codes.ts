import { inTenant } from '#core/db/tenant.ts'
import { qrSvg } from '#core/documents/qr.ts'
import { DomainError } from '#core/errors.ts'
import { translator } from '#core/i18n.ts'
import { idFrom } from '#core/ids.ts'
import { renewPaymentCode } from '#core/payment-codes.ts'
import { assertGuardianOf } from '#tenants/people/guardians.ts'
import { walletsOfGuardian } from '#tenants/people/wallets.ts'
import { baseOf, type PortalApp, type PortalContext, type PortalParts } from '../context.ts'
import { frame, page } from '../frame.ts'
import { formFields, payerOf, viewerOf } from '../form.ts'
import type { Alert } from '../views/page.ts'
import type { PaymentCode } from '../views/wallet.ts'

/** Codici pagamento: each child's code for the counter. */
export function paymentCodeRoutes(app: PortalApp, parts: PortalParts): void {
  app.get('/:slug/codici-pagamento', async (context) => {
    const t = translator(context.var.language)
    const renewed = context.req.query('fatto') === 'nuovo'
    const alerts: Alert[] = renewed ? [{ kind: 'success', text: t('portal.payment_codes.renewed') }] : []
    return page(parts, context, 'payment-codes', {
      ...frame(parts, context, 'payment-codes', alerts),
      codes: await codesOf(parts, context),
    })
  })

  app.post('/:slug/codici-pagamento/:wallet/rigenera', async (context) => {
    const { services } = parts
    const { tenant } = context.var
    const { accountId } = viewerOf(context)
    const fields = await formFields(context)
    parts.forms.check(fields.form, accountId)
    const walletId = idFrom(context.req.param('wallet'))
    await inTenant(services.db, tenant.id, (tx) => assertGuardianOf(tx, tenant.id, accountId, walletId))
    await renewPaymentCode(services.db, services.vault, tenant.id, walletId, services.clock.now())
    return context.redirect(`${baseOf(tenant)}/codici-pagamento?fatto=nuovo`, 303)
  })
}

async function codesOf(parts: PortalParts, context: PortalContext): Promise<PaymentCode[]> {
  const { services, cashier } = parts
  const { tenant, language } = context.var
  const payer = payerOf(context)
  const offers = await cashier.offers(tenant, 'portal')
  const counter = offers.find(({ channel, offer }) => channel.maxTopUps === 0 && offer.offered)
  if (!counter) throw new DomainError('channel.not_offered', { channel: 'puntolis-qr' })
  const t = translator(language)
  const wallets = await walletsOfGuardian(services.pool, tenant.id, payer.accountId)
  const codes: PaymentCode[] = []
  for (const wallet of wallets.filter(({ state }) => state === 'active')) {
    const step = await cashier.start(tenant, counter.channel.id, payer, { walletId: wallet.id, drafts: [] })
    if (step.kind !== 'code') continue
    const childName = `${wallet.child.firstName} ${wallet.child.lastName}`
    codes.push({
      walletId: wallet.id,
      childName,
      category: wallet.categoryLabel,
      qrSvg: qrSvg(step.payload, { label: t('portal.payment_codes.qr', { name: wallet.child.firstName }) }),
      text: step.payload,
    })
  }
  return codes
}
