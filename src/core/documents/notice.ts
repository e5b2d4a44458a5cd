import type { ReactElement } from 'react'
import { formatDate } from '../clock.ts'
import { entityLogo } from './entity-logo.ts'
import { bar, barBaseline, drawing, GRID, header, logoMark, sheet, splitBar, TYPE } from './grid.ts'
import type { Notice, NoticeDocument, SecondLanguage, SecondTexts } from './notice-data.ts'
import { noticeQrCode, paymentData } from './notice-payment.ts'
import { paragraphs, secondBody, setPair } from './notice-second.ts'
import { SLIP_HEIGHT, slipDrawing, slipTexts } from './notice-slip.ts'
import { noticeTexts } from './notice-texts.ts'
import { type WherePlan, wherePlans } from './notice-where.ts'
import { partyBlock } from './party.ts'
import { devicesPictogram, infoPictogram, placesPictogram } from './pictograms.ts'
import { cut, set } from './typesetting.ts'
import { plainAmount } from './wording.ts'

/** Field maxima of the guide to the notice 3.5.1 (the debtor's name: print-payment-notice-service API). */
const MAXIMA = {
  subject: 90,
  creditor: 100,
  office: 50,
  info: 100,
  debtor: 70,
  address: 140,
  code: 16,
} as const

/** The last baseline above the lower margin of 10 mm. */
const LAST_BASELINE = GRID.height - 28.3

/** From the bar of module 4 to that of the slip, in the guide's grid. */
const SLIP_BELOW = 170

/** The least gap between the last line of module 3 and the bar below. */
const GAP = 10

/**
 * The official payment notice, single instalment, on one A4 page (guide to the notice 3.5.1, module by module):
 * with or without a due date, with the postal slip where the entity has one, in Italian with a second language or
 * without. Overlong fields are cut with an ellipsis; `loadFonts()` must have completed.
 */
export function noticePage(data: NoticeDocument): ReactElement {
  const notice = noticeOf(data)
  const { bars, logo } = GRID
  const { where, much, payment, tops } = arrange(notice)
  const slip = notice.postalSlip
  return sheet(
    drawing(
      logoMark(),
      ...splitBar(bars.parties),
      ...splitBar(bars.amount),
      bar(tops.payment, 0, GRID.width),
      infoPictogram(GRID.left, 335),
      devicesPictogram(533, where.onlineBaseline - 4),
      placesPictogram(533, where.localBaseline - 8),
      noticeQrCode(data.qrText, tops.payment),
      ...(slip ? slipDrawing(slip, tops.slip) : []),
    ),
    entityLogo(data.creditor.logo),
    ...header(
      notice.title('document.notice.title'),
      notice.subject,
      (data.creditor.logo ? logo.left - 12 : GRID.rightEnd) - GRID.left,
    ),
    ...secondTitle(notice),
    ...parties(notice),
    ...much.elements,
    ...where.texts,
    ...payment.elements,
    ...(slip ? slipTexts(notice, slip, tops.slip) : []),
  )
}

/**
 * The modules from the third on, each below the one before and no higher than the guide's grid has it, in the best
 * plan of module 3 with which all of them find their place on the page.
 */
function arrange(notice: Notice) {
  let arranged: ReturnType<typeof arrangeBelow> | undefined
  for (const where of wherePlans(notice)) {
    arranged = arrangeBelow(notice, where)
    if (arranged.end <= LAST_BASELINE) break
  }
  return arranged!
}

function arrangeBelow(notice: Notice, where: WherePlan) {
  const { bars } = GRID
  const much = howMuch(notice, where.size)
  const top = Math.max(bars.payment, Math.ceil(Math.max(where.end, much.end) + GAP))
  const payment = paymentData(notice, top)
  const slip = Math.max(top + SLIP_BELOW, payment.end)
  // In Italian alone the module keeps to its height in the grid, whatever room there is below.
  const overflowing = !notice.second && where.end + GAP > bars.payment
  const end = overflowing ? Infinity : notice.postalSlip ? slip + SLIP_HEIGHT : payment.end
  return { where, much, payment, tops: { payment: top, slip }, end }
}

function noticeOf(data: NoticeDocument): Notice {
  const t = noticeTexts('it')
  return {
    ...data,
    t,
    title: (key) => t(key).toLocaleUpperCase('it'),
    second: data.secondLanguage && secondTexts(data.secondLanguage),
    amount: plainAmount(data.amountCents, 'it'),
    due: data.dueDate === undefined ? undefined : formatDate(data.dueDate, 'it'),
    subject: cut(data.subject, MAXIMA.subject),
    creditorName: cut(data.creditor.name, MAXIMA.creditor),
    debtorName: cut(data.debtor.fullName, MAXIMA.debtor),
  }
}

function secondTexts(language: SecondLanguage): SecondTexts {
  const t = noticeTexts(language)
  return {
    t,
    title: (key) => t(key).toLocaleUpperCase(language),
    rank: language === 'de' ? 'equal' : 'secondary',
  }
}

/** The kind of document in the second language, below the Italian one. */
function secondTitle({ second }: Notice): ReactElement[] {
  if (!second) return []
  if (second.rank === 'equal')
    return [set(second.title('document.notice.title'), TYPE.header, { x: 73, baseline: 50 })]
  const { style, color } = secondBody(second, 9.5)
  return [
    set(second.t('document.notice.title'), style, { x: 73, baseline: 48.5, ...(color ? { color } : {}) }),
  ]
}

/** Modules 2.1 and 2.2: who asks, and whom. */
function parties(notice: Notice): ReactElement[] {
  const { creditor, debtor, creditorName, debtorName } = notice
  const baseline = barBaseline(GRID.bars.parties)
  const heading = (key: string, x: number, width: number) =>
    setPair(notice, key, TYPE.barTitle, { x, baseline, width }, { capitals: true })
  const debtorCode = debtor.fiscalCode && cut(debtor.fiscalCode.toUpperCase(), MAXIMA.code)
  return [
    ...heading('document.notice.creditor', GRID.left, 194),
    set(creditor.fiscalCode, TYPE.barCode, { x: GRID.leftEnd, baseline, align: 'right' }),
    ...partyBlock(GRID.left, GRID.leftEnd - GRID.left, {
      name: creditorName,
      middle: creditor.office === undefined ? undefined : cut(creditor.office, MAXIMA.office),
      small: creditor.info === undefined ? undefined : cut(creditor.info, MAXIMA.info),
    }),
    ...heading('document.notice.debtor', GRID.right, 164),
    ...(debtorCode ? [set(debtorCode, TYPE.barCode, { x: GRID.rightEnd, baseline, align: 'right' })] : []),
    ...partyBlock(GRID.right, GRID.rightEnd - GRID.right, {
      name: debtorName,
      middle: debtor.address === undefined ? undefined : cut(debtor.address, MAXIMA.address),
    }),
  ]
}

/** Module 3.1: the amount and the day, where there is one. `end` is the last baseline. */
function howMuch(notice: Notice, size: number): { elements: ReactElement[]; end: number } {
  const { t, amount, due, second } = notice
  const heading =
    due === undefined ? 'document.notice.amount_title_no_due_date' : 'document.notice.amount_title'
  const dueX = 196
  const label = (key: string, x: number, width: number) =>
    setPair(notice, key, TYPE.bodyBold, { x, baseline: 300.4, width })
  const note = paragraphs(
    notice,
    { italian: t('document.notice.note'), second: second?.t('document.notice.note') },
    { x: 47, baseline: 343.4, width: 240, size },
  )
  return {
    elements: [
      ...setPair(
        notice,
        heading,
        TYPE.barTitle,
        { x: GRID.left, baseline: barBaseline(GRID.bars.amount), width: GRID.leftEnd - GRID.left },
        { capitals: true },
      ),
      ...label('document.notice.amount', GRID.left, 150),
      set(`${amount} ${t('document.notice.currency')}`, TYPE.figure, { x: GRID.left, baseline: 318.6 }),
      ...(due === undefined
        ? []
        : [
            ...label('document.notice.due', dueX, GRID.leftEnd - dueX),
            set(due, TYPE.figure, { x: dueX, baseline: 318.6 }),
          ]),
      ...note.elements,
    ],
    end: note.end,
  }
}
