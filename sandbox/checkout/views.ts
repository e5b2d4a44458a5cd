import { html } from 'hono/html'
import { METHODS } from '../node/psps.ts'
import type { Psp } from '../node/psps.ts'
import { facts, faultMessage, field, message, noticeNumberText, pspChoice } from '../web/components.ts'
import { page } from '../web/page.ts'
import type { Html } from '../web/page.ts'
import { formatEuro } from '../wire/money.ts'
import { CHECKOUT_METHODS } from './checkout.ts'
import type { Cart, CheckoutMethod } from './checkout.ts'

const STEPS = ['Dati', 'Metodo', 'Gestore', 'Riepilogo'] as const

const METHOD_NOTES: Record<CheckoutMethod, string> = {
  card: 'Nessun numero di carta viene chiesto: è una simulazione',
  account: 'Dal conto di una banca inventata',
  other: 'Applicazioni e portafogli elettronici inventati',
}

export function totalCents(cart: Cart): number {
  return cart.paymentNotices.reduce((sum, notice) => sum + notice.amount, 0)
}

/** First step: what is paid, and who pays. */
export function cartPage(cart: Cart, failed?: { email: string; error: string }): Html {
  const email = failed?.email ?? cart.contact?.email ?? cart.emailNotice ?? ''
  return stepPage(cart, 0, 'I tuoi dati', [
    html`<form method="post" action="${path(cart, 'contact')}" novalidate>
      ${field({
        name: 'email',
        label: 'Indirizzo e-mail',
        hint: 'Qui arriverebbe l’esito del pagamento.',
        type: 'email',
        inputmode: 'email',
        autocomplete: 'email',
        value: email,
        error: failed?.error,
        required: true,
      })}<button class="wide">Continua</button>
    </form>`,
    html`<p class="or">oppure</p>`,
    html`<form method="post" action="${path(cart, 'spid')}">
      <button class="second wide">Entra con SPID (simulato)</button>
    </form>`,
  ])
}

/** Second step: card, account or another method. */
export function methodPage(cart: Cart, error?: string): Html {
  return stepPage(cart, 1, 'Come vuoi pagare?', [
    error ? message('alert', error) : '',
    html`<form method="post" action="${path(cart, 'method')}">
      <fieldset class="choices">
        <legend>Metodo di pagamento</legend>
        ${CHECKOUT_METHODS.map(
          (method) =>
            html`<label class="choice"
              ><input
                type="radio"
                name="method"
                value="${method}"
                ${method === (cart.method ?? 'card') ? html` checked` : ''}
                required
              /><span class="choice-text"
                >${METHODS[method].label}<small>${METHOD_NOTES[method]}</small></span
              ></label
            >`,
        )}
      </fieldset>
      <button class="wide">Continua</button>
    </form>`,
  ])
}

/** Third step: the list of PSPs with their fees. */
export function pspPage(cart: Cart, method: CheckoutMethod, error?: string): Html {
  return stepPage(cart, 2, 'Scegli il gestore', [
    error ? message('alert', error) : '',
    html`<p class="quiet">Ogni gestore applica la sua commissione. ${METHODS[method].label}.</p>`,
    html`<form method="post" action="${path(cart, 'psp')}">
      ${pspChoice(method, cart.pspId)}<button class="wide">Continua</button>
    </form>`,
  ])
}

/** Last step: amount, fee, total, and the four ways in which it can end. */
export function summaryPage(cart: Cart, offer: { psp: Psp; feeCents: number; methodLabel: string }): Html {
  const total = totalCents(cart)
  const due = formatEuro(total + offer.feeCents)
  const end = (ending: string, label: string, kind: string) =>
    html`<form method="post" action="${path(cart, ending)}"><button class="${kind}">${label}</button></form>`
  return stepPage(cart, 3, 'Controlla e paga', [
    facts([
      ['Chi paga', cart.contact?.kind === 'spid' ? 'Persona Simulata (SPID)' : (cart.contact?.email ?? '')],
      ['Metodo', offer.methodLabel],
      ['Gestore', offer.psp.name],
    ]),
    facts(
      [
        ['Importo', formatEuro(total)],
        ['Commissione', formatEuro(offer.feeCents)],
        ['Totale', due],
      ],
      true,
    ),
    end('pay', `Paga ${due}`, 'wide'),
    html`<div class="simulate">
      <h2>Simula un altro finale</h2>
      <p class="quiet">Come risponderebbe Checkout se qualcosa andasse diversamente.</p>
      <div class="actions">
        ${end('wait', 'In lavorazione', 'second')}${end('fail', 'Simula errore', 'second')}
      </div>
    </div>`,
  ])
}

/** A cart on which nothing can be done any more. */
export function endedPage(cart: Cart, expired: boolean): Html {
  const back = cart.redirectUrl ?? cart.returnUrls.returnErrorUrl
  const texts: Record<Cart['state'], string> = {
    open: 'Il tempo per pagare è finito. Nulla è stato addebitato: torna al sito dell’ente e ricomincia.',
    paying: 'Il pagamento è in corso.',
    paid: 'Il pagamento è riuscito.',
    waiting: 'Il pagamento è in lavorazione.',
    failed: 'Il pagamento non è riuscito.',
    cancelled: 'Il pagamento è stato annullato.',
  }
  return page({
    title: expired ? 'Sessione scaduta' : 'Pagamento concluso',
    part: 'checkout',
    narrow: true,
    main: html`${cart.fault ? faultMessage(cart.fault) : ''}${message(cart.state === 'paid' ? 'ok' : cart.state === 'open' ? 'alert' : 'info', texts[cart.state])}
      <p><a class="button" href="${back}">Torna al sito dell’ente</a></p>`,
  })
}

function stepPage(cart: Cart, current: number, title: string, parts: readonly (Html | string)[]): Html {
  return page({
    title,
    part: 'checkout',
    main: html`<ol class="steps" aria-label="Passi del pagamento">
        ${STEPS.map(
          (label, index) =>
            html`<li
              class="${index < current ? 'done' : ''}"
              ${index === current ? html` aria-current="step"` : ''}
            >
              <span>${index + 1}. ${label}</span>
            </li>`,
        )}
      </ol>
      <div class="split">
        <div>
          <section class="card">${parts}</section>
          <form class="cancel" method="post" action="${path(cart, 'cancel')}">
            <button class="plain">Annulla e torna all’ente</button>
          </form>
        </div>
        <div class="aside">${cartContent(cart)}</div>
      </div>`,
  })
}

function cartContent(cart: Cart): Html {
  const { paymentNotices } = cart
  return html`<section class="card" aria-label="Cosa paghi">
    <h2>${paymentNotices.length === 1 ? 'Il tuo avviso' : `I tuoi ${paymentNotices.length} avvisi`}</h2>
    ${paymentNotices.map(
      (notice) =>
        html`<div class="notice">
          <h3>${notice.description}</h3>
          ${facts([
            ['Ente creditore', notice.companyName],
            ['Codice avviso', noticeNumberText(notice.noticeNumber)],
            ['Importo', formatEuro(notice.amount)],
          ])}
        </div>`,
    )}${paymentNotices.length > 1 ? facts([['Totale', formatEuro(totalCents(cart))]], true) : ''}
  </section>`
}

function path(cart: Cart, step: string): string {
  return `/checkout/c/${cart.id}/${step}`
}
