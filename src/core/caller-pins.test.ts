import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { callerPins } from './caller-pins.ts'
import { readDistinguishedName } from './distinguished-name.ts'

const whole = 'CN=forwarder.platform.pagopa.it,O=PagoPA S.p.A.,L=Roma,C=IT'

describe('a name that is pinned whole', () => {
  test.each([
    ['as it was written', whole],
    ['with spaces around separators', 'CN = forwarder.platform.pagopa.it , O=PagoPA S.p.A., L = Roma,C=IT'],
    ['with types in small letters', 'cn=forwarder.platform.pagopa.it,o=PagoPA S.p.A.,l=Roma,c=IT'],
    ['with needless escapes', String.raw`CN=forwarder\2Eplatform.pagopa.it,O=PagoPA S.p.A\.,L=\52oma,C=IT`],
  ])('lets its subject in %s', (_, subject) => {
    expect(callerPins(whole).accept(subject)).toBe(true)
  })

  test.each([
    ['nothing', ''],
    ['its common name alone', 'CN=forwarder.platform.pagopa.it'],
    ['a part less', 'CN=forwarder.platform.pagopa.it,O=PagoPA S.p.A.,L=Roma'],
    ['a part more', `${whole},DC=it`],
    ['the parts in another order', 'C=IT,L=Roma,O=PagoPA S.p.A.,CN=forwarder.platform.pagopa.it'],
    ['values in other letters', whole.replace('forwarder', 'Forwarder')],
    ['a letter that only looks the same', whole.replace('forwarder', 'f\u043erwarder')],
    ['full-width letters', whole.replace('CN=f', 'CN=\uff46')],
    ['a no-break space at the end', `${whole}\u00a0`],
    ['a zero-width space', whole.replace('forwarder', 'for\u200bwarder')],
    ['the name twice, as two headers are joined', `${whole}, ${whole}`],
    [
      'the name inside another value',
      String.raw`O=x\,${whole.replaceAll(',', String.raw`\,`)},CN=evil.example`,
    ],
    ['parts in one RDN', whole.replaceAll(',', '+')],
    ['slashes, as OpenSSL once wrote', '/C=IT/L=Roma/O=PagoPA S.p.A./CN=forwarder.platform.pagopa.it'],
    ['quotes, as RFC 1779 wrote', whole.replace('PagoPA S.p.A.', '"PagoPA S.p.A."')],
  ])('does not let in %s', (_, subject) => {
    expect(callerPins(whole).accept(subject)).toBe(false)
  })
})

describe('a name that is pinned by its common name', () => {
  const pins = callerPins('forwarder.platform.pagopa.it')

  test.each([whole, 'CN=forwarder.platform.pagopa.it', 'O=x+CN=forwarder.platform.pagopa.it'])(
    'lets in %s',
    (subject) => expect(pins.accept(subject)).toBe(true),
  )

  test.each([
    ['two common names', 'CN=evil.example,CN=forwarder.platform.pagopa.it'],
    ['a longer one', 'CN=forwarder.platform.pagopa.it.evil.example'],
    ['the name in another attribute', 'CN=evil.example,O=forwarder.platform.pagopa.it'],
    ['the name behind an escaped comma', String.raw`CN=evil.example\,CN=forwarder.platform.pagopa.it`],
    ['the name behind an escaped plus', String.raw`O=x\+CN=forwarder.platform.pagopa.it`],
    ['a NUL in the middle', String.raw`CN=forwarder.platform.pagopa.it\00.evil.example`],
    ['hexadecimal', `CN=#${Buffer.from('forwarder.platform.pagopa.it').toString('hex')}`],
    ['a backslash at the end', 'CN=forwarder.platform.pagopa.it\\'],
    ['bytes that are no UTF-8', String.raw`CN=forwarder.platform.pagopa.it\C3`],
    ['no type', 'forwarder.platform.pagopa.it'],
    ['a name beyond all measure', `CN=forwarder.platform.pagopa.it,O=${'x'.repeat(20_000)}`],
  ])('does not let in %s', (_, subject) => expect(pins.accept(subject)).toBe(false))
})

test('while one certificate follows another, either is let in', () => {
  const pins = callerPins(`forwarder.platform.pagopa.it; ${String.raw`CN=Ente \; Prova \C3\A0,C=IT`} ;`)
  expect(pins.accept('CN=forwarder.platform.pagopa.it')).toBe(true)
  expect(pins.accept(String.raw`CN=Ente \3B Prova à,C=IT`)).toBe(true)
  expect(pins.accept('CN=somebody.else')).toBe(false)
})

test.each([
  ['', 'names no subject'],
  [' ; ', 'names no subject'],
  ['CN=', 'is no list of subjects: CN='],
  ['forwarder,evil', 'is no list of subjects: forwarder,evil'],
  ['forwarder+OU', 'is no list of subjects: forwarder+OU'],
  ['=x', 'is no list of subjects: =x'],
])('a list that says "%s" is refused at boot: %s', (list, told) => {
  expect(() => callerPins(list)).toThrow(told)
})

test('whatever stands in a name, escaped or not, reads back as itself and as nothing else', () => {
  const value = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
  const escaped = (text: string) =>
    [...Buffer.from(text)].map((byte) => `\\${byte.toString(16).padStart(2, '0')}`).join('')
  fc.assert(
    fc.property(value, value, (one, other) => {
      const name = readDistinguishedName(`CN=${escaped(one)},O=${escaped(other)}`)
      expect(name?.commonNames).toEqual([one])
      const swapped = readDistinguishedName(`CN=${escaped(other)},O=${escaped(one)}`)
      expect(swapped?.canonical === name?.canonical).toBe(one === other)
    }),
  )
})
