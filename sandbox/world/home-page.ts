import { html } from 'hono/html'
import { facts } from '../web/components.ts'
import { page } from '../web/page.ts'
import type { Html } from '../web/page.ts'
import { apiGuide } from './api-guide.ts'
import type { Addresses } from './api.ts'
import type { Creditor } from './registry.ts'

const TILES = [
  { href: '/sportello', title: 'Sportello PSP', text: 'Paga un avviso con il QR o i suoi due codici.' },
  {
    href: '/puntolis',
    title: 'Terminale del tabaccaio',
    text: 'Leggi il codice di un bambino e ricarica in contanti.',
  },
  { href: '/posta', title: 'Posta', text: 'Le e-mail mandate da Borsellino, con gli allegati.' },
  {
    href: '/sandbox-idp',
    title: 'SPID e CIE',
    text: 'Gestori di identità di prova: metadata, cittadini, sessioni.',
  },
  {
    href: '/telefono',
    title: 'Telefono',
    text: 'I codici dell’app di autenticazione, per il secondo fattore.',
  },
  { href: '/node', title: 'Nodo', text: 'Ricevute in viaggio e messaggi scambiati con gli enti.' },
  {
    href: '/nodo/comportamento',
    title: 'Comportamento',
    text: 'Che cosa deve andare storto: ricevute, flussi, banca, servizi fermi.',
  },
] as const

/** The first page: what this is, who lives here, and how a script plays every part. */
export function homePage(creditors: readonly Creditor[], borsellinoUrl: string, addresses: Addresses): Html {
  return page({
    title: 'Il mondo fuori da Borsellino',
    part: 'home',
    lead: 'Il Nodo dei pagamenti, il Checkout, lo sportello di una banca, il terminale di un tabaccaio, i gestori SPID e CIE e una casella di posta, con i servizi che li servono (ACA, rendicontazione, biz-events): tutto simulato, per provare una ricarica dall’inizio alla fine.',
    main: html`<div class="grid">
        ${TILES.map(
          ({ href, title, text }) =>
            html`<a class="card tile" href="${href}"
              ><h2>${title}</h2>
              <p>${text}</p></a
            >`,
        )}
      </div>
      <p class="quiet below">
        Il Checkout si raggiunge da Borsellino, con <em>Paga online</em>; i gestori di identità, con
        <em>Entra con SPID</em> o <em>Entra con CIE</em>.
      </p>
      <h2>Enti registrati</h2>
      ${creditors.length === 0 ? html`<p class="empty">Nessun ente, per ora: Borsellino registra i suoi quando parte.</p>` : creditors.map((creditor) => creditorCard(creditor, borsellinoUrl))}
      <h2>Le stesse cose da uno script</h2>
      ${apiGuide(addresses, creditors[0])}`,
  })
}

function creditorCard(creditor: Creditor, borsellinoUrl: string): Html {
  const {
    name,
    companyName,
    fiscalCode,
    segregationCode,
    brokerFiscalCode,
    stationId,
    slug,
    activationCode,
  } = creditor
  const { services, people, paymentCodes = [], ibans } = creditor
  return html`<section class="card">
    <h2>${name}</h2>
    <div class="split">
      <div>
        ${facts([
          ['Portale', html`<a href="${borsellinoUrl}/${slug}/">${borsellinoUrl}/${slug}/</a>`],
          ['Codice di attivazione', html`<code>${activationCode}</code>`],
          ['Ente creditore', companyName],
          ['Codice fiscale', html`<code>${fiscalCode}</code>`],
          ['Codice di segregazione', html`<code>${segregationCode}</code>`],
          ['Intermediario e stazione', html`<code>${brokerFiscalCode}</code> <code>${stationId}</code>`],
          ['IBAN', html`<code>${ibans.join(' ')}</code>`],
          ...services.map(
            (service) =>
              [
                service.description,
                html`<code>${service.idServizio}</code> <code>${service.idSoggettoServizio}</code>`,
              ] as const,
          ),
        ])}
      </div>
      <div>
        <h3>Persone di prova</h3>
        ${people.length === 0 ? html`<p class="quiet">Nessuna.</p>` : facts(people.map((person) => [`${person.name} (${person.role === 'staff' ? 'operatore' : 'genitore'})`, html`<code>${person.username}</code> <code>${person.password}</code>`]))}
        ${
          paymentCodes.length === 0
            ? ''
            : html`<h3>Codici pagamento</h3>
                <ul>
                  ${paymentCodes.map((code) => html`<li><a href="/puntolis?qr=${encodeURIComponent(code.text)}">${code.child}</a></li>`)}
                </ul>`
        }
      </div>
    </div>
  </section>`
}
