import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import postgres from 'postgres'
import type { TestProject } from 'vitest/node'
import { migrate } from '#core/db/migrate.ts'
import { prepareDatabase, type DatabaseUrls } from '#core/db/roles.ts'
import { RUNNING } from './process.ts'
import { isLocalPostgresRunning, startLocalPostgres } from '../../src/local/postgres.ts'

declare module 'vitest' {
  interface ProvidedContext {
    cluster: { adminUrl: string; template: string }
  }
}

export const TEST_PASSWORD = 'only-for-tests-on-loopback'
export const TEST_PREFIX = 'borsellino_test'

/** Starts one PostgreSQL for the whole run, kept warm between runs, and migrates a template database once. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  // Two runs at the same time get a server each: the one that ends first would take the other's away.
  const slots = Array.from({ length: 9 }, (_, slot) => `.data/test-${slot}`)
  const folder = slots.find((one) => !isLocalPostgresRunning({ folder: one, disposable: true }))
  if (!folder) throw new Error('too many test runs at the same time')
  const server = await startLocalPostgres({ folder, disposable: true })
  const template = `template_${hashOfMigrations()}`
  await removeLeftovers(server.adminUrl, template)
  const urls: DatabaseUrls = await prepareDatabase(server.adminUrl, {
    prefix: TEST_PREFIX,
    database: template,
    password: TEST_PASSWORD,
  })
  await migrate(urls.owner)
  project.provide('cluster', { adminUrl: server.adminUrl, template })
  const removeTemporaryFolder = openTemporaryFolder()
  return async () => {
    removeTemporaryFolder()
    await server.stop()
  }
}

/**
 * Whatever tests and browsers leave in the temporary folder, also when they fail or are killed, goes when the run ends; and
 * so do programs that they left running.
 */
function openTemporaryFolder(): () => void {
  process.env.LASTING_TMPDIR = tmpdir()
  const folder = mkdtempSync(join(tmpdir(), 'borsellino-run-'))
  process.env.TMPDIR = folder
  return () => {
    for (const file of readdirSync(folder).filter((name) => name.startsWith(RUNNING))) end(file)
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
  }
}

/** Asks a program to end, and its own children with it; it may just have. */
function end(file: string): void {
  try {
    process.kill(Number(file.slice(RUNNING.length)), 'SIGTERM')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

function hashOfMigrations(): string {
  const hash = createHash('sha256').update(readFileSync('src/core/db/migrate.ts'))
  for (const file of readdirSync('migrations').toSorted()) hash.update(readFileSync(`migrations/${file}`))
  return hash.digest('hex').slice(0, 16)
}

async function removeLeftovers(adminUrl: string, template: string): Promise<void> {
  const admin = postgres(adminUrl, { max: 1, onnotice: () => {} })
  const databases = await admin<{ datname: string }[]>`
    select datname from pg_database where (datname like 'test\\_%' or datname like 'template\\_%') and datname <> ${template}`
  for (const { datname } of databases) await admin.unsafe(`drop database if exists "${datname}" with (force)`)
  await admin.end()
}
