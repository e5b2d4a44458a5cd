import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A cart as Checkout was asked for it. */
export interface AskedCart {
  paymentNotices: {
    noticeNumber: string
    fiscalCode: string
    amount: number
    companyName: string
    description: string
  }[]
  returnUrls: Record<'returnOkUrl' | 'returnCancelUrl' | 'returnErrorUrl' | 'returnWaitingUrl', string>
  idCart: string
  allCCP?: boolean
  emailNotice?: string
}

type Answer = (response: ServerResponse, cart: AskedCart) => void | Promise<void>

/** A Checkout that answers as the test tells it, and remembers what it was asked. */
export interface ScriptedCheckout {
  readonly url: string
  readonly asked: AskedCart[]
  /** How it answers from now on; a cart of its own for each question when left out. */
  answerWith(answer?: Answer): void
  close(): Promise<void>
}

/** Starts one on loopback. */
export async function startCheckout(): Promise<ScriptedCheckout> {
  const asked: AskedCart[] = []
  const opens: Answer = (response) => {
    response.writeHead(302, { location: `https://checkout.example.org/c/${asked.length}` }).end()
  }
  let answer = opens
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    let body = ''
    for await (const chunk of request.setEncoding('utf8')) body += chunk as string
    const cart = JSON.parse(body) as AskedCart
    asked.push(cart)
    await answer(response, cart)
  }
  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => response.writeHead(599).end(String(error)))
  }).listen(0, '127.0.0.1')
  await new Promise((done) => server.once('listening', done))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v2`,
    asked,
    answerWith: (next = opens) => void (answer = next),
    async close() {
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
    },
  }
}
