import type { z } from '@hono/zod-openapi'
import { DomainError } from '#core/errors.ts'
import { cents } from '#core/money.ts'
import type { TopUp } from '#core/top-ups/top-up.ts'
import { timelineOf } from '#core/top-ups/timeline.ts'
import { ownTopUp } from '#tenants/people/own.ts'
import { answerOnce, conditionalAnswer } from '../answer.ts'
import { callerOf, ownerOf, payerOf, type Api, type ApiContext, type ApiParts } from '../context.ts'
import { operation } from '../operation.ts'
import { ETAG_HEADER, jsonAnswer } from '../responses.ts'
import { idPath, jsonBody } from '../schemas/fields.ts'
import { attemptedSchema, nextStepView, openedBy, startedSchema, startSchema } from '../schemas/start.ts'
import { topUpSchema, topUpView } from '../schemas/top-up.ts'

const start = operation({
  method: 'post',
  path: '/top-ups',
  id: 'start_top_ups',
  tag: 'top-ups',
  summary: 'Top up one or more wallets',
  description:
    'Through a way to pay that the entity offers to apps. `nextStep` says where to go: a page of Checkout to open in ' +
    'a browser, a notice to pay anywhere, or what to do when nobody answers there. The answer proves nothing about the payment: ask for the top-up until ' +
    'it is `paid`. A code for the counter is the wallet’s: see `/wallets/{id}/payment-code`.',
  access: 'personal',
  once: true,
  request: { body: jsonBody(startSchema) },
  answers: { 201: jsonAnswer('What was opened, and what comes next.', startedSchema) },
  faults: [
    'resource.not_found',
    'channel.unknown',
    'channel.not_offered',
    'top_up.too_many',
    'top_up.being_paid',
    'amount.below_minimum',
    'amount.above_maximum',
    'wallet.repeated',
    'wallet.suspended',
    'tenant.inactive',
  ],
})

const one = operation({
  method: 'get',
  path: '/top-ups/{id}',
  id: 'top_up',
  tag: 'top-ups',
  summary: 'A top-up with its notice, its receipt and its story',
  access: 'personal',
  conditional: true,
  request: { params: idPath },
  answers: { 200: jsonAnswer('The top-up.', topUpSchema, ETAG_HEADER) },
})

const attempt = operation({
  method: 'post',
  path: '/top-ups/{id}/attempts',
  id: 'attempt_top_up',
  tag: 'top-ups',
  summary: 'Try again to pay an open top-up online',
  access: 'personal',
  once: true,
  request: { params: idPath },
  answers: { 201: jsonAnswer('What comes next.', attemptedSchema) },
  faults: [
    'channel.not_offered',
    'top_up.already_paid',
    'top_up.being_paid',
    'top_up.expired',
    'top_up.cancelled',
  ],
})

/** Starting, watching and resuming payments. */
export function topUpRoutes(app: Api, parts: ApiParts): void {
  const { services, cashier } = parts

  app.openapi(start, (context) => {
    const body = context.req.valid('json')
    const { tenant } = callerOf(context)
    return answerOnce(parts, context, body, 201, async () => {
      assertForApps(parts, body.channel)
      const drafts = body.items.map(({ walletId, amountCents }) => ({
        walletId,
        amountCents: cents(amountCents),
      }))
      const request = { walletId: drafts[0]!.walletId, drafts }
      const step = await cashier.start(tenant, body.channel, payerOf(context), request)
      const topUps = await Promise.all(openedBy(step).map((id) => viewOf(parts, context, id)))
      return { nextStep: nextStepView(step), topUps }
    })
  })

  app.openapi(one, async (context) => {
    const topUp = await ownTopUp(services, ownerOf(context), context.req.valid('param').id, 'see')
    return conditionalAnswer(context, await view(parts, context, topUp))
  })

  app.openapi(attempt, async (context) => {
    const topUp = await ownTopUp(services, ownerOf(context), context.req.valid('param').id, 'pay')
    const { tenant } = callerOf(context)
    return answerOnce(parts, context, topUp.id, 201, async () => {
      const step = await cashier.resume(tenant, topUp.channelId, payerOf(context), [topUp.id])
      return { nextStep: nextStepView(step) }
    })
  })
}

/** A way to pay that is not made for apps is none that an app may start. */
function assertForApps({ cashier }: ApiParts, channelId: string): void {
  const channel = cashier.channels.find(({ id }) => id === channelId)
  if (channel && !channel.surfaces.includes('app')) throw new DomainError('channel.not_offered')
}

async function viewOf(
  parts: ApiParts,
  context: ApiContext,
  id: string,
): Promise<z.infer<typeof topUpSchema>> {
  return view(parts, context, await ownTopUp(parts.services, ownerOf(context), id, 'see'))
}

async function view(
  { services }: ApiParts,
  context: ApiContext,
  topUp: TopUp,
): Promise<z.infer<typeof topUpSchema>> {
  const { tenant } = callerOf(context)
  const now = services.clock.now()
  const { noticeNumber, amountCents } = topUp
  const { creditorFiscalCode } = tenant
  return topUpView(topUp, {
    tenant,
    now,
    qrText: services.scheme.qrText({ noticeNumber, creditorFiscalCode, amountCents }),
    timeline: await timelineOf(services.db, tenant.id, topUp, now),
  })
}
