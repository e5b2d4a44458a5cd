import { html } from 'hono/html'
import { hidden, message } from '../web/components.ts'
import { page } from '../web/page.ts'
import type { Html } from '../web/page.ts'
import type { Provider } from './provider.ts'

/** A form for the service provider: a Response, or a LogoutRequest. */
export interface Leaving {
  readonly action: string
  readonly fields: Readonly<Record<string, string>>
}

/** The way back to the service provider. One answer leaves by itself where there are scripts. */
export function answerPage(provider: Provider, posts: readonly Leaving[]): Html {
  const [first, ...more] = posts
  return page({
    title: 'Torni al servizio',
    part: 'provider',
    provider: provider.label,
    narrow: true,
    main:
      more.length === 0
        ? html`<section class="card">
              <p>La risposta del gestore è pronta e firmata.</p>
              ${leavingForm(first!, 'Continua', 'auto')}
            </section>
            <script src="/sandbox-idp/continue.js" defer></script>`
        : html`${message('wait', 'La stessa risposta, più volte', 'La prima si apre in un’altra scheda; poi torna qui e manda la seconda: deve essere rifiutata.')}
            <section class="card">
              ${posts.map((post, index) => leavingForm(post, `Manda la ${index + 1}ª volta`, index + 1 < posts.length ? 'new-tab' : 'here'))}
            </section>`,
  })
}

/** A form that carries a message to the service provider. */
export function leavingForm(post: Leaving, label: string, how: 'auto' | 'new-tab' | 'here'): Html {
  return html`<form
    class="leaving"
    method="post"
    action="${post.action}"
    ${how === 'auto' ? html` data-auto` : ''}${how === 'new-tab' ? html` target="_blank"` : ''}
  >
    ${Object.entries(post.fields).map(([name, value]) => hidden(name, value))}<button class="wide">
      ${label}
    </button>
  </form>`
}
