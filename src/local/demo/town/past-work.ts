import { sql } from 'kysely'
import { inTenant } from '#core/db/tenant.ts'
import type { Services } from '#core/services.ts'

/** Between two copies of old receipts: a year of them is some thousands, and whoever looks at the town waits for nothing. */
const SECONDS_PER_COPY = 1

/**
 * Keeps what the town's past has just asked for from the running workers, which would print and send it all while the
 * past is still being told.
 */
export async function holdWork({ db, clock }: Services, tenantId: string): Promise<void> {
  const now = clock.now()
  await inTenant(db, tenantId, (tx) =>
    sql`update outbox set trusted_until = ${now}::timestamptz + interval '1 day'
      where tenant_id = ${tenantId} and done_at is null and parked_at is null
        and trusted_until < ${now}::timestamptz + interval '1 hour'`.execute(tx),
  )
}

/**
 * Lets go what {@link holdWork} kept, as if its time were long past: pagoPA's archive is told of what can still be paid
 * alone, copies of receipts are printed one after the other, the newest first, and everything else is due at once.
 */
export async function releaseWork({ db, clock }: Services, tenantId: string): Promise<void> {
  const now = clock.now()
  await inTenant(db, tenantId, async (tx) => {
    await sql`update outbox o set done_at = ${now}
      where o.tenant_id = ${tenantId} and o.job = 'top-up.announce' and o.done_at is null and not exists (
        select from top_ups t
        where t.tenant_id = ${tenantId} and t.id = (o.data ->> 'topUpId')::uuid and t.state = 'open')`.execute(
      tx,
    )
    await sql`update outbox o set trusted_until = ${now}::timestamptz
        + case o.job when 'receipt.generate' then make_interval(secs => ${SECONDS_PER_COPY} * (held.place - 1)) else interval '0' end
      from (select id, row_number() over (partition by job order by created_at desc, id) as place
        from outbox where tenant_id = ${tenantId} and done_at is null and parked_at is null) held
      where o.tenant_id = ${tenantId} and o.id = held.id`.execute(tx)
  })
}
