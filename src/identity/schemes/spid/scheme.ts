import type { SamlProfile } from '../../saml/profile.ts'
import { samlScheme } from '../../saml/scheme.ts'
import { spidContacts } from './contacts.ts'

export const spidProfile: SamlProfile = {
  id: 'spid',
  label: { it: 'SPID', en: 'SPID' },
  // The three that the access button has under its list (Avviso 42).
  links: [
    { text: 'more', href: 'https://www.spid.gov.it' },
    { text: 'get', href: 'https://www.spid.gov.it/richiedi-spid' },
    { text: 'help', href: 'https://www.spid.gov.it/serve-aiuto' },
  ],
  requiresIssuerFormat: true,
  metadata: {
    prefix: 'spid',
    namespace: 'https://spid.gov.it/saml-extensions',
    attributes: ['name', 'familyName', 'fiscalNumber', 'spidCode'],
    contacts: spidContacts,
  },
}

/** SPID: many providers, technical rules of AgID up to Avviso 34. */
export const spid = samlScheme(spidProfile)
