import type { ReactElement } from 'react'
import { formatDate } from '../clock.ts'
import { translator } from '../i18n.ts'
import { entityLogo } from './entity-logo.ts'
import { bar, barBaseline, drawing, GRID, header, logoMark, sheet, splitBar, TYPE } from './grid.ts'
import type { Notice, NoticeDocument } from './notice-data.ts'
import { noticeQrCode, paymentData } from './notice-payment.ts'
import { wherePlan } from './notice-where.ts'
import { partyBlock } from './party.ts'
import { devicesPictogram, infoPictogram, placesPictogram } from './pictograms.ts'
import { breakLines, cut, set } from './typesetting.ts'
import { plainAmount } from './wording.ts'

/** Field maxima of the guide to the notice 3.5.1 (the debtor's name: print-payment-notice-service API). */
const MAXIMA = { subject: 90, creditor: 100, office: 50, info: 100, debtor: 70, address: 140 } as const

/**
 * The official payment notice, single instalment, on one A4 page (guide to the notice 3.5.1, module by module).
 * Overlong fields are cut with an ellipsis; `loadFonts()` must have completed.
 */
export function noticePage(data: NoticeDocument): ReactElement {
  const t = translator(data.language)
  const notice: Notice = {
    ...data,
    t,
    title: (key) => t(key).toLocaleUpperCase(data.language),
    amount: plainAmount(data.amountCents, data.language),
    due: data.dueDate === undefined ? undefined : formatDate(data.dueDate, data.language),
    subject: cut(data.subject, MAXIMA.subject),
    creditorName: cut(data.creditor.name, MAXIMA.creditor),
    debtorName: cut(data.debtor.fullName, MAXIMA.debtor),
  }
  const { bars, logo } = GRID
  const where = wherePlan(notice)
  return sheet(
    drawing(
      logoMark(),
      ...splitBar(bars.parties),
      ...splitBar(bars.amount),
      bar(bars.payment, 0, GRID.width),
      infoPictogram(GRID.left, 335),
      devicesPictogram(533, where.onlineBaseline - 4),
      placesPictogram(533, where.localBaseline - 8),
      noticeQrCode(data.qrText),
    ),
    entityLogo(data.creditor.logo),
    ...header(
      notice.title('document.notice.title'),
      notice.subject,
      (data.creditor.logo ? logo.left - 12 : GRID.rightEnd) - GRID.left,
    ),
    ...parties(notice),
    ...howMuch(notice),
    ...where.texts,
    ...paymentData(notice),
    // The Bollettino Postale PA goes below, with its bar at 571, for entities with a postal account.
  )
}

/** Modules 2.1 and 2.2: who asks, and whom. */
function parties({ creditor, debtor, creditorName, debtorName, title }: Notice): ReactElement[] {
  const baseline = barBaseline(GRID.bars.parties)
  return [
    set(title('document.notice.creditor'), TYPE.barTitle, { x: GRID.left, baseline }),
    set(creditor.fiscalCode, TYPE.barCode, { x: GRID.leftEnd, baseline, align: 'right' }),
    ...partyBlock(GRID.left, GRID.leftEnd - GRID.left, {
      name: creditorName,
      middle: creditor.office === undefined ? undefined : cut(creditor.office, MAXIMA.office),
      small: creditor.info === undefined ? undefined : cut(creditor.info, MAXIMA.info),
    }),
    set(title('document.notice.debtor'), TYPE.barTitle, { x: GRID.right, baseline }),
    ...(debtor.fiscalCode === undefined
      ? []
      : [set(debtor.fiscalCode.toUpperCase(), TYPE.barCode, { x: GRID.rightEnd, baseline, align: 'right' })]),
    ...partyBlock(GRID.right, GRID.rightEnd - GRID.right, {
      name: debtorName,
      middle: debtor.address === undefined ? undefined : cut(debtor.address, MAXIMA.address),
    }),
  ]
}

/** Module 3.1: the amount and the day, where there is one. */
function howMuch({ t, title, amount, due }: Notice): ReactElement[] {
  const heading =
    due === undefined ? 'document.notice.amount_title_no_due_date' : 'document.notice.amount_title'
  const dueX = 196
  return [
    set(title(heading), TYPE.barTitle, { x: GRID.left, baseline: barBaseline(GRID.bars.amount) }),
    set(t('document.notice.amount'), TYPE.bodyBold, { x: GRID.left, baseline: 300.4 }),
    set(`${amount} ${t('document.notice.currency')}`, TYPE.figure, { x: GRID.left, baseline: 318.6 }),
    ...(due === undefined
      ? []
      : [
          set(t('document.notice.due'), TYPE.bodyBold, { x: dueX, baseline: 300.4 }),
          set(due, TYPE.figure, { x: dueX, baseline: 318.6 }),
        ]),
    paragraph(t('document.notice.note'), { x: 47, baseline: 343.4, width: 240 }),
  ]
}

function paragraph(value: string, at: { x: number; baseline: number; width: number }): ReactElement {
  return set(breakLines(value, TYPE.body, at.width, 9), TYPE.body, at)
}
