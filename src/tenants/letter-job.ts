import { z } from 'zod'
import { deliverEmail } from '#core/emails.ts'
import { DomainError } from '#core/errors.ts'
import type { DeskEmail } from '#core/channel.ts'
import { defineJob, type Job } from '#core/jobs/job.ts'
import { composeLetter, type Letter } from '#core/letters.ts'
import type { Services } from '#core/services.ts'
import type { Tenant } from '#core/tenant.ts'

/** What a letter says besides to whom. */
export type LetterContent = Pick<Letter, 'name' | 'values' | 'recipientName' | 'path'>

/** A job that sends one kind of letter; `write` is told the row that the letter is about. */
export function letterJob(
  services: Services,
  name: string,
  write: (tenant: Tenant, email: DeskEmail) => Promise<LetterContent>,
): Job {
  return defineJob({
    name,
    lane: 'mail',
    data: z.object({ tenantId: z.uuid(), emailId: z.uuid() }),
    run: ({ tenantId, emailId }) =>
      deliverEmail(services, tenantId, emailId, async (email) => {
        const tenant = await services.tenants.byId(tenantId)
        if (!tenant) throw new DomainError('tenant.unknown')
        const { address, language } = email
        return composeLetter(services, tenant, {
          id: emailId,
          to: address,
          language,
          ...(await write(tenant, email)),
        })
      }),
  })
}
