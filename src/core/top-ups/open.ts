import { sql } from 'kysely'
import { DomainError, invariant } from '../errors.ts'
import { startOfRomeDay, addDays, romeDate } from '../clock.ts'
import type { Db } from '../db/connect.ts'
import { inTenant, type Tx } from '../db/tenant.ts'
import { newId } from '../ids.ts'
import { enqueue } from '../jobs/outbox.ts'
import type { NoticeScheme } from '../notice-scheme.ts'
import { isOpenForBusiness, isRehearsing, type Tenant } from '../tenant.ts'
import { ANNOUNCE_TOP_UP_JOB } from './announce.ts'
import type { OpenedTopUp, TopUpDraft } from './top-up.ts'

export interface OpenOptions {
  channelId: string
  /** Calendar days in Rome, the last one whole; or minutes for a payment at a counter. */
  validDays?: number
  validMinutes?: number
}

/**
 * Opens top-ups, all or none, each with a notice number of its own.
 * @throws DomainError tenant.inactive, amount.below_minimum, amount.above_maximum, wallet.not_found,
 *   wallet.suspended, wallet.repeated
 */
export async function openTopUps(
  db: Db,
  scheme: NoticeScheme,
  tenant: Tenant,
  drafts: readonly TopUpDraft[],
  options: OpenOptions,
  now: Date,
): Promise<OpenedTopUp[]> {
  invariant(drafts.length > 0, 'opening needs a draft')
  if (!isOpenForBusiness(tenant)) throw new DomainError('tenant.inactive')
  if (new Set(drafts.map(({ walletId }) => walletId)).size < drafts.length)
    throw new DomainError('wallet.repeated')
  for (const { amountCents } of drafts) checkAmount(tenant, amountCents)
  const expiresAt = expiryOf(options, now)
  const last = await takeSequences(db, tenant.id, drafts.length)
  return inTenant(db, tenant.id, async (tx) => {
    const wallets = await walletsOf(tx, tenant.id, drafts)
    const opened = drafts.map(
      (draft, index): OpenedTopUp & { accountId: string | null; invitationId: string | null } => {
        const wallet = wallets.get(draft.walletId)
        if (!wallet) throw new DomainError('wallet.not_found')
        if (wallet.state !== 'active') throw new DomainError('wallet.suspended')
        return {
          id: newId(),
          walletId: draft.walletId,
          amountCents: draft.amountCents,
          // What a rehearsal prints says so, wherever it is printed.
          description: `${isRehearsing(tenant) ? 'PROVA ' : ''}${wallet.payment_description}`,
          taxonomyCode: wallet.taxonomy_code,
          noticeNumber: scheme.noticeNumber({
            segregationCode: tenant.segregationCode,
            sequence: last - BigInt(drafts.length - 1 - index),
          }),
          expiresAt,
          accountId: draft.accountId ?? null,
          invitationId: draft.invitationId ?? null,
        }
      },
    )
    const rows = opened.map((one) => ({
      tenant_id: tenant.id,
      id: one.id,
      wallet_id: one.walletId,
      channel_id: options.channelId,
      cart_id: null,
      amount_cents: one.amountCents,
      description: one.description,
      taxonomy_code: one.taxonomyCode,
      notice_number: one.noticeNumber,
      account_id: one.accountId,
      invitation_id: one.invitationId,
      created_at: now,
      expires_at: one.expiresAt,
    }))
    await tx.insertInto('top_ups').values(rows).execute()
    const announcements = opened.map(({ id: topUpId }) => ({
      tenantId: tenant.id,
      job: ANNOUNCE_TOP_UP_JOB,
      data: { tenantId: tenant.id, topUpId },
    }))
    await enqueue(tx, announcements, now)
    return opened
  })
}

/** @throws DomainError when the entity does not take such an amount */
export function checkAmount({ policies }: Pick<Tenant, 'policies'>, amountCents: bigint): void {
  if (amountCents < BigInt(policies.minimumCents)) {
    throw new DomainError('amount.below_minimum', { minimumCents: policies.minimumCents })
  }
  if (amountCents > BigInt(policies.maximumCents)) {
    throw new DomainError('amount.above_maximum', { maximumCents: policies.maximumCents })
  }
}

function expiryOf({ validDays, validMinutes }: OpenOptions, now: Date): Date {
  if (validMinutes !== undefined) return new Date(now.getTime() + validMinutes * 60_000)
  // The last day counts whole: the notice ends with it.
  return startOfRomeDay(addDays(romeDate(now), (validDays ?? 1) + 1))
}

async function walletsOf(tx: Tx, tenantId: string, drafts: readonly TopUpDraft[]) {
  const rows = await tx
    .selectFrom('wallets')
    .innerJoin('service_categories', (join) =>
      join
        .onRef('service_categories.tenant_id', '=', 'wallets.tenant_id')
        .onRef('service_categories.code', '=', 'wallets.category'),
    )
    .select(['wallets.id', 'wallets.state', 'payment_description', 'taxonomy_code'])
    .where('wallets.tenant_id', '=', tenantId)
    .where(
      'wallets.id',
      'in',
      drafts.map(({ walletId }) => walletId),
    )
    .execute()
  return new Map(rows.map((row) => [row.id, row]))
}

/** Moves the tenant's counter by `count` at once, whatever becomes of the numbers. @returns the last of them */
async function takeSequences(db: Db, tenantId: string, count: number): Promise<bigint> {
  const { rows } = await sql<{ last: bigint }>`
    select take_notice_sequences(${tenantId}, ${count}) as last`.execute(db)
  return rows[0]!.last
}
