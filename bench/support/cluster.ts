import { randomBytes } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { connect, openPool, type Db, type Pool } from '#core/db/connect.ts'
import { invariant } from '#core/errors.ts'
import { migrate } from '#core/db/migrate.ts'
import { prepareDatabase, type DatabaseUrls } from '#core/db/roles.ts'
import { startLocalPostgres } from '../../src/local/postgres.ts'

/** A PostgreSQL of the bench's own, with durable settings, that leaves nothing behind. */
export interface Cluster {
  readonly version: string
  /** Folder of the data files, whose disk is what fsync waits for. */
  readonly dataFolder: string
  /** A new, migrated database of the product. */
  createDatabase(): Promise<BenchDatabase>
  /** A new database that knows nothing of the product, as the superuser. */
  createBareDatabase(): Promise<{ url: string; drop(): Promise<void> }>
  /** Writes everything out, so that no slice pays for what was filled in before it. */
  settleDown(): Promise<void>
  stop(): Promise<void>
}

export interface BenchDatabase {
  readonly urls: DatabaseUrls
  /**
   * The superuser, without policies or foreign keys, to fill tables fast with rows like the product's own. Whatever
   * is measured runs as the app role.
   */
  readonly filler: Pool
  readonly app: Pool
  /** Kysely as the app role. */
  readonly db: Db
  drop(): Promise<void>
}

/** Starts the server on a fresh folder in .data/, with the memory that docs/operations.md asks for on a small machine. */
export async function startCluster(): Promise<Cluster> {
  const prefix = `bench-${randomBytes(4).toString('hex')}`
  const server = await startLocalPostgres({ folder: join('.data', prefix), sharedBuffers: '1GB' })
  const admin = openPool(server.adminUrl, { max: 1 })
  const [facts] = await admin<[{ version: string; data: string }]>`
    select current_setting('server_version') as version, current_setting('data_directory') as data`
  // Checkpoints come between slices, not inside them; what a commit waits for stays the same.
  await admin.unsafe("alter system set max_wal_size = '8GB'")
  await admin.unsafe("alter system set checkpoint_timeout = '1h'")
  // A server that has been running for a while writes over old files of its log; a new one would make each of them first.
  await admin.unsafe("alter system set min_wal_size = '4GB'")
  await admin`select pg_reload_conf()`
  // The roles are the server's, not the databases': one password for all of them.
  const roles = { prefix: 'borsellino_bench', password: randomBytes(18).toString('base64url') }
  let serial = 0
  const drop = (name: string) => admin.unsafe(`drop database if exists ${name} with (force)`)
  return {
    version: facts.version,
    dataFolder: facts.data,
    async createDatabase() {
      const name = `bench_${++serial}`
      const urls = await prepareDatabase(server.adminUrl, { ...roles, database: name })
      await migrate(urls.owner)
      const filler = openPool(databaseUrl(server.adminUrl, name), { max: 1 })
      await filler`set session_replication_role = replica`
      await filler`set work_mem = '256MB'`
      const app = openPool(urls.app, { max: 4 })
      const db = connect(urls.app, { max: 2 })
      return {
        urls,
        filler,
        app,
        db,
        async drop() {
          await Promise.all([filler.end({ timeout: 1 }), app.end({ timeout: 1 }), db.destroy()])
          await drop(name)
        },
      }
    },
    async createBareDatabase() {
      const name = `bare_${++serial}`
      await admin.unsafe(`create database ${name}`)
      return { url: databaseUrl(server.adminUrl, name), drop: async () => void (await drop(name)) }
    },
    async settleDown() {
      await admin`checkpoint`
    },
    async stop() {
      await admin.end({ timeout: 1 })
      await server.stop()
      const home = dirname(facts.data)
      invariant(basename(home).endsWith(prefix), `${home} is not the bench's own folder`)
      await rm(home, { recursive: true, force: true })
    },
  }
}

function databaseUrl(adminUrl: string, name: string): string {
  const url = new URL(adminUrl)
  url.pathname = `/${name}`
  return url.href
}
