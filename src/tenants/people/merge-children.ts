import { sql } from 'kysely'
import { audit } from '#core/audit.ts'
import { addDays, romeDate, type RomeDate } from '#core/clock.ts'
import { inTenant, type Tx } from '#core/db/tenant.ts'
import { DomainError } from '#core/errors.ts'
import { newId } from '#core/ids.ts'
import type { RecurringJob } from '#core/jobs/job.ts'
import { mergeWallet, sweepMergedWallets } from '#core/ledger/merge-wallets.ts'
import type { Services } from '#core/services.ts'
import type { Owner } from './own.ts'
import { askForRecharge } from './recharge.ts'
import { refreshPrices } from './refresh-prices.ts'
import { schoolYearOf } from './school-year.ts'

/** Two rows of one child: which stays, and which goes. */
export interface Twins {
  readonly stays: string
  readonly goes: string
}

/**
 * Makes one child of two rows. Guardians, invitations, requests, diets, classes, services, incomes and exemptions go to the
 * one that stays, which keeps its own where both have one. Credit is moved by the ledger, wallet by wallet, and what is still
 * to be paid credits the one that stays. The row that goes remains as where its movements lie; nobody finds it any more.
 * @returns the cents that were moved, all services together
 * @throws DomainError resource.not_found, child.other_person where both have a fiscal code: two codes are two people
 */
export async function mergeChildren(
  { db, clock }: Pick<Services, 'db' | 'clock'>,
  { tenantId, accountId }: Owner,
  twins: Twins,
): Promise<bigint> {
  const now = clock.now()
  const today = romeDate(now)
  return inTenant(db, tenantId, async (tx) => {
    await joinPersons(tx, tenantId, twins)
    await moveGuardians(tx, tenantId, twins)
    for (const table of ['invitations', 'child_requests', 'enrolment_requests', 'diets'] as const)
      await tx
        .updateTable(table)
        .set({ child_id: twins.stays })
        .where('tenant_id', '=', tenantId)
        .where('child_id', '=', twins.goes)
        .execute()
    await movePlacements(tx, tenantId, twins)
    await moveEnrolments(tx, tenantId, twins, today, now)
    await moveAttendance(tx, tenantId, twins, today)
    await moveReductions(tx, tenantId, twins)
    const moved = await moveWallets(tx, tenantId, twins, now)
    await refreshPrices(tx, tenantId, today, [twins.stays])
    await askForRecharge(tx, tenantId, { childIds: [twins.stays, twins.goes] }, now)
    const entry = {
      actor: { kind: 'staff', id: accountId },
      action: 'child.merged',
      subject: { kind: 'child', id: twins.stays },
      details: { merged: twins.goes, movedCents: Number(moved) },
    } as const
    await audit(tx, tenantId, entry, now)
    return moved
  })
}

async function joinPersons(tx: Tx, tenantId: string, { stays, goes }: Twins): Promise<void> {
  const rows = await tx
    .selectFrom('children')
    .select(['id', 'fiscal_code_sealed', 'fiscal_code_hash', 'claim_code_hash'])
    .where('tenant_id', '=', tenantId)
    .where('id', 'in', [stays, goes])
    .where('merged_into', 'is', null)
    // In one order, so that two at once wait for each other instead of for ever.
    .orderBy('id')
    .forUpdate()
    .execute()
  const [staying, going] = [stays, goes].map((id) => rows.find((row) => row.id === id))
  if (!staying || !going || stays === goes) throw new DomainError('resource.not_found')
  if (staying.fiscal_code_hash && going.fiscal_code_hash) throw new DomainError('child.other_person')
  const child = (id: string) =>
    tx.updateTable('children').where('tenant_id', '=', tenantId).where('id', '=', id)
  const nobody = { fiscal_code_sealed: null, fiscal_code_hash: null, claim_code_hash: null }
  await child(goes)
    .set({ ...nobody, merged_into: stays })
    .execute()
  await child(stays)
    .set({
      fiscal_code_sealed: staying.fiscal_code_sealed ?? going.fiscal_code_sealed,
      fiscal_code_hash: staying.fiscal_code_hash ?? going.fiscal_code_hash,
      claim_code_hash: staying.claim_code_hash ?? going.claim_code_hash,
    })
    .execute()
}

async function moveGuardians(tx: Tx, tenantId: string, { stays, goes }: Twins): Promise<void> {
  const moved = await tx
    .deleteFrom('guardianships')
    .where('tenant_id', '=', tenantId)
    .where('child_id', '=', goes)
    .returning(['account_id', 'since'])
    .execute()
  if (moved.length === 0) return
  await tx
    .insertInto('guardianships')
    .values(moved.map((row) => ({ ...row, tenant_id: tenantId, child_id: stays })))
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

async function movePlacements(tx: Tx, tenantId: string, { stays, goes }: Twins): Promise<void> {
  const moved = await tx
    .deleteFrom('placements')
    .where('tenant_id', '=', tenantId)
    .where('child_id', '=', goes)
    .returning(['school_year', 'class_id', 'since', 'left_on'])
    .execute()
  if (moved.length === 0) return
  await tx
    .insertInto('placements')
    .values(moved.map((row) => ({ ...row, tenant_id: tenantId, child_id: stays })))
    .onConflict((conflict) => conflict.columns(['tenant_id', 'child_id', 'school_year']).doNothing())
    .execute()
}

/**
 * An enrolment goes over as it is where nobody ate by it. What was eaten stays charged on the row that goes, so there the
 * enrolment ends with yesterday, and goes on with today on the row that stays, unless that one has its own.
 */
async function moveEnrolments(
  tx: Tx,
  tenantId: string,
  { stays, goes }: Twins,
  today: RomeDate,
  now: Date,
): Promise<void> {
  const yesterday = addDays(today, -1)
  const { rows } = await sql<{ id: string; school_year: string; is_used: boolean; is_double: boolean }>`
    select e.id, e.school_year, exists (
        select from attendance a where a.tenant_id = ${tenantId} and a.child_id = ${goes} and a.category = e.category
          and a.day between coalesce(e.starts_on, make_date(left(e.school_year, 4)::int, 8, 1)) and ${yesterday}
      ) as is_used, exists (
        select from enrolments own where own.tenant_id = ${tenantId} and own.child_id = ${stays}
          and own.category = e.category and own.school_year = e.school_year) as is_double
    from enrolments e
    where e.tenant_id = ${tenantId} and e.child_id = ${goes} order by e.id`.execute(tx)
  for (const { id, school_year: schoolYear, is_used: isUsed, is_double: isDouble } of rows) {
    const own = tx.updateTable('enrolments').where('tenant_id', '=', tenantId).where('id', '=', id)
    if (!isUsed && !isDouble) {
      await own.set({ child_id: stays }).execute()
      continue
    }
    if (schoolYear < schoolYearOf(today)) continue
    if (!isDouble)
      await sql`
        insert into enrolments (tenant_id, id, child_id, category, school_year, tariff_cents, own_tariff_cents, sibling_rank,
          starts_on, ends_on, created_at)
        select tenant_id, ${newId()}, ${stays}, category, school_year, tariff_cents, own_tariff_cents, sibling_rank,
          greatest(starts_on, ${today}), ends_on, ${now}
        from enrolments where tenant_id = ${tenantId} and id = ${id} and (ends_on is null or ends_on >= ${today})`.execute(
        tx,
      )
    const open = own.where((where) =>
      where.or([where('ends_on', 'is', null), where('ends_on', '>', yesterday)]),
    )
    await open.where('starts_on', '>', yesterday).set({ starts_on: yesterday, ends_on: yesterday }).execute()
    await open.set({ ends_on: yesterday }).execute()
  }
}

/** What is written down for today and later counts for the row that stays; a meal that either row ate was eaten. */
async function moveAttendance(
  tx: Tx,
  tenantId: string,
  { stays, goes }: Twins,
  today: RomeDate,
): Promise<void> {
  const moved = await tx
    .updateTable('attendance as a')
    .set({ class_id: null, state: 'absent', revision: sql`a.revision + 1` })
    .from('attendance as before')
    .whereRef('before.tenant_id', '=', 'a.tenant_id')
    .whereRef('before.child_id', '=', 'a.child_id')
    .whereRef('before.day', '=', 'a.day')
    .whereRef('before.category', '=', 'a.category')
    .where('a.tenant_id', '=', tenantId)
    .where('a.child_id', '=', goes)
    .where('a.day', '>=', today)
    .returningAll('before')
    .execute()
  if (moved.length === 0) return
  await tx
    .insertInto('attendance')
    .values(moved.map((row) => ({ ...row, child_id: stays })))
    .onConflict((conflict) =>
      conflict
        .columns(['tenant_id', 'day', 'category', 'child_id'])
        .doUpdateSet((update) => ({
          state: 'present',
          class_id: update.ref('excluded.class_id'),
          source: update.ref('excluded.source'),
          revision: sql<number>`attendance.revision + 1`,
        }))
        .where('attendance.state', '=', 'absent')
        .where('excluded.state', '=', 'present'),
    )
    .execute()
}

async function moveReductions(tx: Tx, tenantId: string, { stays, goes }: Twins): Promise<void> {
  // Both keep what meals of the past were priced by.
  const incomes = await tx
    .selectFrom('isee_declarations')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('child_id', '=', goes)
    .execute()
  if (incomes.length > 0)
    await tx
      .insertInto('isee_declarations')
      .values(incomes.map((row) => ({ ...row, child_id: stays })))
      .onConflict((conflict) => conflict.columns(['tenant_id', 'child_id', 'valid_from']).doNothing())
      .execute()
  const exemptions = await tx
    .selectFrom('exemptions')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('child_id', '=', goes)
    .execute()
  if (exemptions.length === 0) return
  await tx
    .insertInto('exemptions')
    .values(exemptions.map((row) => ({ ...row, id: newId(), child_id: stays })))
    .execute()
}

async function moveWallets(tx: Tx, tenantId: string, { stays, goes }: Twins, now: Date): Promise<bigint> {
  const wallets = await tx
    .selectFrom('wallets')
    .select(['id', 'category'])
    .where('tenant_id', '=', tenantId)
    .where('child_id', '=', goes)
    .where('merged_into', 'is', null)
    .orderBy('id')
    .execute()
  let moved = 0n
  for (const { id: from, category } of wallets) {
    await tx
      .insertInto('wallets')
      .values({ tenant_id: tenantId, id: newId(), child_id: stays, category, created_at: now })
      .onConflict((conflict) => conflict.columns(['tenant_id', 'child_id', 'category']).doNothing())
      .execute()
    const { id: to } = await tx
      .selectFrom('wallets')
      .select('id')
      .where('tenant_id', '=', tenantId)
      .where('child_id', '=', stays)
      .where('category', '=', category)
      .executeTakeFirstOrThrow()
    moved += await mergeWallet(tx, tenantId, { from, to }, now)
    // A printed card of the wallet that is closed is refused at the tobacconist's before anybody pays.
    await tx
      .updateTable('payment_codes')
      .set({ revoked_at: now })
      .where('tenant_id', '=', tenantId)
      .where('wallet_id', '=', from)
      .where('revoked_at', 'is', null)
      .execute()
  }
  return moved
}

/** What reaches a merged wallet later is moved on. */
export function mergedWalletUpkeep({ relay, db, clock, log }: Services): RecurringJob {
  return {
    name: 'wallets.sweep-merged',
    lane: 'upkeep',
    every: { minutes: 10 },
    async run() {
      for (const { id, slug } of await relay.selectFrom('tenants').select(['id', 'slug']).execute()) {
        const swept = await sweepMergedWallets(db, id, clock.now())
        if (swept > 0) log.info({ tenant: slug, swept }, 'merged wallets swept')
      }
    },
  }
}
