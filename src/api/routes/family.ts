import { remoteAddress } from '#core/remote-address.ts'
import { isLanguage } from '#core/i18n.ts'
import type { Attempts } from '#tenants/sign-in/attempts.ts'
import { claimChild } from '#tenants/people/children.ts'
import { enrolOwnChild } from '#tenants/people/self-enrolment.ts'
import { answerOnce, conditionalAnswer } from '../answer.ts'
import { callerOf, type Api, type ApiParts } from '../context.ts'
import { operation } from '../operation.ts'
import { ETAG_HEADER, jsonAnswer } from '../responses.ts'
import { jsonBody } from '../schemas/fields.ts'
import { childSchema, claimedSchema, claimSchema, enrolledSchema, meSchema } from '../schemas/people.ts'

const me = operation({
  method: 'get',
  path: '/me',
  id: 'signed_in_parent',
  tag: 'family',
  summary: 'Who is signed in, and where',
  access: 'personal',
  conditional: true,
  answers: { 200: jsonAnswer('The parent, the entity and the session.', meSchema, ETAG_HEADER) },
})

const enrol = operation({
  method: 'post',
  path: '/children',
  id: 'enrol_child',
  tag: 'family',
  summary: 'Enrol a child in a service',
  description: 'For the present school year, with a wallet of its own; where the entity lets parents do so.',
  access: 'personal',
  once: true,
  request: { body: jsonBody(childSchema) },
  answers: { 201: jsonAnswer('The child and its wallet.', enrolledSchema) },
  faults: ['enrolment.already_there', 'enrolment.unknown_category', 'enrolment.closed', 'enrolment.asked'],
})

const claim = operation({
  method: 'post',
  path: '/children/claims',
  id: 'claim_child',
  tag: 'family',
  summary: 'Find a child that the school has entered',
  description: 'With the code on the letter from the school. The second parent may use it too.',
  access: 'personal',
  once: true,
  request: { body: jsonBody(claimSchema) },
  answers: { 201: jsonAnswer('The child, now in this parent’s care.', claimedSchema) },
  faults: ['enrolment.unknown_code'],
})

/** The parent and the children in their care. */
export function familyRoutes(app: Api, parts: ApiParts, attempts: Attempts): void {
  const { services } = parts

  app.openapi(me, (context) => {
    const { tenant, viewer } = callerOf(context)
    const { name, slug, activationCode } = tenant
    return conditionalAnswer(context, {
      id: viewer.accountId,
      firstName: viewer.firstName,
      lastName: viewer.lastName,
      email: viewer.email,
      language: isLanguage(viewer.language) ? viewer.language : 'it',
      tenant: { name, slug, activationCode },
      session: { method: viewer.method, expiresAt: viewer.expiresAt.toISOString() },
    })
  })

  app.openapi(enrol, (context) => {
    const { fiscalCode = null, ...child } = context.req.valid('json')
    const { tenant, viewer } = callerOf(context)
    return answerOnce(parts, context, { fiscalCode, ...child }, 201, async () => {
      const { childId, walletId } = await enrolOwnChild(services, tenant, viewer.accountId, {
        fiscalCode,
        ...child,
      })
      return { childId, walletId }
    })
  })

  app.openapi(claim, (context) => {
    const { code } = context.req.valid('json')
    const { tenant, viewer } = callerOf(context)
    const guesser = {
      secret: 'claim-code',
      account: viewer.accountId,
      address: remoteAddress(context),
    } as const
    return answerOnce(parts, context, { code }, 201, () =>
      attempts.guess(tenant.id, guesser, async () => ({
        childId: await claimChild(services.db, tenant.id, viewer.accountId, code, services.clock.now()),
      })),
    )
  })
}
