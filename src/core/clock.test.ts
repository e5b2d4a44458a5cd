import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  addDays,
  daysBetween,
  formatDate,
  formatDateTime,
  isRomeDate,
  romeDate,
  romeInstant,
  startOfRomeDay,
} from './clock.ts'

describe('a Rome day', () => {
  test('begins and ends at Rome’s midnight, wherever the server stands', () => {
    expect(romeDate(new Date('2026-11-22T22:59:59Z'))).toBe('2026-11-22')
    expect(romeDate(new Date('2026-11-22T23:00:00Z'))).toBe('2026-11-23')
    expect(romeDate(new Date('2026-07-01T21:59:59Z'))).toBe('2026-07-01')
    expect(romeDate(new Date('2026-07-01T22:00:00Z'))).toBe('2026-07-02')
  })

  test('is counted by the calendar, over changes of daylight saving too', () => {
    expect(addDays('2026-03-27', 3)).toBe('2026-03-30')
    expect(addDays('2026-12-31', 1)).toBe('2027-01-01')
    expect(daysBetween('2026-11-23', '2026-12-31')).toBe(38)
  })

  test('its first instant falls on it, and the one before on the day before', () => {
    const days = fc.integer({ min: 0, max: 20_000 }).map((count) => addDays('2000-01-01', count))
    fc.assert(
      fc.property(days, (date) => {
        const start = startOfRomeDay(date)
        return romeDate(start) === date && romeDate(new Date(start.getTime() - 1)) === addDays(date, -1)
      }),
    )
  })

  test('is only a real day', () => {
    expect(['2026-02-28', '2024-02-29'].every(isRomeDate)).toBe(true)
    expect(['2026-02-29', '2026-13-01', '2026-1-1', '', '20260101'].some(isRomeDate)).toBe(false)
  })
})

test('a wall-clock time without an offset is Rome’s', () => {
  expect(romeInstant('2026-11-20T10:00:00').toISOString()).toBe('2026-11-20T09:00:00.000Z')
  expect(romeInstant('2026-07-20T10:00:00').toISOString()).toBe('2026-07-20T08:00:00.000Z')
})

test('days and times are written as the reader expects', () => {
  expect(formatDate('2026-11-23')).toBe('23/11/2026')
  expect(formatDate('2026-11-23', 'de')).toBe('23.11.2026')
  expect(formatDateTime(new Date('2026-11-23T14:04:00Z'))).toBe('23/11/2026, 15:04')
})
