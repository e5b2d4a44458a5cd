import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { prepareDatabase } from '#core/db/roles.ts'
import { keepSandboxMetadata } from './identity.ts'
import { startLocalPostgres } from './postgres.ts'
import { startSandbox, type RunningSandbox } from './sandbox.ts'

/** What a laptop has instead of a data centre, as environment values; and how to put it away again. */
export interface LocalWorld {
  environment: Record<string, string>
  sandbox: RunningSandbox | undefined
  stop(): Promise<void>
}

interface Secrets {
  masterKey: string
  databasePassword: string
}

/**
 * Brings up what the environment does not name: PostgreSQL (where DATABASE_URL is unset), keys, and the simulated
 * outside world. Values that are set are left alone.
 */
export async function setUpLocally(
  given: Readonly<Record<string, string | undefined>>,
  options: { withSandbox: boolean },
): Promise<LocalWorld> {
  const folder = resolve(given.DATA_DIR || '.data')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const secrets = readSecrets(join(folder, 'secrets.json'))
  const port = given.PORT || '3000'
  const sandboxPort = Number(given.SANDBOX_PORT || 3001)
  const sandboxUrl = `http://127.0.0.1:${sandboxPort}`
  const environment: Record<string, string> = {
    PUBLIC_URL: `http://localhost:${port}`,
    MASTER_KEY: secrets.masterKey,
    SANDBOX_URL: sandboxUrl,
    SMTP_URL: `smtp://127.0.0.1:${sandboxPort + 1}`,
    CHECKOUT_URL: `${sandboxUrl}/checkout/ec/v2`,
    CHECKOUT_ORIGINS: sandboxUrl,
    CHECKOUT_SUBSCRIPTION_KEY: 'sandbox',
    ACA_URL: `${sandboxUrl}/aca/v1`,
    ACA_SUBSCRIPTION_KEY: 'sandbox',
    FDR_URL: `${sandboxUrl}/fdr-org/service/v1`,
    FDR_SUBSCRIPTION_KEY: 'sandbox',
    BIZ_EVENTS_URL: `${sandboxUrl}/bizevents/service/v1`,
    BIZ_EVENTS_SUBSCRIPTION_KEY: 'sandbox',
  }
  const stops: (() => Promise<void>)[] = []
  if (!given.DATABASE_URL) {
    const server = await startLocalPostgres({ folder: join(folder, 'database') })
    stops.push(() => server.stop())
    const urls = await prepareDatabase(server.adminUrl, {
      prefix: 'borsellino',
      database: 'borsellino',
      password: secrets.databasePassword,
    })
    Object.assign(environment, {
      DATABASE_URL: urls.app,
      RELAY_DATABASE_URL: urls.relay,
      OWNER_DATABASE_URL: urls.owner,
      QUEUE_DATABASE_URL: urls.queue,
    })
  }
  let sandbox: RunningSandbox | undefined
  if (options.withSandbox) {
    sandbox = await startSandbox({
      port: sandboxPort,
      dataDir: join(folder, 'sandbox'),
      borsellinoUrl: `http://127.0.0.1:${port}`,
      environment: given,
    })
    // The sandbox goes first: it may still be delivering to a server that is about to stop.
    stops.unshift(() => sandbox!.stop())
  }
  const isRunning = options.withSandbox || Boolean(given.SANDBOX_URL)
  const providers = await keepSandboxMetadata(
    given.SANDBOX_URL || sandboxUrl,
    join(folder, 'identity-providers'),
    isRunning,
  )
  if (providers !== undefined) environment.IDP_METADATA_FILES = providers
  return {
    environment: { ...environment, ...definedOf(given) },
    sandbox,
    async stop() {
      for (const stop of stops) await stop()
    },
  }
}

function readSecrets(path: string): Secrets {
  if (existsSync(path)) return JSON.parse(readFileSync(path, 'utf8')) as Secrets
  const secrets = {
    masterKey: randomBytes(32).toString('base64'),
    databasePassword: randomBytes(18).toString('base64url'),
  }
  writeFileSync(path, JSON.stringify(secrets), { mode: 0o600 })
  return secrets
}

function definedOf(given: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(given).filter((entry): entry is [string, string] => Boolean(entry[1])),
  )
}
