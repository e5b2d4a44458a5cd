import { contactPerson } from '../../metadata/contact.ts'
import type { ServiceProvider } from '../../metadata/service-provider.ts'
import { tag, textTag } from '../../saml/write-xml.ts'

/**
 * SPID's contacts (Avviso 19 v4): aggregator and aggregated body, or the one contact of a body federated by
 * itself. The aggregated body's Company is its OrganizationName to the letter.
 */
export function spidContacts(provider: ServiceProvider): string {
  const { aggregator, organization, ipaCode, email, telephone } = provider
  const publicBody = [textTag('spid:IPACode', {}, ipaCode), tag('spid:Public', {})]
  if (!aggregator)
    return contactPerson({
      attributes: { contactType: 'other' },
      extensions: publicBody,
      company: organization.name,
      email,
      telephone,
    })
  return (
    contactPerson({
      attributes: { contactType: 'other', 'spid:entityType': 'spid:aggregator' },
      extensions: [
        textTag('spid:VATNumber', {}, aggregator.vatNumber),
        textTag('spid:FiscalCode', {}, aggregator.fiscalCode),
        tag('spid:PublicServicesFullAggregator', {}),
      ],
      company: aggregator.name,
      email: aggregator.email,
      telephone: aggregator.telephone,
    }) +
    contactPerson({
      attributes: { contactType: 'other', 'spid:entityType': 'spid:aggregated' },
      extensions: publicBody,
      company: organization.name,
    })
  )
}
