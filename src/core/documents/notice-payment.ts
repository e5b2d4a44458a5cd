import type { ReactElement } from 'react'
import type { Translate } from '../i18n.ts'
import { barBaseline, drawnCode, GRID, TYPE } from './grid.ts'
import type { Notice } from './notice-data.ts'
import { line, pair, type Run, secondBody, setPair, widthOf } from './notice-second.ts'
import { noticeQr } from './qr.ts'
import { breakLines, leadingOf, set, textWidth, type TypeStyle } from './typesetting.ts'
import { groupNoticeNumber } from './wording.ts'

/**
 * Columns of the payment data: where the guide's grid has them, or, above a postal slip, in one line with the
 * slip's, as pagoPA's own notices do.
 */
const COLUMNS = {
  plain: { fields: 194, noticeNumber: 276, hint: 142 },
  aboveSlip: { fields: 167.2, noticeNumber: 267, hint: 120 },
} as const

/** The gap below a row of codes or a hint, before the next bar. */
const CLOSING = 13

/** The notice's QR code, 25 mm wide, in the module whose bar is at `top`. */
export function noticeQrCode(qrText: string, top: number): ReactElement {
  return drawnCode(noticeQr(qrText), GRID.left, top + 37, 70.9)
}

/** Module 4: what a bank's screen or a counter asks for. `end` is where the next bar may begin. */
export function paymentData(notice: Notice, top: number): { elements: ReactElement[]; end: number } {
  const { due, second } = notice
  const columns = notice.postalSlip ? COLUMNS.aboveSlip : COLUMNS.plain
  const baseline = barBaseline(top)
  const [key, values] =
    due === undefined ? ['document.notice.instalment', {}] : ['document.notice.instalment_due', { date: due }]
  const instalment = pair(notice, key, TYPE.barTitle, 320, { values })
  const fields = paymentFields(notice, columns.fields, top)
  const hint = qrHints(notice, columns.hint, top)
  const codes = codeRow(notice, columns, Math.max(top + 129.4, fields.end + 13.5))
  return {
    elements: [
      ...setPair(
        notice,
        'document.notice.data_title',
        TYPE.barTitle,
        { x: GRID.left, baseline, width: 205 },
        { capitals: true },
      ),
      ...line(instalment, { x: GRID.rightEnd, baseline, align: 'right' }),
      ...hint.elements,
      ...fields.elements,
      ...amount(notice, top + 49.6),
      ...codes.elements,
    ],
    end: Math.max(codes.end + CLOSING, second ? hint.end + CLOSING : 0),
  }
}

const FIGURE: TypeStyle = { face: 'monoBold', size: 12 }

/** "Euro 50,00", ending at the right margin. */
export function amount({ t, amount }: Notice, baseline: number, gap = 2.4): ReactElement[] {
  return line(
    [
      { value: t('document.notice.currency'), style: { face: 'regular', size: 10 } },
      { value: amount, style: FIGURE, gap },
    ],
    { x: GRID.rightEnd, baseline, align: 'right' },
  )
}

/** Debtor, creditor and subject; a value of two lines moves the next ones down, closer where there are several. */
function paymentFields(notice: Notice, x: number, top: number) {
  const { debtorName, creditorName, subject } = notice
  const whole = GRID.rightEnd - x
  // The first value shares its lines with the amount at the right.
  const beforeAmount = GRID.rightEnd - textWidth(notice.amount, FIGURE) - 40 - x
  const fields = [
    { key: 'document.notice.field_debtor', value: debtorName, width: Math.min(240, beforeAmount) },
    { key: 'document.notice.field_creditor', value: creditorName, width: whole },
    { key: 'document.notice.field_subject', value: subject, width: whole },
  ].map(({ key, value, width }) => ({ key, width, lines: breakLines(value, TYPE.bodyBold, width, 2) }))
  const gap = fields.filter(({ lines }) => lines.length > 1).length > 1 ? 12.6 : 15.9
  const elements: ReactElement[] = []
  let end = top + 44.8 - gap
  for (const { key, lines, width } of fields) {
    const label = end + gap
    elements.push(...setPair(notice, key, TYPE.body, { x, baseline: label, width }))
    elements.push(set(lines, TYPE.bodyBold, { x, baseline: label + 10.4 }))
    end = label + 10.4 + (lines.length - 1) * TYPE.bodyBold.leading
  }
  return { elements, end }
}

/** The codes below, each under its label; the second language's labels have a line of their own. */
function codeRow(notice: Notice, columns: { fields: number; noticeNumber: number }, labels: number) {
  const { creditor, noticeNumber, second, t } = notice
  const below = second && secondBody(second, TYPE.body.size)
  const lower = below ? labels + 9.4 : labels
  const code = (key: string, value: string, x: number, align: 'left' | 'right' = 'left') => [
    set(t(key), TYPE.body, { x, baseline: labels, align }),
    ...(second && below
      ? [
          set(second.t(key), below.style, {
            x,
            baseline: lower,
            align,
            ...(below.color === undefined ? {} : { color: below.color }),
          }),
        ]
      : []),
    set(value, TYPE.code, { x, baseline: lower + 16, align }),
  ]
  return {
    elements: [
      ...(creditor.cbill === undefined
        ? []
        : code('document.notice.field_cbill', creditor.cbill.toUpperCase(), columns.fields)),
      ...code('document.notice.field_notice_number', groupNoticeNumber(noticeNumber), columns.noticeNumber),
      ...code('document.notice.field_fiscal_code', creditor.fiscalCode, GRID.rightEnd, 'right'),
    ],
    end: lower + 16,
  }
}

/** What to do with the QR code, in each language below the code. */
function qrHints(notice: Notice, width: number, top: number) {
  const first = qrHint(notice.t, TYPE.body, { baseline: top + 129.6, width })
  if (!notice.second) return first
  const { style, color } = secondBody(notice.second, TYPE.body.size)
  const baseline = first.end + leadingOf(style) + 1.5
  const below = qrHint(notice.second.t, style, { baseline, width, color })
  return { elements: [...first.elements, ...below.elements], end: below.end }
}

/** One paragraph with some words in bold, which breakLines() does not know of. `end` is the last baseline. */
function qrHint(
  t: Translate,
  style: TypeStyle,
  at: { baseline: number; width: number; color?: string | undefined },
): { elements: ReactElement[]; end: number } {
  const gap = textWidth(' ', style)
  const color = at.color === undefined ? {} : { color: at.color }
  const runs = (['before', 'strong', 'after'] as const).flatMap((part): Run[] => {
    const face = part === 'strong' ? 'bold' : style.face
    const words = t(`document.notice.qr_hint_${part}`).trim().split(' ')
    return words.map((value) => ({ value, style: { ...style, face }, gap, ...color }))
  })
  const elements: ReactElement[] = []
  let end = at.baseline
  let filled: Run[] = []
  const flush = () => elements.push(...line(joined(filled, gap), { x: GRID.left, baseline: end }))
  for (const run of runs) {
    if (filled.length > 0 && widthOf([...filled, run]) > at.width) {
      flush()
      end += leadingOf(style)
      filled = []
    }
    filled.push(run)
  }
  flush()
  return { elements, end }
}

/** Words of one face become one run: fewer texts, and a reader of the file finds them together. */
function joined(words: readonly Run[], gap: number): Run[] {
  const runs: Run[] = []
  for (const word of words) {
    const last = runs.at(-1)
    if (last?.style.face === word.style.face)
      runs.splice(-1, 1, { ...last, value: `${last.value} ${word.value}` })
    else runs.push({ ...word, gap })
  }
  return runs
}
