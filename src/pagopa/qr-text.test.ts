import { expect, test } from 'vitest'
import { MAX_CENTS, cents } from '#core/money.ts'
import { noticeQrText } from './qr-text.ts'

const notice = {
  noticeNumber: '470000008800999051',
  creditorFiscalCode: '99999000013',
  amountCents: cents(150_000),
}

test('the text is the one in the QR code of the reference notice', () => {
  expect(noticeQrText(notice)).toBe('PAGOPA|002|470000008800999051|99999000013|150000')
})

test('the amount has two digits at least', () => {
  expect(noticeQrText({ ...notice, amountCents: cents(7) })).toMatch(/\|07$/)
})

test('what would not scan is refused', () => {
  expect(() => noticeQrText({ ...notice, noticeNumber: '47' })).toThrow('notice number')
  expect(() => noticeQrText({ ...notice, creditorFiscalCode: 'X' })).toThrow('fiscal code')
  expect(() => noticeQrText({ ...notice, amountCents: cents(0) })).toThrow('amount')
  expect(() => noticeQrText({ ...notice, amountCents: cents(MAX_CENTS) })).toThrow('amount')
})
