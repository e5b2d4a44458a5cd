import type { ReactElement } from 'react'
import { barBaseline, GRID, drawnCode, TYPE } from './grid.ts'
import { qr } from './qr.ts'
import type { Receipt } from './receipt-data.ts'
import { breakLines, set, textWidth } from './typesetting.ts'

/** The bar of the receipt's last module; the others stand where the notice has them. */
export const LAST_BAR = 622

/** What a family should know: the tax return, and what this paper is. */
export function goodToKnow({ t, title, verification }: Receipt): ReactElement[] {
  const width = (verification ? GRID.leftEnd : GRID.rightEnd) - GRID.left
  const copy = breakLines(t('document.receipt.copy_note'), TYPE.body, width, 5)
  const tax = breakLines(t('document.receipt.tax_note'), TYPE.body, width, 7)
  const first = LAST_BAR + 46
  return [
    set(title('document.receipt.know_title'), TYPE.barTitle, {
      x: GRID.left,
      baseline: barBaseline(LAST_BAR),
    }),
    set(tax, TYPE.body, { x: GRID.left, baseline: first }),
    set(copy, TYPE.body, { x: GRID.left, baseline: first + tax.length * TYPE.body.leading + 6 }),
  ]
}

const VERIFICATION_QR = { side: 70.9, left: 567 - 70.9, top: LAST_BAR + 37 } as const

/** The code that opens the address where the receipt can be checked. */
export function verificationQr(url: string): ReactElement {
  const { side, left, top } = VERIFICATION_QR
  return drawnCode(qr(url), left, top, side)
}

/** How anyone can check that the receipt is genuine, where the entity offers it. */
export function verification({ verification, t, title }: Receipt): ReactElement[] {
  if (!verification) return []
  const width = VERIFICATION_QR.left - GRID.right - 12
  const hint = breakLines(t('document.receipt.verify_hint'), TYPE.body, width, 4)
  const code = breakLines(verification.code, TYPE.code, width, 2)
  const url = breakLines(verification.page, TYPE.body, GRID.rightEnd - GRID.right, 2)
  return [
    set(title('document.receipt.verify_title'), TYPE.barTitle, {
      x: GRID.right,
      baseline: barBaseline(LAST_BAR),
    }),
    set(hint, TYPE.body, { x: GRID.right, baseline: LAST_BAR + 46 }),
    set(t('document.receipt.verify_code'), TYPE.body, { x: GRID.right, baseline: LAST_BAR + 92 }),
    set(code, { ...TYPE.code, leading: 13 }, { x: GRID.right, baseline: LAST_BAR + 106 }),
    set(url, TYPE.body, { x: GRID.right, baseline: LAST_BAR + 128 }),
  ]
}

/** The last line of the page. */
export function footer({ entity, t }: Receipt): ReactElement[] {
  const paidWith = t('document.receipt.footer')
  const room = GRID.rightEnd - GRID.left - textWidth(paidWith, TYPE.body) - 20
  return [
    set(breakLines(entity.name, TYPE.body, room, 1), TYPE.body, { x: GRID.left, baseline: 811 }),
    set(paidWith, TYPE.body, { x: GRID.rightEnd, baseline: 811, align: 'right' }),
  ]
}
