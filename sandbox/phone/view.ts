import { html } from 'hono/html'
import { field } from '../web/components.ts'
import { page } from '../web/page.ts'
import type { Html } from '../web/page.ts'
import type { Code, codesOf } from './codes.ts'

/** The codes of everybody's phone, and a field for a secret that was just shown somewhere. */
export function phonePage(
  codes: ReturnType<typeof codesOf>,
  typed: { readonly secret: string; readonly own: Code | undefined } = { secret: '', own: undefined },
): Html {
  const { secret, own } = typed
  const error =
    secret !== '' && !own ? 'Questa non è una chiave: copia le lettere e i numeri sotto il QR.' : undefined
  return page({
    title: 'Telefono (app di autenticazione)',
    part: 'phone',
    lead: 'I codici di sei cifre che l’app mostrerebbe adesso. Cambiano ogni 30 secondi: ricarica la pagina per vederli nuovi.',
    main: html`<div class="split">
      <div>
        ${
          codes.length === 0
            ? html`<p class="empty">Nessuno, per ora, ha un secondo fattore.</p>`
            : html`<ul class="entries">
                ${codes.map(
                  ({ name, entity, username, ...code }) =>
                    html`<li class="with-button">
                      <span><strong>${name}</strong> <small>${entity} · ${username}</small></span>
                      ${codeText(code)}
                    </li>`,
                )}
              </ul>`
        }
        <p><a class="button second" href="/telefono">Aggiorna i codici</a></p>
      </div>
      <form class="card" method="post" action="/telefono" novalidate>
        <h2>Aggiungi una chiave</h2>
        ${field({ name: 'secret', label: 'Chiave', hint: 'Quella che il sito mostra accanto al QR.', value: secret, error, required: true })}
        ${own ? html`<div class="own-code">${codeText(own)}</div>` : ''}<button class="wide">
          ${own ? 'Mostra di nuovo' : 'Mostra il codice'}
        </button>
      </form>
    </div>`,
  })
}

/** The digits in two groups, as apps show them. */
function codeText({ code, secondsLeft }: Code): Html {
  return html`<span class="totp"
    ><code aria-label="${code.split('').join(' ')}">${code.slice(0, 3)} ${code.slice(3)}</code>
    <small>ancora ${secondsLeft} s</small></span
  >`
}
