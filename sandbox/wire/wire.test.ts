import { expect, test } from 'vitest'
import { checkDigits } from '../node/notice-number.ts'
import { nextBankingDay, romeDateTime } from './calendar.ts'
import { formatEuro, parseEuro, wireAmount } from './money.ts'
import { child, element, indented, optional, readXml, textOf, writeXml, XmlError } from './xml.ts'

test('what is written is read back, whatever the characters', () => {
  const text = 'a < b & "c" > d \u0001 è 🍝'
  const xml = writeXml(
    element('p:a', [element('b', text), optional('c', undefined), optional('d', '')], { 'xmlns:p': 'urn:x' }),
  )
  const read = readXml(xml)
  expect([read.name, read.uri, read.children.length]).toEqual(['a', 'urn:x', 1])
  expect(textOf(read, 'b')).toBe(text.replace('\u0001', ''))
  expect(child(read, 'b')!.uri).toBe('')
})

test.each([
  '',
  'ciao',
  '<a>',
  '<a></b>',
  '<p:a/>',
  '<!DOCTYPE a><a/>',
  '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>',
  '<a>'.repeat(50) + '</a>'.repeat(50),
])('%s is no acceptable XML', (source) => {
  expect(() => readXml(source)).toThrow(XmlError)
})

test('XML is shown one element a line, indented by depth', () => {
  const xml = '<?xml version="1.0"?>\n<a x="1"><b>t</b><c/><d><e>u</e></d></a>'
  expect(indented(xml)).toBe(
    '<?xml version="1.0"?>\n<a x="1">\n  <b>t</b>\n  <c/>\n  <d>\n    <e>u</e>\n  </d>\n</a>',
  )
})

test('amounts cross the wire with two decimals', () => {
  expect([1, 99, 100, 99_999_999_999].map(wireAmount)).toEqual(['0.01', '0.99', '1.00', '999999999.99'])
})

test.each([
  ['25', 2500],
  ['37,5', 3750],
  ['37.50', 3750],
  ['1.250,00 €', 125_000],
  ['0', undefined],
  ['-5', undefined],
  ['1,234', undefined],
  ['', undefined],
])('a person who types "%s" means %s cents', (text, cents) => {
  expect(parseEuro(text)).toBe(cents)
})

test('an amount is shown as Italians write it', () => {
  expect(formatEuro(125_050)).toBe('1.250,50\u00a0€')
})

test('dates are those of Rome, in winter and in summer', () => {
  expect(romeDateTime(new Date('2026-01-31T23:30:00Z'))).toBe('2026-02-01T00:30:00')
  expect(romeDateTime(new Date('2026-07-01T22:00:00Z'))).toBe('2026-07-02T00:00:00')
})

test('money that was paid on a Friday evening moves on Monday', () => {
  expect(nextBankingDay(new Date('2026-11-27T18:00:00Z'))).toBe('2026-11-30')
})

test.each([
  ['3010000000012345', '19'],
  ['3020000000000001', '84'],
  ['3999999999999999', '03'],
])('the check digits of %s are %s', (first16, digits) => {
  expect(checkDigits(first16)).toBe(digits)
})
