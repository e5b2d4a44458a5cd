import { z } from '@hono/zod-openapi'
import type { GivenInvitation, TakenInvitation } from '#tenants/people/read-invitations.ts'
import { day, id, instant, line, textOrNone } from './fields.ts'

const label = z.string().max(60).openapi({ description: 'What the guardian calls the invited person.' })
const lastDay = day.openapi({ description: 'The last day of the invitation.' })

export const newInvitationSchema = z
  .strictObject({
    childId: id,
    label: line(60).trim().min(1).openapi({ example: 'Nonna Berta' }),
    until: day
      .optional()
      .openapi({ description: 'The last day, at most a year from today; the school year’s when left out.' }),
    email: z
      .email()
      .max(256)
      .optional()
      .openapi({ description: 'Where the code is sent; nowhere when left out.' }),
  })
  .openapi('NewInvitation')

export const invitedSchema = z
  .strictObject({
    id,
    code: z
      .string()
      .max(11)
      .openapi({ description: 'Told here only: to be handed on.', example: 'ABCDE-23456' }),
  })
  .openapi('Invited')

const givenSchema = z
  .strictObject({
    id,
    childId: id,
    label,
    createdAt: instant,
    codeUntil: day
      .nullable()
      .openapi({ description: 'The last day on which the code can be used; null once it was.' }),
    acceptedAt: instant.nullable(),
    acceptedBy: textOrNone(4).openapi({ description: 'The initials of whoever accepted it.' }),
    until: lastDay,
  })
  .openapi('GivenInvitation')

const takenSchema = z
  .strictObject({ id, child: z.strictObject({ id, firstName: z.string().max(60) }), until: lastDay })
  .openapi('TakenInvitation')

export const invitationsSchema = z
  .strictObject({
    given: z.array(givenSchema).min(0).max(200),
    taken: z.array(takenSchema).min(0).max(200),
  })
  .openapi('Invitations')

export const acceptanceSchema = z
  .strictObject({ code: line(40).min(1).openapi({ example: 'ABCDE-23456' }) })
  .openapi('InvitationAcceptance')

export const acceptedSchema = takenSchema

export function givenView(invitation: GivenInvitation): z.infer<typeof givenSchema> {
  const { codeUntil, acceptedAt, initials, createdAt } = invitation
  return {
    id: invitation.id,
    childId: invitation.childId,
    label: invitation.label,
    createdAt: createdAt.toISOString(),
    codeUntil: codeUntil ?? null,
    acceptedAt: acceptedAt?.toISOString() ?? null,
    acceptedBy: initials ?? null,
    until: invitation.until,
  }
}

export function takenView({ id, childId, firstName, until }: TakenInvitation): z.infer<typeof takenSchema> {
  return { id, child: { id: childId, firstName }, until }
}
