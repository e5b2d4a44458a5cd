import type { ReactElement } from 'react'
import type { Translate } from '../i18n.ts'
import { text } from './elements.ts'
import { fontMetrics, fontStyle } from './fonts.ts'
import { barBaseline, GRID, qrCode, TYPE } from './grid.ts'
import type { Notice } from './notice-data.ts'
import { noticeQr } from './qr.ts'
import { breakLines, set, textWidth, type TypeStyle } from './typesetting.ts'
import { groupNoticeNumber } from './wording.ts'

/** Column of the payment data, and of the notice number in it. */
const FIELDS_X = 194
const NOTICE_NUMBER_X = 276

/** The notice's QR code, 25 mm wide. */
export function noticeQrCode(qrText: string): ReactElement {
  return qrCode(noticeQr(qrText), GRID.left, 438, 70.9)
}

/** Module 4: what a bank's screen or a counter asks for. */
export function paymentData(notice: Notice): ReactElement[] {
  const { t, title, due, amount, creditor } = notice
  const baseline = barBaseline(GRID.bars.payment)
  const instalment =
    due === undefined ? t('document.notice.instalment') : t('document.notice.instalment_due', { date: due })
  const fields = paymentFields(notice)
  const labels = Math.max(530.4, fields.end + 13.5)
  const code = (key: string, value: string, x: number, align: 'left' | 'right' = 'left') => [
    set(t(key), TYPE.body, { x, baseline: labels, align }),
    set(value, TYPE.code, { x, baseline: labels + 16, align }),
  ]
  const figure: TypeStyle = { face: 'monoBold', size: 12 }
  return [
    set(title('document.notice.data_title'), TYPE.barTitle, { x: GRID.left, baseline }),
    set(instalment, TYPE.barTitle, { x: GRID.rightEnd, baseline, align: 'right' }),
    qrHint(t),
    ...fields.texts,
    set(amount, figure, { x: GRID.rightEnd, baseline: 450.6, align: 'right' }),
    set(
      t('document.notice.currency'),
      { face: 'regular', size: 10 },
      {
        x: GRID.rightEnd - textWidth(amount, figure) - 2.4,
        baseline: 450.6,
        align: 'right',
      },
    ),
    ...(creditor.cbill === undefined
      ? []
      : code('document.notice.field_cbill', creditor.cbill.toUpperCase(), FIELDS_X)),
    ...code('document.notice.field_notice_number', groupNoticeNumber(notice.noticeNumber), NOTICE_NUMBER_X),
    ...code('document.notice.field_fiscal_code', creditor.fiscalCode, GRID.rightEnd, 'right'),
  ]
}

/** Debtor, creditor and subject; a value of two lines moves the next ones down, closer where there are several. */
function paymentFields({ t, debtorName, creditorName, subject }: Notice) {
  // The first value shares its lines with the amount at the right.
  const fields = [
    { key: 'document.notice.field_debtor', value: debtorName, width: 240 },
    { key: 'document.notice.field_creditor', value: creditorName, width: GRID.rightEnd - FIELDS_X },
    { key: 'document.notice.field_subject', value: subject, width: GRID.rightEnd - FIELDS_X },
  ].map(({ key, value, width }) => ({ key, lines: breakLines(value, TYPE.bodyBold, width, 2) }))
  const gap = fields.filter(({ lines }) => lines.length > 1).length > 1 ? 12.6 : 15.9
  const texts: ReactElement[] = []
  let end = 445.8 - gap
  for (const { key, lines } of fields) {
    const label = end + gap
    texts.push(set(t(key), TYPE.body, { x: FIELDS_X, baseline: label }))
    texts.push(set(lines, TYPE.bodyBold, { x: FIELDS_X, baseline: label + 10.4 }))
    end = label + 10.4 + (lines.length - 1) * TYPE.bodyBold.leading
  }
  return { texts, end }
}

function qrHint(t: Translate): ReactElement {
  const { size, leading, face } = TYPE.body
  return text(
    {
      style: {
        position: 'absolute',
        left: GRID.left,
        top: 530.6 - fontMetrics(face).ascent * size,
        width: 142,
        ...fontStyle(face),
        fontSize: size,
        lineHeight: leading / size,
      },
    },
    t('document.notice.qr_hint_before'),
    text({ style: fontStyle('bold') }, t('document.notice.qr_hint_strong')),
    t('document.notice.qr_hint_after'),
  )
}
