import { html } from 'hono/html'
import type { Delivery } from '../node/delivery.ts'
import type { FaultAnswer } from '../node/faults.ts'
import type { NoticeKey } from '../node/pagopa-node.ts'
import type { NoticeSummary } from '../node/payment-data.ts'
import type { Payment } from '../node/payments.ts'
import type { Psp } from '../node/psps.ts'
import {
  facts,
  faultMessage,
  field,
  hidden,
  message,
  noticeNumberText,
  pspChoice,
} from '../web/components.ts'
import { page } from '../web/page.ts'
import type { Html } from '../web/page.ts'
import { formatEuro } from '../wire/money.ts'

/** Where a notice is typed or pasted. */
export function counterPage(typed: {
  qr?: string
  fiscalCode: string
  noticeNumber: string
  failed?: 'qr' | 'digits'
  fault?: FaultAnswer
}): Html {
  return page({
    title: 'Sportello PSP',
    part: 'counter',
    lead: 'Paga un avviso come in banca, alla posta o dalla tua app: basta il testo del QR, oppure i due codici.',
    narrow: true,
    main: html`${typed.fault ? faultMessage(typed.fault) : ''}
      <form class="card" method="post" action="/sportello" novalidate>
        ${field({ name: 'qr', label: 'Testo del codice QR', hint: 'Incolla il testo letto dal QR: PAGOPA|002|numero avviso|codice ente|centesimi', value: typed.qr ?? '', error: typed.failed === 'qr' ? 'Questo testo non è quello di un avviso pagoPA.' : undefined })}
        <p class="or">oppure</p>
        ${field({ name: 'fiscalCode', label: 'Codice fiscale dell’ente', hint: '11 cifre', value: typed.fiscalCode, inputmode: 'numeric', error: typed.failed === 'digits' ? 'Servono 11 cifre per l’ente e 18 per l’avviso.' : undefined })}
        ${field({ name: 'noticeNumber', label: 'Numero avviso', hint: '18 cifre', value: typed.noticeNumber, inputmode: 'numeric' })}
        <button class="wide">Cerca l’avviso</button>
      </form>`,
  })
}

/** What the creditor says about the notice, and who may collect it. */
export function noticePage(key: NoticeKey, summary: NoticeSummary): Html {
  const { companyName, officeName, description, dueDate, amountCents } = summary
  return page({
    title: 'Avviso trovato',
    part: 'counter',
    narrow: true,
    main: html`<section class="card">
        ${facts(
          [
            ['Ente creditore', companyName],
            ...(officeName ? [['Ufficio', officeName] as const] : []),
            ['Causale', description],
            ['Numero avviso', noticeNumberText(key.noticeNumber)],
            ...(dueDate
              ? [['Scadenza', dueDate.slice(0, 10).split('-').toReversed().join('/')] as const]
              : []),
            ['Importo', formatEuro(amountCents)],
          ],
          true,
        )}
      </section>
      <form class="card" method="post" action="/sportello/paga">
        ${hidden('fiscalCode', key.fiscalCode)}${hidden('noticeNumber', key.noticeNumber)}
        ${pspChoice('cash')}<button class="wide">Paga</button>
      </form>
      <p><a href="/sportello">Annulla</a></p>`,
  })
}

/** The counter's confirmation. */
export function paidPage(paid: { payment: Payment; delivery?: Delivery; psp: Psp; feeCents: number }): Html {
  const { payment, delivery, psp, feeCents } = paid
  const { data } = payment
  return page({
    title: 'Pagamento eseguito',
    part: 'counter',
    narrow: true,
    main: html`${receiptMessage(delivery)}
      <section class="card">
        ${facts(
          [
            ['Ente creditore', data.companyName ?? ''],
            ['Causale', data.description],
            ['Numero avviso', noticeNumberText(payment.noticeNumber)],
            ['Gestore', psp.name],
            ['Codice ricevuta', payment.id],
            ['Importo', formatEuro(data.amountCents)],
            ['Commissione', formatEuro(feeCents)],
            ['Totale', formatEuro(data.amountCents + feeCents)],
          ],
          true,
        )}
      </section>
      <p><a class="button second" href="/sportello">Paga un altro avviso</a></p>`,
  })
}

/** How the creditor took the receipt. */
export function receiptMessage(delivery: Delivery | undefined): Html {
  if (delivery?.state === 'delivered') return message('ok', 'La ricevuta è arrivata all’ente.')
  if (delivery?.state === 'refused') {
    const attempt = delivery.attempts.at(-1)
    return message(
      'alert',
      'L’ente ha rifiutato la ricevuta.',
      `${attempt?.faultCode}: ${attempt?.faultString}`,
    )
  }
  return message(
    'wait',
    'La ricevuta è in viaggio verso l’ente.',
    html`Si segue nella pagina del <a href="/node">Nodo</a>.`,
  )
}
