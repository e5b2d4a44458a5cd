import { readFileSync } from 'node:fs'
import { Hono } from 'hono'
import type { Context, MiddlewareHandler } from 'hono'
import { outageGate } from '../web/outage.ts'
import { CONTENT_POLICY } from '../web/policy.ts'
import { readForm, RequestError } from '../web/request.ts'
import { answerPage } from './answer-views.ts'
import { personErrors } from './identity.ts'
import type { Identity } from './identity.ts'
import type { Incoming } from './incoming.ts'
import { metadataRoutes } from './metadata-routes.ts'
import { overviewPage } from './overview-view.ts'
import { providerNamed } from './provider.ts'
import type { Provider } from './provider.ts'
import { consentPage, logoutPage, personPage, refusedPage, sentBackPage } from './views.ts'
import { wrongAnswer } from './wrong-answers.ts'

const script = readFileSync(new URL('continue.js', import.meta.url), 'utf8')

/** The providers' pages and SAML places, below `/sandbox-idp`: plain forms, one step a page. */
export function identityPages(identity: Identity, url: () => string): Hono {
  const app = new Hono()
  app.route('/', metadataRoutes(identity, url))
  app.get('/', (c) => c.html(overviewPage(identity, url())))
  app.get('/continue.js', (c) => c.body(script, 200, { 'content-type': 'text/javascript; charset=utf-8' }))
  app.post('/esci', async (c) => {
    const { provider, entityId, nameId } = await readForm(c, 'provider', 'entityId', 'nameId')
    const departure = await identity.logouts.ask(providerNamed(provider), entityId, nameId)
    if ('url' in departure) return c.redirect(departure.url, 303)
    const { action, fields } = departure
    return answerOf(c, providerNamed(provider), [{ action, fields }])
  })

  const gate: MiddlewareHandler = (c, next) => {
    const outage = identity.outages[providerNamed(c.req.param('provider') ?? '').id]!
    return outageGate(outage)(c, next)
  }
  app.on(['GET', 'POST'], '/:provider/sso', gate, async (c) => {
    const provider = providerNamed(c.req.param('provider'))
    const verdict = await identity.judge(provider, await incomingOf(c, 'SAMLRequest'))
    if (verdict.outcome === 'shown') return c.html(refusedPage(provider, verdict.problems), 403)
    if (verdict.outcome === 'sent-back') {
      const { request, problems } = verdict
      const post = await identity.refuse(provider, request, problems[0]!.number)
      return c.html(sentBackPage(provider, { request, problems, post }))
    }
    return c.redirect(`/sandbox-idp/accesso/${identity.begin(provider, verdict.request).id}`, 303)
  })
  app.on(['GET', 'POST'], '/:provider/slo', gate, async (c) => {
    const provider = providerNamed(c.req.param('provider'))
    const logout = await identity.logouts.receive(provider, await incomingOf(c, 'SAMLResponse'))
    return c.html(logoutPage(provider, logout))
  })
  signInSteps(app, identity)
  return app
}

function signInSteps(app: Hono, identity: Identity): void {
  const open = (c: Context) => {
    const signIn = identity.find(c.req.param('id') ?? '')
    return { signIn, provider: providerNamed(signIn.providerId) }
  }
  app.get('/accesso/:id', (c) => {
    const { signIn, provider } = open(c)
    return c.html(personPage(provider, signIn, identity.citizens.all()))
  })
  app.post('/accesso/:id/persona', async (c) => {
    const { signIn } = open(c)
    const { fiscalCode } = await readForm(c, 'fiscalCode')
    return c.redirect(`/sandbox-idp/accesso/${identity.choose(signIn, fiscalCode).id}/consenso`, 303)
  })
  app.get('/accesso/:id/consenso', (c) => {
    const { signIn, provider } = open(c)
    if (signIn.fiscalCode === undefined) return c.redirect(`/sandbox-idp/accesso/${signIn.id}`, 303)
    const citizen = identity.citizens.find(signIn.fiscalCode)
    return c.html(consentPage(provider, signIn, identity.attributes(provider, signIn.request, citizen)))
  })
  app.post('/accesso/:id/risposta', async (c) => {
    const { signIn, provider } = open(c)
    const { error, wrong } = await readForm(c, 'error', 'wrong')
    const known = personErrors(provider).find(({ number }) => String(number) === error)
    if (error !== '' && !known) {
      throw new RequestError(422, 'Errore sconosciuto', 'Questo gestore non dà questo errore.')
    }
    if (known) return answerOf(c, provider, [await identity.refuse(provider, signIn.request, known.number)])
    const way = wrong === '' ? undefined : wrongAnswer(wrong)
    if (wrong !== '' && !way) throw new RequestError(422, 'Risposta sconosciuta', 'Scegline una dall’elenco.')
    const citizen = identity.citizens.find(signIn.fiscalCode ?? '')
    return answerOf(c, provider, await identity.accept(provider, signIn.request, citizen, way))
  })
}

type Leaving = Parameters<typeof answerPage>[1]

/** The only pages with a script: it sends the answer on at once, as real providers do. */
function answerOf(c: Context, provider: Provider, posts: Leaving): Response | Promise<Response> {
  c.header('content-security-policy', CONTENT_POLICY.withScript)
  return c.html(answerPage(provider, posts))
}

/** The message as it came: the query by its own characters, because they are what was signed. */
async function incomingOf(c: Context, parameter: 'SAMLRequest' | 'SAMLResponse'): Promise<Incoming> {
  if (c.req.method === 'POST') {
    return { binding: 'post', fields: await readForm(c, parameter, 'RelayState') }
  }
  const mark = c.req.url.indexOf('?')
  return { binding: 'redirect', query: mark < 0 ? '' : c.req.url.slice(mark + 1) }
}
