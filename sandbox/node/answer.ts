import { child, readXml, textOf, XmlError } from '../wire/xml.ts'
import type { XmlElement } from '../wire/xml.ts'
import { ANSWERS, Violation } from './answer-grammar.ts'
import type { CreditorFault } from './faults.ts'
import { OPERATIONS, PAF, SOAP } from './operations.ts'
import type { Operation } from './operations.ts'

/** A well-formed, valid answer of a creditor. */
export type Answer = { outcome: 'OK'; payload: XmlElement } | { outcome: 'KO'; fault: CreditorFault }

/**
 * Reads a creditor's answer as the Node does: envelope, exactly the expected root, the schema, a KO with its fault,
 * and on OK the elements that the schema leaves optional but the Node needs (protocol, Node rules beyond the XSD).
 * @throws Violation naming the first thing that is wrong
 */
export function readAnswer(operation: Operation, body: string): Answer {
  const root = bodyElement(body)
  const expected = OPERATIONS[operation].response
  if (root.name !== expected || root.uri !== PAF) {
    throw new Violation(`the body holds ${root.name} of "${root.uri}" and not ${expected} of paForNode`)
  }
  ANSWERS[operation](root, expected)
  if (textOf(root, 'outcome') === 'KO') {
    const fault = child(root, 'fault')
    if (!fault) throw new Violation(`${expected}: outcome KO needs a fault`)
    const description = textOf(fault, 'description')
    return {
      outcome: 'KO',
      fault: {
        faultCode: textOf(fault, 'faultCode') ?? '',
        faultString: textOf(fault, 'faultString') ?? '',
        id: textOf(fault, 'id') ?? '',
        ...(description === undefined ? {} : { description }),
      },
    }
  }
  for (const name of NEEDED[operation]) {
    if (!child(root, name)) throw new Violation(`${expected}: outcome OK needs ${name}`)
  }
  return { outcome: 'OK', payload: root }
}

const VERIFIED = ['paymentList', 'paymentDescription', 'fiscalCodePA', 'companyName']
const NEEDED: Record<Operation, readonly string[]> = {
  paVerifyPaymentNotice: VERIFIED,
  paGetPayment: ['data'],
  paGetPaymentV2: ['data'],
  paSendRT: [],
  paSendRTV2: [],
  paDemandPaymentNotice: ['qrCode', ...VERIFIED],
}

function bodyElement(source: string): XmlElement {
  let envelope: XmlElement
  try {
    envelope = readXml(source)
  } catch (error) {
    if (error instanceof XmlError) throw new Violation(`the answer is not well-formed XML: ${error.message}`)
    throw error
  }
  if (envelope.name !== 'Envelope' || envelope.uri !== SOAP)
    throw new Violation('the answer is no SOAP 1.1 envelope')
  const body = envelope.children.find((part) => part.name === 'Body' && part.uri === SOAP)
  const [root, ...others] = body?.children ?? []
  if (!root || others.length > 0) throw new Violation('the SOAP body must hold exactly one element')
  return root
}
