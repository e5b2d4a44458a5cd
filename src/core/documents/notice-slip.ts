import type { ReactElement } from 'react'
import { dataMatrix } from './datamatrix.ts'
import { path } from './elements.ts'
import { bar, barBaseline, drawnCode, fit, GRID, TYPE } from './grid.ts'
import type { Notice, NoticePostalSlip } from './notice-data.ts'
import { amount } from './notice-payment.ts'
import { line } from './notice-second.ts'
import { scissorsPictogram } from './pictograms.ts'
import { bancoPostaMark, circuitMark, euroMark, posteMark } from './poste-marks.ts'
import { breakLines, cut, set, textWidth, type TypeStyle } from './typesetting.ts'
import { groupNoticeNumber } from './wording.ts'

/** From the top of the slip's bar to its last baseline. */
export const SLIP_HEIGHT = 175.5

const HOLDER_MAX = 50
const X = 167.2
const SYMBOL = { left: 501.7, side: 65.3 } as const

/** A corner of the frame around the DataMatrix: how thick, how long, how far from the symbol. */
const FRAME = { color: '#D9D9D9', thickness: 1.5, reach: 13, distance: 7 } as const

/** The drawings of the slip whose bar is at `top`. */
export function slipDrawing({ dataMatrixText }: NoticePostalSlip, top: number): ReactElement[] {
  return [
    // The blades go below the edge of the bar, along which the slip is cut off.
    scissorsPictogram(555, top - 8.2),
    bar(top, 0, GRID.width),
    bancoPostaMark(X, top + 14.8),
    posteMark(GRID.left, top + 54.4),
    circuitMark(GRID.left, top + 66.5),
    euroMark(X, top + 39.1),
    drawnCode(dataMatrix(dataMatrixText), SYMBOL.left, top + 84.8, SYMBOL.side),
    frame(top + 84.8),
  ]
}

/**
 * Module 5, the Bollettino Postale PA of type 896, as pagoPA's own notices have it. It stays in Italian beside any
 * second language: it is a form of Poste, and the guide has translations of all texts but these.
 */
export function slipTexts(notice: Notice, slip: NoticePostalSlip, top: number): ReactElement[] {
  const { t, title, due, debtorName, subject, noticeNumber, creditor } = notice
  const baseline = barBaseline(top)
  const instalment =
    due === undefined ? t('document.notice.instalment') : t('document.notice.slip_due', { date: due })
  const code = (key: string, value: string, x: number, align: 'left' | 'right' = 'left') => [
    set(t(key), TYPE.body, { x, baseline: top + 142.1, align }),
    set(value, TYPE.code, { x, baseline: top + 158.3, align }),
  ]
  return [
    set(title('document.notice.slip_title'), TYPE.barTitle, { x: GRID.left, baseline }),
    set(instalment, TYPE.barTitle, { x: GRID.rightEnd, baseline, align: 'right' }),
    ...line(
      [
        { value: t('document.notice.slip_account'), style: { face: 'regular', size: 10 } },
        { value: slip.account, style: { face: 'monoBold', size: 12 }, gap: 5.6 },
      ],
      { x: 195.6, baseline: top + 53 },
    ),
    ...amount(notice, top + 53, 5.6),
    ...field(t('document.notice.slip_holder'), cut(slip.holder, HOLDER_MAX), top + 83.6),
    ...field(t('document.notice.slip_debtor'), debtorName, top + 99.4),
    ...field(t('document.notice.slip_subject'), subject, top + 114.4),
    ...code('document.notice.slip_notice_number', groupNoticeNumber(noticeNumber), X),
    ...code('document.notice.slip_type', 'P1', 328.1),
    ...code('document.notice.slip_fiscal_code', creditor.fiscalCode, 477.6, 'right'),
    set(breakLines(t('document.notice.slip_hint'), TYPE.body, 118, 5), TYPE.body, {
      x: GRID.left,
      baseline: top + 121.9,
    }),
    set(breakLines(slip.authorization, AUTHORIZATION, 460, 1), AUTHORIZATION, {
      x: GRID.left,
      baseline: top + SLIP_HEIGHT,
      color: BLACK_70,
    }),
  ]
}

const AUTHORIZATION: TypeStyle = { face: 'regular', size: 7 }

/** Black of 70 %, as the guide asks for the authorisation. */
const BLACK_70 = '#4D4D4D'

/** A label and, after it, its value in one line: smaller where it is long, then cut. */
function field(label: string, value: string, baseline: number): ReactElement[] {
  const left = X + textWidth(label, TYPE.body) + 5.7
  const room = SYMBOL.left - FRAME.distance - 8 - left
  const sizes = [8, 7.5, 7, 6.5].map((size): TypeStyle => ({ face: 'bold', size }))
  const { lines, style } = fit(value, sizes, room, 1)
  return [set(label, TYPE.body, { x: X, baseline }), set(lines, style, { x: left, baseline })]
}

/** Four corners that hold the symbol, with its quiet zone, together for the eye of a clerk. */
function frame(top: number): ReactElement {
  const { color, thickness, reach, distance } = FRAME
  const [left, upper] = [SYMBOL.left - distance, top - distance]
  const side = SYMBOL.side + 2 * distance
  const corner = (x: number, y: number, right: 1 | -1, down: 1 | -1) =>
    `M${x} ${y}h${right * reach}v${down * thickness}h${-right * (reach - thickness)}` +
    `v${down * (reach - thickness)}h${-right * thickness}z`
  const d = [
    corner(left, upper, 1, 1),
    corner(left + side, upper, -1, 1),
    corner(left, upper + side, 1, -1),
    corner(left + side, upper + side, -1, -1),
  ].join('')
  return path({ d, fill: color })
}
