import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect } from 'vitest'
import type { TestHouse } from './house.ts'

/** An entity as the command's answer tells of it. */
export interface Aboard {
  slug: string
  name: string
  activationCode: string
}

/** Takes an entity aboard as an operator does: `tenant create`, in a process of its own, while the house is open. */
export async function createByCommand({ config, database, sandboxUrl }: TestHouse): Promise<Aboard> {
  const name = 'Comune di Valdorata'
  const folder = mkdtempSync(join(tmpdir(), 'borsellino-command-'))
  const words = ['tenant', 'create', '--name', name, '--creditor-fiscal-code', '66666666666']
  const payments = ['--segregation-code', '12', '--iban', 'IT60X0542811101000000654321']
  const counter = ['--service-id', '00009', '--service-subject-id', '00099']
  const command = ['src/cli.ts', ...words, ...payments, ...counter, '--color', '#8a3b12']
  const environment = {
    ...process.env,
    NODE_ENV: 'test',
    DATA_DIR: folder,
    DATABASE_URL: database.urls.app,
    RELAY_DATABASE_URL: database.urls.relay,
    QUEUE_DATABASE_URL: database.urls.queue,
    PUBLIC_URL: config.PUBLIC_URL,
    MASTER_KEY: config.MASTER_KEY.toString('base64'),
    SMTP_URL: config.SMTP_URL,
    CHECKOUT_URL: config.CHECKOUT_URL,
    CHECKOUT_ORIGINS: config.CHECKOUT_ORIGINS,
    CHECKOUT_SUBSCRIPTION_KEY: config.CHECKOUT_SUBSCRIPTION_KEY,
    ACA_SUBSCRIPTION_KEY: config.ACA_SUBSCRIPTION_KEY,
    FDR_SUBSCRIPTION_KEY: config.FDR_SUBSCRIPTION_KEY,
    BIZ_EVENTS_SUBSCRIPTION_KEY: config.BIZ_EVENTS_SUBSCRIPTION_KEY,
    SANDBOX_URL: sandboxUrl,
  }
  const { stdout } = await promisify(execFile)(process.execPath, command, { env: environment }).finally(() =>
    rmSync(folder, { recursive: true }),
  )
  const activationCode = /activation code +(\d{10})/.exec(stdout)?.[1]
  expect(activationCode, stdout).toBeDefined()
  return { slug: 'valdorata', name, activationCode: activationCode! }
}
