import { createHash } from 'node:crypto'
import { sumCents, type Cents } from '#core/money.ts'
import type { ReceiptFacts } from '#core/receipts/settle.ts'

/** A transfer of a receipt, however it was told. Its number, 1 to 5, is left out by some services. */
export interface TransferTold {
  readonly idTransfer?: number | undefined
  readonly transferAmount: Cents
  readonly fiscalCodePA: string
}

/**
 * What is the creditor's of a receipt, and what is odd about its transfers, as GovPay checks them (protocol §1.5): never a
 * reason to refuse, since the money is on its way. Our own notices have one transfer, number 1, over the whole amount and
 * to the creditor, so what our get answered needs no look into the database.
 * @param receipt.isOwnNotice whether the notice is the creditor's, managed by us: only then is it known what was asked
 */
export function shareOf(
  creditorFiscalCode: string,
  receipt: {
    readonly transfers: readonly TransferTold[]
    readonly paymentAmount: Cents
    readonly isOwnNotice: boolean
  },
): Pick<ReceiptFacts, 'ourAmountCents' | 'irregularities'> {
  const { transfers, paymentAmount, isOwnNotice } = receipt
  const amounts = (of: readonly TransferTold[]) => sumCents(of.map(({ transferAmount }) => transferAmount))
  const irregularities: ReceiptFacts['irregularities'][number][] = []
  if (amounts(transfers) !== paymentAmount) irregularities.push('transfers-sum')
  if (isOwnNotice && transfers.length !== 1) irregularities.push('transfers-count')
  const isAsAsked = transfers.some(
    ({ idTransfer = 1, transferAmount, fiscalCodePA }) =>
      idTransfer === 1 && transferAmount === paymentAmount && fiscalCodePA === creditorFiscalCode,
  )
  if (isOwnNotice && !isAsAsked) irregularities.push('transfer-differs')
  const ours = transfers.filter(({ fiscalCodePA }) => fiscalCodePA === creditorFiscalCode)
  return { ourAmountCents: amounts(ours), irregularities }
}

/**
 * What a receipt is known by. The schema bounds its id neither below nor above: one that no key can hold is known by
 * its message's hash. A payment that failed and then succeeded has one token for both: the failure must not stand in
 * the way of the money.
 */
export function receiptKey(receiptId: string, raw: Buffer, outcome: 'OK' | 'KO' = 'OK'): string {
  const key = outcome === 'KO' ? `KO ${receiptId}` : receiptId
  if (receiptId.length > 0 && key.length <= 200) return key
  return `sha256:${createHash('sha256').update(raw).digest('hex')}`
}
