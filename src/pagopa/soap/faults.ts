import type { FAULTS, FaultCode } from '#core/errors.ts'
import type { Operation } from './operations.ts'

/** faultString by faultCode, the official texts (protocol §1.4). */
export const FAULT_STRINGS = {
  PAA_SINTASSI_EXTRAXSD: 'Errore di sintassi extra XSD',
  PAA_SINTASSI_XSD: 'Errore di sintassi XSD',
  PAA_ID_DOMINIO_ERRATO: 'La PAA non corrisponde al Dominio indicato',
  PAA_ID_INTERMEDIARIO_ERRATO: 'Identificativo intermediario non corrispondente',
  PAA_STAZIONE_INT_ERRATA: 'Stazione intermediario non corrispondente',
  PAA_PAGAMENTO_SCONOSCIUTO: 'Pagamento in attesa risulta sconosciuto all’Ente Creditore',
  PAA_PAGAMENTO_DUPLICATO: 'Pagamento in attesa risulta concluso all’Ente Creditore',
  PAA_PAGAMENTO_SCADUTO: 'Pagamento in attesa risulta scaduto all’Ente Creditore',
  PAA_PAGAMENTO_ANNULLATO: 'Pagamento in attesa risulta annullato all’Ente Creditore',
  PAA_PAGAMENTO_IN_CORSO: 'Pagamento in attesa risulta in corso all’Ente Creditore',
  PAA_SEMANTICA: 'Errore semantico',
  // No official text exists for this one; the reference sample writes it without the accent.
  PAA_RECEIPT_DUPLICATA: 'La receipt risulta gia acquisita',
  PAA_SYSTEM_ERROR: 'Errore generico',
} as const satisfies Record<CataloguedCode, string> & Record<string, string>

/** Every code the catalogue of faults can send to the Node: one without a text does not compile. */
type CataloguedCode = NonNullable<(typeof FAULTS)[FaultCode]['pagopa']>

export type NodeFaultCode = keyof typeof FAULT_STRINGS

/**
 * A request that cannot be read. `operation` tells in which response element to answer; without it nothing
 * sensible can be answered and the transport says HTTP 500 (protocol §12.1).
 */
export class RequestFault extends Error {
  readonly operation: Operation | undefined
  readonly code: 'PAA_SINTASSI_XSD' | 'PAA_SINTASSI_EXTRAXSD'
  /** Which element breaks which rule; names only, no value of the message. */
  readonly description: string
  /** The creditor institution addressed, where it could still be read. */
  readonly idPA: string | undefined
  constructor(
    fault: Pick<RequestFault, 'operation' | 'code' | 'description'> & { idPA?: string | undefined },
  ) {
    super(`${fault.code}: ${fault.description}`)
    this.name = 'RequestFault'
    this.operation = fault.operation
    this.code = fault.code
    this.description = fault.description
    this.idPA = fault.idPA
  }
}
