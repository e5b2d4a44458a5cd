import { html } from 'hono/html'
import { badge, facts, hidden, message } from '../web/components.ts'
import { page } from '../web/page.ts'
import type { Html } from '../web/page.ts'
import { leavingForm } from './answer-views.ts'
import type { AuthnRequest } from './authn-request.ts'
import { personErrors } from './identity.ts'
import type { Post, SignIn } from './identity.ts'
import type { Logout, LogoutAnswer } from './logouts.ts'
import { ATTRIBUTE_LABELS } from './person.ts'
import type { Citizen } from './person.ts'
import type { Problem } from './problem.ts'
import type { Provider } from './provider.ts'
import { WRONG_ANSWERS } from './wrong-answers.ts'

/** First step: who asks for what, and who signs in. */
export function personPage(provider: Provider, signIn: SignIn, citizens: readonly Citizen[]): Html {
  return providerPage(
    provider,
    'Chi accede?',
    html`<div class="split">
      <div>
        <form class="card" method="post" action="${path(signIn, 'persona')}">
          <fieldset class="choices">
            <legend>Scegli una persona di prova</legend>
            ${citizens.map(
              ({ fiscalCode, firstName, lastName, note }, index) =>
                html`<label class="choice"
                  ><input
                    type="radio"
                    name="fiscalCode"
                    value="${fiscalCode}"
                    ${index === 0 ? html` checked` : ''}
                    required
                  /><span class="choice-text">${firstName} ${lastName}<small>${note}</small></span></label
                >`,
            )}
          </fieldset>
          <button class="wide">Prosegui</button>
        </form>
        ${errorButtons(provider, signIn)}
      </div>
      <div class="aside">${askedFor(signIn.request)}</div>
    </div>`,
    `${signIn.request.displayName} chiede di sapere chi sei, al livello ${signIn.request.level}.`,
  )
}

/** Second step: the values that would be sent, yes or no, and all that can go wrong. */
export function consentPage(
  provider: Provider,
  signIn: SignIn,
  attributes: Readonly<Record<string, string>>,
): Html {
  return providerPage(
    provider,
    'Acconsenti all’invio dei dati?',
    html`<div class="split">
      <div>
        <section class="card">
          ${facts(Object.entries(attributes).map(([name, value]) => [ATTRIBUTE_LABELS[name] ?? name, value]))}
          <form method="post" action="${path(signIn, 'risposta')}">
            <button class="wide">Acconsento</button>
          </form>
          <p class="cancel below"><a href="/sandbox-idp/accesso/${signIn.id}">Scegli un’altra persona</a></p>
        </section>
        ${errorButtons(provider, signIn)}
        <details class="card">
          <summary>Risposte sbagliate</summary>
          <p class="quiet">
            Ognuna differisce da quella giusta in una cosa sola. Il servizio deve rifiutarle tutte.
          </p>
          <div class="ways">
            ${WRONG_ANSWERS.map(({ id, label }) => answerButton(signIn, 'wrong', id, label))}
          </div>
        </details>
      </div>
      <div class="aside">${askedFor(signIn.request)}</div>
    </div>`,
    `${signIn.request.displayName} riceverà solo quello che vedi qui.`,
  )
}

/** A request that the provider refuses on its own page, because it cannot tell whom else to answer. */
export function refusedPage(provider: Provider, problems: readonly Problem[]): Html {
  return providerPage(
    provider,
    'Richiesta non accettata',
    html`${message('alert', 'Il gestore non può accettare questa richiesta.', 'Un gestore vero direbbe soltanto di contattare il gestore del servizio.')}${problemList(problems)}`,
  )
}

/** A request that goes back with an error: a real provider says nothing of it and sends the person back. */
export function sentBackPage(
  provider: Provider,
  sent: { request: AuthnRequest; problems: readonly Problem[]; post: Post },
): Html {
  const number = String(sent.problems[0]!.number).padStart(2, '0')
  return providerPage(
    provider,
    'Richiesta non conforme',
    html`${message('alert', `La richiesta di ${sent.request.displayName} torna indietro con ErrorCode nr${number}.`, 'Un gestore vero non mostra i motivi: questi servono a chi sviluppa.')}${problemList(sent.problems)}
      <section class="card">${leavingForm(sent.post, 'Torna al servizio', 'here')}</section>`,
  )
}

/** What a service provider answered to a logout. */
export function logoutPage(provider: Provider, logout: Logout & { readonly answer: LogoutAnswer }): Html {
  const { status, isSignatureGood, problems } = logout.answer
  const isGood = status === 'Success' && isSignatureGood && problems.length === 0
  return providerPage(
    provider,
    'Uscita',
    html`${message(isGood ? 'ok' : 'alert', isGood ? 'Il servizio ha chiuso la sessione.' : 'La risposta del servizio non va bene.')}
      <section class="card">
        ${facts([
          ['Servizio', html`<code>${logout.entityId}</code>`],
          ['Esito', badge(status === 'Success' ? 'ok' : 'alert', status || 'nessuno')],
          ['Firma', isSignatureGood ? badge('ok', 'valida') : badge('alert', 'non valida')],
          ...problems.map((problem) => ['Inoltre', problem] as const),
        ])}
      </section>
      <p><a href="/sandbox-idp">Torna ai gestori</a></p>`,
  )
}

/** Without a lead it is a short page. */
function providerPage(provider: Provider, title: string, main: Html, lead?: string): Html {
  return page({
    title,
    part: 'provider',
    provider: provider.label,
    narrow: lead === undefined,
    main,
    ...(lead === undefined ? {} : { lead }),
  })
}

function askedFor({ displayName, level, attributes, entityId }: AuthnRequest): Html {
  return html`<section class="card" aria-label="Chi chiede l’accesso">
    <h2>${displayName}</h2>
    ${facts([
      ['Livello', String(level)],
      ['Dati chiesti', attributes.map((name) => ATTRIBUTE_LABELS[name] ?? name).join(', ')],
      ['Servizio', html`<code>${entityId}</code>`],
    ])}
  </section>`
}

function errorButtons(provider: Provider, signIn: SignIn): Html {
  return html`<section class="card">
    <h2>Qualcosa va storto</h2>
    <p class="quiet">Il gestore risponde con un errore, come se fosse successo davvero.</p>
    <div class="ways">
      ${personErrors(provider).map(({ number, label }) => answerButton(signIn, 'error', String(number), `${label} (${number})`))}
    </div>
  </section>`
}

function answerButton(signIn: SignIn, name: 'error' | 'wrong', value: string, label: string): Html {
  return html`<form method="post" action="${path(signIn, 'risposta')}">
    ${hidden(name, value)}<button class="second">${label}</button>
  </form>`
}

function problemList(problems: readonly Problem[]): Html {
  return html`<ul class="entries">
    ${problems.map(({ number, text }) => html`<li><strong>Anomalia ${number}</strong><br />${text}</li>`)}
  </ul>`
}

function path({ id }: SignIn, step: string): string {
  return `/sandbox-idp/accesso/${id}/${step}`
}
