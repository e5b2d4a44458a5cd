import type { BenchDatabase } from './cluster.ts'
import { KIND, walletsOf, type Population } from './population.ts'
import { pgbench } from './pgbench.ts'
import { receiptMessage } from './receipt-message.ts'

/** Open top-ups waiting to be paid, given out once each by running number. */
export interface Settlements {
  readonly population: Population
  /** Opens top-ups, spread evenly over the wallets, for that many settlements to come. */
  provide(count: number): Promise<void>
  /** The first running number of so many settlements. @throws when fewer top-ups were provided */
  take(count: number): number
  /** @throws unless every top-up taken was paid by a receipt that credited it: anything else is another workload */
  assertAllCredited(): Promise<void>
}

export function settlementsOf({ filler }: BenchDatabase, population: Population): Settlements {
  const { firstTenant, walletsPerTenant, firstWallet } = population
  const wallets = walletsOf(population)
  let provided = 0
  let taken = 0
  return {
    population,
    async provide(count) {
      const until = taken + count
      if (until <= provided) return
      await filler`
        insert into top_ups (tenant_id, id, wallet_id, channel_id, amount_cents, description, taxonomy_code,
          notice_number, account_id, created_at, expires_at)
        select bench_id(${KIND.tenant}, ${firstTenant}::bigint + s % ${wallets}::bigint / ${walletsPerTenant}::bigint),
          bench_id(${KIND.topUp}, s), bench_id(${KIND.wallet}, ${firstWallet}::bigint + s % ${wallets}::bigint), 'psp-notice', 5000,
          'Ricarica refezione scolastica', '9/0107101TS/', '301' || lpad(s::text, 15, '0'),
          bench_id(${KIND.account}, ${firstWallet}::bigint + s % ${wallets}::bigint), now(), now() + interval '30 days'
        from generate_series(${provided}::bigint, ${until - 1}::bigint) s`
      provided = until
    },
    take(count) {
      const start = taken
      taken += count
      if (taken > provided) throw new Error(`${taken} settlements asked for, ${provided} top-ups there`)
      return start
    },
    async assertAllCredited() {
      const [first, last] = [firstTenant, firstTenant + population.tenants - 1]
      const [row] = await filler<[{ credited: bigint; receipts: bigint; paid: bigint }]>`
        select receipts, credited, paid from
          (select count(*) as receipts, count(*) filter (where disposition = 'credited') as credited from receipts
            where tenant_id between bench_id(${KIND.tenant}, ${first}) and bench_id(${KIND.tenant}, ${last})) r,
          (select count(*) as paid from top_ups where state = 'paid'
            and tenant_id between bench_id(${KIND.tenant}, ${first}) and bench_id(${KIND.tenant}, ${last})) t`
      const expected = BigInt(taken)
      if (row.receipts !== expected || row.credited !== expected || row.paid !== expected)
        throw new Error(`${taken} settlements left ${row.receipts} receipts, ${row.credited} credited`)
    },
  }
}

/** Settles through the product's function alone, from pgbench: settlements per second. */
export async function settleDirectly(
  url: string,
  settlements: Settlements,
  slice: { clients: number; timesEach: number; signal: AbortSignal },
): Promise<number> {
  const { firstTenant, walletsPerTenant } = settlements.population
  const start = settlements.take(slice.clients * slice.timesEach)
  const variables = {
    n: 0,
    start,
    clients: slice.clients,
    wallets: walletsOf(settlements.population),
    first_tenant: firstTenant,
    per_tenant: walletsPerTenant,
  }
  return pgbench({ url, script: SCRIPT, variables, ...slice })
}

/**
 * Every client takes each so-many-th running number, so that none is taken twice. The raw message is a constant of
 * the statement: the anchor is spared what it costs to send it.
 */
const SCRIPT = `
\\set n :n + 1
\\set s :start + (:n - 1) * :clients + :client_id
\\set t :first_tenant + (:s % :wallets) / :per_tenant
select settle_receipt(bench_id(${KIND.tenant}, :t), uuidv7(), replace(gen_random_uuid()::text, '-', ''), 'V2', 'OK', false,
  '9' || lpad(:t::text, 10, '0'), '9' || lpad(:t::text, 10, '0'), 'creditor', '301' || lpad(:s::text, 15, '0'),
  '01' || lpad(:s::text, 15, '0'), 5000, 5000, 150, 'ABCDITMM', 'Banca Inventata', '88888888888', 'WISP', 'creditCard',
  null, 'Ricarica refezione scolastica', '2026-11-23 14:30:00.123Z', '2026-11-23', '2026-11-24', '2026-11-26',
  '{}', uuidv7(), array[uuidv7(), uuidv7()], '\\x${Buffer.from(receiptMessage(1, 1)).toString('hex')}', now());
`
