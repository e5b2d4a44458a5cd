import { createHash } from 'node:crypto'
import { romeDate } from '#core/clock.ts'
import { translator } from '#core/i18n.ts'
import { cents } from '#core/money.ts'
import { assertTillOpen } from '#tenants/books/till-rule.ts'
import { findTillEntry, recordTillEntry } from '#tenants/books/till.ts'
import { walletOfChild } from '#tenants/books/wallet-of-child.ts'
import { answerOnce } from '../answer.ts'
import { machineOf, type Api, type ApiParts } from '../context.ts'
import { operation } from '../operation.ts'
import { InvalidRequest } from '../problem.ts'
import { jsonAnswer } from '../responses.ts'
import { jsonBody } from '../schemas/fields.ts'
import { newTillEntrySchema, tillEntrySchema, tillEntryView } from '../schemas/till.ts'

const record = operation({
  method: 'post',
  path: '/till/entries',
  id: 'record_till_entry',
  tag: 'till',
  summary: 'Record what a family paid at the entity’s desk',
  description:
    'As long as the entity takes anything there: from its `pagopaOnlyFrom` on, by the day of the recording, the answer is ' +
    '`office_till.closed` with that day. Each paper receipt is recorded once.',
  access: ['till:write'],
  once: true,
  request: { body: jsonBody(newTillEntrySchema) },
  answers: { 201: jsonAnswer('The entry.', tillEntrySchema) },
  faults: ['resource.not_found', 'office_till.closed', 'till.slip_known', 'wallet.closed'],
})

/** The desk, for programs with a token of the entity. */
export function tillRoutes(app: Api, parts: ApiParts): void {
  const { services } = parts

  app.openapi(record, (context) => {
    const { child, category, note = '', ...body } = context.req.valid('json')
    const { tenant, machine } = machineOf(context, 'till:write')
    const key = context.req.header('idempotency-key') ?? ''
    return answerOnce(parts, context, { child, category, note, ...body }, 201, async () => {
      const today = romeDate(services.clock.now())
      assertTillOpen(tenant, today)
      if (body.paidOn > today) {
        const message = translator(context.var.language)('api.field.future_day')
        throw new InvalidRequest([{ path: 'paidOn', message }])
      }
      const walletId = await walletOfChild(services, tenant.id, child, category)
      const { tokenId, accountId } = machine
      // The books remember the request longer than its answer is kept.
      const submission = `api ${createHash('sha256').update(`${tokenId} ${key}`).digest('hex')}`
      const entry = { ...body, walletId, note, amountCents: cents(body.amountCents) }
      const { id } = await recordTillEntry(services, tenant, entry, { accountId, submission, tokenId })
      return tillEntryView(await findTillEntry(services.db, tenant.id, id))
    })
  })
}
