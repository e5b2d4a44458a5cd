import { afterAll, describe, expect, test } from 'vitest'
import { addDays } from '#core/clock.ts'
import { dayOfPayment } from '#core/receipts/settle.ts'
import { readRequest } from '#pagopa/soap/requests.ts'
import { receiptMessage } from '../support/soap.ts'

/* A receipt's copy becomes available on a Rome day, wherever the server stands. */

const given = process.env.TZ
afterAll(() => {
  process.env.TZ = given
})

const station = { idPA: '60000000001', idBrokerPA: '99999999990', idStation: '99999999990_01' }
const notice = { fiscalCode: '60000000001', noticeNumber: '301000000000000144', amountCents: 5_000 }

/** The first day of the copy, three days after a payment that the receipt dates `paidAt`. */
function copyAvailableOn(paidAt: string): string {
  const request = readRequest(receiptMessage(station, { ...notice, paidAt }))
  if (request.operation !== 'paSendRTV2') throw new Error('a receipt was asked for')
  const { paymentDateTime, applicationDate } = request.receipt
  const facts = { paidAt: paymentDateTime?.instant, applicationDate: applicationDate?.day }
  return addDays(dayOfPayment(facts, new Date('2020-01-01T00:00:00Z')), 3)
}

describe.each([
  ['UTC', 0],
  ['Europe/Rome', -60],
  ['America/New_York', 300],
])('with TZ=%s', (zone, offsetMinutes) => {
  test.each([
    ['2026-11-20T23:59:59', '2026-11-23'],
    ['2026-11-21T00:00:00', '2026-11-24'],
    ['2026-11-20T22:59:59Z', '2026-11-23'],
    ['2026-11-20T23:00:00Z', '2026-11-24'],
    ['2026-11-20T18:00:00-05:00', '2026-11-24'],
    // Summer time ends on 25 October and begins on 28 March 2027: the hours that come twice or never.
    ['2026-10-25T02:30:00', '2026-10-28'],
    ['2026-10-24T21:59:59Z', '2026-10-27'],
    ['2026-10-24T22:00:00Z', '2026-10-28'],
    ['2027-03-28T02:30:00', '2027-03-31'],
    ['2026-12-31T23:59:59', '2027-01-03'],
    ['2028-02-26T23:59:59', '2028-02-29'],
  ])('a payment of %s gives a copy from %s', (paidAt, day) => {
    process.env.TZ = zone
    // A fault that does not fire proves nothing: the process must really stand elsewhere.
    expect(new Date('2026-01-01T00:00:00Z').getTimezoneOffset()).toBe(offsetMinutes)
    expect(copyAvailableOn(paidAt)).toBe(day)
  })
})
