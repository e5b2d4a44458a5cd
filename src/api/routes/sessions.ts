import { DomainError, type FaultCode } from '#core/errors.ts'
import { remoteAddress } from '#core/remote-address.ts'
import type { Tenant } from '#core/tenant.ts'
import { exchangeAppCode } from '#tenants/sign-in/app-codes.ts'
import { beginAppSession, refreshAppSession } from '#tenants/sign-in/app-sessions.ts'
import type { Attempts } from '#tenants/sign-in/attempts.ts'
import { passwordGuesser, checkCredentials } from '#tenants/sign-in/sign-in.ts'
import { BY_PASSWORD, columnsOf } from '#tenants/sign-in/proof.ts'
import { registerWithPassword } from '#tenants/sign-in/registration.ts'
import { readTenantToken } from '#tenants/sign-in/tokens.ts'
import { answer } from '../answer.ts'
import type { Api, ApiParts } from '../context.ts'
import { publishedTenant } from '../entity.ts'
import { operation } from '../operation.ts'
import { jsonAnswer } from '../responses.ts'
import { jsonBody } from '../schemas/fields.ts'
import { credentialsSchema, registeredSchema, registrationSchema } from '../schemas/people.ts'
import { exchangeSchema, refreshSchema, sessionSchema, sessionView } from '../schemas/sessions.ts'

const begin = operation({
  method: 'post',
  path: '/sessions',
  id: 'begin_session',
  tag: 'sessions',
  summary: 'Sign in with user name and password',
  description:
    'Until the entity closes passwords; through the browser (`signIn.browserUrl` of the entity, then ' +
    '`POST /sessions/exchange`) an app has every way in, also those to come. Ten wrong passwords in a minute, of one user ' +
    'name from one address, close this door until the minute is over; so do sixty in a minute from one address, and a ' +
    'hundred in an hour for one user name. An app can ask again without harm: it gets another session.',
  access: 'open',
  request: { body: jsonBody(credentialsSchema) },
  answers: { 201: jsonAnswer('The session.', sessionSchema) },
  faults: ['activation_code.unknown', 'sign_in.wrong', 'sign_in.method_closed'],
})

const refresh = operation({
  method: 'post',
  path: '/sessions/refresh',
  id: 'refresh_session',
  tag: 'sessions',
  summary: 'Go on without signing in again',
  description:
    'Each refresh token can be used once, and its answer brings the next. Where the answer was lost, ask again within a ' +
    'minute: it is given again as it was. Any other second use ends the app’s sign-in, since two then hold the token. ' +
    '`session.over` and `sign_in.method_closed` mean that the parent must sign in again.',
  access: 'open',
  request: { body: jsonBody(refreshSchema) },
  answers: { 201: jsonAnswer('The next session.', sessionSchema) },
  faults: ['session.over', 'sign_in.method_closed'],
})

const exchange = operation({
  method: 'post',
  path: '/sessions/exchange',
  id: 'exchange_code',
  tag: 'sessions',
  summary: 'Sign in with the code that the browser brought',
  description:
    'The end of a sign-in through the system’s browser (RFC 8252, RFC 7636): the code is good for a minute and for one try, ' +
    'with the verifier and the address that belong to it. The session is what the sign-in in the browser was: by SPID, CIE ' +
    'or password.',
  access: 'open',
  request: { body: jsonBody(exchangeSchema) },
  answers: { 201: jsonAnswer('The session.', sessionSchema) },
  faults: ['app_sign_in.code_refused', 'sign_in.method_closed'],
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

/** Signing in, going on, and registering. */
export function sessionRoutes(app: Api, parts: ApiParts, attempts: Attempts): void {
  const { services, sessions } = parts
  const { db, clock } = services
  const deps = { db, clock, sessions }
  const byPassword = columnsOf(BY_PASSWORD)

  app.openapi(begin, async (context) => {
    const { activationCode, deviceName = null, ...credentials } = context.req.valid('json')
    const tenant = await publishedTenant(parts, activationCode)
    const accountId = await attempts.guess(
      tenant.id,
      passwordGuesser(credentials.username, remoteAddress(context)),
      () => checkCredentials(db, tenant, credentials, 'app', clock.now()),
    )
    const person = { tenantId: tenant.id, accountId, proof: byPassword, deviceName }
    return answer(context, sessionView(await beginAppSession(deps, person)), 201)
  })

  app.openapi(refresh, async (context) => {
    const { refreshToken } = context.req.valid('json')
    const tenant = await tenantOfToken(parts, refreshToken, 'session.over')
    return answer(context, sessionView(await refreshAppSession(deps, tenant, refreshToken)), 201)
  })

  app.openapi(exchange, async (context) => {
    const { deviceName = null, ...brought } = context.req.valid('json')
    const tenant = await tenantOfToken(parts, brought.code, 'app_sign_in.code_refused')
    return answer(context, sessionView(await exchangeAppCode(deps, tenant, { ...brought, deviceName })), 201)
  })

  app.openapi(register, async (context) => {
    const body = context.req.valid('json')
    const { activationCode, privacyAccepted: _, fiscalCode = null, deviceName = null, ...person } = body
    const tenant = await publishedTenant(parts, activationCode)
    const guardian = { ...person, fiscalCode, language: context.var.language }
    const accountId = await registerWithPassword(services, attempts, tenant, guardian, remoteAddress(context))
    const signIn = { tenantId: tenant.id, accountId, proof: byPassword, deviceName }
    return answer(context, { accountId, ...sessionView(await beginAppSession(deps, signIn)) }, 201)
  })
}

/** The entity that a token names. @throws DomainError the given code, as for any token that is none of ours */
async function tenantOfToken({ registry }: ApiParts, token: string, otherwise: FaultCode): Promise<Tenant> {
  const parts = readTenantToken(token)
  const tenant = parts && (await registry.byId(parts.tenantId))
  if (!tenant || tenant.state === 'draft' || tenant.state === 'closed') throw new DomainError(otherwise)
  return tenant
}
