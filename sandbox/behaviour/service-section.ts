import { html } from 'hono/html'
import type { Positions } from '../aca/positions.ts'
import type { Calls } from '../biz-events/calls.ts'
import { ledgerEntries, ledgerLines } from '../node/ledger.ts'
import type { PagopaNode } from '../node/pagopa-node.ts'
import { badge, choice, field, tick, time } from '../web/components.ts'
import type { Outage } from '../web/outage.ts'
import type { Html } from '../web/page.ts'
import { formatEuro } from '../wire/money.ts'
import { section, valueOf } from './typed.ts'
import type { FormName, Typed } from './typed.ts'

/** The REST services that can be told to fail. */
export const SERVICES = {
  aca: 'ACA (paCreatePosition)',
  fdr: 'Flussi di rendicontazione',
  bizEvents: 'Biz-events (ricevute)',
  checkout: 'Checkout (carrelli)',
} as const

export type ServiceName = keyof typeof SERVICES
export type Outages = Readonly<Record<ServiceName, Outage>>

const STATUSES = [
  ['', 'Nessuno: risponde'],
  ['401', '401 chiave rifiutata'],
  ['404', '404 non trovato'],
  ['409', '409 conflitto'],
  ['422', '422 non lavorabile'],
  ['429', '429 troppe chiamate'],
  ['500', '500 errore'],
  ['502', '502 errore dietro'],
  ['503', '503 fermo'],
] as const

const SHOWN_MOST = 10

/** Orders to fail for the services that creditors call. */
export function serviceSection(outages: Outages, typed?: Typed, done?: FormName): Html {
  const value = (name: string) => valueOf(typed, 'servizi', name)
  const body = html`<ul class="entries">
      ${Object.entries(SERVICES).map(([name, label]) => {
        const failure = outages[name as ServiceName].current()
        return html`<li>
          <strong>${label}</strong>
          ${failure ? badge('alert', 'guasto') : badge('ok', 'funziona')}
          ${failure ? html`<code>${JSON.stringify(failure)}</code>` : ''}
        </li>`
      })}
    </ul>
    <form class="card" method="post" action="/nodo/comportamento/servizi" novalidate>
      <div class="pair">
        <div>
          ${choice({
            id: 'servizi-service',
            name: 'service',
            label: 'Servizio',
            chosen: value('service'),
            options: Object.entries(SERVICES),
          })}
          ${choice({
            id: 'servizi-status',
            name: 'status',
            label: 'Errore',
            chosen: value('status'),
            options: STATUSES,
          })}
        </div>
        <div>
          ${field({ name: 'timeoutMs', id: 'servizi-timeoutMs', label: 'Lentezza', hint: 'Millisecondi prima di rispondere, fino a 120000', value: value('timeoutMs'), inputmode: 'numeric', suffix: 'ms' })}
          ${field({ name: 'times', id: 'servizi-times', label: 'Per quante chiamate', hint: 'Vuoto: finché non si torna indietro', value: value('times'), inputmode: 'numeric' })}
          ${tick({ type: 'checkbox', name: 'garbage', label: 'Risponde cose senza senso', checked: value('garbage') === 'on' })}
        </div>
      </div>
      <p class="hint">Senza errore, lentezza o risposte senza senso il servizio torna a funzionare.</p>
      <button>Applica</button>
    </form>`
  return section({
    form: 'servizi',
    title: 'Servizi fermi o lenti',
    body,
    typed,
    done,
    text: 'ACA, flussi, biz-events e Checkout, uno per volta.',
  })
}

/** What the outside world knows: the money of each creditor, the announced positions, the calls to biz-events. */
export function knowledge(node: PagopaNode, positions: Positions, calls: Calls): Html {
  const entries = ledgerEntries(ledgerLines(node.paid), node.registry)
  const announced = positions.find({}).toReversed().slice(0, SHOWN_MOST)
  const asked = calls.all().toReversed().slice(0, SHOWN_MOST)
  return html`<section id="denaro" aria-labelledby="denaro-titolo">
    <h2 id="denaro-titolo">Quanto è stato pagato</h2>
    <p>Per il mondo esterno: ciò che ogni ente deve avere tra credito e sospesi è «accettato».</p>
    ${entries.length === 0 ? html`<p class="empty">Ancora nulla.</p>` : ledgerTable(entries)}
    <h3>Ultime posizioni annunciate ad ACA</h3>
    ${
      announced.length === 0
        ? html`<p class="empty">Nessuna posizione, per ora.</p>`
        : html`<ul class="entries">
            ${announced.map((position) => html`<li><span class="mono">${position.nav}</span> ${badge(position.status === 'VALID' ? 'ok' : 'info', position.status)} ${formatEuro(position.amount)} <span class="quiet">${position.history.at(-1)?.action} · ${time(position.history.at(-1)?.at ?? position.createdAt)}</span></li>`)}
          </ul>`
    }
    <h3>Ultime chiamate a biz-events</h3>
    ${
      asked.length === 0
        ? html`<p class="empty">Nessuna chiamata, per ora.</p>`
        : html`<ul class="entries">
            ${asked.map((call) => html`<li>${badge(call.status === 200 ? 'ok' : 'alert', String(call.status))} <span class="quiet">${time(call.createdAt)}</span><br /><code>${call.path}</code></li>`)}
          </ul>`
    }
  </section>`
}

function ledgerTable(entries: ReturnType<typeof ledgerEntries>): Html {
  return html`<div class="table-box">
    <table class="stacks">
      <thead>
        <tr>
          <th scope="col">Ente</th>
          <th scope="col">Segregazione</th>
          <th scope="col">Ricevute</th>
          <th scope="col">Accettato</th>
          <th scope="col">Mai inviato</th>
          <th scope="col">In viaggio</th>
          <th scope="col">Rifiutato</th>
        </tr>
      </thead>
      <tbody>
        ${entries.map(
          (entry) =>
            html`<tr>
              <td class="mono">${entry.fiscalCode}</td>
              <td data-label="Segregazione">
                ${entry.segregationCode ?? 'di altri'}${entry.isRegistered ? '' : ' (non registrato)'}
              </td>
              <td data-label="Ricevute">${entry.receipts}</td>
              <td data-label="Accettato" class="amount">${formatEuro(entry.acceptedCents)}</td>
              <td data-label="Mai inviato" class="amount">${formatEuro(entry.droppedCents)}</td>
              <td data-label="In viaggio" class="amount">${formatEuro(entry.underWayCents)}</td>
              <td data-label="Rifiutato" class="amount">${formatEuro(entry.refusedCents)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`
}
