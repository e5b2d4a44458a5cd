import { contactPerson } from '../../metadata/contact.ts'
import type { ServiceProvider } from '../../metadata/service-provider.ts'
import { tag, textTag } from '../../saml/write-xml.ts'

/**
 * CIE's contacts (CIE manual, federation): the tenant is `administrative`; a private technical partner, where one
 * federates it, is `technical`.
 */
export function cieContacts(provider: ServiceProvider): string {
  const { aggregator, organization, ipaCode, municipality, email, telephone } = provider
  const tenant = contactPerson({
    attributes: { contactType: 'administrative' },
    extensions: [
      tag('cie:Public', {}),
      textTag('cie:IPACode', {}, ipaCode),
      textTag('cie:Municipality', {}, municipality),
      textTag('cie:Country', {}, 'IT'),
    ],
    company: organization.name,
    email,
    telephone,
  })
  if (!aggregator) return tenant
  return (
    tenant +
    contactPerson({
      attributes: { contactType: 'technical' },
      extensions: [
        tag('cie:Private', {}),
        textTag('cie:VATNumber', {}, aggregator.vatNumber),
        textTag('cie:FiscalCode', {}, aggregator.fiscalCode),
        textTag('cie:NACE2Code', {}, aggregator.nace2Code),
        textTag('cie:Municipality', {}, aggregator.municipality),
        textTag('cie:Country', {}, 'IT'),
      ],
      company: aggregator.name,
      email: aggregator.email,
      telephone: aggregator.telephone,
    })
  )
}
