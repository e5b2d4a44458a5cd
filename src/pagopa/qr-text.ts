import { invariant } from '#core/errors.ts'
import type { Cents } from '#core/money.ts'
import { isNoticeNumber } from './notice-number.ts'

/**
 * The text of a notice's QR code: `PAGOPA|002|<notice number>|<creditor's fiscal code>|<cents>`, the amount
 * in 2 to 10 digits without padding (protocol §2.2).
 */
export function noticeQrText(notice: {
  noticeNumber: string
  creditorFiscalCode: string
  amountCents: Cents
}): string {
  invariant(isNoticeNumber(notice.noticeNumber), 'a notice number has 18 digits')
  invariant(/^[0-9]{11}$/.test(notice.creditorFiscalCode), 'a creditor fiscal code has 11 digits')
  const amount = notice.amountCents.toString().padStart(2, '0')
  invariant(notice.amountCents > 0n && amount.length <= 10, 'the amount of a QR code has 2 to 10 digits')
  return `PAGOPA|002|${notice.noticeNumber}|${notice.creditorFiscalCode}|${amount}`
}
