import { createServer } from 'node:net'
import { serve } from '@hono/node-server'
import { ConfigError, loadConfig, type Config } from './core/config.ts'
import { openHouse, type House } from './house.ts'
import { createWeb } from './web.ts'

/** The composition root: environment → database → house → faces, and the way back when we are asked to stop. */
async function main(): Promise<void> {
  const given = process.env
  const production = given.NODE_ENV === 'production'
  await assertPortFree(Number(given.PORT || 3000), given.HOST || '127.0.0.1')
  const local = production ? undefined : await import('./local/setup.ts')
  const world = await local?.setUpLocally(given, { withSandbox: !given.SANDBOX_URL })
  const config = loadConfig(world?.environment ?? given)
  const house = await openHouse(config)
  const stopServing = config.ROLE === 'worker' ? undefined : listen(createWeb(house), config)
  // The simulated world knows the entities before anything of theirs is announced to it.
  if (world) await demonstrate(house, config)
  if (config.ROLE !== 'web') await house.startWorking()
  house.services.log.info({ role: config.ROLE, port: config.PORT, queue: house.queues.backend }, 'ready')
  stopOnSignal(async () => {
    await stopServing?.()
    await house.close()
    await world?.stop()
  })
}

function listen(app: ReturnType<typeof createWeb>, config: Config): () => Promise<void> {
  const server = serve({ fetch: app.fetch, port: config.PORT, hostname: config.HOST })
  return () =>
    new Promise((done) => {
      server.close(() => done())
      // Idle keep-alive connections would hold the server open; what is being answered is finished.
      if ('closeIdleConnections' in server) server.closeIdleConnections()
      setTimeout(() => 'closeAllConnections' in server && server.closeAllConnections(), 5_000).unref()
    })
}

/** Demo data and the words that a newcomer needs. */
async function demonstrate(house: House, config: Config): Promise<void> {
  const { seedDemo, introduceAll } = await import('./local/demo/seed.ts')
  const { greeting } = await import('./local/greeting.ts')
  const entities = await seedDemo(house)
  if (config.SANDBOX_URL) await introduceAll(house, config.SANDBOX_URL, entities)
  console.log(greeting(config, entities, house.services.clock.now()))
}

function stopOnSignal(stop: () => Promise<void>): void {
  let stopping = false
  const end = () => {
    if (stopping) return
    stopping = true
    // Whatever hangs, the process ends; PostgreSQL and the sandbox end with our side of their pipes.
    setTimeout(() => process.exit(1), 15_000).unref()
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(error)
        process.exit(1)
      },
    )
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end)
}

/** Says at once, before anything is started, that another program has the port. */
async function assertPortFree(port: number, host: string): Promise<void> {
  await new Promise<void>((free, taken) => {
    const probe = createServer()
    probe.once('error', (error: NodeJS.ErrnoException) =>
      taken(
        error.code === 'EADDRINUSE'
          ? new ConfigError(
              `Port ${port} is in use: is Borsellino running already? Choose another with PORT=….`,
            )
          : error,
      ),
    )
    probe.listen(port, host, () => probe.close(() => free()))
  })
}

main().catch((error: unknown) => {
  console.error(error instanceof ConfigError ? error.message : error)
  process.exit(1)
})
