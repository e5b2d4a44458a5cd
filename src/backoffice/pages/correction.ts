import { DomainError } from '#core/errors.ts'
import { translator } from '#core/i18n.ts'
import { idFrom } from '#core/ids.ts'
import type { Correction } from '#core/ledger/correct.ts'
import { findMovement, type Movement } from '#core/ledger/movements.ts'
import { movementReasons } from '#core/ledger/reasons.ts'
import { parseAmount, signedCents } from '#core/money.ts'
import type { PageContext } from '#pages/context.ts'
import { formFields } from '#pages/form.ts'
import type { ChildWallet } from '#tenants/books/child-account.ts'
import { correctCredit } from '#tenants/books/corrections.ts'
import { REASON_MAX, REASON_MIN, reasonFrom } from '#tenants/books/reason.ts'
import { officeRoute, type OfficeApp } from '../access.ts'
import { type OfficeParts } from '../context.ts'
import { frame, page } from '../frame.ts'
import type { CorrectionView } from '../views/books.ts'
import { askedWallet, walletHref } from './child-wallet.ts'
import { kindInWords, reasonInWords } from './statement.ts'

const DIRECTIONS = ['add', 'take'] as const
type Fields = Readonly<Record<string, string | undefined>>

/** `…/crediti/<wallet>/correzione`: takes a movement back, or changes the credit by an amount; always with a reason. */
export function correctionRoutes(app: OfficeApp, parts: OfficeParts): void {
  officeRoute(app, 'GET /alunni/:id/crediti/:wallet/correzione', async (context) => {
    const wallet = await askedWallet(parts, context)
    const movement = await askedMovement(parts, context, wallet, context.req.query('movimento'))
    return page(parts, context, 'office/correction', await view(parts, context, wallet, movement))
  })

  officeRoute(app, 'POST /alunni/:id/crediti/:wallet/correzione', async (context, { accountId }) => {
    const { tenant } = context.var
    const fields = await formFields(context)
    const submission = parts.forms.check(fields.form, accountId)
    const wallet = await askedWallet(parts, context)
    const movement = await askedMovement(parts, context, wallet, fields.transaction)
    const { correction, errors } = read(context, wallet, movement, fields)
    if (!correction) {
      const shown = await view(parts, context, wallet, movement, fields, errors)
      return page(parts, context, 'office/correction', shown, 422)
    }
    const owner = { tenantId: tenant.id, accountId }
    const { outcome } = await correctCredit(parts.services, owner, correction, submission)
    const done = outcome === 'booked' ? 'corretto' : 'in-attesa'
    return context.redirect(`${walletHref(context, wallet)}?fatto=${done}`, 303)
  })
}

/** The movement to take back; undefined for an adjustment. @throws DomainError resource.not_found, correction.not_correctable */
async function askedMovement(
  { services }: OfficeParts,
  context: PageContext,
  wallet: ChildWallet,
  asked: string | undefined,
): Promise<Movement | undefined> {
  if (!asked) return undefined
  const movement = await findMovement(services.db, context.var.tenant.id, wallet.id, idFrom(asked))
  if (!movement) throw new DomainError('resource.not_found')
  if (!['meal', 'till', 'adjustment'].includes(movement.kind))
    throw new DomainError('correction.not_correctable')
  return movement
}

function read(
  context: PageContext,
  { id: walletId }: ChildWallet,
  movement: Movement | undefined,
  fields: Fields,
): { correction: Correction | undefined; errors: CorrectionView['errors'] } {
  const t = translator(context.var.language)
  const reason = reasonFrom(fields.reason)
  const wrongReason = {
    ...(!reason && { reason: t('books.error.reason', { minimum: REASON_MIN, maximum: REASON_MAX }) }),
  }
  if (movement) {
    if (!reason) return { correction: undefined, errors: wrongReason }
    const { transactionId } = movement
    return { correction: { kind: 'reversal', walletId, transactionId, reason }, errors: {} }
  }
  const amount = parseAmount(fields.amount ?? '')
  const direction = DIRECTIONS.find((one) => one === fields.direction)
  if (!amount || !direction || !reason) {
    const errors = {
      ...(!direction && { direction: t('books.error.direction') }),
      ...(!amount && { amount: t('books.error.amount') }),
      ...wrongReason,
    }
    return { correction: undefined, errors }
  }
  const amountCents = signedCents(direction === 'add' ? amount : 0n - amount)
  return { correction: { kind: 'adjustment', walletId, amountCents, reason }, errors: {} }
}

async function view(
  parts: OfficeParts,
  context: PageContext,
  wallet: ChildWallet,
  movement: Movement | undefined,
  fields: Fields = {},
  errors: CorrectionView['errors'] = {},
): Promise<CorrectionView> {
  const { tenant, language } = context.var
  const { db } = parts.services
  const t = translator(language)
  const reasons = await movementReasons(db, tenant.id, movement ? [movement] : [])
  const here = walletHref(context, wallet)
  return {
    ...frame(parts, context, 'children'),
    action: `${here}/correzione`,
    parentHref: here,
    childName: wallet.childName,
    category: wallet.category,
    balanceCents: wallet.balanceCents,
    movement: movement
      ? {
          transactionId: movement.transactionId,
          what: kindInWords(movement.kind, language),
          at: movement.occurredAt,
          note: reasonInWords(reasons.get(movement.transactionId), language),
          cents: movement.amountCents,
        }
      : null,
    limitCents: BigInt(tenant.policies.adjustmentLimitCents),
    mayWait: movement?.kind !== 'meal',
    directions: DIRECTIONS.map((value) => ({
      value,
      label: t(`books.direction.${value}`),
      selected: value === fields.direction,
    })),
    values: { amount: fields.amount ?? '', reason: fields.reason ?? '' },
    errors,
  }
}
