const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\t': '&#x9;',
  '\n': '&#xA;',
  '\r': '&#xD;',
}

/** Makes a text safe between tags and between double quotes. */
export function escapeXml(value: string): string {
  return value.replace(/[&<>"\t\n\r]/g, (character) => ESCAPES[character]!)
}

/** Attributes by name; those that are undefined are left out. */
export type XmlAttributes = Readonly<Record<string, string | undefined>>

/** An element; the content is XML already. No white space is added: SPID forbids it around texts. */
export function tag(name: string, attributes: XmlAttributes, ...content: readonly string[]): string {
  const written = Object.entries(attributes)
    .filter((entry): entry is [string, string] => entry[1] !== undefined)
    .map(([key, value]) => ` ${key}="${escapeXml(value)}"`)
    .join('')
  const inner = content.join('')
  return inner === '' ? `<${name}${written}/>` : `<${name}${written}>${inner}</${name}>`
}

/** An element that holds a text. */
export function textTag(name: string, attributes: XmlAttributes, text: string): string {
  return tag(name, attributes, escapeXml(text))
}
