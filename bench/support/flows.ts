import type { Pool } from '#core/db/connect.ts'
import { benchId, KIND } from './population.ts'

/** A flow of one tenant by its number, and as many receipts. Numbers of its payments go from `first` on. */
export interface FilledFlow {
  readonly tenant: number
  readonly number: number
  readonly first: number
  readonly lines: number
}

/** Kinds of ids beside those of the population. */
const FLOW_KIND = { flow: 21, receipt: 22, transaction: 23 } as const

/** One line of each hundred differs in each of these ways; the others name their receipt. */
export const PLANTED = { 'amount-differs': 7, 'receipt-missing': 11, 'no-receipt': 13, revoked: 17 } as const
/** Lines of each hundred whose reference is the PSP's own, so that only IUV and amount tell the receipt. */
const BY_IUV = [3, 53] as const

export function flowRowId({ number }: FilledFlow): string {
  return benchId(FLOW_KIND.flow, number)
}

/** Writes receipts as `settle_receipt` leaves them, as far as reconciliation reads them, and the flow that reports them. */
export async function fillFlow(filler: Pool, flow: FilledFlow): Promise<void> {
  const { tenant, number, first, lines } = flow
  const tenantId = benchId(KIND.tenant, tenant)
  const { 'receipt-missing': missing, 'no-receipt': withoutRequest } = PLANTED
  await filler`
    insert into receipts (tenant_id, id, receipt_id, version, outcome, disposition, stand_in, id_pa, fiscal_code, notice_number,
      creditor_reference, amount_cents, our_amount_cents, psp_id, psp_name, payment_channel, description, paid_at, arrived_at,
      copy_available_on, ledger_transaction_id, raw)
    select ${tenantId}, bench_id(${FLOW_KIND.receipt}, n), 'rt-' || n, 'V2', 'OK', 'credited', false, '88888888888', '88888888888',
      '301' || lpad(n::text, 15, '0'), '01' || lpad(n::text, 15, '0'), 2500 + n % 40, 2500 + n % 40, 'PSP', 'PSP', 'WISP', 'Ricarica',
      now(), now(), current_date, bench_id(${FLOW_KIND.transaction}, n), '\\x00'
    from generate_series(${first}::bigint, ${first + lines - 1}::bigint) n
    where n % 100 not in (${missing}, ${withoutRequest})`
  await filler`
    insert into fdr_flows (tenant_id, id, psp_id, psp_name, flow_id, flow_date, flow_day, revision, regulation, regulation_date,
      declared_count, published_at, pulled_at)
    values (${tenantId}, ${flowRowId(flow)}, 'PSP', 'PSP', ${`flow-${number}`}, now(), current_date, 1, 'TRN', current_date,
      ${lines}, now(), now())`
  await filler`
    insert into fdr_lines (tenant_id, flow_id, line_index, iuv, iur, id_transfer, amount_cents, code, pay_date, ours)
    select ${tenantId}, ${flowRowId(flow)}, n - ${first}::bigint + 1, '01' || lpad(n::text, 15, '0'),
      case when n % 100 in (${BY_IUV[0]}, ${BY_IUV[1]}) then 'psp-' else 'rt-' end || n, 1,
      2500 + n % 40 - (n % 100 = ${PLANTED['amount-differs']})::int,
      case n % 100 when ${withoutRequest} then 9 when ${PLANTED.revoked} then 3 else 0 end, current_date, true
    from generate_series(${first}::bigint, ${first + lines - 1}::bigint) n`
  await filler`select complete_flow(${tenantId}, ${flowRowId(flow)}, now())`
}
