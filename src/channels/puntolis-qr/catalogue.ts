import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RomeDate } from '#core/clock.ts'
import { invariant } from '#core/errors.ts'
import { element, textElement } from '#pagopa/soap/write-xml.ts'

/** The name under which terminals find the schema of the service's own data; the catalogue allows 35 characters. */
export const SCHEMA_NAME = 'ricarica_mensa_1_0_0.xsd'

const NAMESPACE = 'http://pagopa-api.pagopa.gov.it/nodeForPsp/xsd/CatalogoServizi'

/** One service of one creditor, as the Catalogo dei Servizi lists it. */
export interface CataloguedService {
  readonly serviceId: string
  readonly serviceSubjectId: string
  readonly description: string
  readonly creditorFiscalCode: string
  readonly creditorName: string
  /** Rome days: the first, and the last where there is one. */
  readonly from: RomeDate
  readonly until?: RomeDate | undefined
  /** Whether the payer is charged a commission; left out where the entity does not say. */
  readonly commission?: 'Y' | 'N' | undefined
}

/**
 * The Catalogo dei Servizi of one entity, by CatalogoServizi_2_0_0.xsd: the entity sends it to pagoPA through the
 * assistance portal, and PSPs read from it whom to ask (protocol §3).
 */
export function serviceCatalogue(service: CataloguedService): string {
  const ids = [service.serviceId, service.serviceSubjectId]
  invariant(
    ids.every((id) => Array.from(id).length === 5),
    'a service and its subject have five characters',
  )
  const subject = element(
    'soggettoErogante',
    textElement('idSoggettoServizio', service.serviceSubjectId, 5),
    textElement('idDominio', service.creditorFiscalCode, 35),
    textElement('denominazioneEnteCreditore', service.creditorName, 70),
    element('dataInizioValidita', service.from),
    element('dataFineValidita', service.until ?? ''),
    element('commissione', service.commission ?? ''),
  )
  const entry = element(
    'catalogoServizi',
    textElement('idServizio', service.serviceId, 5),
    textElement('descrizioneServizio', service.description, 70),
    element('elencoSoggettiEroganti', subject),
    element('xsdRiferimento', SCHEMA_NAME),
  )
  return (
    '<?xml version="1.0" encoding="UTF-8"?>\n' +
    `<cs:listaCatalogoServizi xmlns:cs="${NAMESPACE}">${entry}</cs:listaCatalogoServizi>`
  )
}

/** The schema of the service's own data, which goes to pagoPA beside the catalogue. */
export function serviceSchema(): string {
  return readFileSync(join(import.meta.dirname, SCHEMA_NAME), 'utf8')
}
