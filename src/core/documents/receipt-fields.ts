import type { ReactElement } from 'react'
import { formatDate, formatDateTime } from '../clock.ts'
import { barBaseline, GRID, TYPE } from './grid.ts'
import type { Receipt } from './receipt-data.ts'
import { breakLines, leadingOf, set, type TypeStyle } from './typesetting.ts'
import { groupNoticeNumber } from './wording.ts'

const VALUE: TypeStyle = { face: 'bold', size: 9, leading: 11 }
const CODE: TypeStyle = { face: 'monoBold', size: 9, leading: 11 }

interface Field {
  readonly key: string
  readonly value: string | undefined
  readonly style: TypeStyle
}

/**
 * The module with everything that identifies the payment: what SANP asks of an attestation (date and time, entity,
 * IUV, PSP with its fiscal code, payment token, amount, description), and how it was made.
 */
export function receiptFields(receipt: Receipt): ReactElement[] {
  const { payment, issuedOn, copyAvailableOn, language, t, title } = receipt
  const baseline = barBaseline(GRID.bars.payment)
  const day = payment.paidAt && formatDateTime(payment.paidAt, language)
  const applied = payment.applicationDate && formatDate(payment.applicationDate, language)
  const issued = t('document.receipt.issued', {
    date: formatDate(issuedOn, language),
    from: formatDate(copyAvailableOn, language),
  })
  const fields = (list: readonly Field[]) => list.filter(({ value }) => value !== undefined && value !== '')
  return [
    set(title('document.receipt.data_title'), TYPE.barTitle, { x: GRID.left, baseline }),
    set(issued, TYPE.bodyBold, {
      x: GRID.rightEnd,
      baseline,
      align: 'right',
    }),
    ...column(
      receipt,
      GRID.left,
      GRID.leftEnd - GRID.left,
      fields([
        { key: 'document.receipt.field_description', value: payment.description, style: VALUE },
        { key: 'document.receipt.field_psp', value: payment.pspName, style: VALUE },
        { key: 'document.receipt.field_psp_fiscal_code', value: payment.pspFiscalCode, style: CODE },
        { key: 'document.receipt.field_channel', value: payment.channel, style: VALUE },
        { key: 'document.receipt.field_method', value: payment.method, style: VALUE },
      ]),
    ),
    ...column(
      receipt,
      GRID.right,
      GRID.rightEnd - GRID.right,
      fields([
        { key: 'document.receipt.field_paid_at', value: day ?? t('document.receipt.not_told'), style: VALUE },
        { key: 'document.receipt.field_application_date', value: applied, style: VALUE },
        {
          key: 'document.receipt.field_notice_number',
          value: groupNoticeNumber(payment.noticeNumber),
          style: CODE,
        },
        { key: 'document.receipt.field_creditor_reference', value: payment.creditorReference, style: CODE },
        { key: 'document.receipt.field_receipt_id', value: payment.receiptId, style: CODE },
      ]),
    ),
  ]
}

/** First baseline of the fields, and the last one that keeps clear of the next bar. */
const FIRST = 446
const LAST = 610

/** Label above value, field below field; values of two lines bring the fields closer together. */
function column({ t }: Receipt, x: number, width: number, fields: readonly Field[]): ReactElement[] {
  const broken = fields.map((field) => ({ ...field, lines: breakLines(field.value!, field.style, width, 3) }))
  const heights = broken.map(({ lines, style }) => 12 + (lines.length - 1) * leadingOf(style))
  const free = LAST - FIRST - heights.reduce((sum, height) => sum + height, 0)
  const gap = Math.min(19, free / (fields.length - 1))
  let baseline = FIRST
  return broken.flatMap(({ key, lines, style }, index) => {
    const label = baseline
    baseline += heights[index]! + gap
    return [set(t(key), TYPE.body, { x, baseline: label }), set(lines, style, { x, baseline: label + 12 })]
  })
}
