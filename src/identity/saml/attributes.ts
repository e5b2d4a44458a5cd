import { parseFiscalCode } from '#core/fiscal-code.ts'
import type { XmlElement } from '#core/read-xml.ts'
import { must } from '../refusal.ts'
import type { Identity } from '../scheme.ts'
import { ASSERTION } from './names.ts'
import { attributeOf, childrenOf, onlyChild, textOf } from './tree.ts'

/** The person's part of an identity. */
export type Person = Pick<Identity, 'fiscalCode' | 'firstName' | 'lastName'>

/** Nobody's name is longer (registry offices cut at 100), and a column must hold it. */
const NAME_LENGTH_MAX = 200

/**
 * Reads the three attributes that an account needs (checks 98, 99, 103); others are looked at for their form and
 * forgotten, the date of birth that CIE always sends among them.
 * @throws Refused
 */
export function readPerson(assertion: XmlElement): Person {
  const statement = onlyChild(assertion, ASSERTION, 'AttributeStatement')
  must(statement, 'assertion.attributes')
  const attributes = childrenOf(statement, ASSERTION, 'Attribute')
  must(attributes.length > 0 && attributes.length === statement.children.length, 'assertion.attributes')
  const values = new Map<string, string>()
  for (const attribute of attributes) {
    const name = attributeOf(attribute, 'Name')
    // Two attributes of one name would leave it to the reader's taste which one counts.
    must(name && !values.has(name), 'assertion.attributes')
    const value = onlyChild(attribute, ASSERTION, 'AttributeValue')
    must(value && attribute.children.length === 1, 'assertion.attributes')
    const text = textOf(value)
    must(text !== undefined, 'assertion.attributes')
    values.set(name, text)
  }
  return {
    fiscalCode: readFiscalNumber(values.get('fiscalNumber')),
    firstName: readName(values.get('name')),
    lastName: readName(values.get('familyName')),
  }
}

/** `TINIT-` and a codice fiscale of a person, letters in place of digits included (SPID attributes table). */
function readFiscalNumber(value: string | undefined): string {
  must(value, 'fiscal-number.missing')
  const code = /^TINIT-([A-Za-z0-9]{16})$/.exec(value)?.[1]
  const fiscalCode = code === undefined ? undefined : parseFiscalCode(code)
  must(fiscalCode, 'fiscal-number.malformed')
  return fiscalCode
}

function readName(value: string | undefined): string {
  const line = value?.replace(/\s+/g, ' ').trim()
  must(line && line.length <= NAME_LENGTH_MAX, 'assertion.attributes')
  return line
}
