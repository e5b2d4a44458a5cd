import { Hono } from 'hono'
import type { Context } from 'hono'
import { z } from 'zod'
import { outageApi, outageGate } from '../web/outage.ts'
import { readJson, RequestError } from '../web/request.ts'
import { citizenSchema } from './citizens.ts'
import { personErrors } from './identity.ts'
import type { Identity, Post } from './identity.ts'
import type { Incoming } from './incoming.ts'
import { PROVIDERS, providerNamed } from './provider.ts'
import type { Provider } from './provider.ts'
import { wrongAnswer, WRONG_ANSWERS } from './wrong-answers.ts'

const serviceProviderSchema = z.strictObject({
  scheme: z.enum(['spid', 'cie']),
  metadata: z.string().min(1),
})
const howSchema = {
  provider: z.string(),
  citizen: z.string().optional(),
  error: z.int().optional(),
  wrong: z.string().optional(),
}
const signInSchema = z.discriminatedUnion('binding', [
  z.strictObject({ ...howSchema, binding: z.literal('redirect'), url: z.url() }),
  z.strictObject({ ...howSchema, binding: z.literal('post'), fields: z.record(z.string(), z.string()) }),
])
const logoutSchema = z.strictObject({ provider: z.string(), entityId: z.string(), nameId: z.string() })

type SignInOrder = z.output<typeof signInSchema>

/** The JSON twin of the providers' pages, below `/api/identity`. */
export function identityApi(identity: Identity): Hono {
  const app = new Hono()
  app.get('/providers', (c) => c.json({ providers: providerViews(identity) }))
  app.get('/citizens', (c) => c.json({ citizens: identity.citizens.all() }))
  app.post('/citizens', async (c) => c.json(identity.citizens.add(await readJson(c, citizenSchema)), 201))
  app.get('/service-providers', (c) => c.json({ serviceProviders: serviceProviderViews(identity) }))
  app.put('/service-providers', async (c) => {
    const { scheme, metadata } = await readJson(c, serviceProviderSchema)
    const registered = await identity.serviceProviders.register(scheme, metadata)
    if ('id' in registered) return c.json(serviceProviderView(registered))
    return refusal(c, 'The metadata cannot be registered', registered)
  })
  app.post('/sign-in', (c) => signIn(c, identity))
  app.get('/logouts', (c) => c.json({ logouts: identity.logouts.all() }))
  app.get('/sessions', (c) => c.json({ sessions: identity.logouts.sessions() }))
  app.post('/logout', async (c) => {
    const { provider, entityId, nameId } = await readJson(c, logoutSchema)
    return c.json(await identity.logouts.ask(providerNamed(provider), entityId, nameId))
  })
  for (const { id } of PROVIDERS) app.route(`/${id}/failure`, outageApi(identity.outages[id]!))
  return app
}

/** Plays a whole visit to a provider: the request as the browser would bring it, the answer as it would take it. */
async function signIn(c: Context, identity: Identity): Promise<Response> {
  const order = await readJson(c, signInSchema)
  const provider = providerNamed(order.provider)
  const failed = await outageGate(identity.outages[provider.id]!)(c, async () => {})
  if (failed) return failed
  const incoming = incomingOf(order, identity.placesOf(provider).signOn)
  const verdict = await identity.judge(provider, incoming)
  if (verdict.outcome === 'shown') return refusal(c, 'The request is refused', verdict.problems)
  const { request } = verdict
  if (verdict.outcome === 'sent-back') {
    const answer = await identity.refuse(provider, request, verdict.problems[0]!.number)
    return refusal(c, 'The request is refused', verdict.problems, answer)
  }
  if (order.error !== undefined) {
    checkError(provider, order.error)
    return c.json(answered([await identity.refuse(provider, request, order.error)]))
  }
  const wrong = order.wrong === undefined ? undefined : wrongAnswer(order.wrong)
  if (order.wrong !== undefined && !wrong) {
    const known = WRONG_ANSWERS.map(({ id }) => id).join(', ')
    throw new RequestError(400, 'Request validation error', `wrong must be one of ${known}`)
  }
  const citizen = identity.citizens.find(order.citizen ?? '')
  return c.json(answered(await identity.accept(provider, request, citizen, wrong)))
}

/** @throws RequestError 422 when the browser was sent somewhere else */
function incomingOf(order: SignInOrder, signOn: string): Incoming {
  if (order.binding === 'post') return { binding: 'post', fields: order.fields }
  const mark = order.url.indexOf('?')
  const address = mark < 0 ? order.url : order.url.slice(0, mark)
  if (address !== signOn) {
    throw new RequestError(422, 'The request is refused', `This provider signs people on at ${signOn}`)
  }
  return { binding: 'redirect', query: mark < 0 ? '' : order.url.slice(mark + 1) }
}

function checkError(provider: Provider, number: number): void {
  const numbers = personErrors(provider).map((one) => one.number)
  if (numbers.some((one) => one === number)) return
  throw new RequestError(400, 'Request validation error', `error must be one of ${numbers.join(', ')}`)
}

function answered(posts: readonly Post[]) {
  return { ...posts[0]!, posts }
}

/** A 422 that lists what is wrong; with the answer that the service provider would get, where it gets one. */
function refusal(c: Context, title: string, reasons: readonly unknown[], answer?: Post): Response {
  const texts = reasons.map((one) => (typeof one === 'string' ? one : (one as { text: string }).text))
  const problem = { type: 'about:blank', title, status: 422, detail: texts.join('; '), reasons }
  return c.body(JSON.stringify(answer ? { ...problem, answer } : problem), 422, {
    'content-type': 'application/problem+json',
  })
}

/** The providers as outsiders may know them. */
export function providerViews(identity: Identity) {
  return PROVIDERS.map((provider) => ({ ...provider, ...identity.placesOf(provider) }))
}

function serviceProviderViews(identity: Identity) {
  return identity.serviceProviders.all().map(serviceProviderView)
}

function serviceProviderView(registered: ReturnType<Identity['serviceProviders']['all']>[number]) {
  const { id: _, createdAt, ...facts } = registered
  return { ...facts, registeredAt: createdAt }
}
