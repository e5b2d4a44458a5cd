import { inTenant } from '#core/db/tenant.ts'
import type { Services } from '#core/services.ts'
import type { Tenant } from '#core/tenant.ts'
import type { Missing, Preflight } from './states.ts'

/**
 * What an entity needs at the least before it takes real money: an account, a channel, an administrator who can sign in
 * with a second factor, and the links that the law asks of a public service.
 */
export function createReadiness({ db }: Pick<Services, 'db'>): Preflight {
  return async (tenant) => {
    const { channels, administrators } = await countsOf(db, tenant.id)
    const { privacyUrl, accessibilityDeclarationUrl, legalNotesUrl } = tenant.branding
    const checks: [boolean, string][] = [
      [tenant.creditor.iban !== '', 'creditor.iban'],
      [channels > 0, 'channels.none'],
      [administrators > 0, 'staff.administrator'],
      [privacyUrl !== '', 'links.privacy'],
      [accessibilityDeclarationUrl !== '', 'links.accessibility'],
      [legalNotesUrl !== '', 'links.legal_notes'],
    ]
    return checks.filter(([isThere]) => !isThere).map(([, key]): Missing => ({ key }))
  }
}

async function countsOf(db: Services['db'], tenantId: Tenant['id']) {
  return inTenant(db, tenantId, async (tx) => {
    const channels = await tx
      .selectFrom('tenant_channels')
      .select('channel_id')
      .where('tenant_id', '=', tenantId)
      .where('enabled', '=', true)
      .execute()
    const administrators = await tx
      .selectFrom('accounts as a')
      .innerJoin('second_factors as f', (join) =>
        join.onRef('f.tenant_id', '=', 'a.tenant_id').onRef('f.account_id', '=', 'a.id'),
      )
      .select('a.id')
      .where('a.tenant_id', '=', tenantId)
      .where('a.staff_role', '=', 'administrator')
      .where('a.disabled_at', 'is', null)
      .limit(1)
      .execute()
    return { channels: channels.length, administrators: administrators.length }
  })
}
