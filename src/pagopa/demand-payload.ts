import type { Cents } from '#core/money.ts'
import { RequestFault } from './soap/faults.ts'
import { SyntaxFault, readXml } from '#core/read-xml.ts'
import { amount, pattern } from './soap/simple-types.ts'
import { SchemaViolation, named, sequence } from './soap/xsd.ts'

/** What the tobacconist's terminal sends: whose purse (an opaque code, no personal data) and how much. */
export interface DemandPayload {
  readonly paymentCode: string
  readonly amountCents: Cents
}

/** The namespace of ricarica_mensa_1_0_0.xsd, whose elements are qualified. */
export const RICARICA_MENSA_NAMESPACE = 'http://PuntoAccessoPSP.spcoop.gov.it/ricaricaMensa'
const rm = (local: string) => `{${RICARICA_MENSA_NAMESPACE}}${local}`

const ctRicaricaMensa = sequence(
  rm('ctRicaricaMensa'),
  {
    paymentCode: named('codicePagamento', pattern(rm('stCodicePagamento'), /^[0-9A-Z]{26,32}$/)),
    amountCents: named('importo', amount(rm('stImporto'), 1n)),
  },
  RICARICA_MENSA_NAMESPACE,
)

/**
 * Reads the service-specific XML of paDemandPaymentNotice.
 * @param xml `datiSpecificiServizioRequest`, decoded from base64 as `readRequest` returns it
 * @throws RequestFault PAA_SINTASSI_XSD
 */
export function readDemandPayload(xml: Uint8Array): DemandPayload {
  try {
    const root = readXml(xml)
    if (root.name !== 'ricaricaMensa' || root.namespace !== RICARICA_MENSA_NAMESPACE) {
      throw new SchemaViolation('ricaricaMensa expected')
    }
    return ctRicaricaMensa.read(root)
  } catch (error) {
    if (!(error instanceof SchemaViolation || error instanceof SyntaxFault)) throw error
    throw new RequestFault({
      operation: 'paDemandPaymentNotice',
      code: 'PAA_SINTASSI_XSD',
      description: `datiSpecificiServizioRequest: ${error.message}`,
    })
  }
}
