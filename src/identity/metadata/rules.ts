import { X509Certificate } from 'node:crypto'
import { hasStrongKey } from '../saml/verify.ts'
import type { ServiceProvider } from './service-provider.ts'

const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/
const TELEPHONE = /^\+39\d{5,14}$/
const BELFIORE = /^[A-Z]\d{3}$/

/**
 * What a registry would refuse in a tenant's metadata, in words for whoever administers the installation.
 * @returns nothing when all rules hold (SPID: Avvisi 19, 22 and 29; CIE: manual, federation)
 */
export function organizationProblems(provider: ServiceProvider): string[] {
  const { profile, entityId, ipaCode, organization, aggregator, key, otherCertificate } = provider
  const rules: [boolean, string][] = [
    [isPlainUrl(entityId), 'the entityID must be a URL without query and fragment'],
    [
      profile !== 'pub-ag-full' ||
        new RegExp(`^https?://[^/]+/pub-ag-full/${RegExp.escape(ipaCode)}$`).test(entityId),
      'the entityID of an aggregated tenant ends with /pub-ag-full/ and its IPA code',
    ],
    [
      (profile === 'pub-ag-full') === (aggregator !== undefined),
      'an aggregator belongs to pub-ag-full, and only there',
    ],
    [/^\S{1,16}$/.test(ipaCode), 'the IPA code is missing or too long'],
    [isPlainUrl(provider.assertionConsumerUrl), 'the assertion consumer must be a URL'],
    [isPlainUrl(provider.logoutUrl), 'the logout service must be a URL'],
    [
      Object.values(organization).every(isLine),
      'name, display name and URL of the organization must be there',
    ],
    [isLine(provider.serviceName), 'the service needs a name'],
    [EMAIL.test(provider.email), 'the tenant’s e-mail address is malformed'],
    [
      provider.telephone === undefined || TELEPHONE.test(provider.telephone),
      'telephone numbers are +39 and digits',
    ],
    [BELFIORE.test(provider.municipality), 'the municipality is a Belfiore code'],
    [
      [key.certificate, ...(otherCertificate === undefined ? [] : [otherCertificate])].every((pem) =>
        hasStrongKey(new X509Certificate(pem)),
      ),
      'certificates must be RSA of at least 2048 bits',
    ],
    [
      new X509Certificate(key.certificate).checkPrivateKey(key.privateKey),
      'certificate and key do not belong together',
    ],
  ]
  if (aggregator) {
    rules.push(
      [
        /^[A-Z]{2}[A-Z0-9]{2,13}$/.test(aggregator.vatNumber),
        'the aggregator’s VAT number begins with its country',
      ],
      [/^(?:\d{11}|[A-Z0-9]{16})$/.test(aggregator.fiscalCode), 'the aggregator’s fiscal code is malformed'],
      [EMAIL.test(aggregator.email), 'the aggregator’s e-mail address is malformed'],
      [TELEPHONE.test(aggregator.telephone), 'telephone numbers are +39 and digits'],
      [BELFIORE.test(aggregator.municipality), 'the aggregator’s municipality is a Belfiore code'],
      [
        isLine(aggregator.name) && isLine(aggregator.nace2Code),
        'the aggregator needs a name and a NACE class',
      ],
    )
  }
  return rules.flatMap(([holds, problem]) => (holds ? [] : [problem]))
}

/**
 * What else holds before metadata may be submitted to a real registry: https everywhere, no ports.
 * A demonstration on a laptop has neither.
 */
export function productionProblems(provider: ServiceProvider): string[] {
  const urls = [provider.entityId, provider.assertionConsumerUrl, provider.logoutUrl]
  return urls.flatMap((text) => {
    const url = URL.parse(text)
    return url?.protocol === 'https:' && url.port === '' ? [] : [`${text} must be https without a port`]
  })
}

function isPlainUrl(text: string): boolean {
  return /^https?:\/\/[^\s?#]+$/.test(text) && URL.canParse(text)
}

function isLine(text: string): boolean {
  return text.trim() === text && text !== '' && !/[\r\n\t]/.test(text)
}
