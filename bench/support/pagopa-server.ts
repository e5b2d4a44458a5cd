import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import type { AddressInfo } from 'node:net'
import { loadConfig } from '#core/config.ts'
import { openHouse } from '../../src/house.ts'
import { pagopaEndpoint } from '../../src/pagopa/endpoint.ts'

/*
 * The product's SOAP endpoint in a process of its own, so that it does not share an event loop with whoever sends.
 * It does what ROLE=web does: the printing of copies belongs to workers. With BENCH_WORKS it does what ROLE=all does. Started with an IPC channel, over which it
 * tells its port; it ends when that channel does.
 */

const house = await openHouse(loadConfig(process.env))
if (process.env.BENCH_WORKS) await house.startWorking()
const app = new Hono().route('/webhooks/pagopa', pagopaEndpoint(house.services, house.cashier.demand))
const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }, (address: AddressInfo) =>
  process.send!({ port: address.port }),
)

process.once('disconnect', () => {
  server.close()
  if ('closeAllConnections' in server) server.closeAllConnections()
  house.close().then(
    () => process.exit(0),
    () => process.exit(1),
  )
})
