import { SyntaxFault, hasText, readXml } from '#core/read-xml.ts'
import type { XmlElement } from '#core/read-xml.ts'
import { RequestFault } from './faults.ts'
import { REQUESTS } from './messages.ts'
import {
  PA_FOR_NODE_NAMESPACE,
  SOAP_NAMESPACE,
  operationOfElement,
  operationOfSoapAction,
} from './operations.ts'
import type { Operation } from './operations.ts'
import { SchemaViolation } from './xsd.ts'
import type { Type, ValueOf } from './xsd.ts'

/** What the Node asks, told apart by `operation`. Keys are the wire's names in camelCase, amounts are cents. */
export type NodeRequest = { [O in Operation]: RequestOf<O> }[Operation]

/** The request of one operation. */
export type RequestOf<O extends Operation> = { readonly operation: O } & ValueOf<(typeof REQUESTS)[O]>

/**
 * Reads a request of the Node: SOAP 1.1 envelope, then the body against the tables of paForNode.xsd.
 * @param soapAction the HTTP header: it must not contradict the body, and it tells in which element to answer
 *   when the text cannot be read at all
 * @throws RequestFault PAA_SINTASSI_EXTRAXSD for the envelope, PAA_SINTASSI_XSD for the message
 */
export function readRequest(xml: string | Uint8Array, soapAction = ''): NodeRequest {
  const announced = operationOfSoapAction(soapAction)
  const message = openEnvelope(xml, announced)
  const operation =
    message?.namespace === PA_FOR_NODE_NAMESPACE ? operationOfElement(message.name) : undefined
  if (!message || !operation) {
    throw new RequestFault({
      operation: undefined,
      code: 'PAA_SINTASSI_EXTRAXSD',
      description: 'Body: no operation of paForNode',
    })
  }
  const idPA = readableIdPA(message)
  if (announced !== undefined && announced !== operation) {
    throw new RequestFault({
      operation,
      code: 'PAA_SINTASSI_EXTRAXSD',
      description: `SOAPAction ${announced} over ${message.name}`,
      idPA,
    })
  }
  try {
    const type: Type<ValueOf<(typeof REQUESTS)[Operation]>> = REQUESTS[operation]
    return { operation, ...type.read(message) } as NodeRequest
  } catch (error) {
    if (!(error instanceof SchemaViolation)) throw error
    const description = error.within(message.name).message
    throw new RequestFault({ operation, code: 'PAA_SINTASSI_XSD', description, idPA })
  }
}

/** The only element of the Body; undefined when there is none. */
function openEnvelope(xml: string | Uint8Array, announced: Operation | undefined): XmlElement | undefined {
  const fault = (description: string) =>
    new RequestFault({ operation: announced, code: 'PAA_SINTASSI_EXTRAXSD', description })
  let envelope: XmlElement
  try {
    envelope = readXml(xml)
  } catch (error) {
    throw error instanceof SyntaxFault ? fault(error.message) : error
  }
  if (!isSoap(envelope, 'Envelope')) throw fault('not a SOAP 1.1 envelope')
  const parts = [...envelope.children]
  // Headers are accepted whatever they hold: none of them is ours to understand.
  if (isSoap(parts[0], 'Header')) parts.shift()
  const body = parts.shift()
  if (!isSoap(body, 'Body')) throw fault('Envelope: Body missing or misplaced')
  const isForeign = ({ namespace }: XmlElement) => namespace !== '' && namespace !== SOAP_NAMESPACE
  if (!parts.every(isForeign)) throw fault('Envelope: unexpected element after Body')
  if (body.children.length > 1) throw fault('Body: more than one element')
  if (hasText(envelope) || hasText(body)) throw fault('Envelope: unexpected text')
  return body.children[0]
}

function isSoap(element: XmlElement | undefined, name: string): element is XmlElement {
  return element?.namespace === SOAP_NAMESPACE && element.name === name
}

/** The addressee of a message that may be wrong elsewhere, so that the answer's fault can name it. */
function readableIdPA(message: XmlElement): string | undefined {
  const text = message.children.find(({ name }) => name === 'idPA')?.text
  return text !== undefined && /^[0-9]{11}$/.test(text) ? text : undefined
}
