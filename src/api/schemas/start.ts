import { z } from '@hono/zod-openapi'
import type { NextStep } from '#core/channel.ts'
import { amountCents, channelId, id, instant, noticeNumber } from './fields.ts'
import { topUpSchema } from './top-up.ts'

/** What a parent wants to pay. */
export const startSchema = z
  .strictObject({
    channel: channelId(),
    items: z
      .array(z.strictObject({ walletId: id, amountCents }))
      .min(1)
      .max(5),
  })
  .openapi('NewTopUps')

const nextStepSchema = z
  .discriminatedUnion('kind', [
    z
      .strictObject({
        kind: z.enum(['redirect']),
        url: z.url().max(2000).openapi({ description: 'Checkout’s page, to be opened in a browser.' }),
        expiresAt: instant,
      })
      .openapi('RedirectStep'),
    z
      .strictObject({
        kind: z.enum(['document']),
        topUpId: id,
        noticeNumber,
        pdf: z
          .string()
          .max(300)
          .openapi({ format: 'uri-reference', description: 'Where the notice can be had.' }),
      })
      .openapi('DocumentStep'),
    z
      .strictObject({ kind: z.enum(['code']), payload: z.string().max(400), caption: z.string().max(100) })
      .openapi('CodeStep'),
    z.strictObject({ kind: z.enum(['unavailable']) }).openapi('UnavailableStep', {
      description:
        'Whom this way to pay needs does not answer. The top-ups are open: try again with `/top-ups/{id}/attempts`, or ' +
        'pay them by their notices.',
    }),
  ])
  .openapi('NextStep')

export const startedSchema = z
  .strictObject({ nextStep: nextStepSchema, topUps: z.array(topUpSchema).min(0).max(5) })
  .openapi('StartedTopUps')

export const attemptedSchema = z.strictObject({ nextStep: nextStepSchema }).openapi('Attempt')

/** Where the app goes next. */
export function nextStepView(step: NextStep): z.infer<typeof nextStepSchema> {
  switch (step.kind) {
    case 'redirect':
      return { kind: 'redirect', url: step.url.href, expiresAt: step.expiresAt.toISOString() }
    case 'document': {
      const { documentId: topUpId, noticeNumber } = step
      return { kind: 'document', topUpId, noticeNumber, pdf: `/api/v1/top-ups/${topUpId}/notice.pdf` }
    }
    case 'code':
      return { kind: 'code', payload: step.payload, caption: step.caption }
    case 'unavailable':
      return { kind: 'unavailable' }
  }
}

/** The top-ups that a start has opened. */
export function openedBy(step: NextStep): readonly string[] {
  if (step.kind === 'redirect' || step.kind === 'unavailable') return step.topUpIds
  return step.kind === 'document' ? [step.documentId] : []
}
