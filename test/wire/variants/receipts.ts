import { randomUUID } from 'node:crypto'
import { receiptMessage, stationOf } from '../../support/soap.ts'
import { ASKED, type Cast } from './cast.ts'
import { receiptSums, receiptTimes } from './receipt-money.ts'
import { STRANGER, type Row } from './receipt-row.ts'
import { receiptStates } from './receipt-states.ts'
import { receiptTexts, receiptVersions } from './receipt-texts.ts'
import type { Question, Variant } from './variant.ts'

async function write(cast: Cast, version: 'V1' | 'V2', row: Row): Promise<Question> {
  const notice = (await row.notice?.(cast)) ?? (await cast.notice())
  const tenant = row.of?.(cast) ?? cast.tenants.own
  const to = { ...stationOf(tenant), idPA: notice.fiscalCode, ...row.to?.(cast) }
  const parts = row.parts?.map(([whose, amountCents]) => ({
    fiscalCodePA: whose === 'own' ? tenant.creditorFiscalCode : STRANGER,
    amountCents,
  }))
  const receipt = {
    ...notice,
    amountCents: ASKED,
    version,
    ...row.receipt,
    ...(parts ? { shares: parts } : {}),
  }
  const message = receiptMessage(to, { ...receipt, receiptId: randomUUID() })
  const operation = version === 'V1' ? 'paSendRT' : 'paSendRTV2'
  return {
    operation,
    message: row.edit?.(message) ?? message,
    ...(row.headers ? { headers: row.headers } : {}),
  }
}

/** Every receipt in both versions. */
export const receiptVariants: readonly Variant[] = [
  ...receiptStates,
  ...receiptSums,
  ...receiptTimes,
  ...receiptTexts,
  ...receiptVersions,
].flatMap((row) =>
  (['V1', 'V2'] as const)
    .filter((version) => !row.only || row.only === version)
    .map((version) => ({
      ...row,
      name: `a receipt ${version}: ${row.name}`,
      ...(typeof row.stored === 'object' ? { stored: { ...row.stored, version } } : {}),
      ask: (cast: Cast) => write(cast, version, row),
    })),
)
