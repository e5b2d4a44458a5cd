import { tag, textTag } from '../saml/write-xml.ts'
import type { XmlAttributes } from '../saml/write-xml.ts'

export interface Contact {
  readonly attributes: XmlAttributes
  readonly extensions: readonly string[]
  readonly company: string
  readonly email?: string | undefined
  readonly telephone?: string | undefined
}

/** A ContactPerson, its children in the schema's order. */
export function contactPerson({ attributes, extensions, company, email, telephone }: Contact): string {
  return tag(
    'md:ContactPerson',
    attributes,
    tag('md:Extensions', {}, ...extensions),
    textTag('md:Company', {}, company),
    email === undefined ? '' : textTag('md:EmailAddress', {}, email),
    telephone === undefined ? '' : textTag('md:TelephoneNumber', {}, telephone),
  )
}
