import type { Job } from '#core/jobs/job.ts'
import type { Services } from '#core/services.ts'
import { letterJob } from '../letter-job.ts'
import { linkCode } from '../link-code.ts'
import { CHANGE_ASKED_EMAIL_JOB, CONFIRMATION_EMAIL_JOB } from './email-address.ts'

/** The letters about an account's address. */
export function emailAddressJobs(services: Services): Job[] {
  return [
    letterJob(services, CONFIRMATION_EMAIL_JOB, async (tenant, { subjectId }) => ({
      name: 'email_confirmation',
      // The mailbox may be a stranger's: the letter names nobody.
      recipientName: null,
      path: `/${tenant.slug}/email/conferma?codice=${await linkCode(services.vault, tenant.id, 'email-confirmation', subjectId)}`,
    })),
    letterJob(services, CHANGE_ASKED_EMAIL_JOB, async (tenant) => ({
      name: 'email_change_asked',
      recipientName: null,
      path: `/${tenant.slug}/email`,
    })),
  ]
}
