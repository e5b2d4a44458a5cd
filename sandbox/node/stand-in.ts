import { z } from 'zod'
import type { Position } from '../aca/position.ts'
import type { Positions } from '../aca/positions.ts'
import type { Collection, Store, StoredRecord } from '../state/store.ts'
import { romeDate } from '../wire/calendar.ts'
import { wireAmount } from '../wire/money.ts'
import type { Creditor } from '../world/registry.ts'
import { StationDown } from './faults.ts'
import type { NoticeSummary, PaymentData } from './payment-data.ts'

/** off: never; when-down: in place of a creditor that does not answer; always: without asking the creditor at all. */
export const standInSchema = z.strictObject({ mode: z.enum(['off', 'when-down', 'always']) })

export type StandInMode = z.infer<typeof standInSchema>['mode']

interface Setting extends StoredRecord {
  readonly mode: StandInMode
}

const SETTING = 'mode'

/** Payments in place of a creditor that is down, from the positions that it announced to ACA (protocol §1.5). */
export class StandIn {
  readonly #settings: Collection<Setting>
  readonly #positions: Positions
  readonly #now: () => Date

  constructor(store: Store, positions: Positions, now: () => Date) {
    this.#settings = store.collection<Setting>('stand-in', { most: 10 })
    this.#positions = positions
    this.#now = now
  }

  mode(): StandInMode {
    return this.#settings.get(SETTING)?.mode ?? 'when-down'
  }

  setMode(mode: StandInMode): void {
    this.#settings.put({ id: SETTING, createdAt: this.#now().toISOString(), mode })
  }

  /**
   * Asks the creditor, or answers from its announced position, as the mode has it.
   * @throws whatever `ask` throws when there is no position to answer from
   */
  async answer<T>(
    creditor: Creditor,
    noticeNumber: string,
    ask: () => Promise<T>,
    read: (position: Position, creditor: Creditor) => T,
  ): Promise<{ value: T; standIn: boolean }> {
    const mode = this.mode()
    const position = mode === 'off' ? undefined : this.#positions.payable(creditor.fiscalCode, noticeNumber)
    if (position && mode === 'always') return { value: read(position, creditor), standIn: true }
    try {
      return { value: await ask(), standIn: false }
    } catch (error) {
      if (position && error instanceof StationDown) return { value: read(position, creditor), standIn: true }
      throw error
    }
  }

  /** Notes that the position was paid, so that its creditor cannot change it any more. */
  markPaid(fiscalCode: string, noticeNumber: string): void {
    this.#positions.markPaid(fiscalCode, noticeNumber)
  }
}

/** What a PSP is told about an announced position. */
export function summaryOf(position: Position, creditor: Creditor): NoticeSummary {
  return {
    amountCents: position.amount,
    dueDate: romeDate(new Date(position.expirationDate)),
    description: position.description.slice(0, 140),
    fiscalCodePA: creditor.fiscalCode,
    companyName: creditor.companyName,
    allCCP: false,
  }
}

/** The data of a payment made of an announced position: one share, to the account named there or the first one. */
export function paymentOf(position: Position, creditor: Creditor): PaymentData {
  return {
    creditorReferenceId: position.iuv.slice(0, 35),
    amountCents: position.amount,
    dueDate: romeDate(new Date(position.expirationDate)),
    description: position.description.slice(0, 140),
    companyName: creditor.companyName,
    debtor: {
      type: position.entityType,
      value: position.entityFiscalCode.slice(0, 16),
      details: { fullName: position.entityFullName.slice(0, 70) },
    },
    transfers: [
      {
        idTransfer: 1,
        amountCents: position.amount,
        fiscalCodePA: creditor.fiscalCode,
        companyName: creditor.companyName,
        iban: position.iban ?? creditor.ibans[0]!,
        remittanceInformation: `/RFB/${position.iuv}/${wireAmount(position.amount)}`.slice(0, 140),
        // ACA has no field for the taxonomy, so the Node cannot know the creditor's own.
        transferCategory: '9/0101108TS/',
      },
    ],
  }
}
