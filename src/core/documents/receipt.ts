import type { ReactElement } from 'react'
import { formatDate, formatDateTime, romeDate } from '../clock.ts'
import { translator } from '../i18n.ts'
import { signedCents } from '../money.ts'
import { type Accent, accentOf } from './accent.ts'
import { path, rect } from './elements.ts'
import { entityLogo } from './entity-logo.ts'
import { bar, barBaseline, drawing, GREY, GRID, header, logoMark, sheet, splitBar, TYPE } from './grid.ts'
import { partyBlock } from './party.ts'
import type { Receipt, ReceiptDocument } from './receipt-data.ts'
import { footer, goodToKnow, LAST_BAR, verification, verificationQr } from './receipt-closing.ts'
import { receiptFields } from './receipt-fields.ts'
import { breakLines, cut, set, textWidth } from './typesetting.ts'
import { plainAmount } from './wording.ts'

/**
 * Our copy of a receipt on one A4 page, in the grammar of the notice: the same bars, the same places, and the
 * entity's colour. Overlong fields are cut with an ellipsis; `loadFonts()` must have completed.
 */
export function receiptPage(data: ReceiptDocument): ReactElement {
  const t = translator(data.language)
  const receipt: Receipt = {
    ...data,
    t,
    title: (key) => t(key).toLocaleUpperCase(data.language),
    accent: accentOf(data.entity.primaryColor),
    euro: (value) => `${plainAmount(value, data.language)} ${t('document.receipt.currency')}`,
  }
  const { bars, logo } = GRID
  const chip = paidChip(receipt, data.entity.logo ? logo.left - 16 : GRID.rightEnd)
  return sheet(
    drawing(
      rect({ x: 0, y: 0, width: GRID.width, height: 8, fill: receipt.accent.fill }),
      logoMark(),
      ...chip.shapes,
      ...splitBar(bars.parties),
      ...splitBar(bars.amount),
      bar(bars.payment, 0, GRID.width),
      ...(data.verification
        ? [...splitBar(LAST_BAR), verificationQr(data.verification.url)]
        : [bar(LAST_BAR, 0, GRID.width)]),
      ...[bars.parties, bars.amount, bars.payment, LAST_BAR].map((top) => tab(top, receipt.accent)),
      ...creditRules(receipt),
      rect({ x: GRID.left, y: 796, width: GRID.rightEnd - GRID.left, height: 0.8, fill: GREY }),
    ),
    entityLogo(data.entity.logo),
    ...header(
      receipt.title('document.receipt.title'),
      cut(data.payment.description, 140),
      (data.entity.logo ? logo.left - 12 : GRID.rightEnd) - GRID.left,
    ),
    ...chip.texts,
    ...parties(receipt),
    ...paid(receipt),
    ...service(receipt),
    ...receiptFields(receipt),
    ...goodToKnow(receipt),
    ...verification(receipt),
    ...footer(receipt),
  )
}

/** A mark in the entity's colour at the outer end of a bar. */
function tab(top: number, accent: Accent): ReactElement {
  return rect({ x: 0, y: top, width: 6, height: GRID.barHeight, fill: accent.fill })
}

/** "Paid", as a word beside a tick: the colour adds nothing that the word does not say. */
function paidChip({ title, accent }: Receipt, end: number) {
  const word = title('document.receipt.paid')
  const style = { face: 'bold', size: 11 } as const
  const width = textWidth(word, style) + 38
  const left = end - width
  return {
    shapes: [
      rect({ x: left, y: 27, width, height: 24, rx: 12, ry: 12, fill: accent.fill }),
      path({
        d: `M${left + 12.5} 39.4l3.4 3.4 6.4-7.2`,
        fill: 'none',
        stroke: accent.onFill,
        strokeWidth: 1.8,
        strokeLinecap: 'round',
        strokeLinejoin: 'round',
      }),
    ],
    texts: [set(word, style, { x: left + 27, baseline: 42.9, color: accent.onFill })],
  }
}

function parties({ entity, payment, t, title }: Receipt): ReactElement[] {
  const baseline = barBaseline(GRID.bars.parties)
  const width = GRID.leftEnd - GRID.left
  return [
    set(title('document.receipt.creditor'), TYPE.barTitle, { x: GRID.left, baseline }),
    set(entity.fiscalCode, TYPE.barCode, { x: GRID.leftEnd, baseline, align: 'right' }),
    ...partyBlock(GRID.left, width, {
      name: cut(entity.name, 100),
      middle: entity.address === undefined ? undefined : cut(entity.address, 140),
    }),
    set(title('document.receipt.payer'), TYPE.barTitle, { x: GRID.right, baseline }),
    ...partyBlock(GRID.right, GRID.rightEnd - GRID.right, {
      name: cut(payment.payerName ?? t('document.receipt.payer_unknown'), 70),
      middle: undefined,
    }),
  ]
}

/** How much, and when. */
function paid({ payment, language, t, title, euro, accent }: Receipt): ReactElement[] {
  const when = payment.paidAt
  const day = when ? romeDate(when) : payment.applicationDate
  const dayX = 196
  const total = payment.feeCents === undefined ? undefined : payment.amountCents + payment.feeCents
  const fee =
    total === undefined
      ? t('document.receipt.fee_unknown')
      : t('document.receipt.fee_line', { fee: euro(payment.feeCents!), total: euro(total) })
  return [
    set(title('document.receipt.amount_title'), TYPE.barTitle, {
      x: GRID.left,
      baseline: barBaseline(GRID.bars.amount),
    }),
    set(t('document.receipt.amount'), TYPE.bodyBold, { x: GRID.left, baseline: 300.4 }),
    set(euro(payment.amountCents), TYPE.figure, { x: GRID.left, baseline: 318.6, color: accent.ink }),
    set(t('document.receipt.paid_on'), TYPE.bodyBold, { x: dayX, baseline: 300.4 }),
    set(day === undefined ? '—' : formatDate(day, language), TYPE.figure, { x: dayX, baseline: 318.6 }),
    ...(when === undefined
      ? []
      : [
          set(t('document.receipt.paid_at', { time: formatDateTime(when, language).slice(-5) }), TYPE.body, {
            x: dayX,
            baseline: 331.4,
          }),
        ]),
    set(breakLines(fee, TYPE.body, GRID.leftEnd - GRID.left, 3), TYPE.body, { x: GRID.left, baseline: 352 }),
  ]
}

/** What the money did: the service, the child, and the credit before and after. */
function service({ service, creditedCents, balanceAfterCents, t, title, euro }: Receipt): ReactElement[] {
  const width = GRID.rightEnd - GRID.right
  const name = { face: 'bold', size: 12 } as const
  const row = (key: string, amount: string, baseline: number, strong = false) => [
    set(t(key), strong ? TYPE.bodyBold : TYPE.body, { x: GRID.right, baseline }),
    set(
      amount,
      { face: strong ? 'monoBold' : 'mono', size: strong ? 10 : 9 },
      { x: GRID.rightEnd, baseline, align: 'right' },
    ),
  ]
  return [
    set(title('document.receipt.service_title'), TYPE.barTitle, {
      x: GRID.right,
      baseline: barBaseline(GRID.bars.amount),
    }),
    set(breakLines(service.category, name, width, 1), name, { x: GRID.right, baseline: 301.4 }),
    ...(service.childFirstName === undefined
      ? []
      : [
          set(
            breakLines(
              t('document.receipt.for_child', { name: service.childFirstName }),
              { face: 'regular', size: 10 },
              width,
              1,
            ),
            { face: 'regular', size: 10 },
            { x: GRID.right, baseline: 315.6 },
          ),
        ]),
    ...(balanceAfterCents === undefined
      ? row('document.receipt.credited', euro(creditedCents), 352, true)
      : [
          ...row(
            'document.receipt.balance_before',
            euro(signedCents(balanceAfterCents - creditedCents)),
            339,
          ),
          ...row('document.receipt.credited', `+${euro(creditedCents)}`, 354),
          ...row('document.receipt.balance_after', euro(balanceAfterCents), 375, true),
        ]),
  ]
}

/** The line of the sum, above the credit after. */
function creditRules({ balanceAfterCents }: Receipt): ReactElement[] {
  if (balanceAfterCents === undefined) return []
  return [rect({ x: GRID.right, y: 361, width: GRID.rightEnd - GRID.right, height: 0.8, fill: '#000000' })]
}
