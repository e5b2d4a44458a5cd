import { describe, expect, test } from 'vitest'
import { RequestFault } from './faults.ts'
import { OPERATIONS, operationOfSoapAction } from './operations.ts'
import type { Operation } from './operations.ts'
import { readRequest } from './requests.ts'
import { envelopeOf, fullRequest, node, serialize } from './test-messages.ts'
import { sample } from './test-reference.ts'

const operations = Object.keys(OPERATIONS) as Operation[]
const full = (operation: Operation) => envelopeOf(fullRequest(operation))

function faultOf(xml: string | Uint8Array, soapAction?: string): RequestFault {
  try {
    readRequest(xml, soapAction)
  } catch (error) {
    if (error instanceof RequestFault) return error
    throw error
  }
  throw new Error('the request was accepted')
}

describe('what is read', () => {
  test.each(operations)(
    '%s is told by the body element, whatever SOAPAction is missing or empty',
    (operation) => {
      for (const header of [undefined, '', '""', operation, `"${operation}"`]) {
        const request = readRequest(full(operation), header)
        expect(request).toMatchObject({
          operation,
          idPA: '77777777777',
          idBrokerPA: '99999999999',
          idStation: '99999999999_01',
        })
      }
    },
  )

  test('every field of a V2 receipt arrives, amounts in cents and dates as written and understood', () => {
    const request = readRequest(full('paSendRTV2'))
    if (request.operation !== 'paSendRTV2') throw new Error('another operation')
    const subject = {
      uniqueIdentifier: { entityUniqueIdentifierType: 'F', entityUniqueIdentifierValue: 'XXXXXX00X00X000X' },
      fullName: 'Nome Inventato',
      streetName: 'Via dei Tigli',
      civicNumber: '1',
      postalCode: '00000',
      city: 'Roma',
      stateProvinceRegion: 'RM',
      country: 'IT',
      email: 'nome.inventato@example.org',
    }
    const metadata = [
      { key: 'anno', value: '2026' },
      { key: 'classe', value: '3B' },
    ]
    const transfer = { fiscalCodePA: '77777777777', transferCategory: '9/0107101TS/', metadata }
    expect(request.receipt).toEqual({
      receiptId: '5d1c2a7be0f94c6c9a5e0d2f3b4a1c6e',
      noticeNumber: '301000000001234519',
      fiscalCode: '77777777777',
      outcome: 'OK',
      creditorReferenceId: '01000000001234519',
      paymentAmount: 5000n,
      description: 'Ricarica refezione scolastica',
      companyName: 'Comune Inventato',
      officeName: 'Servizi scolastici',
      debtor: subject,
      transfers: [
        {
          ...transfer,
          idTransfer: 1,
          transferAmount: 4000n,
          companyName: 'Comune Inventato',
          iban: 'IT00X0000000000000000000000',
          remittanceInformation: '/RFB/01000000001234519/40.00/TXT/Refezione',
        },
        {
          ...transfer,
          idTransfer: 2,
          transferAmount: 1000n,
          mbdAttachment: Buffer.from('marca'),
          remittanceInformation: '/RFB/01000000001234519/10.00/TXT/Refezione',
        },
      ],
      idPSP: 'ABCDITMM',
      pspFiscalCode: '88888888888',
      pspPartitaIVA: '88888888888',
      pspCompanyName: 'Banca Inventata',
      idChannel: '88888888888_01',
      channelDescription: 'WISP',
      payer: subject,
      paymentMethod: 'creditCard',
      paymentNote: 'cart-7f3a',
      fee: 150n,
      primaryCiIncurredFee: 0n,
      idBundle: 'b1',
      idCiBundle: 'b2',
      paymentDateTime: { literal: '2026-11-23T15:30:00.123', instant: new Date('2026-11-23T14:30:00.123Z') },
      applicationDate: { literal: '2026-11-23', day: '2026-11-23' },
      transferDate: { literal: '2026-11-24', day: '2026-11-24' },
      metadata,
      standIn: false,
    })
  })

  test('a date keeps its day whatever its offset, and a date-time without offset is Roman', () => {
    const dueDate = (literal: string) => {
      const xml = full('paGetPaymentV2').replace('2026-12-31+01:00', literal)
      const request = readRequest(xml)
      return request.operation === 'paGetPaymentV2' ? request.dueDate : undefined
    }
    expect(dueDate('2026-12-31-11:00')).toEqual({ literal: '2026-12-31-11:00', day: '2026-12-31' })
    // White space around a date is allowed by the recommendation, though xmllint refuses it.
    expect(dueDate('\n2026-12-31 ')).toEqual({ literal: '2026-12-31', day: '2026-12-31' })
    expect(dueDate('12026-12-31')).toEqual({ literal: '12026-12-31', day: undefined })
    const paidAt = (literal: string) => {
      const request = readRequest(full('paSendRT').replace('2026-11-23T15:30:00.123', literal))
      return request.operation === 'paSendRT'
        ? request.receipt.paymentDateTime?.instant?.toISOString()
        : undefined
    }
    expect(paidAt('2026-07-01T12:00:00')).toBe('2026-07-01T10:00:00.000Z')
    expect(paidAt('2026-07-01T12:00:00Z')).toBe('2026-07-01T12:00:00.000Z')
    expect(paidAt('12026-07-01T12:00:00')).toBeUndefined()
    expect(paidAt('2026-07-01T24:00:00')).toBe('2026-07-01T22:00:00.000Z')
    expect(paidAt('2026-07-01T12:00:00.1239+05:30')).toBe('2026-07-01T06:30:00.123Z')
  })

  test('other prefixes, headers, comments, CDATA and line breaks are accepted', () => {
    const xml = `<?xml version="1.0" encoding="UTF-8"?>
      <SOAP-ENV:Envelope xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/">
        <SOAP-ENV:Header><t:trace xmlns:t="urn:trace" SOAP-ENV:mustUnderstand="0">1</t:trace></SOAP-ENV:Header>
        <SOAP-ENV:Body><!-- a note -->
          <paVerifyPaymentNoticeReq xmlns="http://pagopa-api.pagopa.gov.it/pa/paForNode.xsd">
            ${unqualified()}
          </paVerifyPaymentNoticeReq>
        </SOAP-ENV:Body>
      </SOAP-ENV:Envelope>`
    expect(readRequest(xml)).toMatchObject({ operation: 'paVerifyPaymentNotice', idPA: '77777777777' })
  })

  test('the reference request of a cart is read', () => {
    const xml = sample('15-paGetPaymentV2Request-cart.xml')
    if (!xml) return
    expect(readRequest(xml, 'paGetPaymentV2')).toMatchObject({
      operation: 'paGetPaymentV2',
      qrCode: { fiscalCode: '77777777777', noticeNumber: '301000000001234519' },
      amount: 5000n,
      paymentNote: 'cart-7f3a',
      transferType: 'PAGOPA',
    })
  })
})

/** The children of a verify, under a default namespace that they have to leave. */
function unqualified(): string {
  const { content } = fullRequest('paVerifyPaymentNotice')
  const children = typeof content === 'string' ? [] : content
  return children
    .map((child) => ({ ...child, attributes: ' xmlns=""' }))
    .map(serialize)
    .join('\n')
    .replace('>77777777777<', '><![CDATA[77777777777]]><')
}

describe('what is refused', () => {
  test('a request against the schema names the element and the addressee, never a value', () => {
    const fault = faultOf(full('paSendRTV2').replace('XXXXXX00X00X000X', 'XXXXXX00X00X000XY'))
    expect(fault).toMatchObject({ operation: 'paSendRTV2', code: 'PAA_SINTASSI_XSD', idPA: '77777777777' })
    expect(fault.description).toBe(
      'paSendRTV2Request/receipt/debtor/uniqueIdentifier/entityUniqueIdentifierValue: ' +
        'not a valid stEntityUniqueIdentifierValue',
    )
    expect(faultOf(full('paSendRT').replace('<IBAN>', '<!-- --><IBAN x="1">')).description).toBe(
      'paSendRTReq/receipt/transferList/transfer[1]/IBAN: unexpected attribute',
    )
    expect(faultOf(full('paSendRT').replace('<fee>1.50</fee>', '<fee/>')).description).toMatch(
      /\/fee: not a valid/,
    )
    expect(faultOf(full('paVerifyPaymentNotice').replace('</qrCode>', '<MARIO/></qrCode>')).description).toBe(
      'paVerifyPaymentNoticeReq/qrCode: unexpected child number 3',
    )
  })

  test('stray characters in base64 are refused, as the recommendation says and xmllint does not', () => {
    const request = fullRequest('paDemandPaymentNotice')
    const stray = envelopeOf(request).replace(/(?<=<datiSpecificiServizioRequest>)/, '!')
    expect(faultOf(stray)).toMatchObject({ operation: 'paDemandPaymentNotice', code: 'PAA_SINTASSI_XSD' })
  })

  test('a value of a quarter megabyte is judged at once', () => {
    const started = performance.now()
    for (const filler of [' ', '0', 'a', '.', 'a.', '9=']) {
      for (const [element, operation] of [
        ['paymentAmount', 'paSendRT'],
        ['paymentDateTime', 'paSendRT'],
        ['standIn', 'paSendRT'],
        ['e-mail', 'paSendRT'],
        ['idTransfer', 'paSendRT'],
        ['datiSpecificiServizioRequest', 'paDemandPaymentNotice'],
      ] as const) {
        const value = `x${filler.repeat(250_000 / filler.length)}x`
        const xml = full(operation).replace(new RegExp(`(?<=<${element}>)[^<]*`), value)
        expect(faultOf(xml).code).toBe('PAA_SINTASSI_XSD')
      }
    }
    expect(performance.now() - started).toBeLessThan(3_000)
  })

  test('an idPA that is no fiscal code is not repeated', () => {
    expect(faultOf(full('paGetPayment').replace('77777777777', 'x'.repeat(36))).idPA).toBeUndefined()
  })

  test('what is not XML is answered in the element that SOAPAction names', () => {
    const cut = full('paSendRTV2').slice(0, -20)
    expect(faultOf(cut, '"paSendRTV2"')).toMatchObject({
      operation: 'paSendRTV2',
      code: 'PAA_SINTASSI_EXTRAXSD',
      idPA: undefined,
    })
    expect(faultOf(cut).operation).toBeUndefined()
    expect(faultOf(`<!DOCTYPE x>${full('paSendRT')}`, 'paSendRT').description).toBe('xml: document-type')
  })

  test.each([
    [
      'another envelope',
      (xml: string) => xml.replace('schemas.xmlsoap.org/soap/envelope/', 'www.w3.org/2003/05/soap-envelope'),
    ],
    ['no envelope', () => serialize({ ...fullRequest('paSendRT'), attributes: ' xmlns:paf="urn:x"' })],
    ['no body', (xml: string) => xml.replaceAll('s:Body', 's:Corpo')],
    ['a header after the body', (xml: string) => xml.replace('</s:Body>', '</s:Body><s:Header/>')],
    ['text in the body', (xml: string) => xml.replace('<s:Body>', '<s:Body>x')],
    ['two messages', (xml: string) => xml.replace('</s:Body>', '<paf:paSendRTReq/></s:Body>')],
  ])('%s is an error beyond the schema', (_, change) => {
    expect(faultOf(change(full('paSendRT')), 'paSendRT')).toMatchObject({
      operation: 'paSendRT',
      code: 'PAA_SINTASSI_EXTRAXSD',
    })
  })

  test('a SOAPAction that contradicts the body is refused in the body’s own answer', () => {
    expect(faultOf(full('paSendRT'), '"paSendRTV2"')).toMatchObject({
      operation: 'paSendRT',
      code: 'PAA_SINTASSI_EXTRAXSD',
      idPA: '77777777777',
    })
  })

  test('an unknown or missing operation has no element to be answered in', () => {
    const unknown = [
      'paf:paSendRTV3Request',
      'paVerifyPaymentNoticeReq',
      'paf:constructor',
      'paf:paSendRTRes',
    ]
    for (const name of unknown) {
      expect(faultOf(envelopeOf(node(name, '')), 'paSendRT')).toMatchObject({
        operation: undefined,
        code: 'PAA_SINTASSI_EXTRAXSD',
      })
    }
    const empty = full('paSendRT').replace(/<paf:.*<\/paf:paSendRTReq>/, '')
    expect(faultOf(empty, 'paSendRT').operation).toBeUndefined()
  })
})

test.each([
  ['paSendRT', 'paSendRT'],
  [' "paVerifyPaymentNotice" ', 'paVerifyPaymentNotice'],
  ['""', undefined],
  ['', undefined],
  ['toString', undefined],
  ['urn:other', undefined],
])('SOAPAction %j names %s', (header, operation) => {
  expect(operationOfSoapAction(header)).toBe(operation)
})
