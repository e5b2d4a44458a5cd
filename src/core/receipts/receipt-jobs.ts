import { z } from 'zod'
import { formatDate, romeDate } from '../clock.ts'
import { inTenant } from '../db/tenant.ts'
import { deliverEmail, requestEmail } from '../emails.ts'
import { DomainError } from '../errors.ts'
import { defineJob, type Job } from '../jobs/job.ts'
import { composeLetter } from '../letters.ts'
import { cents, formatMoney } from '../money.ts'
import type { Services } from '../services.ts'
import { announceCopies, ANNOUNCE_JOB, generateCopy } from './copy.ts'

const EMAIL_JOB = 'receipt.email'

/** What happens after a receipt: its copy is printed, announced on its day, and the guardian gets a message. */
export function receiptJobs(services: Services): Job[] {
  return [
    defineJob({
      name: 'receipt.generate',
      lane: 'documents',
      data: z.object({ tenantId: z.uuid(), receiptId: z.uuid() }),
      run: ({ tenantId, receiptId }) => generateCopy(services, tenantId, receiptId),
    }),
    defineJob({
      name: ANNOUNCE_JOB,
      lane: 'mail',
      data: z.object({ tenantId: z.uuid(), day: z.string() }),
      async run({ tenantId }) {
        await inTenant(services.db, tenantId, (tx) =>
          announceCopies(tx, tenantId, services.clock.now(), ({ receiptId, address, language }) =>
            requestEmail(services, tx, tenantId, {
              kind: 'receipt-available',
              subjectId: receiptId,
              address,
              language,
              job: EMAIL_JOB,
            }),
          ),
        )
        services.nudge()
      },
    }),
    defineJob({
      name: EMAIL_JOB,
      lane: 'mail',
      data: z.object({ tenantId: z.uuid(), emailId: z.uuid() }),
      run: ({ tenantId, emailId }) => emailAvailability(services, tenantId, emailId),
    }),
  ]
}

function emailAvailability(services: Services, tenantId: string, emailId: string): Promise<void> {
  return deliverEmail(services, tenantId, emailId, async ({ subjectId, address, language }) => {
    const tenant = await services.tenants.byId(tenantId)
    if (!tenant) throw new DomainError('tenant.unknown')
    const receipt = await inTenant(services.db, tenantId, (tx) =>
      tx
        .selectFrom('receipts')
        .leftJoin('top_ups', (join) =>
          join
            .onRef('top_ups.tenant_id', '=', 'receipts.tenant_id')
            .onRef('top_ups.id', '=', 'receipts.top_up_id'),
        )
        .leftJoin('accounts', (join) =>
          join
            .onRef('accounts.tenant_id', '=', 'top_ups.tenant_id')
            .onRef('accounts.id', '=', 'top_ups.account_id'),
        )
        .select(['our_amount_cents', 'paid_at', 'application_date', 'arrived_at', 'accounts.first_name'])
        .where('receipts.tenant_id', '=', tenantId)
        .where('receipts.id', '=', subjectId)
        .executeTakeFirstOrThrow(),
    )
    const amount = formatMoney(cents(receipt.our_amount_cents), language)
    const paidOn = receipt.paid_at
      ? romeDate(receipt.paid_at)
      : (receipt.application_date ?? romeDate(receipt.arrived_at))
    return composeLetter(services, tenant, {
      id: emailId,
      to: address,
      language,
      name: 'receipt_available',
      values: { amount, date: formatDate(paidOn, language) },
      recipientName: receipt.first_name,
      path: `/${tenant.slug}/pagamenti`,
    })
  })
}
