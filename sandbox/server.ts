import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import { Positions } from './aca/positions.ts'
import { sandboxApp } from './app.ts'
import { Calls } from './biz-events/calls.ts'
import { Checkout } from './checkout/checkout.ts'
import { Bank } from './fdr/bank.ts'
import { Flows } from './fdr/flows.ts'
import { Identity } from './identity/identity.ts'
import { Mailbox } from './mailbox/mailbox.ts'
import { listenSmtp } from './mailbox/smtp.ts'
import { PagopaNode } from './node/pagopa-node.ts'
import { defaultBizEventsLimit, defaultTimings } from './options.ts'
import type { SandboxOptions } from './options.ts'
import { Store } from './state/store.ts'
import { Outage } from './web/outage.ts'
import { Registry } from './world/registry.ts'

/** A running sandbox. */
export interface Sandbox {
  readonly url: string
  readonly smtpPort: number
  /** Ends requests and deliveries under way, then lets go of both ports. */
  close(): Promise<void>
}

/**
 * Starts the simulated world in this process.
 * @throws Error when a port is taken
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { port = 0, smtpPort = 0, host = '127.0.0.1', borsellinoUrl = 'http://127.0.0.1:3000' } = options
  const now = options.now ?? (() => new Date())
  const timings = { ...defaultTimings, ...options.timings }
  const store = new Store(options.dataDir)
  const registry = new Registry(store, { borsellinoUrl, now })
  const positions = new Positions(store, registry, now)
  const node = new PagopaNode({ store, registry, positions, timings, now })
  const checkout = new Checkout(store, node, now)
  const flows = new Flows(store, registry, now)
  const bank = new Bank(store, flows, now)
  const calls = new Calls(store, { ...defaultBizEventsLimit, ...options.bizEvents }, now)
  const outages = {
    aca: new Outage(store, 'aca', now),
    fdr: new Outage(store, 'fdr', now),
    bizEvents: new Outage(store, 'biz-events', now),
    checkout: new Outage(store, 'checkout', now),
  }
  const mailbox = new Mailbox(store, now)

  const smtp = await listenSmtp(mailbox, { host, port: smtpPort })
  let url = ''
  const addresses = () => ({ url, smtpUrl: `smtp://${host}:${smtp.port}` })
  const identity = new Identity({ store, registry, url: () => url, now })
  const app = sandboxApp({
    registry,
    positions,
    node,
    checkout,
    flows,
    bank,
    calls,
    outages,
    mailbox,
    identity,
    borsellinoUrl,
    addresses,
    now,
    keys: options.subscriptionKeys,
  })
  const server = createAdaptorServer({ fetch: app.fetch }) as Server
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(port, host, resolve)
    })
  } catch (error) {
    await smtp.close()
    throw error
  }
  url = options.publicUrl ?? `http://${host}:${(server.address() as AddressInfo).port}`
  node.deliveries.resume()

  return {
    url,
    smtpPort: smtp.port,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeIdleConnections()
      await Promise.all([node.deliveries.close(), smtp.close()])
      server.closeAllConnections()
      await closed
    },
  }
}
