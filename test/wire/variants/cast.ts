import postgres from 'postgres'
import { afterAll } from 'vitest'
import { inTenant } from '#core/db/tenant.ts'
import { newId } from '#core/ids.ts'
import { paymentCodeOf, renewPaymentCode } from '#core/payment-codes.ts'
import type { Tenant } from '#core/tenant.ts'
import { cancelTopUp, expireTopUps } from '#core/top-ups/close.ts'
import { noticeNumber } from '#pagopa/notice-number.ts'
import { stationOf, type Notice } from '../../support/soap.ts'
import type { Stage } from '../stage.ts'

/** The debts of the table: 50 euro each. */
export const ASKED = 5_000

type NoticeState = 'open' | 'paid' | 'cancelled' | 'expired' | 'overdue'
type TenantName = 'own' | 'lenient' | 'first' | 'second' | 'suspended' | 'closed' | 'rehearsal' | 'tillOnly'

/** Everybody that the table of variants speaks of. */
export interface Cast {
  stage: Stage
  tenants: Record<TenantName, Tenant>
  /** The ordinary tenant's. */
  station: ReturnType<typeof stationOf>
  /** A new notice of a tenant, in a state. */
  notice(of?: TenantName, state?: NoticeState): Promise<Notice>
  /** A notice of a wallet that is suspended or closed since. */
  noticeOfWallet(state: 'suspended' | 'closed'): Promise<Notice>
  /** An open notice whose check digits are wrong, as notices of other systems have them. */
  crooked(): Promise<Notice>
  /** A number that nothing has, with the tenant's segregation code or another. */
  unknown(segregationCode?: string): Notice
  /** A payment code of the ordinary tenant, or of a wallet that is suspended or closed. */
  code(of?: TenantName | 'suspended wallet' | 'closed wallet' | 'revoked'): string
}

/** Takes eight entities aboard, with a wallet or more each. */
export async function openCast(stage: Stage): Promise<Cast> {
  const { house, clock, addTenant } = stage
  const { db, relay, vault } = house.services
  const policies = { minimumCents: 1_000, maximumCents: 20_000 }
  const first = await addTenant({ segregationCode: '01' })
  const pair = { creditorFiscalCode: first.creditorFiscalCode, segregationCode: '02' }
  const tenants: Cast['tenants'] = {
    own: await addTenant({ policies }),
    lenient: await addTenant({ policies: { latePaymentAllowed: true } }),
    first,
    second: await addTenant(pair),
    suspended: await addTenant(),
    closed: await addTenant(),
    rehearsal: await addTenant(),
    tillOnly: await addTenant({ channels: { 'psp-notice': {} } }),
  }
  const wallets = {} as Record<TenantName, string>
  const codes = {} as Record<string, string>
  const codeOf = (tenant: Tenant, walletId: string) =>
    paymentCodeOf(db, vault, tenant.id, walletId, clock.now())
  for (const [name, tenant] of Object.entries(tenants) as [TenantName, Tenant][]) {
    wallets[name] = await stage.wallet(tenant)
    codes[name] = await codeOf(tenant, wallets[name])
  }
  const gone = { suspended: await stage.wallet(tenants.own), closed: await stage.wallet(tenants.own) }
  const ofGone = {} as Record<'suspended' | 'closed', Notice[]>
  for (const state of ['suspended', 'closed'] as const) {
    codes[`${state} wallet`] = await codeOf(tenants.own, gone[state])
    ofGone[state] = []
    for (let count = 0; count < 8; count++)
      ofGone[state].push(await stage.topUp(tenants.own, gone[state], ASKED))
    await inTenant(db, tenants.own.id, (tx) =>
      tx
        .updateTable('wallets')
        .set({ state })
        .where('tenant_id', '=', tenants.own.id)
        .where('id', '=', gone[state])
        .execute(),
    )
  }
  const revoked = await stage.wallet(tenants.own)
  codes.revoked = await codeOf(tenants.own, revoked)
  await renewPaymentCode(db, vault, tenants.own.id, revoked, clock.now())
  // Those that are out of business sold these before.
  const sold = {} as Record<'suspended' | 'closed', Notice[]>
  for (const state of ['suspended', 'closed'] as const) {
    sold[state] = []
    for (let count = 0; count < 8; count++)
      sold[state].push(await stage.topUp(tenants[state], wallets[state], ASKED))
  }
  for (const state of ['suspended', 'closed', 'rehearsal'] as const)
    await db.updateTable('tenants').set({ state }).where('id', '=', tenants[state].id).execute()
  house.registry.forget()

  let unknowns = 7_000_000n
  return {
    stage,
    tenants,
    station: stationOf(tenants.own),
    async notice(of = 'own', state = 'open') {
      if (of === 'suspended' || of === 'closed') return sold[of].pop()!
      const daysAgo = state === 'expired' || state === 'overdue' ? 60 : 0
      const notice = await stage.topUp(tenants[of], wallets[of], ASKED, daysAgo)
      if (state === 'cancelled') await cancelTopUp(db, tenants[of].id, notice.id, clock.now())
      if (state === 'expired') await expireTopUps(relay, db, clock.now())
      if (state === 'paid') await stage.node.send(stationOf(tenants[of]), { ...notice, amountCents: ASKED })
      return notice
    },
    noticeOfWallet: async (state) => ofGone[state].pop()!,
    async crooked() {
      const { id, creditorFiscalCode, segregationCode } = tenants.own
      const right = noticeNumber({ segregationCode, sequence: unknowns++ })
      const number = right.slice(0, -2) + String((Number(right.slice(-2)) + 1) % 93).padStart(2, '0')
      const row = { cart_id: null, account_id: null, taxonomy_code: '9/0107101TS/', description: 'Ricarica' }
      const now = clock.now()
      const expires_at = new Date(now.getTime() + 86_400_000)
      const values = { ...row, tenant_id: id, id: newId(), wallet_id: wallets.own, channel_id: 'psp-notice' }
      await inTenant(db, id, (tx) =>
        tx
          .insertInto('top_ups')
          .values({
            ...values,
            amount_cents: BigInt(ASKED),
            notice_number: number,
            created_at: now,
            expires_at,
          })
          .execute(),
      )
      return { fiscalCode: creditorFiscalCode, noticeNumber: number }
    },
    unknown: (segregationCode = tenants.own.segregationCode) => ({
      fiscalCode: tenants.own.creditorFiscalCode,
      noticeNumber: noticeNumber({ segregationCode, sequence: unknowns++ }),
    }),
    code: (of = 'own') => codes[of]!,
  }
}

/** A row of `receipts` as the table compares it. */
export interface ReceiptRow {
  id: string
  tenant_id: string
  disposition: string
  irregularities: string[]
  version: string
  stand_in: boolean
  paid_at: Date | null
  application_date: string | null
}

/** The books of the whole house at one moment, read past every policy. */
export interface Books {
  /** Sum of postings by `tenant account`. */
  accounts: Map<string, bigint>
  receipts: Map<string, ReceiptRow>
  unrouted: number
  topUps: number
}

/** A reader of the books, for as long as the test file runs. */
export function openBooks(adminUrl: string): { read(): Promise<Books> } {
  const sql = postgres(adminUrl, { max: 1, onnotice: () => {}, types: { bigint: postgres.BigInt } })
  afterAll(() => sql.end())
  return {
    async read() {
      const [accounts, receipts, [counts]] = await Promise.all([
        sql<
          { key: string; sum: bigint }[]
        >`select tenant_id || ' ' || account as key, sum(amount_cents)::bigint as sum
          from ledger_postings group by tenant_id, account`,
        sql<ReceiptRow[]>`select id, tenant_id, disposition, irregularities, version, stand_in, paid_at,
          application_date::text from receipts`,
        sql<
          [{ unrouted: number; top_ups: number }]
        >`select (select count(*)::int from unrouted_receipts) as unrouted,
          (select count(*)::int from top_ups) as top_ups`,
      ])
      return {
        accounts: new Map(accounts.map(({ key, sum }) => [key, sum])),
        receipts: new Map(receipts.map((row) => [row.id, row])),
        unrouted: counts.unrouted,
        topUps: counts.top_ups,
      }
    },
  }
}
