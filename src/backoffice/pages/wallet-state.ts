import { DomainError } from '#core/errors.ts'
import { translator } from '#core/i18n.ts'
import type { PageContext } from '#pages/context.ts'
import { formFields } from '#pages/form.ts'
import type { ChildWallet } from '#tenants/books/child-account.ts'
import { REASON_MAX, REASON_MIN, reasonFrom } from '#tenants/books/reason.ts'
import { changeWalletState, NEXT_WALLET_STATES } from '#tenants/books/wallet-states.ts'
import { officeRoute, type OfficeApp } from '../access.ts'
import { type OfficeParts } from '../context.ts'
import { frame, page } from '../frame.ts'
import type { WalletStateView } from '../views/books.ts'
import { askedWallet, walletHref } from './child-wallet.ts'
import { walletBadge } from './statement.ts'

type Fields = Readonly<Record<string, string | undefined>>

/** `…/crediti/<wallet>/stato`: suspends a wallet, closes it or opens it again. */
export function walletStateRoutes(app: OfficeApp, parts: OfficeParts): void {
  officeRoute(app, 'GET /alunni/:id/crediti/:wallet/stato', async (context) => {
    const wallet = await askedWallet(parts, context)
    return page(parts, context, 'office/wallet-state', view(parts, context, wallet))
  })

  officeRoute(app, 'POST /alunni/:id/crediti/:wallet/stato', async (context, { accountId }) => {
    const fields = await formFields(context)
    parts.forms.check(fields.form, accountId)
    const wallet = await askedWallet(parts, context)
    const t = translator(context.var.language)
    const again = (errors: WalletStateView['errors']) =>
      page(parts, context, 'office/wallet-state', view(parts, context, wallet, fields, errors), 422)
    const state = NEXT_WALLET_STATES[wallet.state].find((one) => one === fields.state)
    const reason = reasonFrom(fields.reason)
    if (!state || !reason)
      return again({
        ...(!state && { state: t('books.error.state') }),
        ...(!reason && { reason: t('books.error.reason', { minimum: REASON_MIN, maximum: REASON_MAX }) }),
      })
    try {
      const owner = { tenantId: context.var.tenant.id, accountId }
      await changeWalletState(parts.services, owner, wallet.id, { state, reason })
    } catch (error) {
      if (!(error instanceof DomainError) || error.code !== 'wallet.not_empty') throw error
      return again({ state: t('fault.wallet.not_empty.detail') })
    }
    return context.redirect(`${walletHref(context, wallet)}?fatto=stato`, 303)
  })
}

function view(
  parts: OfficeParts,
  context: PageContext,
  wallet: ChildWallet,
  fields: Fields = {},
  errors: WalletStateView['errors'] = {},
): WalletStateView {
  const { language } = context.var
  const t = translator(language)
  const here = walletHref(context, wallet)
  return {
    ...frame(parts, context, 'children'),
    action: `${here}/stato`,
    parentHref: here,
    childName: wallet.childName,
    category: wallet.category,
    balanceCents: wallet.balanceCents,
    state: walletBadge(wallet.state, language),
    openNotices: wallet.openNotices,
    choices: NEXT_WALLET_STATES[wallet.state].map((value) => ({
      value,
      label: t(`books.change.${value}`),
      note: t(`books.change.${value}_note`),
      selected: value === fields.state,
    })),
    values: { reason: fields.reason ?? '' },
    errors,
  }
}
