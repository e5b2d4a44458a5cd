import { sql } from 'kysely'
import type { PaymentChannel } from '#core/channel.ts'
import type { RomeDate } from '#core/clock.ts'
import { inTenant, type Tx } from '#core/db/tenant.ts'
import { channelContext } from '#core/desk.ts'
import type { Services } from '#core/services.ts'
import type { Tenant } from '#core/tenant.ts'

/** What the rules of the preflight look at besides the entity's own row. */
export interface PreflightFacts {
  readonly today: RomeDate
  readonly taxonomies: readonly string[]
  /** The channels that the entity has enabled. */
  readonly channels: readonly ChannelFact[]
  /** Administrators who have set up their second factor. */
  readonly administrators: number
  /** SPID and CIE, where they are active. */
  readonly schemes: readonly string[]
  /** Sections of the settings that somebody of the entity has saved. */
  readonly confirmed: readonly string[]
}

export interface ChannelFact {
  readonly id: string
  readonly offered: boolean
  /** Why it is not offered, a key of the catalogue; null where it is, or where its settings are not whole. */
  readonly because: string | null
  /** Whether a receipt has been credited that was paid through it. */
  readonly rehearsed: boolean
}

/** Gathers the facts in one transaction. */
export async function factsOf(
  services: Services,
  channels: readonly PaymentChannel[],
  tenant: Tenant,
  today: RomeDate,
): Promise<PreflightFacts> {
  const { id: tenantId } = tenant
  return inTenant(services.db, tenantId, async (tx) => {
    const categories = await tx
      .selectFrom('service_categories')
      .select('taxonomy_code')
      .where('tenant_id', '=', tenantId)
      .execute()
    const schemes = await tx
      .selectFrom('identity_registrations')
      .select('scheme')
      .where('tenant_id', '=', tenantId)
      .where('state', '=', 'active')
      .orderBy('scheme')
      .execute()
    return {
      today,
      taxonomies: categories.map(({ taxonomy_code }) => taxonomy_code),
      channels: await channelFacts(tx, services, channels, tenant),
      administrators: await administratorsOf(tx, tenantId),
      schemes: schemes.map(({ scheme }) => scheme),
      confirmed: await confirmedSections(tx, tenantId),
    }
  })
}

async function channelFacts(
  tx: Tx,
  services: Services,
  channels: readonly PaymentChannel[],
  tenant: Tenant,
): Promise<ChannelFact[]> {
  const enabled = await tx
    .selectFrom('tenant_channels')
    .select(['channel_id', 'settings'])
    .where('tenant_id', '=', tenant.id)
    .where('enabled', '=', true)
    .execute()
  const paid = await tx
    .selectFrom('receipts as r')
    .innerJoin('top_ups as t', (join) =>
      join.onRef('t.tenant_id', '=', 'r.tenant_id').onRef('t.id', '=', 'r.top_up_id'),
    )
    .select('t.channel_id')
    .distinct()
    .where('r.tenant_id', '=', tenant.id)
    .where('r.disposition', '=', 'credited')
    .execute()
  return channels.flatMap((channel): ChannelFact[] => {
    const row = enabled.find(({ channel_id }) => channel_id === channel.id)
    if (!row) return []
    const rehearsed = paid.some(({ channel_id }) => channel_id === channel.id)
    return [{ id: channel.id, rehearsed, ...offerOf(services, channel, tenant, row.settings) }]
  })
}

/** Whether families are shown the channel with these settings, or why not. */
export function offerOf(
  services: Services,
  channel: PaymentChannel,
  tenant: Tenant,
  settings: unknown,
): { offered: boolean; because: string | null } {
  const parsed = channel.settings.safeParse(settings)
  if (!parsed.success) return { offered: false, because: 'onboarding.channel.incomplete' }
  const offer = channel.offer(channelContext(services, tenant, channel, parsed.data))
  return { offered: offer.offered, because: offer.offered ? null : offer.because }
}

async function administratorsOf(tx: Tx, tenantId: string): Promise<number> {
  const { count } = await tx
    .selectFrom('accounts as a')
    .innerJoin('second_factors as f', (join) =>
      join.onRef('f.tenant_id', '=', 'a.tenant_id').onRef('f.account_id', '=', 'a.id'),
    )
    .select(({ fn }) => fn.countAll<bigint>().as('count'))
    .where('a.tenant_id', '=', tenantId)
    .where('a.staff_role', '=', 'administrator')
    .where('a.disabled_at', 'is', null)
    .executeTakeFirstOrThrow()
  return Number(count)
}

/** What was changed or looked through and found right stands in the log. */
async function confirmedSections(tx: Tx, tenantId: string): Promise<string[]> {
  const { rows } = await sql<{ section: string }>`
    select distinct details ->> 'section' as section from audit_log
    where tenant_id = ${tenantId} and action in ('settings.changed', 'settings.confirmed')
      and details ->> 'section' is not null`.execute(tx)
  return rows.map(({ section }) => section)
}
