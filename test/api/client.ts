import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import type { TestHouse } from '../support/house.ts'
import { misfits, operationOf, type OpenApi } from './fits-document.ts'

/** What a call answered; `body` is JSON where the answer was, bytes otherwise. */
export interface Answer {
  status: number
  headers: Headers
  text: string
  // Tests look into answers of every shape, and an expectation on a wrong path fails by itself.
  // oxlint-disable-next-line typescript/no-explicit-any
  body: any
}

export interface Call {
  token?: string
  /** The Idempotency-Key; a fresh one for every POST unless told, none when null. */
  key?: string | null
  json?: unknown
  headers?: Record<string, string>
}

/** The mobile app: it talks HTTP to the API, and every answer it gets must fit the document. */
export async function createApp({ web, url, sandboxUrl }: TestHouse) {
  const document = (await (await web.request(`${url}/api/v1/openapi.json`)).json()) as OpenApi

  async function call(
    method: string,
    path: string,
    { token, key, json, headers }: Call = {},
  ): Promise<Answer> {
    const sentKey = key === undefined && method === 'POST' ? randomUUID() : key
    const response = await web.request(`${url}/api/v1${path}`, {
      method,
      headers: {
        ...(token ? { authorization: `Bearer ${token}` } : {}),
        ...(sentKey ? { 'idempotency-key': sentKey } : {}),
        ...(json === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(json === undefined ? {} : { body: typeof json === 'string' ? json : JSON.stringify(json) }),
    })
    const text = await response.text()
    const isJson = /json/.test(response.headers.get('content-type') ?? '')
    const body: unknown = isJson ? JSON.parse(text) : undefined
    assertDocumented(document, method, path, response, body)
    return { status: response.status, headers: response.headers, text, body }
  }

  /** The JSON twins of the sandbox's pages: what people do outside. */
  async function outside(path: string, json?: unknown): Promise<Answer> {
    const sent = json === undefined ? {} : { method: 'POST', body: JSON.stringify(json) }
    const response = await fetch(`${sandboxUrl}/api${path}`, sent)
    const text = await response.text()
    return { status: response.status, headers: response.headers, text, body: JSON.parse(text) }
  }

  async function signIn(activationCode: string, username: string, password: string): Promise<string> {
    const { status, body } = await call('POST', '/sessions', {
      key: null,
      json: { activationCode, username, password },
    })
    expect(status).toBe(201)
    return body.token as string
  }

  return { document, call, outside, signIn }
}

export type App = Awaited<ReturnType<typeof createApp>>

/** An answer that the document does not tell is a bug of one of them. */
function assertDocumented(
  document: OpenApi,
  method: string,
  path: string,
  response: Response,
  body: unknown,
): void {
  const operation = operationOf(document, method, path.split('?')[0]!)
  if (!operation) return
  const where = `${method} ${path} → ${response.status}`
  const told = operation.responses[response.status]
  expect(told, `${where} is documented`).toBeDefined()
  if (body === undefined) return
  const type = response.headers.get('content-type')!.split(';')[0]!
  const schema = told!.content?.[type]?.schema
  expect(schema, `${where} is documented as ${type}`).toBeDefined()
  expect(misfits(document, schema!, body), where).toEqual([])
}

/** Asks again and again until the answer is as wanted. */
export async function until<Value>(
  ask: () => Promise<Value>,
  wanted: (value: Value) => boolean,
): Promise<Value> {
  const end = Date.now() + 15_000
  for (;;) {
    const value = await ask()
    if (wanted(value)) return value
    if (Date.now() > end) throw new Error(`it did not happen in time: ${JSON.stringify(value)}`)
    await sleep(40)
  }
}
