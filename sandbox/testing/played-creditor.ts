import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { OPERATIONS, PAF, SOAP } from '../node/operations.ts'
import type { Operation } from '../node/operations.ts'

/** What the played creditor does with one request: an answer, or nothing at all (the caller runs into its timeout). */
export type Play = { status?: number; body: string } | 'silence'

export interface ReceivedRequest {
  readonly operation: Operation
  readonly contentType: string
  readonly xml: string
}

/** A creditor for tests: a bare SOAP endpoint that says what the test tells it to say. */
export interface PlayedCreditor {
  readonly endpoint: string
  readonly received: ReceivedRequest[]
  /** Changes what is answered to an operation from now on. */
  on(operation: Operation, play: (request: ReceivedRequest) => Play): void
  receivedOf(operation: Operation): string[]
  close(): Promise<void>
}

export const FISCAL_CODE = '00000000019'
export const IBAN = 'IT00X0000000000000000000019'

/** A notice number of the played creditor: segregation code 01. */
export function noticeNumber(count: number): string {
  return `301${String(count).padStart(13, '0')}00`
}

/** Wraps a body element's content into a whole answer. */
export function answer(
  operation: Operation,
  content: string,
  root: string = OPERATIONS[operation].response,
): Play {
  return {
    body: `<?xml version="1.0" encoding="UTF-8"?><s:Envelope xmlns:s="${SOAP}" xmlns:p="${PAF}"><s:Body><p:${root}>${content}</p:${root}></s:Body></s:Envelope>`,
  }
}

/** A well-formed refusal. */
export function refusal(operation: Operation, faultCode: string): Play {
  const fault = `<fault><faultCode>${faultCode}</faultCode><faultString>Rifiuto</faultString><id>${FISCAL_CODE}</id><description>perché sì</description></fault>`
  return answer(operation, `<outcome>KO</outcome>${fault}`)
}

export const VERIFIED = `<paymentList><paymentOptionDescription><amount>25.00</amount><options>EQ</options><dueDate>2026-12-31+01:00</dueDate><allCCP>false</allCCP></paymentOptionDescription></paymentList><paymentDescription>Ricarica refezione scolastica</paymentDescription><fiscalCodePA>${FISCAL_CODE}</fiscalCodePA><companyName>Comune di Prova</companyName>`

/** The content of a paGetPayment answer; each part may be bent by a test. */
export function payment(
  bent: {
    amount?: string
    transfers?: readonly string[]
    fiscalCodePA?: string
    iban?: string
    metadata?: string
  } = {},
): string {
  const {
    amount = '25.00',
    transfers = ['25.00'],
    fiscalCodePA = FISCAL_CODE,
    iban = IBAN,
    metadata = '',
  } = bent
  const list = transfers.map(
    (share, index) =>
      `<transfer><idTransfer>${index + 1}</idTransfer><transferAmount>${share}</transferAmount><fiscalCodePA>${fiscalCodePA}</fiscalCodePA><IBAN>${iban}</IBAN><remittanceInformation>/RFB/01/25.00</remittanceInformation><transferCategory>9/0107101TS/</transferCategory></transfer>`,
  )
  return `<outcome>OK</outcome><data><creditorReferenceId>01000000000000100</creditorReferenceId><paymentAmount>${amount}</paymentAmount><dueDate>2026-12-31</dueDate><description>Ricarica &amp; mensa</description><companyName>Comune di Prova</companyName><debtor><uniqueIdentifier><entityUniqueIdentifierType>F</entityUniqueIdentifierType><entityUniqueIdentifierValue>ANONIMO</entityUniqueIdentifierValue></uniqueIdentifier><fullName>ANONIMO</fullName></debtor><transferList>${list.join('')}</transferList>${metadata}</data>`
}

const defaults: Record<Operation, () => Play> = {
  paVerifyPaymentNotice: () => answer('paVerifyPaymentNotice', `<outcome>OK</outcome>${VERIFIED}`),
  paGetPayment: () => answer('paGetPayment', payment()),
  paGetPaymentV2: () => answer('paGetPaymentV2', payment()),
  paSendRT: () => answer('paSendRT', '<outcome>OK</outcome>'),
  paSendRTV2: () => answer('paSendRTV2', '<outcome>OK</outcome>'),
  paDemandPaymentNotice: () =>
    answer(
      'paDemandPaymentNotice',
      `<outcome>OK</outcome><qrCode><fiscalCode>${FISCAL_CODE}</fiscalCode><noticeNumber>${noticeNumber(77)}</noticeNumber></qrCode>${VERIFIED}`,
    ),
}

/** Starts a creditor that says yes to everything until told otherwise. */
export async function playCreditor(): Promise<PlayedCreditor> {
  const plays = new Map<Operation, (request: ReceivedRequest) => Play>(
    Object.entries(defaults) as [Operation, () => Play][],
  )
  const received: ReceivedRequest[] = []
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = []
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
    incoming.on('end', () => {
      const operation = String(incoming.headers.soapaction).replaceAll('"', '') as Operation
      const request = {
        operation,
        contentType: incoming.headers['content-type'] ?? '',
        xml: Buffer.concat(chunks).toString('utf8'),
      }
      received.push(request)
      const play = plays.get(operation)!(request)
      if (play !== 'silence')
        outgoing.writeHead(play.status ?? 200, { 'content-type': 'text/xml' }).end(play.body)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks/pagopa`,
    received,
    on: (operation, play) => plays.set(operation, play),
    receivedOf: (operation) =>
      received.filter((request) => request.operation === operation).map(({ xml }) => xml),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
