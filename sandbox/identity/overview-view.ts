import { html } from 'hono/html'
import { facts, hidden, time } from '../web/components.ts'
import { page } from '../web/page.ts'
import type { Html } from '../web/page.ts'
import type { Identity } from './identity.ts'
import type { Session } from './logouts.ts'
import { PROVIDERS, providerNamed } from './provider.ts'
import type { ServiceProvider } from './service-providers.ts'

const BINDINGS = { redirect: 'HTTP-Redirect', post: 'HTTP-POST' } as const

/** Who there is: providers, registered services, people, and the sessions that can be ended. */
export function overviewPage(identity: Identity, url: string): Html {
  const registered = identity.serviceProviders.all()
  const sessions = identity.logouts.sessions()
  return page({
    title: 'SPID e CIE di prova',
    part: 'identity',
    lead: 'Gestori di identità simulati: controllano le richieste come quelli veri e rispondono, bene o male, quello che scegli.',
    main: html`<ul class="entries">
        ${PROVIDERS.map(
          (provider) =>
            html`<li>
              <strong>${provider.label}</strong>
              <span class="quiet"
                >riceve richieste in
                ${provider.bindings.map((binding) => BINDINGS[binding]).join(' e ')}</span
              ><br /><code>${identity.placesOf(provider).entityId}</code>
            </li>`,
        )}
      </ul>
      <h2>Metadata</h2>
      <ul class="entries">
        ${[
          ['/sandbox-idp/metadata/spid.xml', 'i gestori SPID, come li pubblica AgID'],
          ['/sandbox-idp/metadata/cie.xml', 'il gestore CIE, come lo pubblica il Ministero'],
          ['/sandbox-idp/registry.pem', 'il certificato con cui sono firmati'],
        ].map(
          ([path, text]) =>
            html`<li><a href="${path}">${url}${path}</a> <span class="quiet">${text}</span></li>`,
        )}
      </ul>
      <h2>Servizi registrati</h2>
      ${registered.length === 0 ? html`<p class="empty">Nessun servizio, per ora: Borsellino registra i suoi con i loro metadata.</p>` : registered.map(serviceCard)}
      <h2>Sessioni aperte dai gestori</h2>
      ${
        sessions.length === 0
          ? html`<p class="empty">Nessuno è entrato, per ora.</p>`
          : html`<ul class="entries">
              ${sessions.map(sessionLine)}
            </ul>`
      }
      <h2>Cittadini di prova</h2>
      <ul class="entries">
        ${identity.citizens.all().map(
          ({ firstName, lastName, fiscalCode, note }) =>
            html`<li class="with-button">
              <span><strong>${firstName} ${lastName}</strong> <small>${note}</small></span>
              <code>${fiscalCode}</code>
            </li>`,
        )}
      </ul>`,
  })
}

function serviceCard({
  displayName,
  scheme,
  entityId,
  attributeSets,
  assertionConsumerUrl,
}: ServiceProvider): Html {
  return html`<section class="card">
    <h3>${displayName}</h3>
    ${facts([
      ['Presso', scheme === 'spid' ? 'SPID' : 'CIE'],
      ['entityID', html`<code>${entityId}</code>`],
      ['Riceve a', html`<code>${assertionConsumerUrl}</code>`],
      ['Chiede', Object.values(attributeSets)[0]?.join(', ') ?? ''],
    ])}
  </section>`
}

function sessionLine(session: Session): Html {
  const { providerId, entityId, displayName, nameId, person, createdAt } = session
  return html`<li class="with-button">
    <span
      ><strong>${person}</strong> da ${displayName}
      <small>${providerNamed(providerId).label} · ${time(createdAt)}</small></span
    >
    <form method="post" action="/sandbox-idp/esci">
      ${hidden('provider', providerId)}${hidden('entityId', entityId)}${hidden('nameId', nameId)}<button
        class="second"
        aria-label="Fai uscire ${person} da ${displayName}"
      >
        Fai uscire
      </button>
    </form>
  </li>`
}
