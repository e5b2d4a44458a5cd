import { inTenant } from '#core/db/tenant.ts'
import type { Job } from '#core/jobs/job.ts'
import type { Services } from '#core/services.ts'
import { letterJob } from '../letter-job.ts'

export const ENROLMENT_EMAIL_JOB = 'enrolment-request.email'

/** Tells a parent how the request stands now: of two answers in a row the letters say the later one. */
export function enrolmentLetterJob(services: Services): Job {
  return letterJob(services, ENROLMENT_EMAIL_JOB, async (tenant, { subjectId }) => {
    const row = await inTenant(services.db, tenant.id, (tx) =>
      tx
        .selectFrom('enrolment_requests as r')
        .innerJoin('accounts as a', (join) =>
          join.onRef('a.tenant_id', '=', 'r.tenant_id').onRef('a.id', '=', 'r.account_id'),
        )
        .select(['r.state', 'a.first_name'])
        .where('r.tenant_id', '=', tenant.id)
        .where('r.id', '=', subjectId)
        .executeTakeFirstOrThrow(),
    )
    // Whoever has answered already is told that the answer has come.
    const said = row.state === 'pending' ? 'documents' : row.state
    return {
      name: `enrolment_${said}`,
      recipientName: row.first_name,
      path: said === 'approved' ? `/${tenant.slug}/` : `/${tenant.slug}/iscrizioni`,
    }
  })
}
