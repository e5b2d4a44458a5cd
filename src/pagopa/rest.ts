import { UpstreamError } from '#core/errors.ts'
import { parseWithLiterals } from './json-literals.ts'

/** One of pagoPA's REST services, with our key. */
export interface RestOptions {
  /** The API up to and including its version, for instance `…/fdr-org/service/v1`. */
  baseUrl: string | URL
  subscriptionKey: string
  /** For one call as a whole, its body included. */
  timeoutMs: number
}

/** An answer that has arrived whole. `json` has its numbers as text. */
export interface RestAnswer {
  status: number
  raw: Buffer
  json: unknown
}

/** A page of 1000 lines is well below 1 MB; more than this is no answer of theirs. */
const BODY_MAX = 16 * 1024 * 1024

/**
 * A GET below the service's address. Path segments are percent-encoded here.
 * @param expected the statuses besides 200 that the caller tells apart; their bodies are not read
 * @throws UpstreamError retryable when the service is unreachable, slow, overloaded, broken, or refuses our key, which
 *   people mend; not retryable when it refuses the request; named `what` in its message, never with the answer's text
 */
export async function getJson(
  what: string,
  { baseUrl, subscriptionKey, timeoutMs }: RestOptions,
  segments: readonly string[],
  query: Readonly<Record<string, string>>,
  expected: readonly number[],
): Promise<RestAnswer> {
  const url = new URL(segments.map(encodeSegment).join('/'), `${baseUrl}`.replace(/\/*$/, '/'))
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
  const signal = AbortSignal.timeout(timeoutMs)
  let response: Response
  let raw = Buffer.alloc(0)
  try {
    response = await fetch(url, {
      headers: { Accept: 'application/json', 'Ocp-Apim-Subscription-Key': subscriptionKey },
      redirect: 'error',
      signal,
    })
    if (response.status === 200) raw = await readBody(response)
    else response.body?.cancel().catch(() => undefined)
  } catch (cause) {
    throw new UpstreamError(`${what} could not be reached`, { retryable: true, cause })
  }
  const { status } = response
  if (status !== 200 && !expected.includes(status)) {
    const retryable = status >= 500 || [401, 403, 408, 429].includes(status)
    throw new UpstreamError(`${what} refused the call (HTTP ${status})`, { retryable, status })
  }
  return { status, raw, json: status === 200 ? readJson(what, raw) : undefined }
}

/** A dot segment would climb up the path: no reference is one, and a server that decodes `%2e` finds nothing there. */
function encodeSegment(segment: string): string {
  return /^\.{1,2}$/.test(segment) ? segment.replaceAll('.', '%252E') : encodeURIComponent(segment)
}

async function readBody(response: Response): Promise<Buffer<ArrayBuffer>> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of response.body ?? []) {
    size += part.byteLength
    if (size > BODY_MAX) throw new Error('the answer is too large')
    parts.push(part)
  }
  return Buffer.concat(parts)
}

function readJson(what: string, raw: Buffer): unknown {
  try {
    return parseWithLiterals(raw.toString('utf8'))
  } catch (cause) {
    throw new UpstreamError(`${what} answered no JSON`, { retryable: true, status: 200, cause })
  }
}
