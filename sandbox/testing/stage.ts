import type { SandboxOptions, Timings } from '../options.ts'
import { startSandbox } from '../server.ts'
import type { Sandbox } from '../server.ts'
import { FISCAL_CODE, IBAN, playCreditor } from './played-creditor.ts'
import type { PlayedCreditor } from './played-creditor.ts'

/** Short enough that no test waits for the clock, long enough that a slow machine does not matter. */
export const FAST: Partial<Timings> = {
  readTimeoutMs: 400,
  receiptTimeoutMs: 400,
  retryDelaysMs: [20, 20, 20],
  afterReturnMs: 150,
  waitingDelayMs: 150,
}

export interface Stage {
  readonly sandbox: Sandbox
  readonly creditor: PlayedCreditor
  /** Calls the JSON API; answers status and parsed body. */
  // Tests look into answers of every shape, and an expectation on a wrong path fails by itself.
  // oxlint-disable-next-line typescript/no-explicit-any
  call(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): // oxlint-disable-next-line typescript/no-explicit-any
  Promise<{ status: number; body: any }>
  /** Posts a form as a browser without JavaScript does, redirects left to the caller. */
  submit(path: string, fields?: Record<string, string>): Promise<Response>
  close(): Promise<void>
}

/** What the played creditor tells the world about itself. */
export function declaration(endpoint: string) {
  return {
    name: 'Comune di Prova',
    brokerFiscalCode: '00000000027',
    stationId: '00000000027_01',
    endpoint,
    ibans: [IBAN],
    companyName: 'Comune di Prova',
    slug: 'prova',
    activationCode: '1000000001',
    services: [{ idServizio: '00009', idSoggettoServizio: '00035', description: 'Mensa scolastica' }],
    people: [
      {
        role: 'guardian',
        username: 'genitore',
        password: 'una-password-di-prova',
        name: 'Genitore di Prova',
      },
    ],
    paymentCodes: [{ child: 'Bambino di Prova', text: '00009|00035|7K3M9Q2XW4T8ZB6HJ0VNRCDPGY' }],
  }
}

/** The header with which creditors call the REST services. */
export const SUBSCRIBED = { 'Ocp-Apim-Subscription-Key': 'una-chiave' }

/** Starts a sandbox in this process, with one played creditor registered in it. */
export async function setStage(
  options: Pick<SandboxOptions, 'timings' | 'dataDir' | 'now' | 'bizEvents' | 'subscriptionKeys'> = {},
): Promise<Stage> {
  const creditor = await playCreditor()
  const { timings, ...rest } = options
  const sandbox = await startSandbox({ ...rest, timings: { ...FAST, ...timings } })
  const call: Stage['call'] = async (method, path, body, headers = {}) => {
    const response = await fetch(sandbox.url + path, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text) }
  }
  await call('PUT', `/api/creditors/${FISCAL_CODE}/01`, declaration(creditor.endpoint))
  return {
    sandbox,
    creditor,
    call,
    submit: (path, fields = {}) =>
      fetch(new URL(path, sandbox.url), {
        method: 'POST',
        body: new URLSearchParams(fields),
        redirect: 'manual',
      }),
    async close() {
      await sandbox.close()
      await creditor.close()
    },
  }
}

/** Asks again and again until `probe` gives a value; fails after `mostMs`. */
export async function until<T>(
  probe: () => Promise<T | undefined> | T | undefined,
  mostMs = 4_000,
): Promise<T> {
  const deadline = performance.now() + mostMs
  for (;;) {
    const value = await probe()
    if (value !== undefined) return value
    if (performance.now() > deadline) throw new Error('it did not happen in time')
    await new Promise((resolve) => setTimeout(resolve, 15))
  }
}
