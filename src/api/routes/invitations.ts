import { remoteAddress } from '#core/remote-address.ts'
import { romeDate } from '#core/clock.ts'
import { invariant } from '#core/errors.ts'
import {
  acceptInvitation,
  codeOfInvitation,
  countInvitationLetter,
  endInvitation,
  inviteToTopUp,
} from '#tenants/people/invitations.ts'
import { householdOf } from '#tenants/people/read-invitations.ts'
import { lastDayOfSchoolYear } from '#tenants/people/school-year.ts'
import type { Attempts } from '#tenants/sign-in/attempts.ts'
import { answer, answerOnce, conditionalAnswer } from '../answer.ts'
import { ownerOf, type Api, type ApiParts } from '../context.ts'
import { operation } from '../operation.ts'
import { ETAG_HEADER, jsonAnswer } from '../responses.ts'
import { idPath, jsonBody } from '../schemas/fields.ts'
import {
  acceptanceSchema,
  acceptedSchema,
  givenView,
  invitationsSchema,
  invitedSchema,
  newInvitationSchema,
  takenView,
} from '../schemas/invitations.ts'

const list = operation({
  method: 'get',
  path: '/invitations',
  id: 'invitations',
  tag: 'family',
  summary: 'The invitations to top up that hold, given and taken',
  access: 'personal',
  conditional: true,
  answers: {
    200: jsonAnswer('What was given to others, and taken from others.', invitationsSchema, ETAG_HEADER),
  },
})

const invite = operation({
  method: 'post',
  path: '/invitations',
  id: 'invite_to_top_up',
  tag: 'family',
  summary: 'Let somebody else top up one child',
  description:
    'A grandparent, for example. With the code, and an account of their own, they can top the child up and follow what ' +
    'they paid; they see neither credit nor meals. The code can be used for fourteen days. One mailbox gets five letters an ' +
    'hour: after that an invitation without `email` still works.',
  access: 'personal',
  once: true,
  request: { body: jsonBody(newInvitationSchema) },
  answers: { 201: jsonAnswer('The invitation and its code.', invitedSchema) },
  faults: ['resource.not_found', 'invitation.wrong_day', 'invitation.too_many', 'request.too_many'],
})

const end = operation({
  method: 'delete',
  path: '/invitations/{id}',
  id: 'end_invitation',
  tag: 'family',
  summary: 'Revoke an invitation, or give it back',
  description: 'Any guardian of the child revokes it, at once; the invited person gives it back.',
  access: 'personal',
  request: { params: idPath },
  answers: { 204: { description: 'It is over.' } },
})

const accept = operation({
  method: 'post',
  path: '/invitations/acceptances',
  id: 'accept_invitation',
  tag: 'family',
  summary: 'Accept an invitation with its code',
  access: 'personal',
  once: true,
  request: { body: jsonBody(acceptanceSchema) },
  answers: { 201: jsonAnswer('Whom it lets top up, and until when.', acceptedSchema) },
  faults: ['invitation.unknown_code', 'invitation.own_child', 'request.too_many'],
})

/** Letting others top up a child, and being let. */
export function invitationRoutes(app: Api, parts: ApiParts, attempts: Attempts): void {
  const { services } = parts

  app.openapi(list, async (context) => {
    const { children, taken } = await householdOf(services.db, ownerOf(context), services.clock.now())
    const given = children.flatMap(({ invitations }) => invitations.map(givenView))
    return conditionalAnswer(context, { given, taken: taken.map(takenView) })
  })

  app.openapi(invite, async (context) => {
    const body = context.req.valid('json')
    const owner = ownerOf(context)
    const { until = lastDayOfSchoolYear(romeDate(services.clock.now())), email = null } = body
    const { childId, label } = body
    const asked = { childId, label, until, email, language: context.var.language }
    const made = await answerOnce(parts, context, body, 201, async () => {
      await countInvitationLetter(attempts, owner.tenantId, asked, remoteAddress(context))
      return { id: await inviteToTopUp(services, owner, asked) }
    })
    // The code is kept nowhere, also not among the answers for repetitions.
    const { id } = (await made.json()) as { id: string }
    return answer(context, { id, code: await codeOfInvitation(services, owner.tenantId, id) }, 201)
  })

  app.openapi(end, async (context) => {
    await endInvitation(services, ownerOf(context), context.req.valid('param').id)
    return context.body(null, 204)
  })

  app.openapi(accept, (context) => {
    const { code } = context.req.valid('json')
    const owner = ownerOf(context)
    const guesser = {
      secret: 'invitation-code',
      account: owner.accountId,
      address: remoteAddress(context),
    } as const
    return answerOnce(parts, context, { code }, 201, () =>
      attempts.guess(owner.tenantId, guesser, async () => {
        const id = await acceptInvitation(services, owner, code)
        const { taken } = await householdOf(services.db, owner, services.clock.now())
        const invitation = taken.find((one) => one.id === id)
        invariant(invitation, 'an accepted invitation is one of those that hold')
        return takenView(invitation)
      }),
    )
  })
}
