import { addDays, formatDate, romeDate, romeInstant, type RomeDate } from '#core/clock.ts'
import { inTenant } from '#core/db/tenant.ts'
import { wireAmount, cents } from '#core/money.ts'
import { importBankStatement } from '#core/reconciliation/bank.ts'
import type { FlowEntry, FlowHeader, PublishedFlow, ReportingSource } from '#core/reconciliation/ports.ts'
import { pullFlows } from '#core/reconciliation/pull.ts'
import { reconcileTenant } from '#core/reconciliation/reconcile.ts'
import type { Services } from '#core/services.ts'
import type { Tenant } from '#core/tenant.ts'

/** What PSPs have told of the demonstration's payments: one flow a PSP and day. */
interface DemoFlow extends PublishedFlow, FlowHeader {
  lines: FlowEntry[]
  day: RomeDate
}

/** PSPs report on the day after a payment, and the money is there a day later. */
const REPORTED_AFTER_DAYS = 1

/**
 * Lets the demonstration's PSPs report what they took and have not reported yet, and its bank credit it, through the same
 * doors as pagoPA's flows and a file of the office. The bank has not credited the latest flow, so that there is a
 * difference to look at.
 * @param series tells the flows of one call from those of another
 */
export async function writeSettlements(services: Services, tenant: Tenant, series = 0): Promise<void> {
  const { db, clock } = services
  const now = clock.now()
  const flows = await flowsOf(services, tenant, series)
  await pullFlows(services, reportedBy(flows), tenant)
  const credited = flows.filter((_, index) => index !== flows.length - 1)
  if (credited.length > 0) {
    const bytes = Buffer.from(statementOf(credited))
    const file = { fileName: `movimenti-dimostrazione${series || ''}.csv`, bytes, accountId: null }
    await importBankStatement(db, tenant.id, file, now)
  }
  await reconcileTenant(db, tenant.id, now)
}

async function flowsOf({ db, clock }: Services, tenant: Tenant, series: number): Promise<DemoFlow[]> {
  const today = romeDate(clock.now())
  const receipts = await inTenant(db, tenant.id, (tx) =>
    tx
      .selectFrom('receipts')
      .select(['receipt_id', 'creditor_reference', 'our_amount_cents', 'psp_id', 'psp_name', 'paid_at'])
      .where('tenant_id', '=', tenant.id)
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom('fdr_lines as l')
              .select('l.iur')
              .where('l.tenant_id', '=', tenant.id)
              .whereRef('l.iur', '=', 'receipts.receipt_id'),
          ),
        ),
      )
      .orderBy('arrived_at')
      .execute(),
  )
  const groups = Map.groupBy(receipts, (one) => `${one.psp_id} ${romeDate(one.paid_at!)}`)
  return [...groups.values()].flatMap((group, number): DemoFlow[] => {
    const [first] = group
    const paidOn = romeDate(first!.paid_at!)
    const day = addDays(paidOn, REPORTED_AFTER_DAYS)
    if (day >= today) return []
    const lines = group.map((one, index): FlowEntry => ({
      place: index + 1,
      index: index + 1,
      iuv: one.creditor_reference,
      iur: one.receipt_id,
      idTransfer: 1,
      amountCents: one.our_amount_cents,
      code: 0,
      payDate: paidOn,
      unreadable: undefined,
    }))
    return [
      {
        pspId: first!.psp_id,
        pspName: first!.psp_name,
        flowId: `${day}${first!.psp_id}-${series}${String(number + 1).padStart(6, '0')}`,
        revision: 1,
        flowDate: romeInstant(`${day}T06:00:00`),
        publishedAt: romeInstant(`${day}T06:30:00`),
        regulation: `DEMO${day.replaceAll('-', '')}${series}${String(number).padStart(5, '0')}`,
        regulationDate: day,
        declaredCount: lines.length,
        declaredCents: lines.reduce((sum, line) => sum + line.amountCents, 0n),
        lines,
        day,
      },
    ]
  })
}

function reportedBy(flows: readonly DemoFlow[]): ReportingSource {
  const find = (flowId: string) => flows.find((flow) => flow.flowId === flowId)
  return {
    listFlows: async () => ({ flows: [...flows], unreadable: 0, pages: 1 }),
    readHeader: async (_, { flowId }) => find(flowId),
    readLines: async (_, { flowId }) => ({ lines: find(flowId)?.lines ?? [], pages: 1 }),
  }
}

/** As an Italian bank writes it: semicolons, day first, decimal comma. */
function statementOf(flows: readonly DemoFlow[]): string {
  const rows = flows.map(({ day, flowId, lines }) => {
    const sum = lines.reduce((total, line) => total + line.amountCents, 0n)
    const date = formatDate(addDays(day, 1), 'it')
    const amount = wireAmount(cents(sum)).replace('.', ',')
    return `${date};${date};${amount};BONIFICO /PUR/LGPE-RIVERSAMENTO/URI/${flowId}`
  })
  return ['Data contabile;Data valuta;Importo;Descrizione', ...rows, ''].join('\n')
}
