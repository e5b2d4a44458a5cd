import type { Pool } from '#core/db/connect.ts'
import { KIND } from './population.ts'

/** A row of wallets by their numbers, all with as many meals behind them. */
export interface Statements {
  readonly firstWallet: number
  /** Every so-many-th wallet gets a statement. */
  readonly everyWallet: number
  readonly lastWallet: number
  readonly entries: number
}

/**
 * Writes meals as `ledger_charge_meals` writes them, day after day through all the wallets, so that the entries of
 * one wallet lie apart. Through that function a million entries would take minutes.
 */
export async function fillStatements(filler: Pool, statements: Statements): Promise<void> {
  const { firstWallet, everyWallet, lastWallet, entries } = statements
  const meals = filler`
    select w.tenant_id, bench_id(${KIND.meal}, number * 10000000 + day) as id, bench_id(${KIND.wallet}, number) as wallet_id,
      day, 'pasto ' || number || ' del giorno ' || day as reference
    from generate_series(1, ${entries}::bigint) day
    cross join generate_series(${firstWallet}::bigint, ${lastWallet}::bigint, ${everyWallet}::bigint) number
    join wallets w on w.id = bench_id(${KIND.wallet}, number)
    order by day, number`
  await filler`
    insert into ledger_transactions (tenant_id, id, kind, reference, occurred_at, booked_at, content)
    select tenant_id, id, 'meal', reference, now(), now(),
      convert_to('meal|' || reference || '|2026-11-23T12:00:00.000000Z|wallet:' || wallet_id || ':-450|meals-income::450', 'UTF8')
    from (${meals}) meal`
  await filler`
    insert into ledger_postings (tenant_id, transaction_id, line, account, wallet_id, amount_cents, movement, balance_after_cents)
    select tenant_id, id, line, account, case line when 1 then wallet_id end, amount,
      case line when 1 then day end, case line when 1 then -450 * day end
    from (${meals}) meal
    cross join (values (1, 'wallet', -450), (2, 'meals-income', 450)) posting (line, account, amount)`
  await filler`
    update wallets set movements = ${entries}, balance_cents = ${-450 * entries}
    from generate_series(${firstWallet}::bigint, ${lastWallet}::bigint, ${everyWallet}::bigint) number
    where id = bench_id(${KIND.wallet}, number)`
}
