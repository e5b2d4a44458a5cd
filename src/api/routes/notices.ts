import { z } from '@hono/zod-openapi'
import { DomainError } from '#core/errors.ts'
import { cancelTopUp } from '#core/top-ups/close.ts'
import { noticePdf, requestNoticeEmail } from '#core/top-ups/notice-copy.ts'
import { ownTopUp } from '#tenants/people/own.ts'
import { answerOnce, pdfAnswer } from '../answer.ts'
import { callerOf, ownerOf, type Api, type ApiParts } from '../context.ts'
import { operation } from '../operation.ts'
import { jsonAnswer, PDF_ANSWER } from '../responses.ts'
import { idPath, jsonBody } from '../schemas/fields.ts'

const NOT_OPEN = ['top_up.already_paid', 'top_up.expired', 'top_up.cancelled'] as const

const emailSchema = z.strictObject({ email: z.email().max(256) }).openapi('NoticeEmail')
const emailedSchema = z.strictObject({ status: z.enum(['requested']) }).openapi('NoticeEmailRequested')

const email = operation({
  method: 'post',
  path: '/top-ups/{id}/notice-emails',
  id: 'email_notice',
  tag: 'top-ups',
  summary: 'Send the notice by e-mail',
  description: 'With the notice as a PDF attached, in the language of the request.',
  access: 'personal',
  once: true,
  request: { params: idPath, body: jsonBody(emailSchema) },
  answers: { 202: jsonAnswer('It will be sent.', emailedSchema) },
  faults: NOT_OPEN,
})

const pdf = operation({
  method: 'get',
  path: '/top-ups/{id}/notice.pdf',
  id: 'notice_document',
  tag: 'top-ups',
  summary: 'The payment notice to print or save',
  access: 'personal',
  request: { params: idPath },
  answers: { 200: PDF_ANSWER },
  faults: NOT_OPEN,
})

const cancel = operation({
  method: 'delete',
  path: '/top-ups/{id}',
  id: 'cancel_top_up',
  tag: 'top-ups',
  summary: 'Withdraw a top-up that is not paid',
  description: 'Its notice can then not be paid any more. Doing it twice is doing it once.',
  access: 'personal',
  request: { params: idPath },
  answers: { 204: { description: 'It is cancelled.' } },
  faults: ['top_up.already_paid', 'top_up.expired'],
})

/** The notice of a top-up: on paper, by e-mail, or withdrawn. */
export function noticeRoutes(app: Api, parts: ApiParts): void {
  const { services } = parts

  app.openapi(email, async (context) => {
    const { email: address } = context.req.valid('json')
    const owner = ownerOf(context)
    const topUp = await ownTopUp(services, owner, context.req.valid('param').id, 'pay')
    return answerOnce(parts, context, address, 202, async () => {
      await requestNoticeEmail(services, owner.tenantId, topUp, { address, language: context.var.language })
      return { status: 'requested' }
    })
  })

  app.openapi(pdf, async (context) => {
    const topUp = await ownTopUp(services, ownerOf(context), context.req.valid('param').id, 'pay')
    const bytes = await noticePdf(services, callerOf(context).tenant, topUp, context.var.language)
    return pdfAnswer(context, bytes, `avviso-${topUp.noticeNumber}.pdf`)
  })

  app.openapi(cancel, async (context) => {
    const owner = ownerOf(context)
    const { id } = await ownTopUp(services, owner, context.req.valid('param').id, 'pay')
    if (!(await cancelTopUp(services.db, owner.tenantId, id, services.clock.now()))) {
      // Asked again: between reading and cancelling a receipt may have come.
      const { state } = await ownTopUp(services, owner, id, 'pay')
      if (state === 'paid') throw new DomainError('top_up.already_paid')
      if (state === 'expired') throw new DomainError('top_up.expired')
    }
    return context.body(null, 204)
  })
}
