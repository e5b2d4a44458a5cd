import { deflateRawSync } from 'node:zlib'
import type { Departure, SigningKey } from '../scheme.ts'
import { signQuery, signXml } from './sign.ts'

export interface Outgoing {
  readonly parameter: 'SAMLRequest' | 'SAMLResponse'
  readonly xml: string
  readonly destination: string
  readonly relayState: string | undefined
  readonly key: SigningKey
}

export interface Sent {
  readonly departure: Departure
  /** The XML as sent: with its signature where the binding puts it there. */
  readonly sent: string
}

/** Sends by HTTP-Redirect: compressed, with a signature over the query and none in the XML. */
export function byRedirect({ parameter, xml, destination, relayState, key }: Outgoing): Sent {
  const encoded = deflateRawSync(xml).toString('base64')
  const parts = [`${parameter}=${encodeURIComponent(encoded)}`]
  if (relayState !== undefined) parts.push(`RelayState=${encodeURIComponent(relayState)}`)
  const joint = destination.includes('?') ? '&' : '?'
  return { departure: { kind: 'redirect', url: destination + joint + signQuery(parts, key) }, sent: xml }
}

/** Sends by HTTP-POST: a form with the message in base64, its signature right after Issuer. */
export function byPost({ parameter, xml, destination, relayState, key }: Outgoing): Sent {
  const sent = signXml(xml, key, 'after-issuer')
  const fields = { [parameter]: Buffer.from(sent).toString('base64') }
  if (relayState !== undefined) fields.RelayState = relayState
  return { departure: { kind: 'form', action: destination, fields }, sent }
}
