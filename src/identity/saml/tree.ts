import type { XmlElement } from '#core/read-xml.ts'

/** The children with that name, in document order. */
export function childrenOf(parent: XmlElement, namespace: string, name: string): XmlElement[] {
  return parent.children.filter((child) => child.name === name && child.namespace === namespace)
}

/** The one child with that name; undefined when there is none or more than one. */
export function onlyChild(parent: XmlElement, namespace: string, name: string): XmlElement | undefined {
  const found = childrenOf(parent, namespace, name)
  return found.length === 1 ? found[0] : undefined
}

/** An attribute without a namespace. */
export function attributeOf(element: XmlElement, name: string): string | undefined {
  return element.attributes.find((attribute) => attribute.namespace === '' && attribute.name === name)?.value
}

/**
 * The whole text of an element that holds nothing else, without white space around it: comments and CDATA
 * borders split nothing here, because the reader joins what stands between them.
 */
export function textOf(element: XmlElement): string | undefined {
  return element.children.length === 0 ? element.text.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, '') : undefined
}

/** The element and all below it, in document order. */
export function* walk(element: XmlElement): Generator<XmlElement> {
  yield element
  for (const child of element.children) yield* walk(child)
}
