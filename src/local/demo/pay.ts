import { addDays, romeDate } from '#core/clock.ts'
import { newId } from '#core/ids.ts'
import { cents, wireAmount } from '#core/money.ts'
import { settleReceipt } from '#core/receipts/settle.ts'
import type { Services } from '#core/services.ts'
import type { Tenant } from '#core/tenant.ts'
import type { OpenedTopUp } from '#core/top-ups/top-up.ts'

const PSPS = ['Banca Inventata S.p.A.', 'Poste Immaginarie S.p.A.', 'Tabaccheria Fantasia']

/** Pays a top-up as one of the demonstration's PSPs would, through the door of real receipts. `number` chooses the PSP. */
export async function payAsPsp(
  { pool, scheme }: Services,
  tenant: Tenant,
  topUp: OpenedTopUp,
  paidAt: Date,
  number: number,
): Promise<void> {
  const receiptId = newId(paidAt.getTime()).replaceAll('-', '')
  const pspName = PSPS[number % PSPS.length]!
  const creditorReference = scheme.iuvOf(topUp.noticeNumber)
  const facts = {
    receiptId,
    version: 'V2' as const,
    outcome: 'OK' as const,
    standIn: false,
    idPa: tenant.creditorFiscalCode,
    fiscalCode: tenant.creditorFiscalCode,
    noticeNumber: topUp.noticeNumber,
    creditorReference,
    amountCents: topUp.amountCents,
    ourAmountCents: topUp.amountCents,
    feeCents: cents(95),
    pspId: `DEMOPSP${number % PSPS.length}`,
    pspName,
    pspFiscalCode: undefined,
    paymentChannel: 'dimostrazione',
    paymentMethod: undefined,
    paymentNote: undefined,
    description: topUp.description,
    paidAt,
    applicationDate: romeDate(paidAt),
    transferDate: addDays(romeDate(paidAt), 1),
    irregularities: [],
  }
  // The raw message says what it is: nobody shall take it for one of the Node's.
  const raw = Buffer.from(
    `<dimostrazione receiptId="${receiptId}" noticeNumber="${topUp.noticeNumber}" paymentAmount="${wireAmount(topUp.amountCents)}"/>`,
  )
  const copyDelayDays = tenant.policies.receiptCopyDelayDays
  await settleReceipt(
    pool,
    tenant.id,
    { role: 'creditor', facts, raw, copyDelayDays },
    new Date(paidAt.getTime() + 4_000),
  )
}
