import { wireAmount } from '../wire/money.ts'
import { element, writeXml } from '../wire/xml.ts'

/**
 * The service's own XML inside a demand: the child's code, read from the QR, and the amount, typed at the terminal.
 * Its children are qualified, unlike those of paForNode.
 */
export function ricaricaMensa(code: string, amountCents: number): string {
  return writeXml(
    element(
      'rm:ricaricaMensa',
      [element('rm:codicePagamento', code), element('rm:importo', wireAmount(amountCents))],
      { 'xmlns:rm': 'http://PuntoAccessoPSP.spcoop.gov.it/ricaricaMensa' },
    ),
  )
}
