import { SaxesParser } from 'saxes'

/** An element to write: text, or children in order; children that are undefined are left out. */
export interface XmlDraft {
  readonly name: string
  readonly content: string | readonly (XmlDraft | undefined)[]
  readonly attributes?: Readonly<Record<string, string>>
}

/**
 * An element that was read. `name` is the local name, `uri` its namespace ('' when it has none); attributes with a
 * namespace of their own bear it in braces before their name.
 */
export interface XmlElement {
  readonly name: string
  readonly uri: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: XmlElement[]
  text: string
}

/** The text is no XML that we accept. */
export class XmlError extends Error {}

/** Drafts one element. */
export function element(
  name: string,
  content: XmlDraft['content'],
  attributes: Readonly<Record<string, string>> = {},
): XmlDraft {
  return { name, content, attributes }
}

/** Drafts an element where there is a value: the schema forbids empty elements, an absent one says "none". */
export function optional(name: string, value: string | undefined): XmlDraft | undefined {
  return value === undefined || value === '' ? undefined : element(name, value)
}

/** Writes an element and all that is in it. */
export function writeXml({ name, content, attributes = {} }: XmlDraft): string {
  const opening = [
    name,
    ...Object.entries(attributes).map(([key, value]) => `${key}="${escape(value)}"`),
  ].join(' ')
  if (content === '') return `<${opening}/>`
  const inner =
    typeof content === 'string'
      ? escape(content)
      : content.map((child) => (child === undefined ? '' : writeXml(child))).join('')
  return `<${opening}>${inner}</${name}>`
}

// XML 1.0 has no way at all to carry these control characters.
// oxlint-disable-next-line no-control-regex
const UNWRITABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g

function escape(text: string): string {
  return text
    .replace(UNWRITABLE, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}

const MAX_DEPTH = 40

/**
 * Reads a document into a tree, namespaces resolved.
 * @throws XmlError when it is not well-formed, declares a DOCTYPE, or is nested beyond reason
 */
export function readXml(source: string): XmlElement {
  const parser = new SaxesParser({ xmlns: true })
  const open: XmlElement[] = []
  let root: XmlElement | undefined
  parser.on('doctype', () => {
    throw new XmlError('a DOCTYPE is not accepted')
  })
  parser.on('error', (error) => {
    throw new XmlError(error.message)
  })
  parser.on('opentag', (tag) => {
    if (open.length >= MAX_DEPTH) throw new XmlError('elements are nested too deeply')
    const attributes = Object.fromEntries(
      Object.values(tag.attributes).map(({ uri, local, value }) => [uri ? `{${uri}}${local}` : local, value]),
    )
    const read: XmlElement = { name: tag.local, uri: tag.uri, attributes, children: [], text: '' }
    open.at(-1)?.children.push(read)
    root ??= read
    open.push(read)
  })
  parser.on('closetag', () => {
    open.pop()
  })
  const append = (text: string) => {
    const current = open.at(-1)
    if (current) current.text += text
  }
  parser.on('text', append)
  parser.on('cdata', append)
  parser.write(source).close()
  if (!root) throw new XmlError('there is no element')
  return root
}

/** The first child of that name. */
export function child(parent: XmlElement, name: string): XmlElement | undefined {
  return parent.children.find((candidate) => candidate.name === name)
}

/** The trimmed text of the first child of that name; undefined where there is none. */
export function textOf(parent: XmlElement, name: string): string | undefined {
  return child(parent, name)?.text.trim()
}

/** The same XML on many lines, for people: one element a line, indented by its depth. */
export function indented(xml: string): string {
  let depth = 0
  const lines = xml.replace(/>\s*</g, '>\n<').split('\n')
  return lines
    .map((line) => {
      if (line.startsWith('</')) depth--
      const shown = `${'  '.repeat(Math.max(0, depth))}${line}`
      if (/^<[^/?!][^>]*(?<!\/)>$/.test(line)) depth++
      return shown
    })
    .join('\n')
}
