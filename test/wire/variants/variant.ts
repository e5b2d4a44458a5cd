import type { Tenant } from '#core/tenant.ts'
import type { Operation } from '../../../sandbox/node/operations.ts'
import type { Cast } from './cast.ts'

/** One message, ready to be sent. */
export interface Question {
  operation: Operation
  message: string
  headers?: Record<string, string>
}

/** One row of the table: what is sent, what is answered, and what it does to the books. */
export interface Variant {
  name: string
  ask(cast: Cast): Question | Promise<Question>
  /** OK, a faultCode, or `HTTP nnn`. */
  verdict: string
  /** What is stored: a receipt by its disposition, a receipt that belongs to nobody here, or nothing. */
  stored?: 'unrouted' | Stored
  /** Cents that the answer moves into wallets and into suspense, of this tenant and of no other. */
  wallet?: number
  suspense?: number
  /** Whose books they are; the ordinary tenant's when left out. */
  of?(cast: Cast): Tenant
}

/** What a row of `receipts` says of it. */
export interface Stored {
  disposition: string
  irregularities?: readonly string[]
  version?: 'V1' | 'V2'
  standIn?: boolean
  /** The instant of payment, null where none was told. */
  paidAt?: string | null
  applicationDate?: string
}

/** Replaces in a message; a variant that changes nothing would prove nothing. */
export function swap(message: string, from: string | RegExp, to: string): string {
  const changed = message.replace(from, to)
  if (changed === message) throw new Error(`the message does not hold ${from}`)
  return changed
}
