import { romeDate } from '#core/clock.ts'
import type { TopUpState } from '#core/db/schema.ts'
import { translator } from '#core/i18n.ts'
import { findLooseReceipts, searchPayments, type FoundPayment } from '#core/top-ups/search.ts'
import type { PageContext } from '#pages/context.ts'
import { readPageKey, writePageKey } from '#pages/page-key.ts'
import { readTypedDay } from '#core/typed-day.ts'
import { officeRoute, type OfficeApp } from '../access.ts'
import { officeOf, type OfficeParts } from '../context.ts'
import { frame, page } from '../frame.ts'
import { address, choice, typed } from '../query.ts'
import type { PaymentListRow, PaymentsListView } from '../views/payments.ts'
import { dispositionBadge, rawHref, stateBadge } from './payment-words.ts'

const STATES = ['open', 'paid', 'expired', 'cancelled'] as const satisfies readonly TopUpState[]

/** `{base}/pagamenti`: every payment of the entity, searched. */
export function paymentsRoutes(app: OfficeApp, parts: OfficeParts): void {
  officeRoute(app, 'GET /pagamenti', async (context) => {
    const view = await list(parts, context)
    return page(parts, context, 'office/payments', view, Object.keys(view.errors).length > 0 ? 422 : 200)
  })
}

async function list(parts: OfficeParts, context: PageContext): Promise<PaymentsListView> {
  const { db } = parts.services
  const { tenant, language } = context.var
  const t = translator(language)
  const base = officeOf(tenant)
  const values = {
    codice: typed(context, 'codice'),
    psp: typed(context, 'psp'),
    dal: typed(context, 'dal'),
    al: typed(context, 'al'),
    anomali: context.req.query('anomali') === 'si',
  }
  const state = choice(context, 'stato', STATES)
  const key = readPageKey(context.req.query('dopo'))
  const [from, to] = [readTypedDay(values.dal), readTypedDay(values.al)]
  const errors = {
    ...(values.dal && !from && { dal: t('office.payments.error_day') }),
    ...(values.al && !to && { al: t('office.payments.error_day') }),
  }
  const isWrong = Object.keys(errors).length > 0
  const found = isWrong
    ? { items: [], next: undefined }
    : await searchPayments(db, tenant.id, {
        code: values.codice,
        psp: values.psp,
        from,
        to,
        state,
        irregularOnly: values.anomali,
        before: key && { createdAt: key.at, id: key.id },
      })
  const loose = values.codice && !isWrong ? await findLooseReceipts(db, tenant.id, values.codice) : []
  const here = (dopo?: string) =>
    address(`${base}/pagamenti`, {
      ...values,
      anomali: values.anomali ? 'si' : undefined,
      stato: state,
      dopo,
    })
  return {
    ...frame(parts, context, 'payments'),
    values: { ...values, dal: from ?? values.dal, al: to ?? values.al },
    states: STATES.map((value) => ({ value, label: t(`portal.state.${value}`), selected: value === state })),
    errors,
    filtered: here() !== `${base}/pagamenti`,
    rows: found.items.map((one) => row(parts, context, one)),
    loose: loose.map((receipt) => ({
      arrivedAt: receipt.arrivedAt,
      receiptId: receipt.receiptId,
      noticeNumber: receipt.noticeNumber,
      pspName: receipt.pspName,
      ourCents: receipt.ourCents,
      disposition: dispositionBadge(receipt.disposition, language).text,
      rawHref: rawHref(base, receipt.id),
    })),
    nextHref: found.next ? here(writePageKey({ at: found.next.createdAt, id: found.next.id })) : null,
    firstHref: key ? here() : null,
  }
}

function row({ services }: OfficeParts, context: PageContext, payment: FoundPayment): PaymentListRow {
  const { tenant, language } = context.var
  return {
    href: `${officeOf(tenant)}/pagamenti/${payment.id}`,
    on: romeDate(payment.createdAt),
    childName: `${payment.childFirstName} ${payment.childLastName}`,
    noticeNumber: payment.noticeNumber,
    channel: services.channelLabel(payment.channelId, language),
    pspName: payment.pspName ?? '',
    askedCents: payment.askedCents,
    receivedCents: payment.receivedCents,
    state: stateBadge(payment.state, language),
    irregular: payment.irregular,
  }
}
