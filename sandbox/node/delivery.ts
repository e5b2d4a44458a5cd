import type { StoredRecord } from '../state/store.ts'
import type { Operation } from './operations.ts'

/** How one try went. Only `ok`, `duplicate` and `ko` are answers; after anything else the Node tries again. */
export type AttemptResult =
  | 'ok'
  | 'duplicate'
  | 'ko'
  | 'timeout'
  | 'unreachable'
  | 'http-error'
  | 'malformed'
  | 'answer-lost'

export interface Attempt {
  readonly at: string
  readonly durationMs: number
  readonly result: AttemptResult
  readonly httpStatus?: number
  readonly faultCode?: string
  readonly faultString?: string
  readonly description?: string
  /** Why the answer was not accepted. */
  readonly reason?: string
}

/**
 * pending: will be tried (again); delivered: the creditor has it; refused: a well-formed KO, final;
 * stuck: no tries are left, a person must ask for another; dropped: never sent, unless a person asks for it.
 */
export type DeliveryState = 'pending' | 'delivered' | 'refused' | 'stuck' | 'dropped'

/** A receipt on its way to a creditor. */
export interface Delivery extends StoredRecord {
  readonly creditorId: string
  readonly endpoint: string
  readonly operation: Extract<Operation, 'paSendRT' | 'paSendRTV2'>
  readonly fiscalCode: string
  readonly noticeNumber: string
  readonly receiptId: string
  readonly amountCents: number
  readonly request: string
  /** The receipt among the paid ones, which outlives its deliveries. */
  readonly paidId?: string
  readonly state: DeliveryState
  readonly attempts: readonly Attempt[]
  /** When the next try is due; present while pending. */
  readonly nextAttemptAt?: string
  /** False for receipts that are sent once, whatever happens. */
  readonly retries: boolean
  readonly loseFirstAnswer: boolean
  /** The first answer counts as malformed, whatever it is. */
  readonly garbleFirstAnswer?: boolean
  /** Identical copies still to be sent once this one has had its first answer, or together with it. */
  readonly duplicatesLeft: number
}

/** The state after an attempt: the Node's retry rules (protocol, lifecycle, timing, retries). */
export function stateAfter(
  delivery: Delivery,
  result: AttemptResult,
  retryDelaysMs: readonly number[],
): DeliveryState {
  switch (result) {
    case 'ok':
    case 'duplicate':
      return 'delivered'
    case 'ko':
      return 'refused'
    default:
      return delivery.retries && delivery.attempts.length < retryDelaysMs.length ? 'pending' : 'stuck'
  }
}
