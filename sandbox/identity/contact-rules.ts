import { child, textOf } from '../wire/xml.ts'
import type { XmlElement } from '../wire/xml.ts'
import { CIE_EXTENSIONS, SPID_EXTENSIONS } from './names.ts'
import type { Scheme } from './provider.ts'

/** What a registry would object to in the ContactPersons of a metadata. */
export function contactProblems(scheme: Scheme, entity: XmlElement): string[] {
  return scheme === 'cie' ? cieProblems(entity) : spidProblems(entity)
}

/** CIE: the public body is the administrative contact, named by its IPA code and with an e-mail address. */
function cieProblems(entity: XmlElement): string[] {
  const contact = contacts(entity, 'administrative')[0]
  if (!contact) return ['there is no ContactPerson administrative']
  const rules: [boolean, string][] = [
    [
      extension(contact, CIE_EXTENSIONS, 'IPACode') !== undefined,
      'the administrative contact has no IPACode',
    ],
    [Boolean(textOf(contact, 'EmailAddress')), 'the administrative contact has no EmailAddress'],
    [textOf(contact, 'Company') === organizationName(entity), 'its Company is not the OrganizationName'],
  ]
  return broken(rules)
}

/** SPID, Avviso 19: two contacts where somebody aggregates, one where the body federates by itself. */
function spidProblems(entity: XmlElement): string[] {
  const others = contacts(entity, 'other')
  if (!(entity.attributes.entityID ?? '').includes('/pub-ag-full/')) {
    const hasCode = others.some((one) => extension(one, SPID_EXTENSIONS, 'IPACode') !== undefined)
    return hasCode ? [] : ['there is no ContactPerson other with an IPACode']
  }
  const typed = (type: string) =>
    others.find(({ attributes }) => attributes[`{${SPID_EXTENSIONS}}entityType`] === type)
  const aggregator = typed('spid:aggregator')
  const aggregated = typed('spid:aggregated')
  const problems: string[] = []
  if (!aggregator) problems.push('there is no ContactPerson other of type spid:aggregator')
  else {
    problems.push(
      ...broken([
        [
          extension(aggregator, SPID_EXTENSIONS, 'PublicServicesFullAggregator') !== undefined,
          'the aggregator does not say PublicServicesFullAggregator',
        ],
        [
          extension(aggregator, SPID_EXTENSIONS, 'VATNumber') !== undefined,
          'the aggregator has no VATNumber',
        ],
        [Boolean(textOf(aggregator, 'EmailAddress')), 'the aggregator has no EmailAddress'],
      ]),
    )
  }
  if (!aggregated) problems.push('there is no ContactPerson other of type spid:aggregated')
  else {
    problems.push(
      ...broken([
        [
          extension(aggregated, SPID_EXTENSIONS, 'IPACode') !== undefined,
          'the aggregated body has no IPACode',
        ],
        [extension(aggregated, SPID_EXTENSIONS, 'Public') !== undefined, 'the aggregated body is not Public'],
        [
          textOf(aggregated, 'Company') === organizationName(entity),
          'the aggregated Company is not the OrganizationName',
        ],
      ]),
    )
  }
  return problems
}

function contacts(entity: XmlElement, type: string): XmlElement[] {
  return entity.children.filter(
    ({ name, attributes }) => name === 'ContactPerson' && attributes.contactType === type,
  )
}

function extension(contact: XmlElement, uri: string, name: string): XmlElement | undefined {
  return child(contact, 'Extensions')?.children.find((one) => one.name === name && one.uri === uri)
}

function organizationName(entity: XmlElement): string | undefined {
  const organization = child(entity, 'Organization')
  return organization && textOf(organization, 'OrganizationName')
}

function broken(rules: readonly (readonly [holds: boolean, problem: string])[]): string[] {
  return rules.flatMap(([holds, problem]) => (holds ? [] : [problem]))
}
