import { readFileSync } from 'node:fs'
import { html } from 'hono/html'
import type { HtmlEscapedString } from 'hono/utils/html'

export type Html = HtmlEscapedString | Promise<HtmlEscapedString>

/** The stylesheet of all pages. */
export const stylesheet = ['frame', 'forms', 'content', 'slip', 'identity']
  .map((name) => readFileSync(new URL(`styles/${name}.css`, import.meta.url), 'utf8'))
  .join('\n')

const PARTS = [
  { id: 'node', href: '/node', label: 'Nodo' },
  { id: 'counter', href: '/sportello', label: 'Sportello' },
  { id: 'puntolis', href: '/puntolis', label: 'Tabaccaio' },
  { id: 'mailbox', href: '/posta', label: 'Posta' },
  { id: 'identity', href: '/sandbox-idp', label: 'Identità' },
  { id: 'phone', href: '/telefono', label: 'Telefono' },
] as const

export type Part = (typeof PARTS)[number]['id'] | 'home' | 'checkout' | 'provider'

export interface PageContent {
  readonly title: string
  readonly part: Part
  readonly main: Html
  /** One sentence under the title. */
  readonly lead?: string
  /** Narrow pages hold one form or one message. */
  readonly narrow?: boolean
  /** Whose page it is, where it is an identity provider's. */
  readonly provider?: string
}

/** Parts that somebody comes to from a site: they have a header of their own and lead nowhere else. */
const VISITED = {
  checkout: { site: 'Checkout simulato', note: 'Pagamento verso un ente pubblico' },
  provider: { site: 'Gestore simulato', note: 'Accesso a un servizio pubblico' },
} as const

const SIMULATION_BAND = html`<strong>Simulazione</strong>
  <span>Questa pagina imita il mondo fuori da Borsellino: non si muove denaro vero.</span>`
const IDENTITY_BAND = html`<strong>AMBIENTE DI PROVA</strong> <span>– nessuna identità reale</span>`

/** The frame of every page: the band that says "simulation", the header, the content. */
export function page({ title, part, main, lead, narrow, provider }: PageContent): Html {
  const visited = part === 'checkout' || part === 'provider' ? VISITED[part] : undefined
  const isIdentity = part === 'provider' || part === 'identity'
  return html`<!doctype html>
    <html lang="it">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>${title} · ${visited?.site ?? 'Mondo simulato'}</title>
        <link rel="icon" href="/favicon.svg" />
        <link rel="stylesheet" href="/sandbox.css" />
      </head>
      <body class="${part === 'checkout' ? 'is-checkout' : ''}">
        <a class="skip" href="#contenuto">Vai al contenuto</a>
        <header>
          <p class="band">${isIdentity ? IDENTITY_BAND : SIMULATION_BAND}</p>
          <div class="top">
            <div class="wrap top-row">
              ${visited ? visitedHeader(provider ?? visited.site, visited.note) : siteHeader(part)}
            </div>
          </div>
        </header>
        <main id="contenuto" class="wrap${narrow ? ' narrow' : ''}" tabindex="-1">
          <h1>${title}</h1>
          ${lead ? html`<p class="lead">${lead}</p>` : ''} ${main}
        </main>
        <footer class="wrap foot">
          Sandbox di Borsellino. Banche, commissioni ed esiti sono inventati; nessun legame con pagoPA S.p.A.,
          con prestatori di servizi di pagamento o con gestori di identità.
        </footer>
      </body>
    </html>`
}

function siteHeader(part: Part): Html {
  return html`<a class="brand" href="/" ${part === 'home' ? html` aria-current="page"` : ''}
      >Mondo simulato</a
    >
    <nav aria-label="Parti della sandbox">
      <ul>
        ${PARTS.map(
          ({ id, href, label }) =>
            html`<li><a href="${href}" ${id === part ? html` aria-current="page"` : ''}>${label}</a></li>`,
        )}
      </ul>
    </nav>`
}

function visitedHeader(site: string, note: string): Html {
  return html`<span class="brand">${site}</span><span class="top-note">${note}</span>`
}

/** The little picture in the browser's tab. */
export const favicon =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#0f4c4a"/><path d="M8 12h16M8 20h10" stroke="#ffd166" stroke-width="3.5" stroke-linecap="round"/></svg>'
