import { randomBytes } from 'node:crypto'
import postgres from 'postgres'
import { afterAll, inject } from 'vitest'
import { connect, type Db } from '#core/db/connect.ts'
import { roleNames, type DatabaseUrls } from '#core/db/roles.ts'
import { TEST_PASSWORD, TEST_PREFIX } from './cluster.ts'

export interface TestDatabase {
  urls: DatabaseUrls
  adminUrl: string
  /** As the app role, under row-level security. */
  app: Db
  relay: Db
  owner: Db
  drop(): Promise<void>
}

/** A fresh, migrated database for one test file; dropped when the file has run. */
export async function testDatabase(): Promise<TestDatabase> {
  const { adminUrl, template } = inject('cluster')
  const name = `test_${randomBytes(8).toString('hex')}`
  const roles = roleNames(TEST_PREFIX)
  const admin = postgres(adminUrl, { max: 1, onnotice: () => {} })
  // Only one clone of a template can be made at a time: wait for the others.
  await admin`select pg_advisory_lock(4711)`
  await admin.unsafe(`create database ${name} template ${template} owner ${roles.owner}`)
  await admin.unsafe(`grant create on database ${name} to ${roles.queue}`)
  await admin`select pg_advisory_unlock(4711)`
  const url = (role: string) => {
    const made = new URL(adminUrl)
    made.username = role
    made.password = TEST_PASSWORD
    made.pathname = `/${name}`
    return made.href
  }
  const urls = {
    owner: url(roles.owner),
    app: url(roles.app),
    relay: url(roles.relay),
    queue: url(roles.queue),
  }
  const pools = {
    app: connect(urls.app),
    relay: connect(urls.relay, { max: 3 }),
    owner: connect(urls.owner, { max: 2 }),
  }
  const superuser = new URL(adminUrl)
  superuser.pathname = `/${name}`
  const database: TestDatabase = {
    urls,
    adminUrl: superuser.href,
    ...pools,
    async drop() {
      await Promise.all(Object.values(pools).map((pool) => pool.destroy()))
      await admin.unsafe(`drop database if exists ${name} with (force)`)
      await admin.end()
    },
  }
  afterAll(() => database.drop())
  return database
}
