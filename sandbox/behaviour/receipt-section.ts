import { html } from 'hono/html'
import type { Misbehaviour } from '../node/misbehaviour.ts'
import type { PagopaNode } from '../node/pagopa-node.ts'
import { choice, field, message, tick } from '../web/components.ts'
import type { Html } from '../web/page.ts'
import { section, valueOf } from './typed.ts'
import type { FormName, Typed } from './typed.ts'

/** The words for each order, and where it stands in the form. */
export const TICKS = {
  parallel: 'Le copie partono tutte insieme',
  loseAnswer: 'La risposta dell’ente si perde: invia di nuovo',
  garbleAnswer: 'La risposta vale come malformata: invia di nuovo',
  drop: 'Non parte mai: si ritrova con il flusso e con biz-events',
  outcomeKo: 'Esito KO nella ricevuta',
  version: 'Versione 1 (paSendRT), anche dopo un’attivazione V2',
  standIn: 'Segnata stand-in',
  unknownNotice: 'Avviso mai emesso dall’ente',
  secondReceipt: 'Seconda ricevuta dello stesso avviso, con altro codice',
  broadcast: 'Anche la ricevuta di un avviso con altro codice di segregazione',
  secondaryBeneficiary: 'Anche la ricevuta di un altro ente, con una quota per questo',
} as const

const GROUPS: readonly (readonly [legend: string, names: readonly (keyof typeof TICKS)[]])[] = [
  ['Che cosa si perde', ['loseAnswer', 'garbleAnswer', 'drop']],
  ['Che cosa dice', ['outcomeKo', 'version', 'standIn', 'unknownNotice']],
  ['Altro denaro', ['secondReceipt', 'broadcast', 'secondaryBeneficiary']],
]

const TIMINGS = [
  ['', 'Al pagamento, prima del ritorno del browser'],
  ['after-return', 'Dopo il ritorno del browser'],
  ['late', 'In ritardo, a token scaduto'],
] as const

/** Orders for the receipts to come, with those that are already given. */
export function receiptSection(node: PagopaNode, typed?: Typed, done?: FormName): Html {
  const value = (name: string) => valueOf(typed, 'ricevute', name)
  const box = (name: keyof typeof TICKS) =>
    tick({ type: 'checkbox', name, label: TICKS[name], checked: value(name) === 'on' })
  const numeric = (name: string, label: string, hint: string, suffix?: string) =>
    field({
      name,
      id: `ricevute-${name}`,
      label,
      hint,
      value: value(name),
      inputmode: suffix === '€' ? 'decimal' : 'numeric',
      ...(suffix === undefined ? {} : { suffix }),
    })
  const form = html`${standing(node)}
    <form class="card" method="post" action="/nodo/comportamento/ricevute" novalidate>
      <div class="pair">
        <div>
          ${numeric('duplicates', 'Copie in più', 'La stessa ricevuta inviata ancora, da 0 a 50')}
          ${box('parallel')} ${numeric('delaySeconds', 'Ritardo', 'Prima del primo invio, in secondi', 's')}
          ${numeric('repeatAfterSeconds', 'Ancora una volta dopo', 'In secondi: un giorno sono 86400', 's')}
          ${numeric('amount', 'Altro importo', 'Diverso da quello pagato, come 12,50', '€')}
          <fieldset>
            <legend>Per quali ricevute</legend>
            ${tick({ type: 'radio', name: 'scope', value: 'next', label: 'Solo la prossima', checked: value('scope') !== 'always' })}
            ${tick({ type: 'radio', name: 'scope', value: 'always', label: 'Tutte, finché non si torna indietro', checked: value('scope') === 'always' })}
          </fieldset>
          ${numeric('noticeNumber', 'Solo di questo avviso', 'Facoltativo, 18 cifre: l’ordine aspetta la sua ricevuta')}
        </div>
        <div>
          <fieldset>
            <legend>Quando parte</legend>
            ${TIMINGS.map(([timing, label]) => tick({ type: 'radio', name: 'timing', value: timing, label, checked: value('timing') === timing }))}
          </fieldset>
          ${GROUPS.map(
            ([legend, names]) =>
              html`<fieldset>
                <legend>${legend}</legend>
                ${names.map(box)}
              </fieldset>`,
          )}
        </div>
      </div>
      <button>Dai l’ordine</button>
    </form>`
  return section({
    form: 'ricevute',
    title: 'Ricevute',
    body: form,
    typed,
    done,
    text: 'Che cosa deve andare storto quando il Nodo consegna le ricevute. Gli ordini si possono sommare.',
  })
}

function standing(node: PagopaNode): Html {
  const always = node.switches.always()
  const next = node.switches.next()
  if (Object.keys(always).length === 0 && next.length === 0) return html`<p>Ora il Nodo si comporta bene.</p>`
  return html`${message(
      'wait',
      'Il Nodo ha istruzioni.',
      html`<ul>
        ${Object.keys(always).length > 0 ? html`<li>Sempre: ${words(always)}</li>` : ''}${next.map(({ noticeNumber, ...order }) => html`<li>Una volta${noticeNumber ? ` (avviso ${noticeNumber})` : ''}: ${words(order)}</li>`)}
      </ul>`,
    )}
    <form method="post" action="/nodo/comportamento/calma">
      <p><button class="second">Torna al buon comportamento</button></p>
    </form>`
}

function words(misbehaviour: Misbehaviour): Html {
  return html`<code>${JSON.stringify(misbehaviour)}</code>`
}

const MODES = [
  ['when-down', 'Quando l’ente non risponde, dalla posizione annunciata ad ACA'],
  ['always', 'Sempre dalla posizione annunciata, senza chiedere all’ente'],
  ['off', 'Mai'],
] as const

/** How the Node stands in for creditors that are down. */
export function standInSection(node: PagopaNode, typed?: Typed, done?: FormName): Html {
  const form = html`<form class="card" method="post" action="/nodo/comportamento/standin">
    <fieldset>
      <legend>Quando il Nodo paga al posto dell’ente</legend>
      ${MODES.map(([mode, label]) => tick({ type: 'radio', name: 'mode', value: mode, label, checked: node.standIn.mode() === mode }))}
    </fieldset>
    <button>Applica</button>
  </form>`
  return section({
    form: 'standin',
    title: 'Stand-in',
    body: form,
    typed,
    done,
    text: 'Un pagamento in stand-in non chiede nulla all’ente; la sua ricevuta porta standIn=true e nel flusso ha l’esito 4.',
  })
}

/** A receipt out of thin air. */
export function directSection(node: PagopaNode, typed?: Typed, done?: FormName): Html {
  const value = (name: string, usual = '') => valueOf(typed, 'a-mano', name, usual)
  const text = (name: string, label: string, hint: string, inputmode: 'numeric' | 'decimal' | 'text') =>
    field({ name, id: `a-mano-${name}`, label, hint, inputmode, value: value(name) })
  const form = html`<form class="card" method="post" action="/nodo/comportamento/a-mano" novalidate>
    <div class="pair">
      <div>
        ${creditorChoice(node, 'a-mano', 'idPA', 'Mandata all’ente', value('idPA'))}
        ${text('noticeNumber', 'Numero avviso', '18 cifre, di chiunque sia', 'numeric')}
        ${text('amount', 'Importo', 'Per esempio 25 oppure 37,50', 'decimal')}
      </div>
      <div>
        ${text('fiscalCode', 'Ente dell’avviso', 'Facoltativo: un altro codice fiscale fa dell’ente un beneficiario secondario', 'numeric')}
        ${text('receiptId', 'Codice ricevuta', 'Facoltativo: lo stesso due volte è un duplicato', 'text')}
        ${tick({ type: 'checkbox', name: 'outcomeKo', label: TICKS.outcomeKo, checked: value('outcomeKo') === 'on' })}
        ${tick({ type: 'checkbox', name: 'v1', label: 'Versione 1 (paSendRT)', checked: value('v1') === 'on' })}
        ${tick({ type: 'checkbox', name: 'standIn', label: TICKS.standIn, checked: value('standIn') === 'on' })}
      </div>
    </div>
    <button>Invia la ricevuta</button>
  </form>`
  return section({
    form: 'a-mano',
    title: 'Una ricevuta a mano',
    body: form,
    typed,
    done,
    text: 'Una ricevuta qualsiasi, senza pagamento, inviata una volta sola.',
  })
}

/** The registered creditors as a choice; `everybody` adds the choice of all of them. */
export function creditorChoice(
  node: PagopaNode,
  form: FormName,
  name: string,
  label: string,
  chosen: string,
  everybody?: string,
): Html {
  const names = new Map(node.registry.all().map((creditor) => [creditor.fiscalCode, creditor.companyName]))
  const options = [...names].map(([code, company]) => [code, `${company} (${code})`] as const)
  return choice({
    id: `${form}-${name}`,
    name,
    label,
    chosen,
    options: everybody === undefined ? options : [['', everybody], ...options],
  })
}
