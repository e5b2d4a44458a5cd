import { Agent, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

/** A call of the Node, ready to send. */
export interface Call {
  readonly operation: string
  readonly body: string
}

/**
 * Sends calls at a fixed rate, whether or not the earlier ones were answered, as callers out there do: a server that
 * stalls sees them pile up. Answers the milliseconds of each from when it was due.
 * @throws when one is not answered OK
 */
export async function callOnSchedule(
  port: number,
  perSecond: number,
  calls: readonly Call[],
  signal: AbortSignal,
): Promise<number[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 256 })
  const begun = performance.now()
  try {
    return await Promise.all(
      calls.map(async (call, turn) => {
        const due = begun + (turn * 1000) / perSecond
        await sleep(Math.max(0, due - performance.now()), undefined, { signal })
        await send(agent, port, call)
        return performance.now() - due
      }),
    )
  } finally {
    agent.destroy()
  }
}

function send(agent: Agent, port: number, { operation, body }: Call): Promise<void> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        agent,
        port,
        host: '127.0.0.1',
        method: 'POST',
        path: '/webhooks/pagopa',
        headers: { 'content-type': 'text/xml; charset=utf-8', soapaction: `"${operation}"` },
      },
      (incoming) => {
        let answer = ''
        incoming.setEncoding('utf8')
        incoming.on('data', (text: string) => (answer += text))
        incoming.on('end', () => {
          if (incoming.statusCode === 200 && answer.includes('<outcome>OK</outcome>')) resolve()
          else reject(new Error(`${operation} was answered ${incoming.statusCode} ${answer.slice(-300)}`))
        })
      },
    )
    outgoing.once('error', reject)
    outgoing.end(body)
  })
}
