import { SaxesParser } from 'saxes'
import type { SaxesTagNS } from 'saxes'

/** An attribute other than a namespace declaration; the value of `xsi:type` is resolved to `{namespace}local`. */
export interface XmlAttribute {
  readonly name: string
  readonly namespace: string
  readonly value: string
}

/** An element as the schema sees it: prefixes resolved, comments gone, CDATA merged into the text. */
export interface XmlElement {
  /** Local name. */
  readonly name: string
  /** Namespace URI; empty when unqualified. */
  readonly namespace: string
  readonly attributes: readonly XmlAttribute[]
  readonly children: readonly XmlElement[]
  /** The text standing directly in this element, whitespace kept. */
  readonly text: string
}

export type SyntaxFaultReason =
  | 'not-well-formed'
  | 'document-type'
  | 'processing-instruction'
  | 'too-deep'
  | 'too-many-nodes'
  | 'unknown-encoding'

/** A text that is no XML we read. The message never quotes the text: it may hold personal data. */
export class SyntaxFault extends Error {
  readonly reason: SyntaxFaultReason
  constructor(reason: SyntaxFaultReason) {
    super(`xml: ${reason}`)
    this.name = 'SyntaxFault'
    this.reason = reason
  }
}

export const XSI_NAMESPACE = 'http://www.w3.org/2001/XMLSchema-instance'
const XMLNS_NAMESPACE = 'http://www.w3.org/2000/xmlns/'

/** How much structure a document may have before reading it stops. */
export interface XmlLimits {
  readonly levelsMax: number
  /** Elements and attributes together. */
  readonly nodesMax: number
}

/** The largest receipt of pagoPA's schema has 8 levels and some 500 elements; a SAML response has less. */
const MESSAGE_LIMITS: XmlLimits = { levelsMax: 32, nodesMax: 2_000 }

/** Under an XML 1.1 declaration the 1.0 rules still hold: 1.1 would let control characters in. */
const OPTIONS = { xmlns: true, position: false, defaultXMLVersion: '1.0', forceXMLVersion: true } as const

const NO_ATTRIBUTES: readonly XmlAttribute[] = []

interface Draft extends XmlElement {
  readonly children: Draft[]
  text: string
}

/**
 * Reads one XML document into a tree, in one pass. Entities are never expanded beyond the five predefined
 * ones and character references, so a document cannot grow while it is read; its size is the caller's limit.
 * @param limits 32 levels and 2000 elements and attributes unless told otherwise
 * @throws SyntaxFault on anything malformed, on a DOCTYPE or processing instruction, beyond the limits, or in an
 *   encoding other than UTF-8, UTF-16, ISO-8859-1 and US-ASCII
 */
export function readXml(xml: string | Uint8Array, limits: XmlLimits = MESSAGE_LIMITS): XmlElement {
  const parser = new TreeParser(limits)
  parser.write(typeof xml === 'string' ? xml : decode(xml)).close()
  return parser.root!
}

/**
 * A class of its own and not a bare SaxesParser with handlers added from outside: V8 gives a subclass room for
 * the handlers, while the bare parser falls back to dictionary mode at the seventh and reads five times slower.
 */
class TreeParser extends SaxesParser<typeof OPTIONS> {
  root: XmlElement | undefined
  readonly #limits: XmlLimits
  readonly #open: Draft[] = []
  #current: Draft | undefined
  #nodes = 0

  constructor(limits: XmlLimits) {
    super(OPTIONS)
    this.#limits = limits
    this.on('opentag', (tag) => this.#enter(tag))
    this.on('closetag', () => this.#leave())
    this.on('text', (text) => this.#addText(text))
    this.on('cdata', (text) => this.#addText(text))
    this.on('attribute', () => this.#count())
    this.on('doctype', () => refuse('document-type'))
    this.on('processinginstruction', () => refuse('processing-instruction'))
    this.on('error', () => refuse('not-well-formed'))
  }

  #enter(tag: SaxesTagNS): void {
    this.#count()
    if (this.#open.length >= this.#limits.levelsMax) refuse('too-deep')
    const attributes = attributesOf(tag, this)
    const element: Draft = { name: tag.local, namespace: tag.uri, attributes, children: [], text: '' }
    if (this.#current) this.#current.children.push(element)
    else this.root = element
    this.#open.push(element)
    this.#current = element
  }

  #leave(): void {
    this.#open.pop()
    this.#current = this.#open.at(-1)
  }

  #addText(text: string): void {
    if (this.#current) this.#current.text += text
  }

  #count(): void {
    if (++this.#nodes > this.#limits.nodesMax) refuse('too-many-nodes')
  }
}

/** True when an element holds text of its own beyond XML whitespace. */
export function hasText(element: XmlElement): boolean {
  return /[^ \t\r\n]/.test(element.text)
}

function refuse(reason: SyntaxFaultReason): never {
  throw new SyntaxFault(reason)
}

function attributesOf(tag: SaxesTagNS, parser: TreeParser): readonly XmlAttribute[] {
  let attributes: XmlAttribute[] | undefined
  for (const qualifiedName in tag.attributes) {
    const { local, uri, value } = tag.attributes[qualifiedName]!
    if (uri === XMLNS_NAMESPACE) continue
    const isType = uri === XSI_NAMESPACE && local === 'type'
    attributes ??= []
    attributes.push({ name: local, namespace: uri, value: isType ? resolveName(value, parser) : value })
  }
  return attributes ?? NO_ATTRIBUTES
}

function resolveName(value: string, parser: TreeParser): string {
  const name = value.trim()
  const colon = name.indexOf(':')
  const prefix = colon < 0 ? '' : name.slice(0, colon)
  return `{${parser.resolve(prefix) ?? ''}}${name.slice(colon + 1)}`
}

/** Decodes by byte order mark, else by the XML declaration, else as UTF-8; malformed bytes are refused. */
function decode(bytes: Uint8Array): string {
  const declaration = /^<\?xml[^>]*?encoding\s*=\s*["']([\w.-]+)["']/
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return decodeAs('utf-16le', bytes)
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return decodeAs('utf-16be', bytes)
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 120)).toString('latin1')
  switch (declaration.exec(head)?.[1]?.toLowerCase() ?? 'utf-8') {
    case 'utf-8':
    case 'us-ascii':
      return decodeAs('utf-8', bytes)
    case 'iso-8859-1':
      return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
    default:
      throw new SyntaxFault('unknown-encoding')
  }
}

function decodeAs(encoding: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes)
  } catch {
    throw new SyntaxFault('not-well-formed')
  }
}
