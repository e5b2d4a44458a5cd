import { describe, expect, test } from 'vitest'
import { SyntaxFault, readXml } from './read-xml.ts'

function reasonOf(xml: string | Uint8Array): string {
  try {
    readXml(xml)
    return 'accepted'
  } catch (error) {
    if (error instanceof SyntaxFault) return error.reason
    throw error
  }
}

describe('what is read', () => {
  test('prefixes, comments, CDATA and character references are resolved away', () => {
    const root = readXml(
      '<p:a xmlns:p="urn:p" k="v">x<!-- no --><![CDATA[<&]]>&amp;&#233;<b xmlns="urn:b"/>y</p:a>',
    )
    expect(root).toEqual({
      name: 'a',
      namespace: 'urn:p',
      attributes: [{ name: 'k', namespace: '', value: 'v' }],
      children: [{ name: 'b', namespace: 'urn:b', attributes: [], children: [], text: '' }],
      text: 'x<&&éy',
    })
  })

  test('an XML declaration is fine, also one of version 1.1, which brings no control characters in', () => {
    expect(readXml('<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<a/>\n').name).toBe('a')
    expect(readXml('<?xml version="1.1"?><a/>').name).toBe('a')
    expect(reasonOf('<?xml version="1.1"?><a>&#1;</a>')).toBe('not-well-formed')
  })

  test('xsi:type is resolved to a full name', () => {
    const xsi = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    expect(readXml(`<a ${xsi} xmlns:p="urn:p" xsi:type=" p:t "/>`).attributes[0]?.value).toBe('{urn:p}t')
  })

  test('bytes are decoded by their mark or declaration', () => {
    expect(readXml(Buffer.from('\ufeff<a>è</a>')).text).toBe('è')
    expect(readXml(Buffer.from('<?xml version="1.0" encoding="ISO-8859-1"?><a>è</a>', 'latin1')).text).toBe(
      'è',
    )
    expect(readXml(Buffer.from('\ufeff<a>è</a>', 'utf16le')).text).toBe('è')
    expect(reasonOf(Buffer.from('<a>è</a>', 'latin1'))).toBe('not-well-formed')
    expect(reasonOf(Buffer.from('<?xml version="1.0" encoding="EBCDIC-IT"?><a/>'))).toBe('unknown-encoding')
  })
})

test.each([
  ['', 'not-well-formed'],
  ['text', 'not-well-formed'],
  ['<a>', 'not-well-formed'],
  ['<a/><b/>', 'not-well-formed'],
  ['<a></b>', 'not-well-formed'],
  ['<a b="1" b="2"/>', 'not-well-formed'],
  ['<p:a/>', 'not-well-formed'],
  ['<a>&nbsp;</a>', 'not-well-formed'],
  ['<a>&constructor;&__proto__;&toString;</a>', 'not-well-formed'],
  ['<a>&#0;</a>', 'not-well-formed'],
  ['<a>&#xD800;</a>', 'not-well-formed'],
  ['<a>\u0001</a>', 'not-well-formed'],
  ['<a>\ud800</a>', 'not-well-formed'],
  ['<a>]]></a>', 'not-well-formed'],
  ['<!DOCTYPE a><a/>', 'document-type'],
  [
    '<!DOCTYPE a SYSTEM "file:///etc/hostname" [<!ENTITY x SYSTEM "http://example.org/">]><a>&x;</a>',
    'document-type',
  ],
  ['<?run me?><a/>', 'processing-instruction'],
  ['<a><?run me?></a>', 'processing-instruction'],
  ['<a/><?run me?>', 'processing-instruction'],
])('%j is refused as %s', (xml, reason) => {
  expect(reasonOf(xml)).toBe(reason)
})

describe('bombs', () => {
  /** The reason of the refusal, unless it took long enough to hurt. */
  const quickReasonOf = (xml: string) => {
    const started = performance.now()
    const reason = reasonOf(xml)
    const elapsedMs = performance.now() - started
    return elapsedMs < 200 ? reason : `${reason} after ${elapsedMs} ms`
  }

  test('depth, breadth, attributes and namespaces are refused as soon as they pass the limit', () => {
    const attributes = Array.from({ length: 100_000 }, (_, index) => `a${index}="u"`).join(' ')
    expect(quickReasonOf('<a>'.repeat(1_000_000))).toBe('too-deep')
    expect(quickReasonOf(`<a>${'<b/>'.repeat(1_000_000)}</a>`)).toBe('too-many-nodes')
    expect(quickReasonOf(`<a ${attributes}/>`)).toBe('too-many-nodes')
    expect(quickReasonOf(`<a ${attributes.replaceAll('a', 'xmlns:a')}/>`)).toBe('too-many-nodes')
  })

  test('entities that would grow a thousandfold never expand', () => {
    const entities = Array.from(
      { length: 50 },
      (_, n) => `<!ENTITY e${n + 1} "${`&e${n};`.repeat(10)}">`,
    ).join('')
    const bomb = `<!DOCTYPE a [<!ENTITY e0 "ha">${entities}]><a>&e50;</a>`
    expect(quickReasonOf(bomb)).toBe('document-type')
  })

  test('32 levels and 2000 elements are still read', () => {
    expect(reasonOf('<a>'.repeat(32) + '</a>'.repeat(32))).toBe('accepted')
    expect(reasonOf('<a>'.repeat(33) + '</a>'.repeat(33))).toBe('too-deep')
    expect(reasonOf(`<a>${'<b/>'.repeat(1999)}</a>`)).toBe('accepted')
    expect(reasonOf(`<a>${'<b/>'.repeat(2000)}</a>`)).toBe('too-many-nodes')
  })

  test('who expects larger documents says how large', () => {
    const limits = { levelsMax: 2, nodesMax: 3_000 }
    expect(readXml(`<a>${'<b/>'.repeat(2_999)}</a>`, limits).children.length).toBe(2_999)
    expect(() => readXml(`<a>${'<b/>'.repeat(3_000)}</a>`, limits)).toThrow('too-many-nodes')
    expect(() => readXml('<a><b><c/></b></a>', limits)).toThrow('too-deep')
  })
})
