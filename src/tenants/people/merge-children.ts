import { audit } from '#core/audit.ts'
import { addDays, romeDate } from '#core/clock.ts'
import { inTenant, type Tx } from '#core/db/tenant.ts'
import { DomainError } from '#core/errors.ts'
import { newId } from '#core/ids.ts'
import type { RecurringJob } from '#core/jobs/job.ts'
import { mergeWallet, sweepMergedWallets } from '#core/ledger/merge-wallets.ts'
import type { Services } from '#core/services.ts'
import type { Owner } from './own.ts'
import { refreshPrices } from './refresh-prices.ts'

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
    await moveEnrolments(tx, tenantId, twins, addDays(today, -1))
    await moveReductions(tx, tenantId, twins)
    const moved = await moveWallets(tx, tenantId, twins, now)
    await refreshPrices(tx, tenantId, today, [twins.stays])
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
    .returning(['school_year', 'class_id', 'since'])
    .execute()
  if (moved.length === 0) return
  await tx
    .insertInto('placements')
    .values(moved.map((row) => ({ ...row, tenant_id: tenantId, child_id: stays })))
    .onConflict((conflict) => conflict.columns(['tenant_id', 'child_id', 'school_year']).doNothing())
    .execute()
}

/** An enrolment that both have ends on the row that goes: nothing is charged there any more. */
async function moveEnrolments(
  tx: Tx,
  tenantId: string,
  { stays, goes }: Twins,
  yesterday: string,
): Promise<void> {
  await tx
    .updateTable('enrolments as e')
    .set({ child_id: stays })
    .where('e.tenant_id', '=', tenantId)
    .where('e.child_id', '=', goes)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('enrolments as own')
            .select('own.id')
            .where('own.tenant_id', '=', tenantId)
            .where('own.child_id', '=', stays)
            .whereRef('own.category', '=', 'e.category')
            .whereRef('own.school_year', '=', 'e.school_year'),
        ),
      ),
    )
    .execute()
  const rest = tx
    .updateTable('enrolments')
    .where('tenant_id', '=', tenantId)
    .where('child_id', '=', goes)
    .where((where) => where.or([where('ends_on', 'is', null), where('ends_on', '>', yesterday)]))
  await rest.where('starts_on', '>', yesterday).set({ starts_on: yesterday, ends_on: yesterday }).execute()
  await rest.set({ ends_on: yesterday }).execute()
}

async function moveReductions(tx: Tx, tenantId: string, { stays, goes }: Twins): Promise<void> {
  const incomes = await tx
    .deleteFrom('isee_declarations')
    .where('tenant_id', '=', tenantId)
    .where('child_id', '=', goes)
    .returningAll()
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
