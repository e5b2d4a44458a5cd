/** Something wrong with a request: the number of SPID's table of messages, and what it is in plain words. */
export interface Problem {
  readonly number: number
  readonly text: string
}

/** Problems that a provider tells the person on its own page: it cannot know whom else to answer. */
const OWN_PAGE: ReadonlySet<number> = new Set([4, 5, 6, 7, 10])

export function isToldOnOwnPage({ number }: Problem): boolean {
  return OWN_PAGE.has(number)
}

/** What people can cause (SPID, table of messages; CIE uses 21, 22, 23 and 25). */
export const PERSON_ERRORS = [
  { number: 19, label: 'Troppi tentativi sbagliati', cie: false },
  { number: 20, label: 'Nessuna credenziale del livello richiesto', cie: false },
  { number: 21, label: 'Tempo scaduto', cie: true },
  { number: 22, label: 'Consenso negato', cie: true },
  { number: 23, label: 'Identità sospesa o revocata', cie: true },
  { number: 24, label: 'Codice riservato', cie: false },
  { number: 25, label: 'Accesso annullato', cie: true },
  { number: 30, label: 'Tipo di identità sbagliato', cie: false },
] as const

/** How the errors of a request are worded beside `Requester` (SPID, table of messages). */
const REQUEST_SUBSTATUS: Readonly<Record<number, string>> = {
  12: 'NoAuthnContext',
  13: 'RequestDenied',
  14: 'RequestUnsupported',
  15: 'NoPassive',
  16: 'RequestUnsupported',
  17: 'RequestUnsupported',
  18: 'RequestUnsupported',
}

/** The SAML status codes of an error, the inner one last. */
export function statusOf(number: number): readonly string[] {
  if (number === 9) return ['VersionMismatch']
  if (number >= 19) return ['Responder', 'AuthnFailed']
  const inner = REQUEST_SUBSTATUS[number]
  return inner === undefined ? ['Requester'] : ['Requester', inner]
}
