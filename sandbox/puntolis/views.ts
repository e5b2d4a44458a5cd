import { html } from 'hono/html'
import { receiptMessage } from '../counter/views.ts'
import type { FaultAnswer } from '../node/faults.ts'
import type { NoticeKey, PaymentResult } from '../node/pagopa-node.ts'
import type { NoticeSummary } from '../node/payment-data.ts'
import { TOBACCONISTS } from '../node/psps.ts'
import { facts, faultMessage, field, hidden, noticeNumberText } from '../web/components.ts'
import { page } from '../web/page.ts'
import type { Html } from '../web/page.ts'
import { formatInstant } from '../wire/calendar.ts'
import { formatEuro } from '../wire/money.ts'

/** Scan and amount. */
export function scanPage(shown: {
  qr: string
  amount: string
  samples: readonly { child: string; text: string; tenant: string }[]
  errors?: { qr?: string; amount?: string }
  fault?: FaultAnswer
}): Html {
  const { qr, amount, samples, errors, fault } = shown
  return page({
    title: 'Terminale del tabaccaio',
    part: 'puntolis',
    lead: 'Ricarica con il codice pagamento del bambino: leggi il QR e digita l’importo.',
    narrow: true,
    main: html`${fault ? faultMessage(fault) : ''}
      <form class="card" method="post" action="/puntolis/richiesta" novalidate>
        ${field({ name: 'qr', label: 'Codice pagamento', hint: 'Il lettore scrive qui il testo del QR. Puoi anche incollarlo.', value: qr, error: errors?.qr, required: true })}
        ${field({ name: 'amount', label: 'Importo', value: amount, inputmode: 'decimal', suffix: '€', error: errors?.amount, required: true })}
        <button class="wide">Richiedi il pre-scontrino</button>
      </form>
      ${
        samples.length === 0
          ? ''
          : html`<h2>Codici di prova</h2>
              <ul class="entries">
                ${samples.map((sample) => html`<li><a href="/puntolis?qr=${encodeURIComponent(sample.text)}">${sample.child}</a> <span class="quiet">${sample.tenant}</span></li>`)}
              </ul>`
      }`,
  })
}

/** What the customer sees before paying: no name of a child, only the creditor's words. */
export function preReceiptPage(
  notice: NoticeSummary & NoticeKey & { feeCents: number; totalCents: number },
): Html {
  const { fiscalCode, noticeNumber, companyName, description, amountCents, feeCents, totalCents } = notice
  return page({
    title: 'Pre-scontrino',
    part: 'puntolis',
    lead: 'Mostralo al cliente: si paga solo dopo la conferma.',
    narrow: true,
    main: html`<section class="slip" aria-label="Pre-scontrino">
        <h2>Pre-scontrino</h2>
        <p class="sub">non è una ricevuta</p>
        ${facts([
          ['Ente', companyName],
          ['Causale', description],
          ['Avviso', noticeNumberText(noticeNumber)],
        ])}
        ${facts(
          [
            ['Importo', formatEuro(amountCents)],
            ['Commissione', formatEuro(feeCents)],
            ['Totale', formatEuro(totalCents)],
          ],
          true,
        )}
      </section>
      <form method="post" action="/puntolis/conferma">
        ${hidden('fiscalCode', fiscalCode)}${hidden('noticeNumber', noticeNumber)}<button class="wide">
          Conferma e incassa ${formatEuro(totalCents)}
        </button>
      </form>
      <p class="actions"><a href="/puntolis">Annulla</a></p>`,
  })
}

/** The printed receipt. */
export function receiptPage(paid: PaymentResult & { feeCents: number; totalCents: number }): Html {
  const { payment, delivery, feeCents, totalCents } = paid
  const { data } = payment
  const at = delivery ? formatInstant(new Date(delivery.createdAt)) : ''
  return page({
    title: 'Ricarica pagata',
    part: 'puntolis',
    narrow: true,
    main: html`${receiptMessage(delivery)}
      <section class="slip" aria-label="Scontrino">
        <h2>Ricevuta di pagamento</h2>
        <p class="sub">${TOBACCONISTS.name}<br />${at}</p>
        ${facts([
          ['Ente', data.companyName ?? ''],
          ['Causale', data.description],
          ['Avviso', noticeNumberText(payment.noticeNumber)],
          ['Ricevuta', payment.id],
        ])}
        ${facts(
          [
            ['Importo', formatEuro(data.amountCents)],
            ['Commissione', formatEuro(feeCents)],
            ['Pagato', formatEuro(totalCents)],
          ],
          true,
        )}
        <p class="end">Simulazione: nessun valore</p>
      </section>
      <p><a class="button second" href="/puntolis">Nuova ricarica</a></p>`,
  })
}
