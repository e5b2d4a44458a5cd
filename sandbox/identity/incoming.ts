import { inflateRawSync } from 'node:zlib'
import { readXml, XmlError } from '../wire/xml.ts'
import type { XmlElement } from '../wire/xml.ts'
import { isQuerySigned } from './signature.ts'

/** A message as it came: the query as it stood in the address, or the fields of the form. */
export type Incoming =
  | { readonly binding: 'redirect'; readonly query: string }
  | { readonly binding: 'post'; readonly fields: Readonly<Record<string, string>> }

/** Longer than any real message. */
const MESSAGE_MOST = 200_000

/** A message that could be opened; nothing in it is believed yet. */
export interface Opened {
  readonly xml: string
  readonly root: XmlElement
  readonly relayState: string | undefined
  /** Whether the query was signed by one of these; undefined for a form, whose signature stands in the XML. */
  readonly isQuerySignedBy?: (certificates: readonly string[]) => boolean
}

/** Opens a message. @returns what is wrong with its wrapping where it cannot be opened */
export function open(incoming: Incoming, parameter: 'SAMLRequest' | 'SAMLResponse'): Opened | string {
  return incoming.binding === 'redirect'
    ? openQuery(incoming.query, parameter)
    : openForm(incoming.fields, parameter)
}

function openForm(fields: Readonly<Record<string, string>>, parameter: string): Opened | string {
  const message = fields[parameter]
  if (!message) return `manca il campo ${parameter}`
  const bytes = decode(message)
  if (!bytes) return `${parameter} non è base64`
  return parsed(bytes, fields.RelayState)
}

function openQuery(query: string, parameter: string): Opened | string {
  const raw = query.split('&').map((part): readonly [string, string] => {
    const equals = part.indexOf('=')
    return equals < 0 ? [part, ''] : [part.slice(0, equals), part.slice(equals + 1)]
  })
  const names = raw.map(([name]) => name)
  const wanted = [parameter, ...(names.includes('RelayState') ? ['RelayState'] : []), 'SigAlg', 'Signature']
  if (names.join(' ') !== wanted.join(' ')) {
    return `i parametri devono essere, in quest’ordine, ${wanted.join(', ')}; sono ${names.join(', ') || 'nessuno'}`
  }
  const of = (name: string) => raw.find(([one]) => one === name)?.[1]
  const plain = (name: string) => decodeURIComponent((of(name) ?? '').replaceAll('+', '%20'))
  try {
    const bytes = decode(plain(parameter))
    if (!bytes) return `${parameter} non è base64`
    const opened = parsed(
      inflateRawSync(bytes, { maxOutputLength: MESSAGE_MOST }),
      of('RelayState') === undefined ? undefined : plain('RelayState'),
    )
    if (typeof opened === 'string') return opened
    const signed = query.slice(0, query.lastIndexOf('&Signature='))
    const [algorithm, signature] = [plain('SigAlg'), plain('Signature')]
    return { ...opened, isQuerySignedBy: (keys) => isQuerySigned(signed, algorithm, signature, keys) }
  } catch (error) {
    // Neither a query that is not encoded well nor bytes that are not DEFLATE can be read further.
    return `${parameter} non si lascia aprire: ${(error as Error).message}`
  }
}

function decode(text: string): Buffer | undefined {
  const compact = text.replace(/[\r\n]/g, '')
  const isBase64 = /^[A-Za-z0-9+/]+={0,2}$/.test(compact) && compact.length % 4 === 0
  return isBase64 && compact.length <= MESSAGE_MOST ? Buffer.from(compact, 'base64') : undefined
}

function parsed(bytes: Buffer, relayState: string | undefined): Opened | string {
  const xml = bytes.toString('utf8')
  try {
    return { xml, root: readXml(xml), relayState }
  } catch (error) {
    if (error instanceof XmlError) return `il messaggio non è XML: ${error.message}`
    throw error
  }
}
