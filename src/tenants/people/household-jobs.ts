import { z } from 'zod'
import { formatDate, romeDate } from '#core/clock.ts'
import { inTenant } from '#core/db/tenant.ts'
import { deliverEmail } from '#core/emails.ts'
import { DomainError } from '#core/errors.ts'
import { defineJob, type Job } from '#core/jobs/job.ts'
import { composeLetter } from '#core/letters.ts'
import type { Services } from '#core/services.ts'
import { CHILD_REQUEST_EMAIL_JOB, INVITATION_EMAIL_JOB } from './household-emails.ts'
import { invitationCode } from './invitation-code.ts'

const emailData = z.object({ tenantId: z.uuid(), emailId: z.uuid() })

/** The letters of a household: an invitation with its code, and the office's answer to a parent. */
export function householdJobs(services: Services): Job[] {
  return [
    defineJob({
      name: INVITATION_EMAIL_JOB,
      lane: 'mail',
      data: emailData,
      run: ({ tenantId, emailId }) => sendInvitation(services, tenantId, emailId),
    }),
    defineJob({
      name: CHILD_REQUEST_EMAIL_JOB,
      lane: 'mail',
      data: emailData,
      run: ({ tenantId, emailId }) => sendDecision(services, tenantId, emailId),
    }),
  ]
}

async function entity({ tenants }: Services, tenantId: string) {
  const tenant = await tenants.byId(tenantId)
  if (!tenant) throw new DomainError('tenant.unknown')
  return tenant
}

/** The address may be mistyped: the letter names nobody, and its code is worth nothing without an account. */
function sendInvitation(services: Services, tenantId: string, emailId: string): Promise<void> {
  return deliverEmail(services, tenantId, emailId, async ({ subjectId, address, language }) => {
    const tenant = await entity(services, tenantId)
    const row = await inTenant(services.db, tenantId, (tx) =>
      tx
        .selectFrom('invitations')
        .select('code_expires_at')
        .where('tenant_id', '=', tenantId)
        .where('id', '=', subjectId)
        .executeTakeFirstOrThrow(),
    )
    const lastDay = romeDate(new Date(row.code_expires_at.getTime() - 1))
    return composeLetter(services, tenant, {
      id: emailId,
      to: address,
      language,
      name: 'invitation',
      values: {
        code: invitationCode(await services.vault.of(tenantId), subjectId),
        date: formatDate(lastDay, language),
        entity: tenant.name,
      },
      recipientName: null,
      path: `/${tenant.slug}/inviti/accetta`,
    })
  })
}

function sendDecision(services: Services, tenantId: string, emailId: string): Promise<void> {
  return deliverEmail(services, tenantId, emailId, async ({ subjectId, address, language }) => {
    const tenant = await entity(services, tenantId)
    const row = await inTenant(services.db, tenantId, (tx) =>
      tx
        .selectFrom('child_requests as r')
        .innerJoin('accounts as a', (join) =>
          join.onRef('a.tenant_id', '=', 'r.tenant_id').onRef('a.id', '=', 'r.account_id'),
        )
        .select(['r.outcome', 'a.first_name'])
        .where('r.tenant_id', '=', tenantId)
        .where('r.id', '=', subjectId)
        .executeTakeFirstOrThrow(),
    )
    const approved = row.outcome === 'approved'
    return composeLetter(services, tenant, {
      id: emailId,
      to: address,
      language,
      name: approved ? 'child_request_approved' : 'child_request_refused',
      recipientName: row.first_name,
      path: approved ? `/${tenant.slug}/` : `/${tenant.slug}/iscrizioni`,
    })
  })
}
