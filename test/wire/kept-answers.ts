import { deepEqual, equal } from 'node:assert/strict'
import { refusedByXsd } from '#pagopa/soap/test-reference.ts'
import { OPERATIONS, PAF, SOAP, type Operation } from '../../sandbox/node/operations.ts'
import { readXml } from '../../sandbox/wire/xml.ts'

/** Answers on their way to the official schema, which says nothing about their root: that is looked at first. */
export class KeptAnswers {
  readonly #texts = new Set<string>()
  count = 0

  /** Keeps an answer; its one element in the body must be the operation's, and that one's children unqualified. */
  keep(operation: Operation, text: string): string {
    const envelope = readXml(text)
    deepEqual([envelope.uri, envelope.name], [SOAP, 'Envelope'])
    const body = envelope.children.find(({ name, uri }) => name === 'Body' && uri === SOAP)
    const roots = body?.children.map(({ name, uri }) => [uri, name])
    deepEqual(roots, [[PAF, OPERATIONS[operation].response]])
    for (const { uri } of body!.children[0]!.children) equal(uri, '')
    this.#texts.add(text)
    this.count++
    return text
  }

  /** Which operation has been answered how: its root element and OK or the fault's code. */
  kinds(): Set<string> {
    const kindOf = (text: string) =>
      `${/<paf:(\w+)>/.exec(text)![1]} ${/<faultCode>(\w+)</.exec(text)?.[1] ?? 'OK'}`
    return new Set([...this.#texts].map(kindOf))
  }

  /** Those that the official schema refuses. */
  refused(what: string): string[] {
    return refusedByXsd(what, [...this.#texts])
  }
}
