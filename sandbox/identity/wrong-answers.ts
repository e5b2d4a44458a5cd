import { controlCharacter } from '../wire/fiscal-code.ts'
import type { ResponseFacts } from './response.ts'

/** A way to answer that no service provider may accept. Each differs from a right answer in one thing. */
export interface WrongAnswer {
  readonly id: string
  readonly label: string
  /** What it says otherwise than a right answer. */
  readonly says?: (facts: ResponseFacts) => ResponseFacts
  /** Changed before it is signed: the signature holds. */
  readonly beforeSigning?: (xml: string) => string
  /** Changed after it was signed. */
  readonly afterSigning?: (xml: string) => string
  /** Which signatures, and whose, instead of both by the provider. */
  readonly signed?: 'response-only' | 'by-stranger'
  /** How often the same answer is sent. */
  readonly times?: number
}

const MINUTE_MS = 60_000

export const WRONG_ANSWERS: readonly WrongAnswer[] = [
  { id: 'unsigned', label: 'Assertion senza firma', signed: 'response-only' },
  { id: 'other-key', label: 'Firmata con un’altra chiave', signed: 'by-stranger' },
  {
    id: 'expired',
    label: 'Scaduta',
    says: (facts) => ({
      ...facts,
      notBefore: facts.notBefore - 10 * MINUTE_MS,
      notOnOrAfter: facts.issuedAt - 5 * MINUTE_MS,
    }),
  },
  {
    id: 'future',
    label: 'Emessa nel futuro',
    says: (facts) => ({
      ...facts,
      issuedAt: facts.issuedAt + 10 * MINUTE_MS,
      notOnOrAfter: facts.notOnOrAfter + 10 * MINUTE_MS,
    }),
  },
  {
    id: 'other-audience',
    label: 'Destinata a un altro ente (Audience)',
    says: (facts) => ({ ...facts, audience: `${facts.audience}-altro` }),
  },
  {
    id: 'other-recipient',
    label: 'Altro indirizzo di ricezione (Recipient)',
    says: (facts) => ({ ...facts, recipient: 'https://altro.example/acs' }),
  },
  {
    id: 'other-destination',
    label: 'Altra destinazione (Destination)',
    says: (facts) => ({ ...facts, destination: 'https://altro.example/acs' }),
  },
  {
    id: 'other-request',
    label: 'Risponde a un’altra richiesta (InResponseTo)',
    says: (facts) => ({ ...facts, inResponseTo: '_richiesta-di-qualcun-altro' }),
  },
  { id: 'level-1', label: 'Solo livello 1', says: (facts) => ({ ...facts, level: 1 }) },
  {
    id: 'no-fiscal-number',
    label: 'Senza codice fiscale',
    says: (facts) => {
      const { fiscalNumber: _, ...attributes } = facts.attributes
      return { ...facts, attributes }
    },
  },
  {
    id: 'wrong-check-character',
    label: 'Codice fiscale con l’ultima lettera sbagliata',
    says: (facts) => withFiscalNumber(facts, (code) => code.slice(0, -1) + nextLetter(code.at(-1)!)),
  },
  {
    id: 'comment',
    label: 'Commento XML dentro il codice fiscale',
    // Who reads only up to the comment takes the longer value for the person's own.
    beforeSigning: (xml) => inFiscalNumber(xml, (value) => `${value}<!-- -->.DIALTRI`),
  },
  {
    id: 'tampered',
    label: 'Codice fiscale cambiato dopo la firma',
    afterSigning: (xml) => inFiscalNumber(xml, anotherPerson),
  },
  {
    id: 'doctype',
    label: 'Con un DOCTYPE',
    afterSigning: (xml) => `<!DOCTYPE Response [<!ENTITY x "x">]>${xml}`,
  },
  { id: 'replay', label: 'La stessa risposta due volte', times: 2 },
]

/** The wrong way of that id; undefined when there is none. */
export function wrongAnswer(id: string): WrongAnswer | undefined {
  return WRONG_ANSWERS.find((one) => one.id === id)
}

function withFiscalNumber(facts: ResponseFacts, change: (value: string) => string): ResponseFacts {
  const { fiscalNumber = '' } = facts.attributes
  return { ...facts, attributes: { ...facts.attributes, fiscalNumber: change(fiscalNumber) } }
}

function inFiscalNumber(xml: string, change: (value: string) => string): string {
  return xml.replace(/TINIT-[A-Z0-9]{16}/, change)
}

function nextLetter(letter: string): string {
  return letter === 'Z' ? 'A' : String.fromCharCode(letter.charCodeAt(0) + 1)
}

/** A valid code of somebody else: the same with other letters of the name. */
function anotherPerson(value: string): string {
  const code = value.slice('TINIT-'.length)
  const first15 = `${code.startsWith('XXX') ? 'YYY' : 'XXX'}${code.slice(3, 15)}`
  return `TINIT-${first15}${controlCharacter(first15)}`
}
