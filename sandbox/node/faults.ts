/** The faults that the Node itself raises towards a PSP, with their texts. */
export const NODE_FAULTS = {
  PPT_DOMINIO_SCONOSCIUTO: 'Identificativo dominio sconosciuto',
  PPT_STAZIONE_INT_PA_SCONOSCIUTA: 'Stazione intermediario sconosciuta',
  PPT_STAZIONE_INT_PA_IRRAGGIUNGIBILE: 'Errore di connessione verso la stazione',
  PPT_STAZIONE_INT_PA_TIMEOUT: 'Timeout nella risposta della stazione',
  PPT_STAZIONE_INT_PA_ERRORE_RESPONSE: 'La risposta della stazione non è valida',
  PPT_ERRORE_EMESSO_DA_PAA: 'Errore restituito dall’ente creditore',
  PPT_PAGAMENTO_IN_CORSO: 'Pagamento in attesa risulta in corso',
  PPT_PAGAMENTO_DUPLICATO: 'Pagamento in attesa risulta concluso',
  PPT_TOKEN_SCONOSCIUTO: 'Il payment token è sconosciuto',
  PPT_ESITO_GIA_ACQUISITO: 'L’esito di questo payment token è già acquisito',
  PPT_SERVIZIO_SCONOSCIUTO: 'Servizio inesistente nel Catalogo dei Servizi',
  PPT_SEMANTICA: 'Errore semantico',
} as const

export type NodeFaultCode = keyof typeof NODE_FAULTS

/** A refusal as the creditor wrote it. */
export interface CreditorFault {
  readonly faultCode: string
  readonly faultString: string
  readonly id: string
  readonly description?: string
}

/** A refusal as a PSP sees it; `original*` repeats the creditor's words when the creditor refused. */
export interface FaultAnswer {
  readonly faultCode: NodeFaultCode
  readonly faultString: string
  readonly description: string
  readonly originalFaultCode?: string
  readonly originalFaultString?: string
  readonly originalDescription?: string
}

/** The Node refuses. Over the JSON API this is an ordinary answer with outcome KO, as on the real wire. */
export class NodeFault extends Error {
  readonly answer: FaultAnswer
  constructor(faultCode: NodeFaultCode, description: string, original?: CreditorFault) {
    super(`${faultCode}: ${description}`)
    this.answer = {
      faultCode,
      faultString: NODE_FAULTS[faultCode],
      description,
      ...(original === undefined
        ? {}
        : {
            originalFaultCode: original.faultCode,
            originalFaultString: original.faultString,
            ...(original.description === undefined ? {} : { originalDescription: original.description }),
          }),
    }
  }
}

/** The creditor's station cannot be reached, does not answer in time, or is broken: the Node may stand in for it. */
export class StationDown extends NodeFault {}
