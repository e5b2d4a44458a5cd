import { both, content, drop, sign } from './forge.ts'
import type { Edit } from './forge.ts'
import { keys } from './world.ts'

export interface Case {
  /** Number in the list of the public suite (italia/spid-sp-test). */
  readonly number: string
  readonly name: string
  readonly verdict: string
  readonly edit: Edit
  /** How it is signed after the edit; by the right provider, both parts, unless told. */
  readonly signed?: Edit
}

/** Left as it is. */
export const same: Edit = (xml) => xml

/** Without an Assertion only the Response can be signed. */
export const responseOnly: Edit = (xml) => sign(xml, 'Response', keys.provider)

/** An error as providers send it: no Assertion, a second status code, the number in the message. */
export const providerError = (message: string): Edit =>
  both(
    drop('saml:Assertion'),
    content(
      'samlp:Status',
      '<samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Responder"><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:AuthnFailed"/></samlp:StatusCode>' +
        `<samlp:StatusMessage>${message}</samlp:StatusMessage>`,
    ),
  )

export const row = (number: string, name: string, verdict: string, edit: Edit, signed?: Edit): Case => ({
  number,
  name,
  verdict,
  edit,
  ...(signed && { signed }),
})
