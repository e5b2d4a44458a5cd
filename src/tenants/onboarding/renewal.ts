import { romeDate } from '#core/clock.ts'
import { inTenant } from '#core/db/tenant.ts'
import { requestEmail } from '#core/emails.ts'
import { isLanguage } from '#core/i18n.ts'
import type { Job, RecurringJob } from '#core/jobs/job.ts'
import type { Services } from '#core/services.ts'
import { letterJob } from '../letter-job.ts'

const EMAIL_JOB = 'accessibility.renewal_email'

/** The declaration is renewed by 23 September of every year (AgID, guidelines on accessibility, §4.2): months and days. */
const FROM = '08-24'
const UNTIL = '09-23'

/** Once a year, a month ahead, every entity's administrators are told; the job looks each morning whom it has not told yet. */
export function renewalUpkeep(services: Services): RecurringJob {
  return {
    name: 'accessibility.remind',
    lane: 'upkeep',
    every: { cron: '0 20 7 * * *' },
    async run() {
      const told = await remindOfRenewal(services)
      if (told > 0) services.log.info({ told }, 'entities reminded of their accessibility declaration')
    },
  }
}

/** The letter to one administrator. */
export function renewalLetterJob(services: Services): Job {
  return letterJob(services, EMAIL_JOB, (tenant) =>
    Promise.resolve({
      name: 'accessibility_renewal',
      values: { entity: tenant.name },
      recipientName: null,
      path: `/${tenant.slug}/ufficio/avvio/note-legali`,
    }),
  )
}

/** Writes to the administrators of every live entity that was not told this year. Answers how many entities were. */
export async function remindOfRenewal(services: Services): Promise<number> {
  const today = romeDate(services.clock.now())
  const [year, day] = [Number(today.slice(0, 4)), today.slice(5)]
  if (day < FROM || day > UNTIL) return 0
  const live = await services.relay
    .selectFrom('tenants')
    .select('id')
    .where('state', '=', 'live')
    .orderBy('id')
    .execute()
  let told = 0
  for (const { id } of live) if (await remind(services, id, year)) told++
  if (told > 0) services.nudge()
  return told
}

function remind(services: Services, tenantId: string, year: number): Promise<boolean> {
  const now = services.clock.now()
  return inTenant(services.db, tenantId, async (tx) => {
    const first = await tx
      .insertInto('renewal_reminders')
      .values({ tenant_id: tenantId, year, reminded_at: now, letters: 0 })
      .onConflict((conflict) => conflict.columns(['tenant_id', 'year']).doNothing())
      .returning('year')
      .executeTakeFirst()
    if (!first) return false
    const administrators = await tx
      .selectFrom('accounts')
      .select(['email', 'language'])
      .where('tenant_id', '=', tenantId)
      .where('staff_role', '=', 'administrator')
      .where('disabled_at', 'is', null)
      .where('email', 'is not', null)
      .execute()
    for (const { email, language } of administrators)
      await requestEmail(services, tx, tenantId, {
        kind: 'accessibility-renewal',
        subjectId: tenantId,
        address: email!,
        language: isLanguage(language) ? language : 'it',
        job: EMAIL_JOB,
      })
    await tx
      .updateTable('renewal_reminders')
      .set({ letters: administrators.length })
      .where('tenant_id', '=', tenantId)
      .where('year', '=', year)
      .execute()
    return true
  })
}
