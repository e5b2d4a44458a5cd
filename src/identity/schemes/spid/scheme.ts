import type { SamlProfile } from '../../saml/profile.ts'
import { samlScheme } from '../../saml/scheme.ts'
import { spidContacts } from './contacts.ts'

export const spidProfile: SamlProfile = {
  id: 'spid',
  label: { it: 'SPID', en: 'SPID' },
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
