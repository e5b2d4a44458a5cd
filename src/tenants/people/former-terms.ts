import { sql } from 'kysely'
import type { RomeDate } from '#core/clock.ts'
import type { Tx } from '#core/db/tenant.ts'

/**
 * Keeps what counts in enrolments on the day before a change, so that meals of the past keep their prices: the sibling's
 * rank, and the tariff where no plan is valid. To be called before either is changed.
 * @param before the first day on which the change counts
 */
export async function keepFormerTerms(
  tx: Tx,
  tenantId: string,
  { enrolmentIds, before }: { enrolmentIds: readonly string[]; before: RomeDate },
): Promise<void> {
  await sql`
    insert into former_terms (tenant_id, enrolment_id, before, sibling_rank, tariff_cents)
    select ${tenantId}, e.id, ${before}, coalesce(f.sibling_rank, e.sibling_rank),
      coalesce(f.tariff_cents, e.own_tariff_cents, e.tariff_cents)
    from unnest(${enrolmentIds}::uuid[]) as asked (id)
    join enrolments e on e.tenant_id = ${tenantId} and e.id = asked.id
    left join lateral (
      select l.sibling_rank, l.tariff_cents from former_terms l
      where l.tenant_id = ${tenantId} and l.enrolment_id = e.id and l.before >= ${before} order by l.before limit 1
    ) f on true
    on conflict do nothing`.execute(tx)
}
