import type { SamlProfile } from '../../saml/profile.ts'
import { samlScheme } from '../../saml/scheme.ts'
import { cieContacts } from './contacts.ts'

export const cieProfile: SamlProfile = {
  id: 'cie',
  label: { it: 'CIE', en: 'CIE' },
  links: [{ text: 'more', href: 'https://www.cartaidentita.interno.gov.it' }],
  requiresIssuerFormat: false,
  metadata: {
    prefix: 'cie',
    namespace: 'https://www.cartaidentita.interno.gov.it/saml-extensions',
    // Always these four, whatever is asked for: the minimal set of eIDAS (CIE manual, protocols).
    attributes: ['name', 'familyName', 'dateOfBirth', 'fiscalNumber'],
    contacts: cieContacts,
  },
}

/** The electronic identity card: one provider, the Ministry of the Interior. */
export const cie = samlScheme(cieProfile)
