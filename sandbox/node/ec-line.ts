import type { Operation } from './operations.ts'

/** What came of one SOAP call to a creditor. */
export type Exchange = { readonly durationMs: number } & (
  | { readonly kind: 'answered'; readonly status: number; readonly body: string }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'unreachable'; readonly reason: string }
)

/** One line of the exchange log that the Node's page shows. */
export interface LoggedExchange {
  readonly at: string
  readonly operation: Operation
  readonly endpoint: string
  readonly request: string
  readonly exchange: Exchange
}

const LOG_MOST = 60
const BODY_MOST = 1_000_000

/** The line to the creditors' SOAP endpoints; remembers the latest exchanges. */
export class EcLine {
  readonly #log: LoggedExchange[] = []
  readonly #now: () => Date
  constructor(now: () => Date) {
    this.#now = now
  }

  /** The latest exchanges, newest first. */
  log(): readonly LoggedExchange[] {
    return this.#log
  }

  /** Sends one envelope and waits for the answer, `timeoutMs` at most. Never throws. */
  async call(endpoint: string, operation: Operation, request: string, timeoutMs: number): Promise<Exchange> {
    const at = this.#now().toISOString()
    const exchange = await send(endpoint, operation, request, timeoutMs)
    this.#log.unshift({ at, operation, endpoint, request, exchange })
    this.#log.length = Math.min(this.#log.length, LOG_MOST)
    return exchange
  }
}

async function send(
  endpoint: string,
  operation: Operation,
  request: string,
  timeoutMs: number,
): Promise<Exchange> {
  const started = performance.now()
  const durationMs = () => Math.round(performance.now() - started)
  try {
    const response = await fetch(endpoint, {
      method: 'POST',
      headers: { 'content-type': 'text/xml; charset=utf-8', soapaction: `"${operation}"` },
      body: request,
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    })
    const body = (await response.text()).slice(0, BODY_MOST)
    return { kind: 'answered', status: response.status, body, durationMs: durationMs() }
  } catch (error) {
    if (error instanceof DOMException && error.name === 'TimeoutError')
      return { kind: 'timeout', durationMs: durationMs() }
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
    return {
      kind: 'unreachable',
      reason: cause instanceof Error ? cause.message : 'unknown',
      durationMs: durationMs(),
    }
  }
}
