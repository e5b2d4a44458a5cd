import { html } from 'hono/html'
import { badge, facts, time } from '../web/components.ts'
import { page } from '../web/page.ts'
import type { Html } from '../web/page.ts'
import { formatEuro } from '../wire/money.ts'
import { indented } from '../wire/xml.ts'
import type { Attempt, Delivery } from './delivery.ts'
import type { LoggedExchange } from './ec-line.ts'
import type { PagopaNode } from './pagopa-node.ts'

const STATES = {
  pending: { kind: 'wait', text: 'in viaggio' },
  delivered: { kind: 'ok', text: 'consegnata' },
  refused: { kind: 'alert', text: 'rifiutata' },
  stuck: { kind: 'alert', text: 'ferma' },
  dropped: { kind: 'alert', text: 'mai inviata' },
} as const

const RESULTS: Record<Attempt['result'], string> = {
  ok: 'accettata',
  duplicate: 'già acquisita dall’ente',
  ko: 'rifiutata',
  timeout: 'nessuna risposta in tempo',
  unreachable: 'ente irraggiungibile',
  'http-error': 'errore HTTP',
  malformed: 'risposta non valida',
  'answer-lost': 'risposta persa (simulato)',
}

const SHOWN_MOST = 50

/** Receipts, the way to the orders, and the log of exchanges. */
export function nodePage(node: PagopaNode): Html {
  const deliveries = node.deliveries.all().toReversed().slice(0, SHOWN_MOST)
  return page({
    title: 'Nodo',
    part: 'node',
    lead: 'Il Nodo interroga l’ente, prende i pagamenti dai PSP e consegna le ricevute, riprovando quando l’ente non risponde.',
    main: html`<h2>Ricevute</h2>
      ${deliveries.length === 0 ? html`<p class="empty">Nessuna ricevuta, per ora: paga un avviso allo sportello o dal Checkout.</p>` : deliveryTable(deliveries)}
      <h2>Comportamento</h2>
      ${misbehaviourPart(node)}
      <h2>Ultimi scambi con gli enti</h2>
      ${
        node.line.log().length === 0
          ? html`<p class="empty">Nessuno scambio dall’avvio.</p>`
          : html`<ul class="entries">
              ${node.line.log().slice(0, 20).map(exchangeEntry)}
            </ul>`
      }`,
  })
}

function deliveryTable(deliveries: readonly Delivery[]): Html {
  return html`<div class="table-box">
    <table class="stacks">
      <thead>
        <tr>
          <th scope="col">Quando</th>
          <th scope="col">Avviso</th>
          <th scope="col">Importo</th>
          <th scope="col">Stato</th>
          <th scope="col">Tentativi</th>
        </tr>
      </thead>
      <tbody>
        ${deliveries.map(
          (delivery) =>
            html`<tr>
              <td><a href="/node/receipts/${delivery.id}">${time(delivery.createdAt)}</a></td>
              <td data-label="Avviso" class="mono">${delivery.noticeNumber}</td>
              <td data-label="Importo" class="amount">${formatEuro(delivery.amountCents)}</td>
              <td data-label="Stato">${stateBadge(delivery)}</td>
              <td data-label="Tentativi">${delivery.attempts.length}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`
}

function stateBadge({ state }: Delivery): Html {
  return badge(STATES[state].kind, STATES[state].text)
}

function misbehaviourPart(node: PagopaNode): Html {
  const orders = node.switches.next().length + (Object.keys(node.switches.always()).length > 0 ? 1 : 0)
  return html`<p>
      ${orders === 0 ? 'Ora il Nodo si comporta bene.' : html`${badge('wait', 'Il Nodo ha istruzioni')} `}
    </p>
    <p><a class="button second" href="/nodo/comportamento">Che cosa può andare storto</a></p>`
}

function exchangeEntry({ at, operation, endpoint, request, exchange }: LoggedExchange): Html {
  const answered = exchange.kind === 'answered'
  const result = answered
    ? `HTTP ${exchange.status}`
    : exchange.kind === 'timeout'
      ? 'scaduto'
      : 'irraggiungibile'
  return html`<li>
    <details>
      <summary>
        <span class="summary-row"
          ><strong>${operation}</strong>
          ${badge(answered && exchange.status === 200 ? 'ok' : 'alert', result)}
          <span class="quiet">${exchange.durationMs} ms · ${time(at)}</span></span
        >
      </summary>
      <p class="quiet">${endpoint}</p>
      <pre class="wrapped" tabindex="0">${indented(request)}</pre>
      ${answered ? html`<pre class="wrapped" tabindex="0">${indented(exchange.body) || '(risposta vuota)'}</pre>` : ''}
    </details>
  </li>`
}

/** One receipt: where it stands, each try, and its XML. */
export function deliveryPage(delivery: Delivery): Html {
  const { receiptId, fiscalCode, noticeNumber, amountCents, operation, attempts, nextAttemptAt, request } =
    delivery
  return page({
    title: 'Ricevuta',
    part: 'node',
    main: html`<section class="card">
        ${facts([
          ['Stato', stateBadge(delivery)],
          ['Codice ricevuta', receiptId],
          ['Ente creditore', fiscalCode],
          ['Numero avviso', noticeNumber],
          ['Importo', formatEuro(amountCents)],
          ['Operazione', operation],
          ...(nextAttemptAt ? [['Prossimo invio', time(nextAttemptAt)] as const] : []),
        ])}
        <form method="post" action="/node/receipts/${delivery.id}/retry">
          <button class="second">Invia di nuovo adesso</button>
        </form>
      </section>
      <h2>Tentativi</h2>
      ${
        attempts.length === 0
          ? html`<p class="empty">Non ancora inviata.</p>`
          : html`<ul class="entries">
              ${attempts.map((attempt) => html`<li><strong>${RESULTS[attempt.result]}</strong> <span class="quiet">${time(attempt.at)} · ${attempt.durationMs} ms${attempt.httpStatus ? ` · HTTP ${attempt.httpStatus}` : ''}</span>${attempt.faultCode ? html`<br /><code>${attempt.faultCode}</code> ${attempt.faultString}` : ''}${attempt.reason ? html`<br />${attempt.reason}` : ''}</li>`)}
            </ul>`
      }
      <h2>Messaggio</h2>
      <pre class="wrapped" tabindex="0">${indented(request)}</pre>
      <p><a href="/node">Torna al Nodo</a></p>`,
  })
}
