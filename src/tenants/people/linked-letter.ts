import { z } from 'zod'
import { deliverEmail } from '#core/emails.ts'
import { DomainError } from '#core/errors.ts'
import { defineJob, type Job } from '#core/jobs/job.ts'
import { composeLetter } from '#core/letters.ts'
import type { Services } from '#core/services.ts'

export const LINKED_LETTER_JOB = 'account.linked-email'

/** Tells the address of an account that it goes on with SPID or CIE: whoever did not do that hears of it. */
export function linkedLetterJob(services: Services): Job {
  return defineJob({
    name: LINKED_LETTER_JOB,
    lane: 'mail',
    data: z.object({ tenantId: z.uuid(), emailId: z.uuid() }),
    run: ({ tenantId, emailId }) =>
      deliverEmail(services, tenantId, emailId, async ({ address, language }) => {
        const tenant = await services.tenants.byId(tenantId)
        if (!tenant) throw new DomainError('tenant.unknown')
        return composeLetter(services, tenant, {
          id: emailId,
          to: address,
          language,
          name: 'account_linked',
          recipientName: null,
        })
      }),
  })
}
