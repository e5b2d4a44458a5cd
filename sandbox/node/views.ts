import { html } from 'hono/html'
import { badge, facts, field, message, time } from '../web/components.ts'
import { page } from '../web/page.ts'
import type { Html } from '../web/page.ts'
import { formatEuro } from '../wire/money.ts'
import { indented } from '../wire/xml.ts'
import type { Attempt, Delivery } from './delivery.ts'
import type { LoggedExchange } from './ec-line.ts'
import type { Misbehaviour } from './misbehaviour.ts'
import type { PagopaNode } from './pagopa-node.ts'

const STATES = {
  pending: { kind: 'wait', text: 'in viaggio' },
  delivered: { kind: 'ok', text: 'consegnata' },
  refused: { kind: 'alert', text: 'rifiutata' },
  stuck: { kind: 'alert', text: 'ferma' },
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

/** Receipts, misbehaviour and the log of exchanges. */
export function nodePage(node: PagopaNode, error?: string): Html {
  const deliveries = node.deliveries.all().toReversed().slice(0, SHOWN_MOST)
  return page({
    title: 'Nodo',
    part: 'node',
    lead: 'Il Nodo interroga l’ente, prende i pagamenti dai PSP e consegna le ricevute, riprovando quando l’ente non risponde.',
    main: html`${error ? message('alert', error) : ''}
      <h2>Ricevute</h2>
      ${deliveries.length === 0 ? html`<p class="empty">Nessuna ricevuta, per ora: paga un avviso allo sportello o dal Checkout.</p>` : deliveryTable(deliveries)}
      <h2>Comportamento anomalo</h2>
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
  const always = node.switches.always()
  const next = node.switches.next()
  const isCalm = Object.keys(always).length === 0 && next.length === 0
  const check = (name: string, label: string) =>
    html`<label class="check"><input type="checkbox" name="${name}" /> ${label}</label>`
  return html`${
      isCalm
        ? html`<p>Ora il Nodo si comporta bene.</p>`
        : html`${message(
              'wait',
              'Il Nodo ha istruzioni.',
              html`<ul>
                ${Object.keys(always).length > 0 ? html`<li>Sempre: ${words(always)}</li>` : ''}${next.map((order) => html`<li>Una volta${order.noticeNumber ? ` (avviso ${order.noticeNumber})` : ''}: ${words(order)}</li>`)}
              </ul>`,
            )}
            <form method="post" action="/node/misbehaviour/clear">
              <p><button class="second">Torna al buon comportamento</button></p>
            </form>`
    }
    <form class="card" method="post" action="/node/misbehaviour" novalidate>
      <div class="grid">
        <div>
          ${field({ name: 'duplicates', label: 'Copie in più', hint: 'La stessa ricevuta inviata ancora', inputmode: 'numeric' })}
          ${field({ name: 'delaySeconds', label: 'Ritardo', hint: 'Secondi prima del primo invio', inputmode: 'numeric', suffix: 's' })}
          ${field({ name: 'amount', label: 'Altro importo', hint: 'Diverso da quello pagato', inputmode: 'decimal', suffix: '€' })}
        </div>
        <div>
          <fieldset>
            <legend>Quando parte</legend>
            <label class="check"
              ><input type="radio" name="timing" value="" checked /> Al pagamento, prima del ritorno</label
            >
            <label class="check"
              ><input type="radio" name="timing" value="after-return" /> Dopo il ritorno del browser</label
            >
            <label class="check"
              ><input type="radio" name="timing" value="late" /> In ritardo, a token scaduto</label
            >
          </fieldset>
          <fieldset>
            <legend>Che cosa va storto</legend>
            ${check('loseAnswer', 'La risposta si perde: invia di nuovo')}${check('outcomeKo', 'Esito KO nella ricevuta')}${check('version', 'Versione 1 (paSendRT)')}${check('standIn', 'Stand-in')}${check('unknownNotice', 'Avviso mai emesso')}
          </fieldset>
        </div>
      </div>
      <fieldset>
        <legend>Per quali ricevute</legend>
        <label class="check"><input type="radio" name="scope" value="next" checked /> Solo la prossima</label>
        <label class="check"
          ><input type="radio" name="scope" value="always" /> Tutte, finché non si torna indietro</label
        >
      </fieldset>
      <button>Applica</button>
    </form>`
}

function words(misbehaviour: Misbehaviour): Html {
  return html`<code>${JSON.stringify(misbehaviour)}</code>`
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
