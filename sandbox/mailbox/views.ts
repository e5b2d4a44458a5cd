import { html } from 'hono/html'
import { facts, field, message as banner, time } from '../web/components.ts'
import { page } from '../web/page.ts'
import type { Html } from '../web/page.ts'
import type { Message } from './mailbox.ts'

/** All messages, newest first. */
export function listPage(messages: readonly Message[], shown: { to: string; refuses: boolean }): Html {
  const { to, refuses } = shown
  return page({
    title: 'Posta',
    part: 'mailbox',
    lead: 'Qui arriva ogni e-mail che Borsellino manda, a chiunque sia diretta. Nulla esce da questo computer.',
    main: html`${refuses ? banner('wait', 'La posta viene rifiutata.', 'Chi scrive riceve un rifiuto temporaneo (451) finché non si torna a riceverla.') : ''}
      <form class="card" method="get" action="/posta">
        ${field({ name: 'to', label: 'Solo i messaggi per', type: 'email', inputmode: 'email', value: to, hint: 'Indirizzo del destinatario' })}<button
          class="second"
        >
          Filtra
        </button>
      </form>
      ${
        messages.length === 0
          ? html`<p class="empty">${to ? `Nessun messaggio per ${to}.` : 'Nessun messaggio, per ora.'}</p>`
          : html`<ul class="entries">
              ${messages.map(line)}
            </ul>`
      }
      <div class="actions">
        <form method="post" action="/posta/rifiuta">
          <input type="hidden" name="refuse" value="${refuses ? 'no' : 'yes'}" /><button class="second">
            ${refuses ? 'Torna a ricevere' : 'Rifiuta la posta (451)'}
          </button>
        </form>
        <form method="post" action="/posta/svuota"><button class="plain">Svuota</button></form>
      </div>`,
  })
}

function line(message: Message): Html {
  const count = message.attachments.length
  return html`<li>
    <a class="mail-link" href="/posta/${message.id}"
      ><strong>${message.subject}</strong>
      <span class="quiet"
        >a ${message.to.join(', ')} ·
        ${time(message.createdAt)}${count > 0 ? ` · ${count} ${count === 1 ? 'allegato' : 'allegati'}` : ''}</span
      ></a
    >
  </li>`
}

/** One message with its attachments. */
export function messagePage(message: Message): Html {
  return page({
    title: message.subject,
    part: 'mailbox',
    main: html`<section class="card">
        ${facts([
          ['Da', message.from],
          ['A', message.to.join(', ')],
          ['Ricevuto', time(message.createdAt)],
        ])}
      </section>
      ${
        message.attachments.length === 0
          ? ''
          : html`<h2>Allegati</h2>
              <ul class="entries">
                ${message.attachments.map((part, index) => html`<li><a href="/posta/${message.id}/allegati/${index}" download>${part.filename}</a> <span class="quiet">${Math.ceil(part.sizeBytes / 1024)} kB</span></li>`)}
              </ul>`
      }
      <h2>Testo</h2>
      ${
        message.html === undefined
          ? html`<pre class="wrapped" tabindex="0">${message.text}</pre>`
          : html`<iframe
                class="mail-frame"
                title="Testo del messaggio"
                sandbox="allow-popups allow-popups-to-escape-sandbox"
                src="/posta/${message.id}/corpo"
              ></iframe>
              <details>
                <summary>Solo testo</summary>
                <pre class="wrapped" tabindex="0">${message.text}</pre>
              </details>`
      }
      <p><a href="/posta">Torna alla posta</a></p>`,
  })
}
