import { createSign } from 'node:crypto'
import { deflateRawSync } from 'node:zlib'
import type { SigningKey } from '#identity/scheme.ts'
import { instant, keys, provider } from './world.ts'

export const RSA_SHA256 = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256'
/** The query of a message that nobody signed. */
export const unsignedQuery = (xml: string, relayState?: string) =>
  [
    `SAMLRequest=${encodeURIComponent(deflateRawSync(xml).toString('base64'))}`,
    ...(relayState === undefined ? [] : [`RelayState=${relayState}`]),
  ].join('&')

/** The query of a message, signed over its own characters. */
export function byQuery(
  xml: string,
  key: SigningKey = keys.provider,
  relayState?: string,
  algorithm = RSA_SHA256,
) {
  const signed = `${unsignedQuery(xml, relayState)}&SigAlg=${encodeURIComponent(algorithm)}`
  const hash = algorithm.includes('sha1') ? 'sha1' : `sha${algorithm.slice(-3)}`
  const signature = createSign(hash).update(signed).sign(key.privateKey, 'base64')
  return `${signed}&Signature=${encodeURIComponent(signature)}`
}

/** A provider's wish that the sessions of the forge's name end. */
export function logoutRequest(destination: string): string {
  return `<samlp:LogoutRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_logout" Version="2.0" IssueInstant="${instant(-3)}" Destination="${destination}" NotOnOrAfter="${instant(60)}"><saml:Issuer Format="urn:oasis:names:tc:SAML:2.0:nameid-format:entity">${provider.entityId}</saml:Issuer><saml:NameID NameQualifier="${provider.entityId}" Format="urn:oasis:names:tc:SAML:2.0:nameid-format:transient">_transient-name</saml:NameID><samlp:SessionIndex>_session</samlp:SessionIndex></samlp:LogoutRequest>`
}
