import { inflateRawSync } from 'node:zlib'
import { SyntaxFault, readXml } from '#core/read-xml.ts'
import type { SyntaxFaultReason, XmlElement } from '#core/read-xml.ts'
import { must, Refused } from '../refusal.ts'
import type { RefusalReason } from '../refusal.ts'

/** A message that parsed; `root` shows its shape, but nothing in it is believed before its signature is. */
export interface Message {
  readonly xml: string
  readonly root: XmlElement
}

/** Real responses have 6 to 15 kB; two certificates and a long attribute set still fit. */
const MESSAGE_BYTES_MAX = 64 * 1024

const REASONS: Readonly<Record<SyntaxFaultReason, RefusalReason>> = {
  'not-well-formed': 'xml.not-well-formed',
  'unknown-encoding': 'xml.not-well-formed',
  'document-type': 'xml.document-type',
  'processing-instruction': 'xml.processing-instruction',
  'too-deep': 'xml.too-large',
  'too-many-nodes': 'xml.too-large',
}

/**
 * Reads a posted message (HTTP-POST binding): size, strict base64, UTF-8, well-formed XML without a document
 * type or processing instructions.
 * @throws Refused
 */
export function readPosted(encoded: string | undefined): Message {
  return readMessage(decodeBase64(encoded))
}

/**
 * Reads a message from a query (HTTP-Redirect binding): as {@link readPosted}, and compressed with raw DEFLATE.
 * @throws Refused
 */
export function readCompressed(encoded: string | undefined): Message {
  const bytes = decodeBase64(encoded)
  let inflated: Buffer
  try {
    inflated = inflateRawSync(bytes, { maxOutputLength: MESSAGE_BYTES_MAX })
  } catch (error) {
    const isTooLarge = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE'
    throw new Refused(isTooLarge ? 'message.too-large' : 'message.not-compressed')
  }
  return readMessage(inflated)
}

/** Parses text that a signature has vouched for, or that is about to be checked. */
export function parse(xml: string): XmlElement {
  try {
    return readXml(xml)
  } catch (error) {
    if (error instanceof SyntaxFault) throw new Refused(REASONS[error.reason])
    throw error
  }
}

function decodeBase64(encoded: string | undefined): Buffer {
  must(encoded !== undefined && encoded !== '', 'message.missing')
  must(encoded.length <= Math.ceil(MESSAGE_BYTES_MAX / 3) * 4 * 1.1, 'message.too-large')
  // Some providers break lines at 76 characters, as MIME does; nothing else is skipped.
  const compact = encoded.replace(/\r?\n/g, '')
  must(/^[A-Za-z0-9+/]+={0,2}$/.test(compact) && compact.length % 4 === 0, 'message.not-base64')
  const bytes = Buffer.from(compact, 'base64')
  must(bytes.toString('base64') === compact, 'message.not-base64')
  must(bytes.length <= MESSAGE_BYTES_MAX, 'message.too-large')
  return bytes
}

function readMessage(bytes: Buffer): Message {
  let xml: string
  try {
    xml = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new Refused('message.not-utf8')
  }
  // A declared encoding other than the bytes' own would have two readers see two texts.
  const declared = /^<\?xml[^>]*?encoding\s*=\s*["']([^"']*)["']/.exec(xml)?.[1]
  must(declared === undefined || declared.toLowerCase() === 'utf-8', 'message.not-utf8')
  return { xml, root: parse(xml) }
}
