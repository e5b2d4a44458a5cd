import { qrSvg } from '#core/documents/qr.ts'
import { translator } from '#core/i18n.ts'
import { renewOwnPaymentCode, showPaymentCode } from '#tenants/own-payment-code.ts'
import { walletsOfGuardian } from '#tenants/people/wallets.ts'
import { baseOf, type PortalApp, type PortalContext, type PortalParts } from '../context.ts'
import { frame, page } from '../frame.ts'
import { formFields } from '#pages/form.ts'
import { payerOf, viewerOf } from '../form.ts'
import type { Alert } from '#pages/view.ts'
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
    await renewOwnPaymentCode(services, tenant, accountId, context.req.param('wallet'))
    return context.redirect(`${baseOf(tenant)}/codici-pagamento?fatto=nuovo`, 303)
  })
}

async function codesOf(parts: PortalParts, context: PortalContext): Promise<PaymentCode[]> {
  const { services, cashier } = parts
  const { tenant, language } = context.var
  const payer = payerOf(context)
  const t = translator(language)
  const wallets = await walletsOfGuardian(services.pool, tenant.id, payer.accountId)
  const codes: PaymentCode[] = []
  for (const { id, child, categoryLabel } of wallets.filter(({ state }) => state === 'active')) {
    const { payload } = await showPaymentCode({ services, cashier }, tenant, payer, id, 'portal')
    codes.push({
      walletId: id,
      childName: `${child.firstName} ${child.lastName}`,
      category: categoryLabel,
      qrSvg: qrSvg(payload, { label: t('portal.payment_codes.qr', { name: child.firstName }) }),
      text: payload,
    })
  }
  return codes
}
