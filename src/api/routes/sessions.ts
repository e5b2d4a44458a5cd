import { remoteAddress } from '#core/remote-address.ts'
import { registerWithPassword } from '#tenants/sign-in/registration.ts'
import type { Attempts } from '#tenants/sign-in/attempts.ts'
import { passwordGuesser, signInWithPassword } from '#tenants/sign-in/sign-in.ts'
import { answer } from '../answer.ts'
import { callerOf, type Api, type ApiParts } from '../context.ts'
import { publishedTenant } from '../entity.ts'
import { operation } from '../operation.ts'
import { jsonAnswer } from '../responses.ts'
import { jsonBody } from '../schemas/fields.ts'
import { credentialsSchema, registeredSchema, registrationSchema, sessionSchema } from '../schemas/people.ts'

const begin = operation({
  method: 'post',
  path: '/sessions',
  id: 'begin_session',
  tag: 'sessions',
  summary: 'Sign in with user name and password',
  description:
    'Begins a session of 30 days. Ten wrong passwords in a minute, of one user name from one address, close this door ' +
    'until the minute is over; so do sixty in a minute from one address, and a hundred in an hour for one user name. An app can ask again without harm: it gets another session.',
  access: 'open',
  request: { body: jsonBody(credentialsSchema) },
  answers: { 201: jsonAnswer('The session.', sessionSchema) },
  faults: ['activation_code.unknown', 'sign_in.wrong', 'sign_in.method_closed'],
})

const end = operation({
  method: 'delete',
  path: '/sessions/current',
  id: 'end_session',
  tag: 'sessions',
  summary: 'Sign out',
  access: 'personal',
  answers: { 204: { description: 'The token opens nothing any more.' } },
})

const register = operation({
  method: 'post',
  path: '/accounts',
  id: 'register_parent',
  tag: 'sessions',
  summary: 'Register a parent, and sign in',
  description:
    'Where the first answer was lost a repetition is answered `registration.username_taken`: sign in then.',
  access: 'open',
  request: { body: jsonBody(registrationSchema) },
  answers: { 201: jsonAnswer('The account and its first session.', registeredSchema) },
  faults: [
    'activation_code.unknown',
    'registration.username_taken',
    'password.too_common',
    'sign_in.method_closed',
  ],
})

/** Signing in and out, and registering. */
export function sessionRoutes(app: Api, parts: ApiParts, attempts: Attempts): void {
  const { services, sessions } = parts

  app.openapi(begin, async (context) => {
    const { activationCode, ...credentials } = context.req.valid('json')
    const tenant = await publishedTenant(parts, activationCode)
    const now = services.clock.now()
    const { token, expiresAt } = await attempts.guess(
      tenant.id,
      passwordGuesser(credentials.username, remoteAddress(context)),
      () => signInWithPassword({ db: services.db, sessions }, tenant, credentials, 'app', now),
    )
    return answer(context, { token, expiresAt: expiresAt.toISOString() }, 201)
  })

  app.openapi(end, async (context) => {
    await sessions.end(callerOf(context).viewer.token)
    return context.body(null, 204)
  })

  app.openapi(register, async (context) => {
    const { activationCode, privacyAccepted: _, fiscalCode = null, ...person } = context.req.valid('json')
    const tenant = await publishedTenant(parts, activationCode)
    const guardian = { ...person, fiscalCode, language: context.var.language }
    const accountId = await registerWithPassword(services, attempts, tenant, guardian, remoteAddress(context))
    const { token, expiresAt } = await sessions.begin(tenant.id, accountId, 'app')
    return answer(context, { accountId, token, expiresAt: expiresAt.toISOString() }, 201)
  })
}
