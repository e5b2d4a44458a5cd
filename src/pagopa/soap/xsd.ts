import { XSI_NAMESPACE, hasText } from '#core/read-xml.ts'
import type { XmlElement } from '#core/read-xml.ts'

/**
 * A small vocabulary to write a schema as a table: `sequence`, `list`, `choice`, `maybe`, `named` over simple
 * types. A table is at once the validation (equivalent to the XSD it mirrors) and the TypeScript type of what
 * comes out. Errors name elements and types only, never a value.
 */
export interface Type<Value> {
  /** `{namespace}local`, the only value that `xsi:type` may take on such an element. */
  readonly name: string
  /** @throws SchemaViolation */
  read(element: XmlElement): Value
}

/** What a schema refuses: the path below the root (`receipt/transferList/transfer[2]/IBAN`) and the rule broken. */
export class SchemaViolation extends Error {
  readonly rule: string
  path = ''
  constructor(rule: string) {
    super(rule)
    this.name = 'SchemaViolation'
    this.rule = rule
  }

  /** Says in which element the violation was found; called from the inside out. */
  within(segment: string): this {
    this.path = this.path === '' ? segment : `${segment}/${this.path}`
    this.message = `${this.path}: ${this.rule}`
    return this
  }
}

interface Member<Value, Optional extends boolean> {
  readonly type: Type<Value>
  readonly optional: Optional
  /** The name on the wire where it is not the key's. */
  readonly wireName?: string
  /** Members sharing an object exclude each other. */
  readonly group?: object
}
// oxlint-disable-next-line typescript/no-explicit-any -- a table holds types of every kind of value
type AnyMember = Type<any> | Member<any, boolean>
type Members = Readonly<Record<string, AnyMember>>

/** The value of a type, or of a member of a sequence. */
export type ValueOf<T> = T extends Type<infer V> ? V : T extends Member<infer V, boolean> ? V : never
type OptionalKey<M extends Members> = {
  [K in keyof M]: M[K] extends Member<unknown, true> ? K : never
}[keyof M]
type SequenceValue<M extends Members> = {
  readonly [K in Exclude<keyof M, OptionalKey<M>>]: ValueOf<M[K]>
} & { readonly [K in OptionalKey<M>]?: ValueOf<M[K]> }

/** minOccurs="0". */
export function maybe<V>(type: Type<V>, wireName?: string): Member<V, true> {
  return { type, optional: true, ...(wireName === undefined ? {} : { wireName }) }
}

/** A mandatory element whose wire name is no camelCase key: `iban: named('IBAN', stIBAN)`. */
export function named<V>(wireName: string, type: Type<V>): Member<V, false> {
  return { type, optional: false, wireName }
}

/** xsd:choice: exactly one of the members stands on the wire. Spread into a sequence's table. */
export function choice<M extends Members>(members: M): { [K in keyof M]: Member<ValueOf<M[K]>, true> } {
  const group = {}
  return Object.fromEntries(
    Object.entries(members).map(([key, member]) => [key, { ...asMember(member), optional: true, group }]),
  ) as { [K in keyof M]: Member<ValueOf<M[K]>, true> }
}

/**
 * xsd:sequence: the members in the order of the table.
 * @param childNamespace empty for schemas whose children are unqualified
 */
export function sequence<M extends Members>(
  name: string,
  members: M,
  childNamespace = '',
): Type<SequenceValue<M>> {
  const fields = Object.entries(members).map(([key, declared], index, all) => {
    const member = asMember(declared)
    const following = all[index + 1]
    const endsGroup =
      member.group !== undefined && (!following || asMember(following[1]).group !== member.group)
    return {
      key,
      wireName: member.wireName ?? key,
      type: member.type,
      group: member.group,
      mandatory: member.group === undefined ? !member.optional : endsGroup,
    }
  })
  return {
    name,
    read(element) {
      refuseAttributes(element, name)
      refuseText(element)
      const value: Record<string, unknown> = {}
      let next = 0
      let settled: object | undefined
      for (const field of fields) {
        if (field.group !== undefined && field.group === settled) continue
        const child = element.children[next]
        if (child && child.name === field.wireName && child.namespace === childNamespace) {
          value[field.key] = readChild(field.type, child, field.wireName)
          settled = field.group
          next++
        } else if (field.mandatory) {
          throw new SchemaViolation('missing or misplaced').within(field.wireName)
        }
      }
      if (next < element.children.length) {
        throw new SchemaViolation(`unexpected child number ${next + 1}`)
      }
      return value as SequenceValue<M>
    },
  }
}

/** A complex type that only repeats one unqualified element, 1 to `maxOccurs` times. */
export function list<V>(
  name: string,
  itemName: string,
  item: Type<V>,
  maxOccurs: number,
): Type<readonly V[]> {
  return {
    name,
    read(element) {
      refuseAttributes(element, name)
      refuseText(element)
      const { children } = element
      if (children.length === 0) throw new SchemaViolation('missing or misplaced').within(itemName)
      if (children.length > maxOccurs) throw new SchemaViolation(`more than ${maxOccurs} children`)
      return children.map((child, index) => {
        if (child.name !== itemName || child.namespace !== '') {
          throw new SchemaViolation(`unexpected child number ${index + 1}`)
        }
        return readChild(item, child, `${itemName}[${index + 1}]`)
      })
    },
  }
}

/** A simple type: text only, and `parse` answers undefined when the text is outside the type. */
export function simple<V>(name: string, parse: (text: string) => V | undefined): Type<V> {
  return {
    name,
    read(element) {
      refuseAttributes(element, name)
      if (element.children.length > 0) throw new SchemaViolation('text expected, not elements')
      const value = parse(element.text)
      if (value === undefined) throw new SchemaViolation(`not a valid ${name.slice(name.indexOf('}') + 1)}`)
      return value
    },
  }
}

function asMember(member: AnyMember): Member<unknown, boolean> {
  return 'read' in member ? { type: member, optional: false } : member
}

function readChild<V>(type: Type<V>, child: XmlElement, segment: string): V {
  try {
    return type.read(child)
  } catch (error) {
    throw error instanceof SchemaViolation ? error.within(segment) : error
  }
}

function refuseAttributes(element: XmlElement, typeName: string): void {
  for (const { name, namespace, value } of element.attributes) {
    const isHarmless =
      namespace === XSI_NAMESPACE &&
      (name === 'schemaLocation' ||
        name === 'noNamespaceSchemaLocation' ||
        (name === 'type' && value === typeName))
    // xsi:nil falls here too: no element of these schemas is nillable.
    if (!isHarmless) throw new SchemaViolation('unexpected attribute')
  }
}

function refuseText(element: XmlElement): void {
  if (hasText(element)) throw new SchemaViolation('unexpected text')
}
