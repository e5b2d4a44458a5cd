import { translator } from '#core/i18n.ts'
import { formatMoney } from '#core/money.ts'
import { suspensePage, suspenseTotal } from '#core/receipts/suspense.ts'
import type { PageContext } from '#pages/context.ts'
import { readPageKey, writePageKey } from '#pages/page-key.ts'
import { officeRoute, type OfficeApp } from '../access.ts'
import { officeOf, type OfficeParts } from '../context.ts'
import { frame, page } from '../frame.ts'
import { address } from '../query.ts'
import type { SuspenseView } from '../views/payments.ts'
import { dispositionBadge, irregularityWords, rawHref } from './payment-words.ts'

/** `{base}/sospesi`: money that came and belongs to no child as yet. */
export function suspenseRoutes(app: OfficeApp, parts: OfficeParts): void {
  officeRoute(app, 'GET /sospesi', async (context) =>
    page(parts, context, 'office/suspense', await view(parts, context)),
  )
}

async function view(parts: OfficeParts, context: PageContext): Promise<SuspenseView> {
  const { db } = parts.services
  const { tenant, language } = context.var
  const t = translator(language)
  const base = officeOf(tenant)
  const key = readPageKey(context.req.query('dopo'))
  const before = key && { arrivedAt: key.at, id: key.id }
  const [total, { items, next }] = await Promise.all([
    suspenseTotal(db, tenant.id),
    suspensePage(db, tenant.id, { before }),
  ])
  const agree = BigInt(total.receiptsCents) === BigInt(total.ledgerCents)
  return {
    ...frame(parts, context, 'suspense'),
    totals: [
      {
        label: t('office.suspense.receipts'),
        value: formatMoney(total.receiptsCents, language),
        note: t('office.suspense.receipts_note', { count: total.count }),
        href: null,
        tone: 'plain',
      },
      {
        label: t('office.suspense.ledger'),
        value: formatMoney(total.ledgerCents, language),
        note: t(`office.suspense.${agree ? 'agree' : 'disagree'}`),
        href: null,
        tone: agree ? 'good' : 'warning',
      },
    ],
    agree,
    rows: items.map((receipt) => ({
      arrivedAt: receipt.arrivedAt,
      paidAt: receipt.paidAt ?? null,
      why: dispositionBadge(receipt.why, language),
      irregularities: irregularityWords(receipt.irregularities, language),
      noticeNumber: receipt.noticeNumber,
      iuv: receipt.creditorReference,
      receiptId: receipt.receiptId,
      description: receipt.description,
      pspName: receipt.pspName,
      ourCents: receipt.ourCents,
      paymentHref: receipt.topUpId ? `${base}/pagamenti/${receipt.topUpId}` : null,
      rawHref: rawHref(base, receipt.id),
    })),
    nextHref: next
      ? address(`${base}/sospesi`, { dopo: writePageKey({ at: next.arrivedAt, id: next.id }) })
      : null,
    firstHref: key ? `${base}/sospesi` : null,
  }
}
