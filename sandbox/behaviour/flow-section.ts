import { html } from 'hono/html'
import { lineCount } from '../fdr/flow.ts'
import type { Flow } from '../fdr/flow.ts'
import type { Flows } from '../fdr/flows.ts'
import type { PagopaNode } from '../node/pagopa-node.ts'
import { choice, field, time } from '../web/components.ts'
import type { Html } from '../web/page.ts'
import { formatEuro } from '../wire/money.ts'
import { creditorChoice } from './receipt-section.ts'
import { section, valueOf } from './typed.ts'
import type { FormName, Typed } from './typed.ts'

const SHOWN_MOST = 30

/** What may differ in the copy of a flow. */
export const DIFFERENCES = {
  none: 'Niente: la stessa cosa',
  missing: 'Manca la riga',
  amount: 'La riga ha un altro importo',
  iur: 'La riga ha un IUR che non è il codice ricevuta',
  REVOKED: 'La riga è revocata (3)',
  STAND_IN_NO_RPT: 'La riga è stand-in senza ricevuta (8)',
  NO_RPT: 'La riga è senza ricevuta (9)',
  extra: 'Una riga in più, di un avviso mai emesso',
  header: 'I totali in testa non tornano con le righe',
} as const

/** How the copy is called. */
export const NAMINGS = {
  revision: 'Una revisione più alta dello stesso flusso',
  reused: 'Lo stesso nome, con la data di oggi',
  renamed: 'Un nome nuovo',
} as const

interface Parts {
  readonly node: PagopaNode
  readonly flows: Flows
  readonly today: string
  readonly typed: Typed | undefined
  readonly done: FormName | undefined
}

/** Closing a day, with the published flows and the creditors' bank statements. */
export function closeDaySection({ node, flows, today, typed, done }: Parts): Html {
  const value = (name: string, usual = '') => valueOf(typed, 'giornata', name, usual)
  const creditors = new Map(
    node.registry.all().map(({ fiscalCode, companyName }) => [fiscalCode, companyName]),
  )
  const body = html`<form class="card" method="post" action="/nodo/comportamento/giornata" novalidate>
      <div class="pair">
        <div>
          ${creditorChoice(node, 'giornata', 'fiscalCode', 'Ente creditore', value('fiscalCode'), 'Tutti')}
        </div>
        <div>
          ${field({ name: 'date', id: 'giornata-date', label: 'Fino al giorno', hint: 'gg/mm/aaaa', value: value('date', italian(today)), inputmode: 'numeric' })}
        </div>
      </div>
      <button>Chiudi la giornata</button>
    </form>
    <h3>Flussi pubblicati</h3>
    ${flows.all().length === 0 ? html`<p class="empty">Nessun flusso, per ora.</p>` : flowTable(flows.all().toReversed().slice(0, SHOWN_MOST))}
    ${
      creditors.size === 0
        ? ''
        : html`<h3>Estratti conto</h3>
            <ul>
              ${[...creditors].map(([code, company]) => html`<li><a href="/api/fdr/bank-statement.csv?fiscalCode=${code}">Movimenti di ${company} (CSV)</a></li>`)}
            </ul>`
    }`
  return section({
    form: 'giornata',
    title: 'Rendicontazione',
    body,
    typed,
    done,
    text: 'Un flusso per ente e PSP con tutto ciò che è stato pagato e non è ancora in un flusso, anche senza ricevuta; la banca accredita il giorno lavorativo dopo.',
  })
}

function flowTable(flows: readonly Flow[]): Html {
  return html`<div class="table-box">
    <table class="stacks">
      <thead>
        <tr>
          <th scope="col">Flusso</th>
          <th scope="col">Revisione</th>
          <th scope="col">Ente</th>
          <th scope="col">Righe</th>
          <th scope="col">Totale</th>
          <th scope="col">In banca</th>
          <th scope="col">Pubblicato</th>
        </tr>
      </thead>
      <tbody>
        ${flows.map(
          (flow) =>
            html`<tr>
              <td class="mono">${flow.fdr}</td>
              <td data-label="Revisione">${flow.revision}</td>
              <td data-label="Ente">${flow.organizationName}</td>
              <td data-label="Righe">${lineCount(flow.lines)}</td>
              <td data-label="Totale" class="amount">${formatEuro(flow.sumCents)}</td>
              <td data-label="In banca" class="amount">
                ${flow.bank ? formatEuro(flow.bank.amountCents) : '—'}
              </td>
              <td data-label="Pubblicato">${time(flow.published)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`
}

/** A changed copy of a published flow. */
export function changedFlowSection({ flows, typed, done }: Parts): Html {
  const value = (name: string) => valueOf(typed, 'flusso', name)
  const published = flows.all().toReversed().slice(0, SHOWN_MOST)
  const body =
    published.length === 0
      ? html`<p class="empty">Prima serve un flusso da copiare: chiudi una giornata.</p>`
      : html`<form class="card" method="post" action="/nodo/comportamento/flusso" novalidate>
          <div class="pair">
            <div>
              ${choice({
                id: 'flusso-source',
                name: 'source',
                label: 'Copia di',
                chosen: value('source'),
                options: published.map((flow) => [
                  flow.id,
                  `${flow.fdr} rev. ${flow.revision} · ${flow.organizationName}`,
                ]),
              })}
              ${choice({
                id: 'flusso-naming',
                name: 'naming',
                label: 'Come si chiama',
                chosen: value('naming'),
                options: Object.entries(NAMINGS),
              })}
            </div>
            <div>
              ${choice({
                id: 'flusso-difference',
                name: 'difference',
                label: 'Che cosa cambia',
                chosen: value('difference'),
                options: Object.entries(DIFFERENCES),
              })}
              ${field({ name: 'index', id: 'flusso-index', label: 'In quale riga', hint: 'Il suo numero, da 1', value: valueOf(typed, 'flusso', 'index', '1'), inputmode: 'numeric' })}
            </div>
          </div>
          <button>Pubblica la copia</button>
        </form>`
  return section({
    form: 'flusso',
    title: 'Un flusso diverso',
    body,
    typed,
    done,
    text: 'La copia di un flusso con una differenza da trovare. Una revisione più alta non porta altro denaro in banca.',
  })
}

/** A flow of very many lines. */
export function bulkSection({ node, typed, done }: Parts): Html {
  const text = (name: string, label: string, hint: string, usual: string) =>
    field({
      name,
      id: `massa-${name}`,
      label,
      hint,
      inputmode: 'numeric',
      value: valueOf(typed, 'massa', name, usual),
    })
  const body = html`<form class="card" method="post" action="/nodo/comportamento/massa" novalidate>
    <div class="pair">
      <div>
        ${creditorChoice(node, 'massa', 'fiscalCode', 'Ente creditore', valueOf(typed, 'massa', 'fiscalCode'))}
        ${text('count', 'Righe', 'Da 1 a 1000000', '10000')}
      </div>
      <div>
        ${text('segregationCode', 'Codice di segregazione', 'Due cifre', '01')}
        ${text('firstBase', 'Primo numero', 'La parte centrale del primo avviso; gli altri seguono', '1')}
      </div>
    </div>
    <button>Pubblica il flusso</button>
  </form>`
  return section({
    form: 'massa',
    title: 'Un flusso molto lungo',
    body,
    typed,
    done,
    text: 'Righe da 25,00 € su avvisi numerati di seguito, con IUR massa0000000001, massa0000000002 e così via.',
  })
}

function italian(date: string): string {
  return date.split('-').toReversed().join('/')
}
