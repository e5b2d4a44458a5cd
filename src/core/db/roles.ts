import postgres from 'postgres'
import { invariant } from '../errors.ts'

/** The database roles of one installation. All but ledger sign in; queue owns only BullMQ's schema. */
export interface RoleNames {
  owner: string
  ledger: string
  app: string
  relay: string
  queue: string
}

/** Connection strings of the roles that sign in. */
export interface DatabaseUrls {
  owner: string
  app: string
  relay: string
  queue: string
}

/** Roles belong to a whole PostgreSQL server, so their names carry the installation's prefix. */
export function roleNames(prefix: string): RoleNames {
  invariant(/^[a-z][a-z0-9_]{0,40}$/.test(prefix), `role prefix ${prefix} is not a plain name`)
  const name = (role: string) => `${prefix}_${role}`
  return {
    owner: name('owner'),
    ledger: name('ledger'),
    app: name('app'),
    relay: name('relay'),
    queue: name('queue'),
  }
}

/**
 * Makes the roles and an empty database owned by the owner role; what is there already stays, passwords are set anew.
 * @param adminUrl connection string of a superuser, or of a role that may create roles and databases
 */
export async function prepareDatabase(
  adminUrl: string,
  options: { prefix: string; database: string; password: string },
): Promise<DatabaseUrls> {
  const { prefix, database, password } = options
  invariant(/^[a-z][a-z0-9_]{0,60}$/.test(database), `database name ${database} is not a plain name`)
  invariant(/^[A-Za-z0-9_-]{12,}$/.test(password), 'database password must be 12 or more URL-safe characters')
  const roles = roleNames(prefix)
  const admin = postgres(adminUrl, { max: 1, fetch_types: false, onnotice: () => {} })
  try {
    for (const [role, name] of Object.entries(roles)) {
      const [known] = await admin`select 1 from pg_roles where rolname = ${name}`
      if (!known) await admin.unsafe(`create role ${name} nosuperuser nobypassrls`)
      if (role !== 'ledger') await admin.unsafe(`alter role ${name} login password '${password}'`)
    }
    await admin.unsafe(`grant ${roles.ledger} to ${roles.owner}`)
    const [exists] = await admin`select 1 from pg_database where datname = ${database}`
    if (!exists) await admin.unsafe(`create database ${database} owner ${roles.owner}`)
    await admin.unsafe(`grant create on database ${database} to ${roles.queue}`)
  } finally {
    await admin.end()
  }
  const url = (role: string) => {
    const made = new URL(adminUrl)
    made.username = role
    made.password = password
    made.pathname = `/${database}`
    return made.href
  }
  return { owner: url(roles.owner), app: url(roles.app), relay: url(roles.relay), queue: url(roles.queue) }
}
