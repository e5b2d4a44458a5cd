/**
 * What a page is made of: each element with its class, the names of its attributes, its role and type, and where it stands.
 * Texts, addresses and numbers are not part of it.
 */
export function shapeOf(html: string): ReadonlySet<string> {
  const shape = new Set<string>()
  const open: string[] = []
  const body = html.replaceAll(/<!--[\s\S]*?-->/g, '')
  for (const [, closing, tag, attributes = ''] of body.matchAll(
    /<(\/?)([a-z][a-z0-9]*)((?:\s+[^\s"'>=]+(?:="[^"]*")?)*)\s*\/?>/gi,
  )) {
    if (closing) {
      const place = open.findLastIndex((one) => one.startsWith(`${tag} `))
      if (place >= 0) open.length = place
      continue
    }
    const told = [...attributes.matchAll(/([^\s"'>=]+)(?:="([^"]*)")?/g)].map(([, name = '', value]) =>
      KEPT.has(name) ? `${name}=${value}` : name,
    )
    const element = `${tag} ${told.join(' ')}`
    shape.add(`${open.at(-1) ?? ''} > ${element}`)
    if (!VOID.has(tag!)) open.push(element)
  }
  return shape
}

const KEPT = new Set(['class', 'role', 'type', 'aria-hidden', 'lang', 'scope'])
const VOID = new Set([
  'input',
  'br',
  'img',
  'meta',
  'link',
  'hr',
  'source',
  'wbr',
  'use',
  'path',
  'rect',
  'circle',
  'line',
])
