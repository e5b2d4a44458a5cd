import { crashPoint } from '#core/crash-point.ts'
import { DomainError } from '#core/errors.ts'
import {
  keepUnroutedReceipt,
  settleInRehearsal,
  settleReceipt,
  type NoticeRole,
  type ReceiptFacts,
} from '#core/receipts/settle.ts'
import type { Services } from '#core/services.ts'
import { isRehearsing } from '#core/tenant.ts'
import { receiptKey, shareOf } from './receipt-facts.ts'
import type { World } from './caller.ts'
import { routeReceipt } from './routing.ts'
import type { RequestFault } from './soap/faults.ts'
import { writeSendReceipt } from './soap/answers.ts'
import type { RequestOf } from './soap/requests.ts'

type ReceiptRequest = RequestOf<'paSendRT'> | RequestOf<'paSendRTV2'>

/**
 * paSendRT and V2: stores and books the receipt, then answers. Whatever is stored is answered OK; the same receipt
 * again is answered PAA_RECEIPT_DUPLICATA, by which time it is surely stored.
 * @throws DomainError with the fault to answer; any other error when the receipt could not be stored: the Node must
 *   get HTTP 500 and will send it again
 */
export async function takeReceipt(
  services: Services,
  request: ReceiptRequest,
  raw: Buffer,
  world: World = 'any',
): Promise<string> {
  const { receipt } = request
  const keep = async (reason: string) =>
    // A person looks at what is kept: a rehearsal's play money is not worth it.
    world === 'rehearsal' ||
    keepUnrouted(
      services,
      request.idPA,
      receipt.fiscalCode,
      receiptKey(receipt.receiptId, raw, receipt.outcome),
      reason,
      raw,
    )
  let route
  try {
    route = await routeReceipt(services.tenants, request, receipt)
  } catch (error) {
    // A refusal is final for the Node: what it told us is kept all the same, for a person.
    if (error instanceof DomainError) await keep(error.code)
    throw error
  }
  if ('unrouted' in route) {
    const isNew = await keep(route.unrouted)
    if (!isNew) throw new DomainError('receipt.duplicate')
    return writeSendReceipt(request.operation)
  }
  const { tenant, role } = route
  const facts = factsOf(
    request,
    role,
    receiptKey(receipt.receiptId, raw, receipt.outcome),
    tenant.creditorFiscalCode,
  )
  const copyDelayDays = tenant.policies.receiptCopyDelayDays
  const settlement = { role, facts, raw, copyDelayDays }
  // Where nobody asks who calls there is one world, and what comes for an entity in rehearsal is pretended.
  const isPretended = world === 'rehearsal' || (world === 'any' && isRehearsing(tenant))
  const settle = isPretended ? settleInRehearsal : settleReceipt
  const disposition = await settle(services.pool, tenant.id, settlement, services.clock.now())
  crashPoint('receipt-stored')
  services.metrics.receipts.inc({ disposition })
  if (disposition === 'duplicate') throw new DomainError('receipt.duplicate')
  services.nudge()
  return writeSendReceipt(request.operation)
}

/** Keeps a receipt that cannot be read, before it is refused: somebody may have paid. */
export async function keepUnreadable(services: Services, fault: RequestFault, raw: Buffer): Promise<void> {
  await keepUnrouted(
    services,
    fault.idPA ?? '',
    '',
    receiptKey('', raw),
    fault.description.slice(0, 200),
    raw,
  )
}

async function keepUnrouted(
  services: Services,
  idPa: string,
  fiscalCode: string,
  receiptId: string,
  reason: string,
  raw: Buffer,
): Promise<boolean> {
  const isNew = await keepUnroutedReceipt(
    services.pool,
    { idPa, fiscalCode, receiptId, reason, raw },
    services.clock.now(),
  )
  services.metrics.receipts.inc({ disposition: 'unrouted' })
  services.log.error({ idPa, reason, isNew }, 'a receipt was kept that no entity here can take')
  return isNew
}

function factsOf(
  request: ReceiptRequest,
  role: NoticeRole,
  receiptId: string,
  creditorFiscalCode: string,
): ReceiptFacts {
  const { receipt } = request
  return {
    receiptId,
    version: request.operation === 'paSendRT' ? 'V1' : 'V2',
    outcome: receipt.outcome,
    standIn: receipt.standIn ?? false,
    idPa: request.idPA,
    fiscalCode: receipt.fiscalCode,
    noticeNumber: receipt.noticeNumber,
    creditorReference: receipt.creditorReferenceId,
    amountCents: receipt.paymentAmount,
    feeCents: receipt.fee,
    pspId: receipt.idPSP,
    pspName: receipt.pspCompanyName,
    pspFiscalCode: receipt.pspFiscalCode,
    paymentChannel: receipt.channelDescription,
    paymentMethod: receipt.paymentMethod,
    paymentNote: request.operation === 'paSendRTV2' ? request.receipt.paymentNote : undefined,
    description: receipt.description,
    paidAt: receipt.paymentDateTime?.instant,
    applicationDate: receipt.applicationDate?.day,
    transferDate: receipt.transferDate?.day,
    ...shareOf(creditorFiscalCode, { ...receipt, isOwnNotice: role === 'creditor' }),
  }
}
