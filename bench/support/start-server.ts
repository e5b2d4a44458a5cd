import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { DatabaseUrls } from '#core/db/roles.ts'
import { MASTER_KEY } from './population.ts'

/** Starts the SOAP endpoint in a child process, with the product's default settings and what `more` sets beside. */
export async function startServer(
  urls: DatabaseUrls,
  signal: AbortSignal,
  more: Readonly<Record<string, string>> = {},
): Promise<{ port: number; stop(): Promise<void> }> {
  const child = fork(fileURLToPath(new URL('pagopa-server.ts', import.meta.url)), [], {
    signal,
    env: {
      PATH: process.env.PATH,
      ...(process.env.NODE_OPTIONS ? { NODE_OPTIONS: process.env.NODE_OPTIONS } : {}),
      LOG_LEVEL: 'warn',
      DATABASE_URL: urls.app,
      RELAY_DATABASE_URL: urls.relay,
      QUEUE_DATABASE_URL: urls.queue,
      MASTER_KEY: MASTER_KEY.toString('base64'),
      PUBLIC_URL: 'http://localhost',
      // Nothing listens there: settling calls neither Checkout nor the mail server.
      SMTP_URL: 'smtp://127.0.0.1:1',
      CHECKOUT_URL: 'http://127.0.0.1:1/',
      CHECKOUT_SUBSCRIPTION_KEY: 'unused',
      ACA_URL: 'http://127.0.0.1:1/',
      ACA_SUBSCRIPTION_KEY: 'unused',
      FDR_URL: 'http://127.0.0.1:1/',
      FDR_SUBSCRIPTION_KEY: 'unused',
      BIZ_EVENTS_URL: 'http://127.0.0.1:1/',
      BIZ_EVENTS_SUBSCRIPTION_KEY: 'unused',
      ...more,
    },
  })
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const port = await new Promise<number>((resolve, reject) => {
    child.once('message', (message: { port: number }) => resolve(message.port))
    child.once('error', reject)
    void gone.then(() => reject(new Error('the server of the bench ended before it listened')))
  })
  // An interruption ends the child; who waits for an answer of it learns that from the connection.
  child.on('error', () => {})
  return {
    port,
    async stop() {
      if (child.connected) child.disconnect()
      await gone
    },
  }
}
