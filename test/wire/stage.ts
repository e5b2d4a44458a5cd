import { sql } from 'kysely'
import { inTenant } from '#core/db/tenant.ts'
import { checkLedger, type Violation } from '#core/ledger/check.ts'
import { cents } from '#core/money.ts'
import type { Tenant } from '#core/tenant.ts'
import { openTopUps } from '#core/top-ups/open.ts'
import type { OpenedTopUp } from '#core/top-ups/top-up.ts'
import { openTestHouse, type TestHouse } from '../support/house.ts'
import { PlayedNode, type Notice } from '../support/soap.ts'

/** What is told of a stored receipt. */
export interface StoredReceipt {
  receipt_id: string
  disposition: string
  irregularities: string[]
  version: string
  stand_in: boolean
  our_amount_cents: bigint
}

/** A house on the wire: a Node to call it with, debts to ask for, and eyes on where the money went. */
export interface Stage extends TestHouse {
  node: PlayedNode
  /** The wallet of a new child of a new family. */
  wallet(tenant: Tenant): Promise<string>
  /** An open top-up; `daysAgo` makes it then, for 30 days. */
  topUp(
    tenant: Tenant,
    walletId: string,
    amountCents: number,
    daysAgo?: number,
  ): Promise<OpenedTopUp & Notice>
  balance(tenant: Tenant, walletId: string): Promise<bigint>
  /** What waits in the tenant's suspense account. */
  suspense(tenant: Tenant): Promise<bigint>
  receipts(tenant: Tenant): Promise<StoredReceipt[]>
  unrouted(idPA: string): Promise<{ receipt_id: string; reason: string; raw: Buffer }[]>
  brokenRules(tenant: Tenant): Promise<Violation[]>
}

/** Opens a stage for one test file; it closes by itself. */
export async function openStage(environment: Record<string, string> = {}): Promise<Stage> {
  const open = await openTestHouse(environment)
  const { house, clock, database } = open
  const { db, relay, scheme } = house.services

  async function topUp(tenant: Tenant, walletId: string, amountCents: number, daysAgo = 0) {
    const now = new Date(clock.now().getTime() - daysAgo * 86_400_000)
    const drafts = [{ walletId, amountCents: cents(amountCents) }]
    const options = { channelId: 'psp-notice', validDays: 30 }
    const [opened] = await openTopUps(db, scheme, tenant, drafts, options, now)
    return { ...opened!, fiscalCode: tenant.creditorFiscalCode }
  }

  return {
    ...open,
    node: new PlayedNode(open.url),
    topUp,
    wallet: async (tenant) => (await open.addFamily(tenant, 1)).children[0]!.walletId,
    async balance({ id }, walletId) {
      const row = await inTenant(database.app, id, (tx) =>
        tx
          .selectFrom('wallets')
          .select('balance_cents')
          .where('tenant_id', '=', id)
          .where('id', '=', walletId)
          .executeTakeFirstOrThrow(),
      )
      return row.balance_cents
    },
    async suspense({ id }) {
      const { rows } = await inTenant(database.app, id, (tx) =>
        sql<{ sum: bigint }>`select coalesce(sum(amount_cents), 0)::bigint as sum from ledger_postings
          where tenant_id = ${id} and account = 'suspense'`.execute(tx),
      )
      return rows[0]!.sum
    },
    receipts: ({ id }) =>
      inTenant(database.app, id, (tx) =>
        tx
          .selectFrom('receipts')
          .select(['receipt_id', 'disposition', 'irregularities', 'version', 'stand_in', 'our_amount_cents'])
          .where('tenant_id', '=', id)
          .orderBy('arrived_at')
          .execute(),
      ),
    unrouted: (idPA) =>
      relay
        .selectFrom('unrouted_receipts')
        .select(['receipt_id', 'reason', 'raw'])
        .where('id_pa', '=', idPA)
        .orderBy('arrived_at')
        .execute(),
    brokenRules: ({ id }) => checkLedger(database.app, id),
  }
}
