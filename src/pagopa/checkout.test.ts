import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { UpstreamError } from '#core/errors.ts'
import { cents } from '#core/money.ts'
import { createCheckoutClient } from './checkout.ts'
import type { Cart } from './checkout.ts'

const cart: Cart = {
  notices: [
    {
      noticeNumber: '301000000001234519',
      creditorFiscalCode: '77777777777',
      amountCents: cents(5000),
      companyName: 'Comune Inventato',
      description: 'Ricarica refezione '.repeat(10),
    },
  ],
  returnUrls: {
    ok: new URL('https://portal.example.org/ritorno/ok'),
    cancel: new URL('https://portal.example.org/ritorno/annullato'),
    error: new URL('https://portal.example.org/ritorno/errore'),
    waiting: new URL('https://portal.example.org/ritorno/attesa'),
  },
  idCart: 'cart-7f3a',
  emailNotice: 'genitore@example.org',
}

const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

/** A Checkout that answers as told; returns a client of it and the requests that arrived. */
async function checkout(answer: (response: ServerResponse) => void, timeoutMs = 2_000) {
  const requests: { method: string; url: string; headers: IncomingMessage['headers']; body: string }[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk))
    request.on('end', () => {
      requests.push({ method: request.method!, url: request.url!, headers: request.headers, body })
      answer(response)
    })
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  closing.push(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/checkout/ec/v2`
  return { client: createCheckoutClient({ baseUrl, subscriptionKey: 'secret-key', timeoutMs }), requests }
}

const redirectTo =
  (location: string, status = 302) =>
  (response: ServerResponse) =>
    response.writeHead(status, { Location: location }).end('<a>Found</a>')

describe('a cart that opens', () => {
  test('sends the notices, the return addresses and the key, and answers with where to send the browser', async () => {
    const { client, requests } = await checkout(redirectTo('https://checkout.example.org/c/1?x=y'))
    const result = await client.postCart(cart)
    expect(result).toEqual({ kind: 'redirect', redirectUrl: new URL('https://checkout.example.org/c/1?x=y') })
    expect(requests).toHaveLength(1)
    const [{ method, url, headers, body }] = requests as [(typeof requests)[0]]
    expect([method, url]).toEqual(['POST', '/checkout/ec/v2/carts'])
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'ocp-apim-subscription-key': 'secret-key',
    })
    expect(JSON.parse(body)).toEqual({
      emailNotice: 'genitore@example.org',
      paymentNotices: [
        {
          noticeNumber: '301000000001234519',
          fiscalCode: '77777777777',
          amount: 5000,
          companyName: 'Comune Inventato',
          description: 'Ricarica refezione '.repeat(10).slice(0, 140).trim(),
        },
      ],
      returnUrls: {
        returnOkUrl: 'https://portal.example.org/ritorno/ok',
        returnCancelUrl: 'https://portal.example.org/ritorno/annullato',
        returnErrorUrl: 'https://portal.example.org/ritorno/errore',
        returnWaitingUrl: 'https://portal.example.org/ritorno/attesa',
      },
      idCart: 'cart-7f3a',
    })
  })

  test.each([301, 303, 307, 308])('status %i with a Location will do as well', async (status) => {
    const { client } = await checkout(redirectTo('https://checkout.example.org/c/2', status))
    expect(await client.postCart(cart)).toMatchObject({ kind: 'redirect' })
  })
})

test('a notice already paid or being paid is a result, not a failure', async () => {
  const { client } = await checkout((response) =>
    response.writeHead(422).end('{"title":"Invalid payment notice data"}'),
  )
  expect(await client.postCart(cart)).toEqual({ kind: 'not-payable' })
})

const json = (status: number) => (response: ServerResponse) =>
  response.writeHead(status, { 'Content-Type': 'application/problem+json' }).end('{"title":"secret"}')

describe('failures', () => {
  test.each<[string, boolean, number | undefined, (response: ServerResponse) => void]>([
    ['a refused request', false, 400, json(400)],
    ['a wrong key', false, 401, json(401)],
    ['an unknown address', false, 404, json(404)],
    ['too many requests', true, 429, json(429)],
    ['an internal error', true, 500, json(500)],
    ['a broken gateway', true, 502, json(502)],
    ['a page instead of a cart', false, 200, (response) => response.end('<html>hello</html>')],
    ['a redirect to nowhere', false, 302, (response) => response.writeHead(302).end()],
    ['a relative redirect', false, 302, redirectTo('/c/1')],
    ['a redirect to a script', false, 302, redirectTo('javascript:alert(1)')],
    ['a redirect to a file', false, 302, redirectTo('file:///etc/hostname')],
    ['a connection cut before the answer', true, undefined, (response) => response.destroy()],
    ['something that is not HTTP', true, undefined, (response) => response.socket?.end('garbage\r\n\r\n')],
  ])(
    '%s fails (retryable: %s) after one request and tells nothing of the answer',
    async (_, retryable, status, answer) => {
      const { client, requests } = await checkout(answer)
      const error = await client.postCart(cart).catch((reason: unknown) => reason)
      expect(error).toBeInstanceOf(UpstreamError)
      expect(error).toMatchObject({ retryable, status })
      expect(String(error)).not.toContain('secret')
      expect(requests).toHaveLength(1)
    },
  )

  test('a Checkout that does not answer in time is given up, once', async () => {
    const { client, requests } = await checkout(() => undefined, 150)
    const started = performance.now()
    await expect(client.postCart(cart)).rejects.toMatchObject({ name: 'UpstreamError', retryable: true })
    expect(performance.now() - started).toBeLessThan(1_500)
    expect(requests).toHaveLength(1)
  })

  test('a body that never ends does not hold the answer back', async () => {
    const { client } = await checkout((response) => {
      response.writeHead(302, { Location: 'https://checkout.example.org/c/3' }).write('...')
    })
    expect(await client.postCart(cart)).toMatchObject({ kind: 'redirect' })
  })

  test('a refused connection is tried once more, and only that', async () => {
    const refusal = () =>
      new TypeError('fetch failed', { cause: Object.assign(new Error('no'), { code: 'ECONNREFUSED' }) })
    const found = () =>
      new Response(null, { status: 302, headers: { Location: 'https://checkout.example.org/c/4' } })
    const clientOf = (...outcomes: (() => Response | Error)[]) => {
      let calls = 0
      const fetch = async () => {
        const outcome = outcomes[calls++]!()
        if (outcome instanceof Error) throw outcome
        return outcome
      }
      const options = { baseUrl: 'https://checkout.example.org/v2/', subscriptionKey: 'k', timeoutMs: 1_000 }
      return { client: createCheckoutClient({ ...options, fetch }), calls: () => calls }
    }
    const recovered = clientOf(refusal, found)
    expect(await recovered.client.postCart(cart)).toMatchObject({ kind: 'redirect' })
    const down = clientOf(refusal, refusal, found)
    await expect(down.client.postCart(cart)).rejects.toMatchObject({ retryable: true })
    expect(down.calls()).toBe(2)
    const reset = clientOf(() => new TypeError('fetch failed', { cause: new Error('ECONNRESET') }), found)
    await expect(reset.client.postCart(cart)).rejects.toMatchObject({ retryable: true })
    expect(reset.calls()).toBe(1)
  })

  test('a port where nobody listens is an UpstreamError', async () => {
    const { client } = await checkout(json(500))
    await closing.pop()!()
    await expect(client.postCart(cart)).rejects.toMatchObject({ name: 'UpstreamError', retryable: true })
  })
})

test('a cart without notices, or with six, is our own bug', async () => {
  const { client, requests } = await checkout(json(500))
  await expect(client.postCart({ ...cart, notices: [] })).rejects.toThrow('Invariant broken')
  const six = Array.from({ length: 6 }, () => cart.notices[0]!)
  await expect(client.postCart({ ...cart, notices: six })).rejects.toThrow('Invariant broken')
  expect(requests).toHaveLength(0)
})
