import { inTenant } from '../db/tenant.ts'
import { requestEmail } from '../emails.ts'
import { DomainError } from '../errors.ts'
import type { Language } from '../i18n.ts'
import { newId } from '../ids.ts'
import type { Services } from '../services.ts'
import type { Tenant } from '../tenant.ts'
import { noticeToPrint } from './notice-document.ts'
import type { TopUp } from './top-up.ts'

/** The job of the notice's channel that sends what is asked for here. */
const NOTICE_EMAIL_JOB = 'notice.email'

/**
 * The printed notice of a top-up that can still be paid.
 * @throws DomainError top_up.already_paid, top_up.expired, top_up.cancelled
 */
export async function noticePdf(
  services: Services,
  tenant: Tenant,
  topUp: TopUp,
  language: Language,
): Promise<Uint8Array> {
  assertOpen(topUp)
  return services.documents.notice(await noticeToPrint(services, tenant, topUp.id, language))
}

/**
 * Asks for the notice to be sent by e-mail and notes it in the top-up's timeline.
 * @throws DomainError top_up.already_paid, top_up.expired, top_up.cancelled
 */
export async function requestNoticeEmail(
  services: Services,
  tenantId: string,
  topUp: TopUp,
  to: { address: string; language: Language },
): Promise<void> {
  assertOpen(topUp)
  await inTenant(services.db, tenantId, async (tx) => {
    const request = { kind: 'notice', subjectId: topUp.id, job: NOTICE_EMAIL_JOB, ...to } as const
    await requestEmail(services, tx, tenantId, request)
    const event = {
      tenant_id: tenantId,
      top_up_id: topUp.id,
      id: newId(),
      step: 'notice-emailed',
      source: 'parent',
      at: services.clock.now(),
    } as const
    await tx.insertInto('top_up_events').values(event).execute()
  })
  services.nudge()
}

function assertOpen({ state }: TopUp): void {
  if (state === 'paid') throw new DomainError('top_up.already_paid')
  if (state !== 'open') throw new DomainError(`top_up.${state}`)
}
