import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addDays } from '#core/clock.ts'
import { MAX_CENTS, cents } from '#core/money.ts'
import type { Cents } from '#core/money.ts'
import { writeDemand, writeFault, writeGet, writeGetV2, writeSendReceipt, writeVerify } from './answers.ts'
import { FAULT_STRINGS } from './faults.ts'
import type { NodeFaultCode } from './faults.ts'
import { OPERATIONS, PA_FOR_NODE_NAMESPACE, SOAP_NAMESPACE } from './operations.ts'
import type { Operation } from './operations.ts'
import { ANONYMOUS_DEBTOR, remittanceInformation } from './payment-position.ts'
import type { Debtor, MetadataEntry, PaymentPosition, Transfer } from './payment-position.ts'
import { plainText } from './plain-text.ts'
import { readXml } from '#core/read-xml.ts'
import type { XmlElement } from '#core/read-xml.ts'
import { refusedByXsd, sample } from './test-reference.ts'

const iuv = '01000000001234519'
const noticeNumber = '301000000001234519'
const operations = Object.keys(OPERATIONS) as Operation[]

/** The position of the reference messages. */
const position: PaymentPosition = {
  creditorReferenceId: iuv,
  amountCents: cents(5000),
  dueDate: '2026-12-31',
  description: 'Ricarica refezione scolastica',
  fiscalCodePA: '77777777777',
  companyName: 'Comune di Cassano Magnago',
  officeName: 'Servizi scolastici',
  debtor: { type: 'F', value: 'RSSMRA80A01F205X', fullName: 'Mario Rossi' },
  transfers: [
    {
      idTransfer: 1,
      amountCents: cents(5000),
      fiscalCodePA: '77777777777',
      companyName: 'Comune di Cassano Magnago',
      iban: 'IT60X0542811101000000123456',
      remittanceInformation: remittanceInformation(iuv, cents(5000), 'Ricarica refezione scolastica'),
      category: '9/0107101TS/',
    },
  ],
  allCcp: false,
}

function answersTo(one: PaymentPosition): string[] {
  return [writeVerify(one), writeDemand(one, noticeNumber), writeGet(one), writeGetV2(one)]
}

/** The answering element, after the envelope around it has been checked. */
function messageOf(xml: string): XmlElement {
  const envelope = readXml(xml)
  expect([envelope.namespace, envelope.name]).toEqual([SOAP_NAMESPACE, 'Envelope'])
  expect(envelope.children.map(({ name }) => name)).toEqual(['Header', 'Body'])
  const [message, ...others] = envelope.children[1]!.children
  expect(others).toEqual([])
  expect(message!.namespace).toBe(PA_FOR_NODE_NAMESPACE)
  return message!
}

function textAt(message: XmlElement, path: string): string | undefined {
  let at: XmlElement | undefined = message
  for (const name of path.split('/')) at = at?.children.find((child) => child.name === name)
  return at?.text
}

describe('the reference messages', () => {
  const withoutWhiteSpace = (xml: string) => xml.replaceAll(/>\s+</g, '><')
  const anonymous: PaymentPosition = { ...position, officeName: undefined, debtor: ANONYMOUS_DEBTOR }
  const written: [name: string, xml: string][] = [
    ['00-paGetPaymentV2Response.xml', writeGetV2(position)],
    ['11-paVerifyPaymentNoticeRes-OK.xml', writeVerify(position)],
    ['12-paGetPaymentRes-V1-OK-anonimo.xml', writeGet(anonymous)],
    ['13-paDemandPaymentNoticeResponse-OK.xml', writeDemand(position, noticeNumber)],
    [
      '14-paSendRTV2Response-KO-duplicate.xml',
      writeFault('paSendRTV2', { code: 'PAA_RECEIPT_DUPLICATA', id: '77777777777' }),
    ],
  ]
  test.each(written)('%s is written to the letter', (name, xml) => {
    expect(messageOf(xml).children[0]?.name).toBe('outcome')
    const reference = sample(name) ?? xml
    expect(withoutWhiteSpace(xml)).toBe(withoutWhiteSpace(reference).trim())
  })
})

test('a receipt is acknowledged with an outcome and nothing else', () => {
  for (const operation of ['paSendRT', 'paSendRTV2'] as const) {
    const message = messageOf(writeSendReceipt(operation))
    expect(message.name).toBe(OPERATIONS[operation].response)
    expect(message.children.map(({ name, text }) => [name, text])).toEqual([['outcome', 'OK']])
  }
})

test('every fault of every operation stands in its own element, with the official text', () => {
  const written = operations.flatMap((operation) =>
    (Object.keys(FAULT_STRINGS) as NodeFaultCode[]).map((code) => {
      const description = code === 'PAA_SEMANTICA' ? 'importo <minimo> & massimo' : undefined
      const xml = writeFault(operation, { code, id: '77777777777', description })
      const message = messageOf(xml)
      expect(message.name).toBe(OPERATIONS[operation].response)
      expect(textAt(message, 'outcome')).toBe('KO')
      expect(textAt(message, 'fault/faultCode')).toBe(code)
      expect(textAt(message, 'fault/faultString')).toBe(FAULT_STRINGS[code])
      expect(textAt(message, 'fault/id')).toBe('77777777777')
      expect(textAt(message, 'fault/description')).toBe(description)
      return xml
    }),
  )
  written.push(writeFault('paSendRT', { code: 'PAA_SINTASSI_XSD', id: '', description: '\u0000' }))
  expect(refusedByXsd('faults', written)).toEqual([])
})

/** Text as hostile as it comes: controls, lone surrogates, markup, emoji, far too long, empty. */
const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc
    .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 300 })
    .map((codes) => String.fromCharCode(...codes)),
  fc.constantFrom(
    '',
    ' ',
    '\u0000',
    '\ud83c',
    '\ufffe',
    ']]>',
    '<![CDATA[',
    '<!-- ',
    '&lt;',
    '&#0;',
    '\'"',
    '\r\n',
  ),
  fc.constantFrom('x', '🍝', 'e\u0301', '&', '<').map((character) => character.repeat(400)),
)
const metadata = fc.array(fc.record({ key: hostile, value: hostile }) as fc.Arbitrary<MetadataEntry>, {
  maxLength: 15,
})
const debtor: fc.Arbitrary<Debtor> = fc.record(
  {
    type: fc.constantFrom('F', 'G'),
    value: hostile,
    fullName: hostile,
    streetName: hostile,
    civicNumber: hostile,
    postalCode: hostile,
    city: hostile,
    stateProvinceRegion: hostile,
    country: fc.oneof(hostile, fc.constant('IT')),
    email: fc.oneof(hostile, fc.emailAddress()),
  },
  { requiredKeys: ['type', 'value', 'fullName'] },
)
const amount = fc.bigInt({ min: 1n, max: MAX_CENTS / 5n }).map((value) => cents(value))
const transfers: fc.Arbitrary<Transfer[]> = fc
  .array(fc.record({ amountCents: amount, text: hostile, companyName: hostile, metadata }), {
    minLength: 1,
    maxLength: 5,
  })
  .map((several) =>
    several.map(({ amountCents, text, companyName, metadata }, index) => ({
      idTransfer: (index + 1) as Transfer['idTransfer'],
      amountCents,
      fiscalCodePA: '77777777777',
      companyName,
      iban: 'IT60X0542811101000000123456',
      remittanceInformation: text.length % 2 === 0 ? text : remittanceInformation(iuv, amountCents, text),
      category: '9/0107101TS/',
      metadata,
    })),
  )
const positions: fc.Arbitrary<PaymentPosition> = fc
  .record({
    transfers,
    debtor,
    metadata,
    description: hostile,
    companyName: hostile,
    officeName: fc.option(hostile, { nil: undefined }),
    allCcp: fc.boolean(),
    dueDate: fc.nat(30_000).map((days) => addDays('2026-01-01', days)),
  })
  .map((parts) => ({
    ...parts,
    creditorReferenceId: iuv,
    fiscalCodePA: '77777777777',
    amountCents: parts.transfers.reduce((sum, one) => sum + one.amountCents, 0n) as Cents,
  }))

test('answers are well-formed and valid whatever descriptions, names and metadata hold', () => {
  const written = fc.sample(positions, 200).flatMap(answersTo)
  for (const xml of written) expect(textAt(messageOf(xml), 'outcome')).toBe('OK')
  expect(refusedByXsd('answers with hostile texts', written)).toEqual([])
})

describe('texts', () => {
  test('are cut at whole characters, escaped, and stripped of what XML cannot carry', () => {
    const message = messageOf(
      writeVerify({ ...position, description: `A\u0000\u001b <b>&\n${'🍝'.repeat(200)}` }),
    )
    const description = textAt(message, 'paymentDescription')!
    expect(description.startsWith('A <b>& 🍝')).toBe(true)
    expect(Array.from(description)).toHaveLength(140)
  })

  test('that are empty are left out where optional, replaced where the schema demands them', () => {
    const empty = { ...position, description: '\u0000', companyName: ' ', officeName: '' }
    const message = messageOf(writeVerify(empty))
    expect(textAt(message, 'paymentList/paymentOptionDescription/detailDescription')).toBeUndefined()
    expect(textAt(message, 'officeName')).toBeUndefined()
    expect(textAt(message, 'paymentDescription')).toBe('Pagamento')
    expect(textAt(message, 'companyName')).toBe('77777777777')
  })

  test('a fiscal code that does not fit is not cut into somebody else’s', () => {
    const debtor: Debtor = { type: 'F', value: 'X'.repeat(17), fullName: '' }
    const message = messageOf(writeGetV2({ ...position, debtor }))
    expect(textAt(message, 'data/debtor/uniqueIdentifier/entityUniqueIdentifierValue')).toBe('ANONIMO')
    expect(textAt(message, 'data/debtor/fullName')).toBe('ANONIMO')
  })

  test('plain text never grows and never exceeds its limit', () => {
    fc.assert(
      fc.property(hostile, fc.integer({ min: 1, max: 140 }), (value, lengthMax) => {
        const plain = plainText(value, lengthMax)
        expect(Array.from(plain).length).toBeLessThanOrEqual(lengthMax)
        expect(plain).toBe(plain.trim())
        expect(plain.isWellFormed()).toBe(true)
        expect(plainText(plain, lengthMax)).toBe(plain)
      }),
    )
  })

  test('the remittance information is cut at 140 characters and keeps its reference', () => {
    expect(remittanceInformation(iuv, cents(5000), '')).toBe(`/RFB/${iuv}/50.00`)
    const long = remittanceInformation(iuv, cents(5000), 'mensa '.repeat(50))
    expect(long.startsWith(`/RFB/${iuv}/50.00/TXT/mensa mensa`)).toBe(true)
    expect(long.length).toBeLessThanOrEqual(140)
  })
})

test.each<[string, Partial<PaymentPosition>]>([
  ['transfers that do not add up', { amountCents: cents(4999) }],
  ['no transfer', { transfers: [] }],
  [
    'an amount of zero',
    { amountCents: cents(0), transfers: [{ ...position.transfers[0]!, amountCents: cents(0) }] },
  ],
  ['six transfers', { transfers: Array.from({ length: 6 }, () => position.transfers[0]!) }],
  ['a creditor that is no fiscal code', { fiscalCodePA: 'x' }],
])('%s is our own bug and is never sent', (_, wrong) => {
  expect(() => writeVerify({ ...position, ...wrong })).toThrow('Invariant broken')
})
