import type { NoticeKey, PagopaNode } from '../node/pagopa-node.ts'
import { TOBACCONISTS } from '../node/psps.ts'
import { ricaricaMensa } from '../node/ricarica-mensa.ts'
import { RequestError } from '../web/request.ts'

/** What the terminal reads from a child's QR. */
export interface ScannedCode {
  readonly idServizio: string
  readonly idSoggettoServizio: string
  readonly code: string
}

/** What the tobacconists take on every payment, in cents. */
export const TERMINAL_FEE_CENTS = TOBACCONISTS.feeCents.cash ?? 0

/** Reads a child's QR, `idServizio|idSoggettoServizio|code`; undefined when it is none. */
export function readPaymentCode(text: string): ScannedCode | undefined {
  // The code's alphabet and length are those of the service's schema: the terminal builds its form from it.
  const match = /^([^|]{5})\|([^|]{5})\|([0-9A-Z]{26,32})$/.exec(text.trim())
  return match ? { idServizio: match[1]!, idSoggettoServizio: match[2]!, code: match[3]! } : undefined
}

/** Asks the creditor for a notice of that amount. @throws RequestError 422 for a text that is no code; NodeFault */
export async function demandTopUp(node: PagopaNode, qr: string, amountCents: number) {
  const scanned = readPaymentCode(qr)
  if (!scanned) {
    throw new RequestError(
      422,
      'Codice non valido',
      'Il testo non è un codice pagamento: servizio|soggetto|codice.',
    )
  }
  const notice = await node.demand({ ...scanned, payload: ricaricaMensa(scanned.code, amountCents) })
  return { ...notice, feeCents: TERMINAL_FEE_CENTS, totalCents: notice.amountCents + TERMINAL_FEE_CENTS }
}

/** Takes the cash and pays the demanded notice. @throws NodeFault */
export async function confirmTopUp(node: PagopaNode, key: NoticeKey) {
  const payment = await node.activate(key)
  const result = await node.pay({
    paymentToken: payment.id,
    psp: TOBACCONISTS,
    method: 'cash',
    feeCents: TERMINAL_FEE_CENTS,
    outcome: 'OK',
  })
  return {
    ...result,
    feeCents: TERMINAL_FEE_CENTS,
    totalCents: payment.data.amountCents + TERMINAL_FEE_CENTS,
  }
}
