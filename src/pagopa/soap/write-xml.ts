import { plainText } from './plain-text.ts'

/** An element around content that is XML already; nothing at all when the content is empty. */
export function element(name: string, ...content: readonly string[]): string {
  const inner = content.join('')
  return inner === '' ? '' : `<${name}>${inner}</${name}>`
}

/**
 * An element with a text made safe for its schema: cleaned, cut at `lengthMax` code points, escaped.
 * An empty text yields no element, because the schema's texts are never empty (protocol §1.2).
 */
export function textElement(name: string, value: string | undefined, lengthMax: number): string {
  return value === undefined ? '' : element(name, escapeText(plainText(value, lengthMax)))
}

function escapeText(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
