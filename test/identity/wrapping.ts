import type { PendingRequest } from '#identity/scheme.ts'
import { goodResponse, PERSON, signAssertion, signBoth } from './forge.ts'

/** A signed response taken apart. */
interface Pieces {
  readonly head: string
  readonly issuerAndStatus: string
  readonly responseSignature: string
  readonly assertion: string
  readonly assertionSignature: string
  readonly bareAssertion: string
  readonly evilAssertion: string
}

const SIGNATURE = /<ds:Signature[ >].*?<\/ds:Signature>/s
const TAIL = '</samlp:Response>'

function takeApart(xml: string): Pieces {
  const head = /^<samlp:Response[^>]*>/.exec(xml)![0]
  const assertion = /<saml:Assertion.*<\/saml:Assertion>/s.exec(xml)![0]
  const around = xml.replace(assertion, '')
  const responseSignature = SIGNATURE.exec(around)?.[0] ?? ''
  const issuerAndStatus = around.replace(responseSignature, '').slice(head.length, -TAIL.length)
  const assertionSignature = SIGNATURE.exec(assertion)![0]
  const bareAssertion = assertion.replace(assertionSignature, '')
  // The thief's own codice fiscale, and another ID, so that no two are alike.
  const evilAssertion = bareAssertion
    .replace('RSSMRA80A41H501Y', 'BNCLGU75C10F205V')
    .replace('ID="_assertion"', 'ID="_evil"')
  return {
    head,
    issuerAndStatus,
    responseSignature,
    assertion,
    assertionSignature,
    bareAssertion,
    evilAssertion,
  }
}

const evilHead = (head: string) => head.replace('ID="_response"', 'ID="_evil-response"')
/** Puts something in as the last thing within an element. */
const within = (xml: string, close: string, inner: string) => {
  const end = xml.lastIndexOf(close)
  return xml.slice(0, end) + inner + xml.slice(end)
}

/**
 * The eight classic wrappings (Somorovsky et al., "On Breaking SAML", 2012), with every namespace as it was, so
 * that each signature would still verify where it is found.
 */
export function wrappings(
  request?: PendingRequest,
): readonly (readonly [name: string, reason: string, xml: string])[] {
  const good = goodResponse(PERSON, request)
  const response = takeApart(signBoth(good))
  const { head, issuerAndStatus, responseSignature } = response
  const original = head + issuerAndStatus + response.assertion + TAIL
  const lone = takeApart(signAssertion(good))
  const { evilAssertion: evil, assertion, bareAssertion: bare, assertionSignature: signature } = lone
  const around = (...inner: string[]) => lone.head + lone.issuerAndStatus + inner.join('') + TAIL
  const evilResponse = (...inner: string[]) => evilHead(head) + issuerAndStatus + inner.join('') + TAIL
  const evilWith = (inner: string) => evil.replace('<saml:Subject>', () => `${inner}<saml:Subject>`)
  return [
    [
      'XSW1: the original Response inside the signature of another',
      'response.not-a-response',
      evilResponse(within(responseSignature, '</ds:Signature>', original), response.evilAssertion),
    ],
    [
      'XSW2: the original Response beside the signature of another',
      'response.not-a-response',
      evilResponse(original, responseSignature, response.evilAssertion),
    ],
    ['XSW3: another Assertion before the original', 'response.assertion-count', around(evil, assertion)],
    [
      'XSW4: the original Assertion inside another',
      'response.assertion-count',
      around(within(evil, '</saml:Assertion>', assertion)),
    ],
    [
      'XSW5: the signature moved to another Assertion, the original left beside',
      'response.assertion-count',
      around(evilWith(signature), bare),
    ],
    [
      'XSW6: the original Assertion inside the signature of another',
      'response.assertion-count',
      around(evilWith(within(signature, '</ds:Signature>', bare))),
    ],
    [
      'XSW7: the original Assertion inside Extensions',
      'response.assertion-count',
      around(`<samlp:Extensions>${assertion}</samlp:Extensions>`, evil),
    ],
    [
      'XSW8: the original Assertion inside an Object of the signature',
      'response.assertion-count',
      around(evilWith(within(signature, '</ds:Signature>', `<ds:Object>${bare}</ds:Object>`))),
    ],
    [
      'the original kept as the only Assertion by name, another one under a foreign namespace',
      'response.assertion-count',
      around(
        assertion,
        evil.replaceAll('saml:Assertion', 'x:Assertion').replace('ID=', 'xmlns:x="urn:x" ID='),
      ),
    ],
    [
      'the signed Assertion elsewhere, and none where it belongs',
      'response.assertion-count',
      around(`<samlp:Extensions>${assertion}</samlp:Extensions>`),
    ],
    [
      'two elements of one ID',
      'signature.misplaced',
      around(`<samlp:Extensions ID="_assertion"/>`, assertion),
    ],
    [
      'a signature outside its element',
      'signature.misplaced',
      around(`<samlp:Extensions>${signature}</samlp:Extensions>`, bare),
    ],
    [
      'two signatures in one element',
      'signature.misplaced',
      around(assertion.replace(signature, signature + signature)),
    ],
    [
      'three signatures',
      'signature.misplaced',
      signBoth(good).replace('<samlp:Status>', () => `<samlp:Status>${signature}`),
    ],
    ['a signature that refers to another element', 'signature.misplaced', around(evilWith(signature))],
  ]
}
