import { createHash } from 'node:crypto'
import { readBirth } from '../wire/fiscal-code.ts'
import type { Provider, Scheme } from './provider.ts'

/** Somebody whom the providers can vouch for. */
export interface Citizen {
  readonly fiscalCode: string
  readonly firstName: string
  readonly lastName: string
  readonly email: string
  /** Who this is in the simulated world, for whoever chooses. */
  readonly note: string
}

/** What a provider of the scheme can release. CIE gives the minimum of eIDAS and nothing else. */
export const ATTRIBUTES: Readonly<Record<Scheme, readonly string[]>> = {
  spid: ['spidCode', 'name', 'familyName', 'fiscalNumber', 'dateOfBirth', 'placeOfBirth', 'gender', 'email'],
  cie: ['name', 'familyName', 'dateOfBirth', 'fiscalNumber'],
}

/** What each attribute is called on the page where the person consents. */
export const ATTRIBUTE_LABELS: Readonly<Record<string, string>> = {
  spidCode: 'Codice identificativo SPID',
  name: 'Nome',
  familyName: 'Cognome',
  fiscalNumber: 'Codice fiscale',
  dateOfBirth: 'Data di nascita',
  placeOfBirth: 'Luogo di nascita',
  gender: 'Sesso',
  email: 'Indirizzo e-mail',
}

/** The values of the attributes asked for; CIE sends its four whatever was asked. */
export function attributesOf(
  citizen: Citizen,
  provider: Provider,
  asked: readonly string[],
  now: Date,
): Readonly<Record<string, string>> {
  const birth = readBirth(citizen.fiscalCode, now)
  const all: Record<string, string> = {
    spidCode: spidCode(provider, citizen),
    name: citizen.firstName,
    familyName: citizen.lastName,
    fiscalNumber: `TINIT-${citizen.fiscalCode}`,
    dateOfBirth: birth.date,
    placeOfBirth: birth.place,
    gender: birth.gender,
    email: citizen.email,
  }
  const names = provider.scheme === 'cie' ? ATTRIBUTES.cie : asked
  return Object.fromEntries(names.flatMap((name) => (all[name] === undefined ? [] : [[name, all[name]]])))
}

/** A person's code at one provider: another provider knows the same person by another one. */
function spidCode(provider: Provider, citizen: Citizen): string {
  const digest = createHash('sha256').update(`${provider.id} ${citizen.fiscalCode}`).digest('hex')
  return `PROV${digest.slice(0, 10).toUpperCase()}`
}
