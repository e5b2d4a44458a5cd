import { formatDate, romeDate } from '#core/clock.ts'
import { inTenant } from '#core/db/tenant.ts'
import { isLanguage, translator } from '#core/i18n.ts'
import type { Job } from '#core/jobs/job.ts'
import type { Services } from '#core/services.ts'
import { letterJob } from '../letter-job.ts'
import { linkCode } from '../link-code.ts'
import { STAFF_INVITATION_JOB } from './invitations.ts'

/** The letter that invites somebody into an entity's office: it names the entity, the role, and nobody. */
export function staffInvitationJob(services: Services): Job {
  return letterJob(services, STAFF_INVITATION_JOB, async (tenant, { subjectId, language }) => {
    const row = await inTenant(services.db, tenant.id, (tx) =>
      tx
        .selectFrom('staff_invitations')
        .select(['staff_role', 'token_id', 'expires_at', 'language'])
        .where('tenant_id', '=', tenant.id)
        .where('id', '=', subjectId)
        .executeTakeFirstOrThrow(),
    )
    // A letter that was late carries the link that is good now.
    const token = await linkCode(services.vault, tenant.id, 'staff-invitation', row.token_id)
    const spoken = isLanguage(row.language) ? row.language : language
    return {
      name: 'staff_invitation',
      values: {
        entity: tenant.name,
        role: translator(spoken)(`office.role.${row.staff_role}`),
        date: formatDate(romeDate(row.expires_at), spoken),
      },
      recipientName: null,
      path: `/${tenant.slug}/ufficio/invito/${token}`,
    }
  })
}
