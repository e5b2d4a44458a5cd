import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { sql } from 'kysely'
import { Migrator, type Migration, type MigrationProvider } from 'kysely/migration'
import { connect } from './connect.ts'
import { roleNames } from './roles.ts'
import type { RoleNames } from './roles.ts'

const folder = fileURLToPath(new URL('../../../migrations', import.meta.url))

/**
 * Brings the database up to date. Migrations only go forward; the migrator's advisory lock makes several processes
 * that start together wait for one another.
 * @param ownerUrl connection string of the owner role, whose name ends in `_owner`
 * @returns the names of the migrations that were applied
 * @throws the first migration's error; nothing of that run stays
 */
export async function migrate(ownerUrl: string): Promise<string[]> {
  const db = connect(ownerUrl, { max: 1 })
  try {
    const owner = await sql<{ name: string }>`select current_user as name`.execute(db)
    const roles = roleNames(owner.rows[0]!.name.replace(/_owner$/, ''))
    const migrator = new Migrator({ db, provider: sqlFiles(roles) })
    const { error, results = [] } = await migrator.migrateToLatest()
    if (error) {
      const failed = results.find(({ status }) => status === 'Error')
      throw new Error(
        `Migration ${failed?.migrationName ?? ''} failed: ${error instanceof Error ? error.message : 'unknown error'}`,
        { cause: error },
      )
    }
    return results.map(({ migrationName }) => migrationName)
  } finally {
    await db.destroy()
  }
}

function sqlFiles(roles: RoleNames): MigrationProvider {
  return {
    async getMigrations() {
      const files = readdirSync(folder).filter((file) => file.endsWith('.sql'))
      return Object.fromEntries(
        files.toSorted().map((file) => [file.slice(0, -4), fromFile(join(folder, file), roles)]),
      )
    },
  }
}

function fromFile(path: string, roles: RoleNames): Migration {
  return {
    async up(db) {
      // The driver sends one command a message; a DO block runs the whole file as one.
      const text = expand(readFileSync(path, 'utf8'), roles)
      await sql.raw(`do $run$ begin execute $file$${text}$file$; end $run$`).execute(db)
    },
  }
}

/**
 * Writes out the few words that migrations use besides SQL (migrations/README.md): the roles' names, and the
 * clauses that every tenant table and every definer function must have in exactly the same form.
 */
export function expand(text: string, roles: RoleNames): string {
  return text.replace(/\{\{([^}]+)\}\}/g, (_, words: string) => {
    const [word = '', ...names] = words.trim().split(/\s+/)
    if (word === 'isolate') return names.map((table) => isolate(table, roles)).join('\n')
    if (word === 'sweep') return names.map((table) => sweep(table, roles)).join('\n')
    if (word === 'app-functions') return names.map((name) => grantFunction(name, roles.app)).join('\n')
    if (word === 'ledger-functions') return ledgerFunctions(names, roles)
    const role = roles[word as keyof RoleNames]
    if (!role) throw new Error(`migration word {{${words}}} is unknown`)
    return role
  })
}

/**
 * What is read is compared with the setting itself: the planner knows its value, and looks for it once. What is written
 * is compared with a subquery, which PostgreSQL asks once a statement and not for each row.
 */
function isolate(table: string, { owner, app, ledger }: RoleNames): string {
  return `
alter table ${table} enable row level security;
alter table ${table} force row level security;
create policy tenant on ${table} to ${app}, ${ledger}
  using (tenant_id = current_setting('app.tenant_id')::uuid)
  with check (tenant_id = (select current_setting('app.tenant_id')::uuid));
create policy owner on ${table} to ${owner} using (true) with check (true);`
}

function sweep(table: string, { relay }: RoleNames): string {
  return `create policy relay on ${table} to ${relay} using (true) with check (true);`
}

function grantFunction(name: string, grantee: string): string {
  return `revoke execute on function ${name} from public;\ngrant execute on function ${name} to ${grantee};`
}

function ledgerFunctions(names: string[], roles: RoleNames): string {
  const statements = names.flatMap((entry) => {
    const [, name = '', grantee = ''] = /^(\w+)\((\w*)\)$/.exec(entry) ?? []
    return [
      `revoke execute on function ${name} from public;`,
      ...(grantee ? [`grant execute on function ${name} to ${roles[grantee as keyof RoleNames]};`] : []),
      `alter function ${name} owner to ${roles.ledger};`,
    ]
  })
  return [
    `grant create on schema public to ${roles.ledger};`,
    ...statements,
    `revoke create on schema public from ${roles.ledger};`,
  ].join('\n')
}
