import fc from 'fast-check'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { RICARICA_MENSA_NAMESPACE, readDemandPayload } from '#pagopa/demand-payload.ts'
import { RequestFault } from '#pagopa/soap/faults.ts'
import { readXml } from '#core/read-xml.ts'
import { canValidate, hasValidator, sample, xsdVerdicts } from '#pagopa/soap/test-reference.ts'
import { SCHEMA_NAME, serviceCatalogue, serviceSchema, type CataloguedService } from './catalogue.ts'

const service: CataloguedService = {
  serviceId: '00009',
  serviceSubjectId: '00035',
  description: 'Ricarica mensa scolastica',
  creditorFiscalCode: '77777777777',
  creditorName: 'Comune di Prova',
  from: '2026-12-01',
}

describe('the catalogue of an entity', () => {
  test('names its service, from when it counts, and the schema of what is sent', () => {
    const root = readXml(serviceCatalogue({ ...service, until: '2027-08-31', commission: 'N' }))
    expect(root.name).toBe('listaCatalogoServizi')
    const [entry] = root.children
    const flat = ({ name, text, children }: typeof root): [string, unknown] => [
      name,
      children.length > 0 ? children.map(flat) : text,
    ]
    expect(flat(entry!)).toEqual([
      'catalogoServizi',
      [
        ['idServizio', '00009'],
        ['descrizioneServizio', 'Ricarica mensa scolastica'],
        [
          'elencoSoggettiEroganti',
          [
            [
              'soggettoErogante',
              [
                ['idSoggettoServizio', '00035'],
                ['idDominio', '77777777777'],
                ['denominazioneEnteCreditore', 'Comune di Prova'],
                ['dataInizioValidita', '2026-12-01'],
                ['dataFineValidita', '2027-08-31'],
                ['commissione', 'N'],
              ],
            ],
          ],
        ],
        ['xsdRiferimento', 'ricarica_mensa_1_0_0.xsd'],
      ],
    ])
  })

  test('is valid against the official schema, whatever names are called', () => {
    const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 120 }).map((text) => `E${text}`)
    const catalogues = fc
      .sample(fc.tuple(name, name), 100)
      .map(([creditorName, description]) => serviceCatalogue({ ...service, creditorName, description }))
    catalogues.push(
      serviceCatalogue(service),
      serviceCatalogue({ ...service, until: '2027-08-31', commission: 'Y' }),
      serviceCatalogue({ ...service, creditorName: '<Ente> & "figli" '.repeat(9), serviceId: 'A&<é1' }),
    )
    const wrong = catalogues[0]!.replace('<idServizio>00009', '<idServizio>0009')
    if (!canValidate('the Catalogo dei Servizi')) return
    const verdicts = xsdVerdicts([...catalogues, wrong], 'xsd-common/CatalogoServizi_2_0_0.xsd')
    expect(verdicts.pop()).toBe('invalid')
    expect(catalogues.filter((_, index) => verdicts[index] === 'invalid')).toEqual([])
  })

  test('of a service whose id has not five characters is our own bug', () => {
    expect(() => serviceCatalogue({ ...service, serviceId: '9' })).toThrow('Invariant broken')
  })
})

describe('our own schema of the service’s data', () => {
  const code = '7K3M9Q2XW4T8ZB6HJ0VNRCDPGYA'
  const write = (paymentCode: string, amount: string) =>
    `<rm:ricaricaMensa xmlns:rm="${RICARICA_MENSA_NAMESPACE}"><rm:codicePagamento>${paymentCode}</rm:codicePagamento>` +
    `<rm:importo>${amount}</rm:importo></rm:ricaricaMensa>`
  const valid = write(code, '25.00')

  const accepts = (xml: string) => {
    try {
      readDemandPayload(Buffer.from(xml))
      return 'valid'
    } catch (error) {
      if (error instanceof RequestFault) return 'invalid'
      throw error
    }
  }

  test('is named as the catalogue allows, and reads the official example', () => {
    expect(SCHEMA_NAME.length).toBeLessThanOrEqual(35)
    expect(serviceSchema()).toContain(RICARICA_MENSA_NAMESPACE)
    expect(accepts(sample('10-ricaricaMensa.xml') ?? valid)).toBe('valid')
  })

  test('says what the reader does, on whatever is typed and scanned', () => {
    const amounts = fc.oneof(
      fc.stringMatching(/^[+-]?0{0,3}\d{0,10}[.,]?\d{0,3}$/),
      fc.constantFrom(
        '0.00',
        '0.01',
        '00.01',
        '999999999.99',
        '1000000000.00',
        '1e3',
        ' 5.00\n',
        '٣.00',
        'NaN',
        '',
      ),
    )
    const codes = fc.oneof(
      fc.stringMatching(/^[0-9A-Z]{25,33}$/),
      fc.stringMatching(/^[0-9A-Za-z ]{25,33}$/),
      fc.constantFrom('', ` ${code}`, `${code}\n`, code.toLowerCase(), code.replace('7', '７')),
    )
    const documents = [
      valid,
      ...fc.sample(fc.tuple(codes, fc.constant('25.00')), 150).map(([one, amount]) => write(one, amount)),
      ...fc.sample(amounts, 250).map((amount) => write(code, amount)),
      valid.replaceAll('rm:importo', 'importo'),
      valid.replace(RICARICA_MENSA_NAMESPACE, `${RICARICA_MENSA_NAMESPACE}/`),
      valid.replace(/<rm:importo>.*<\/rm:importo>/, ''),
      valid.replace('</rm:ricaricaMensa>', '<rm:nota>x</rm:nota></rm:ricaricaMensa>'),
      valid.replace('<rm:importo>', 'testo<rm:importo>'),
      valid.replace('<rm:importo>', '<rm:importo valuta="EUR">'),
      valid.replace(/(<rm:codice.*Pagamento>)(<rm:importo>.*importo>)/, '$2$1'),
      valid.replaceAll('ricaricaMensa', 'ricarica'),
    ]
    const ours = documents.map(accepts)
    expect(ours[0]).toBe('valid')
    expect(new Set(ours).size).toBe(2)
    if (!hasValidator('our own schema')) return
    const theirs = xsdVerdicts(documents, join(import.meta.dirname, SCHEMA_NAME))
    const disputed = documents.filter((_, index) => ours[index] !== theirs[index])
    expect(disputed).toEqual([])
  })
})
