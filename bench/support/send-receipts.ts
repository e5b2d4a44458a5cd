import { connect, type Socket } from 'node:net'
import { once } from 'node:events'
import { receiptMessage } from './receipt-message.ts'

/** Receipts to send, and over how many connections. */
export interface Sending {
  readonly port: number
  readonly connections: number
  readonly timesEach: number
  /** The tenant and running number of the n-th message. */
  readonly target: (n: number) => { tenant: number; running: number }
  readonly signal: AbortSignal
}

/**
 * Sends receipts over HTTP, each connection waiting for its answer before the next: answers per second. Plain
 * sockets, because on few cores what a full HTTP client costs would be counted against the server.
 * @throws when an answer is not OK
 */
export async function sendReceipts({
  port,
  connections,
  timesEach,
  target,
  signal,
}: Sending): Promise<number> {
  const sockets: Socket[] = []
  try {
    for (let count = 0; count < connections; count++) {
      const socket = connect({ port, host: '127.0.0.1', noDelay: true })
      sockets.push(socket)
      await once(socket, 'connect', { signal })
    }
    const started = performance.now()
    await Promise.all(
      sockets.map((socket, place) =>
        sendInTurn(socket, timesEach, (turn) => target(turn * connections + place)),
      ),
    )
    return (connections * timesEach) / ((performance.now() - started) / 1000)
  } finally {
    for (const socket of sockets) socket.destroy()
  }
}

function sendInTurn(
  socket: Socket,
  times: number,
  target: (turn: number) => ReturnType<Sending['target']>,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let turn = 0
    let answer = ''
    const send = () => {
      const { tenant, running } = target(turn)
      const body = receiptMessage(tenant, running)
      socket.write(HEAD + String(Buffer.byteLength(body)) + '\r\n\r\n' + body)
    }
    socket.setEncoding('utf8')
    socket.on('data', (text: string) => {
      answer += text
      const length = lengthOf(answer)
      if (length === undefined || answer.length < length) return
      if (!answer.startsWith('HTTP/1.1 200 ') || !answer.includes('<outcome>OK</outcome>')) {
        reject(new Error(`a receipt was not taken: ${answer.slice(0, 12)} ${answer.slice(-300)}`))
        return
      }
      answer = ''
      if (++turn === times) resolve()
      else send()
    })
    socket.setTimeout(PATIENCE_MS, () => reject(new Error('the server does not answer')))
    socket.on('error', reject)
    socket.on('close', () => reject(new Error('the server closed a connection')))
    send()
  })
}

const PATIENCE_MS = 20_000

const HEAD =
  'POST /webhooks/pagopa HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/xml; charset=utf-8\r\n' +
  'SOAPAction: "paSendRTV2"\r\nContent-Length: '

/**
 * The length of an answer with its head, once the head is there: without one it would never come whole.
 * Our answers to a receipt are ASCII, so characters are bytes.
 */
function lengthOf(answer: string): number | undefined {
  const end = answer.indexOf('\r\n\r\n')
  if (end < 0) return undefined
  const body = /content-length: (\d+)/i.exec(answer.slice(0, end))?.[1]
  return end + 4 + (body === undefined ? Infinity : Number(body))
}
