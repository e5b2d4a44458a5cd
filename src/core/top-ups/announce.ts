import { sql } from 'kysely'
import { z } from 'zod'
import type { Db } from '../db/connect.ts'
import type { TopUpState, WalletState } from '../db/schema.ts'
import { inTenant } from '../db/tenant.ts'
import { invariant } from '../errors.ts'
import { defineJob, type Job } from '../jobs/job.ts'
import { cents, type Cents } from '../money.ts'
import type { Services } from '../services.ts'
import { isRehearsing, type Tenant } from '../tenant.ts'

export const ANNOUNCE_TOP_UP_JOB = 'top-up.announce'

/** A top-up as pagoPA's archive of positions is told of it. */
export interface AnnouncedPosition {
  readonly creditorFiscalCode: string
  readonly noticeNumber: string
  readonly iuv: string
  /** 0 closes the position. */
  readonly amountCents: Cents
  /** No personal data. */
  readonly description: string
  readonly expiresAt: Date
  readonly debtor: { readonly fiscalCode: string; readonly fullName: string }
  readonly iban: string
  readonly postalIban: string | undefined
}

/** Where the Node looks a notice up when we do not answer. A port: pagopa/ fulfils it. */
export interface PositionArchive {
  /**
   * Writes or rewrites a position; the same twice changes nothing.
   * @throws UpstreamError when the archive did not take it
   */
  announce(position: AnnouncedPosition): Promise<void>
}

/** A creditor that does not name the debtor says so with this value (SANP, "debitore anonimo"). */
const ANONYMOUS = 'ANONIMO'

/** The archive may be away for days; what it was not told by then needs a person. */
const PATIENCE_HOURS = 7 * 24

/** The job that keeps the archive up to date: one row of the outbox a change, whatever the change was. */
export function announceJob(
  services: Services,
  archive: PositionArchive,
  rehearsalArchive: PositionArchive = archive,
): Job {
  return defineJob({
    name: ANNOUNCE_TOP_UP_JOB,
    lane: 'outside',
    patienceHours: PATIENCE_HOURS,
    data: z.object({ tenantId: z.uuid(), topUpId: z.uuid() }),
    async run({ tenantId, topUpId }) {
      const tenant = await services.tenants.byId(tenantId)
      invariant(tenant, 'a top-up has a tenant')
      // The real archive never hears of a rehearsal.
      const told = isRehearsing(tenant) ? rehearsalArchive : archive
      await announceTopUp(services, told, tenantId, topUpId)
    },
  })
}

/**
 * Tells the archive how a top-up stands now, unless it knows. A change that happens while we speak is told before we
 * end, so that of two callers at once the later word is always the present state.
 */
export async function announceTopUp(
  services: Services,
  archive: PositionArchive,
  tenantId: string,
  topUpId: string,
): Promise<void> {
  const { db, clock } = services
  const tenant = await services.tenants.byId(tenantId)
  invariant(tenant, 'a top-up has a tenant')
  let told: bigint | undefined
  for (;;) {
    const row = await read(db, tenantId, topUpId)
    const wanted = wantedCents(row, tenant, clock.now())
    const known = told ?? row.announced_cents ?? 0n
    if (known === wanted) return
    // What was closed there stays closed: the Node goes on asking us.
    if ((told ?? row.announced_cents) === 0n) return
    await archive.announce(await positionOf(services, tenant, row, cents(wanted)))
    told = wanted
    await remember(db, tenantId, topUpId, wanted, clock.now())
  }
}

/** What can still be paid, as the archive counts: nothing is a closed position. */
function wantedCents(
  { state, amount_cents, expires_at, wallet_state }: Omit<Row, 'announced_cents'>,
  { policies }: Tenant,
  now: Date,
): bigint {
  const expired = state === 'expired' || (state === 'open' && expires_at <= now)
  const payable = (state === 'open' && !expired) || (expired && policies.latePaymentAllowed)
  // While the wallet is suspended the Node is refused (pagopa/notices.ts), so it shall not be paid in our absence either.
  return payable && wallet_state === 'active' ? amount_cents : 0n
}

interface Row {
  state: TopUpState
  amount_cents: bigint
  notice_number: string
  description: string
  expires_at: Date
  wallet_state: WalletState
  first_name: string | null
  last_name: string | null
  fiscal_code_sealed: Buffer | null
  announced_cents: bigint | null
}

async function read(db: Db, tenantId: string, topUpId: string): Promise<Row> {
  return inTenant(db, tenantId, async (tx) => {
    const { rows } = await sql<Row>`
      select t.state, t.amount_cents, t.notice_number, t.description, t.expires_at, w.state as wallet_state,
        a.first_name, a.last_name, a.fiscal_code_sealed, n.announced_cents
      from top_ups t
      join wallets w on w.tenant_id = t.tenant_id and w.id = t.wallet_id
      left join accounts a on a.tenant_id = t.tenant_id and a.id = t.account_id
      left join announcements n on n.tenant_id = t.tenant_id and n.top_up_id = t.id
      where t.tenant_id = ${tenantId} and t.id = ${topUpId}`.execute(tx)
    invariant(rows[0], 'an announced top-up exists')
    return rows[0]
  })
}

async function positionOf(
  { vault, scheme }: Services,
  { id, creditorFiscalCode, creditor }: Tenant,
  row: Row,
  amountCents: Cents,
): Promise<AnnouncedPosition> {
  const sealed = row.fiscal_code_sealed
  return {
    creditorFiscalCode,
    noticeNumber: row.notice_number,
    iuv: scheme.iuvOf(row.notice_number),
    amountCents,
    description: row.description,
    expiresAt: row.expires_at,
    debtor: {
      fiscalCode: sealed ? (await vault.of(id)).open(sealed) : ANONYMOUS,
      fullName: row.first_name === null ? ANONYMOUS : `${row.first_name} ${row.last_name}`,
    },
    iban: creditor.iban,
    postalIban: creditor.postalIban,
  }
}

async function remember(
  db: Db,
  tenantId: string,
  topUpId: string,
  announced: bigint,
  now: Date,
): Promise<void> {
  await inTenant(db, tenantId, (tx) =>
    tx
      .insertInto('announcements')
      .values({
        tenant_id: tenantId,
        top_up_id: topUpId,
        announced_cents: announced,
        first_announced_at: now,
        announced_at: now,
      })
      .onConflict((conflict) =>
        conflict
          .columns(['tenant_id', 'top_up_id'])
          .doUpdateSet({ announced_cents: announced, announced_at: now }),
      )
      .execute(),
  )
}
