import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { roleNames } from '#core/db/roles.ts'
import { TEST_PREFIX } from './support/cluster.ts'
import { testDatabase } from './support/database.ts'

const { owner } = await testDatabase()
const roles = roleNames(TEST_PREFIX)

/** Tables of the whole installation. A new one must be weighed before it is named here. */
const WITHOUT_TENANT = [
  'aggregator_keys',
  'call_budgets',
  'identity_metadata',
  'installation',
  'kysely_migration',
  'kysely_migration_lock',
  'operator_audit_log',
  'operator_sessions',
  'operators',
  'recurring_runs',
  'tenants',
  'unrouted_receipts',
]

async function column<Value = string>(query: ReturnType<typeof sql<{ value: Value }>>): Promise<Value[]> {
  return (await query.execute(owner)).rows.map(({ value }) => value)
}

const tenantTables = await column(sql<{ value: string }>`
  select c.relname as value from pg_class c
  join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
  where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace order by 1`)

describe('every table of a tenant', () => {
  test('is known, and every other table is on the list of those without a tenant', async () => {
    const others = await column(sql<{ value: string }>`
      select c.relname as value from pg_class c where c.relkind in ('r', 'v', 'm', 'p', 'f')
        and c.relnamespace = 'public'::regnamespace and c.relname <> all (${tenantTables}) order by 1`)
    expect(others).toEqual(WITHOUT_TENANT)
    expect(tenantTables.length).toBeGreaterThan(20)
  })

  test.each(tenantTables)(
    '%s has row-level security, forced, and a policy that fails loudly',
    async (table) => {
      const [state] = await column<[boolean, boolean]>(sql`
      select array[relrowsecurity, relforcerowsecurity] as value from pg_class where oid = ${table}::regclass`)
      expect(state).toEqual([true, true])
      const { rows } = await sql<{ name: string; roles: string[]; expression: string; check: string }>`
      select policyname as name, roles::text[], qual as expression, with_check as check
      from pg_policies where schemaname = 'public' and tablename = ${table} order by 1`.execute(owner)
      const setting = "(current_setting('app.tenant_id'::text))::uuid"
      expect(rows).toContainEqual({ name: 'owner', roles: [roles.owner], expression: 'true', check: 'true' })
      expect(rows).toContainEqual({
        name: 'tenant',
        roles: [roles.app, roles.ledger],
        expression: `(tenant_id = ${setting})`,
        // Asked once a statement: the setting itself would be read for each row that is written.
        check: `(tenant_id = ( SELECT ${setting} AS current_setting))`,
      })
      const swept = [
        'app_sign_in_codes',
        'attendance_lists',
        'email_confirmations',
        'guesses',
        'idempotency_keys',
        'identity_requests',
        'identity_traces',
        'imports',
        'outbox',
        'password_resets',
        'receipt_recoveries',
        'receipts',
        'refresh_families',
        'refresh_tokens',
        'sessions',
        'sign_in_handovers',
        'staff_tokens',
        'top_ups',
      ].includes(table)
      // Besides, what was submitted to a registry may not be deleted: a rule that only takes away.
      const narrowed = table === 'identity_registrations' ? [['only_drafts', [roles.app]]] : []
      expect(
        rows
          .filter(({ name }) => name !== 'owner' && name !== 'tenant')
          .map(({ name, roles }) => [name, roles]),
      ).toEqual([...narrowed, ...(swept ? [['relay', [roles.relay]]] : [])])
    },
  )

  test.each(tenantTables)(
    '%s has the tenant first in every unique key and on both sides of every foreign key',
    async (table) => {
      const keys = await column(sql<{ value: string }>`
      select a.attname as value from pg_index i
      join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
      where i.indrelid = ${table}::regclass and i.indisunique`)
      expect(new Set(keys)).toEqual(new Set(['tenant_id']))
      const { rows } = await sql<{ name: string; here: string; there: string; target: string }>`
      select k.conname as name, k.confrelid::regclass::text as target,
        (select attname from pg_attribute where attrelid = k.conrelid and attnum = k.conkey[1]) as here,
        (select attname from pg_attribute where attrelid = k.confrelid and attnum = k.confkey[1]) as there
      from pg_constraint k where k.conrelid = ${table}::regclass and k.contype = 'f'`.execute(owner)
      for (const key of rows) {
        expect(key.here, key.name).toBe('tenant_id')
        expect(key.there, key.name).toBe(key.target === 'tenants' ? 'id' : 'tenant_id')
      }
    },
  )
})

describe('the roles', () => {
  test('are none of them superuser, owner of tables for app, or free of row-level security', async () => {
    const { rows } = await sql`
      select rolname from pg_roles where rolname like ${`${TEST_PREFIX}_%`} and (rolsuper or rolbypassrls)`.execute(
      owner,
    )
    expect(rows).toEqual([])
    const owners = await column(sql<{ value: string }>`
      select distinct tableowner as value from pg_tables where schemaname = 'public'`)
    expect(owners).toEqual([roles.owner])
  })

  test('may not truncate, and app may write money’s columns nowhere', async () => {
    const { rows } = await sql<{ grantee: string; table_name: string; privilege_type: string }>`
      select grantee, table_name, privilege_type from information_schema.role_table_grants
      where grantee in (${roles.app}, ${roles.ledger}, ${roles.relay}) and privilege_type in ('TRUNCATE', 'TRIGGER', 'REFERENCES')`.execute(
      owner,
    )
    expect(rows).toEqual([])
    // ANALYZE of what files are written to, by the one function that says so.
    const maintained = await column(sql<{ value: string }>`
      select distinct c.relname as value from pg_class c, aclexplode(c.relacl) a
      where a.privilege_type = 'MAINTAIN' and a.grantee = any (${[roles.app, roles.relay, roles.ledger]}::regrole[]) order by 1`)
    expect(maintained).toEqual([
      'accounts',
      'children',
      'classes',
      'enrolments',
      'ledger_transactions',
      'placements',
      'wallets',
    ])
    const written = await column(sql<{ value: string }>`
      select table_name || '.' || column_name || ' ' || privilege_type as value from information_schema.column_privileges
      where grantee = ${roles.app} and privilege_type in ('INSERT', 'UPDATE')
        and (table_name in ('receipts', 'ledger_transactions', 'ledger_postings', 'receipt_settlements', 'call_budgets', 'meal_charges', 'meal_problems')
          or (table_name, column_name) in (('wallets', 'balance_cents'), ('wallets', 'movements'), ('top_ups', 'state')))`)
    expect(written).toEqual([])
  })
})

describe('the functions', () => {
  test('that run with the ledger’s rights are its own, with a fixed search path, and closed to everybody else', async () => {
    const { rows } = await sql<{ name: string; owner: string; path: string[]; open: boolean }>`
      select p.proname as name, pg_get_userbyid(p.proowner) as owner, p.proconfig as path,
        has_function_privilege('public', p.oid, 'execute') as open
      from pg_proc p where p.pronamespace = 'public'::regnamespace and p.prosecdef order by 1`.execute(owner)
    expect(rows.length).toBeGreaterThan(5)
    for (const one of rows) {
      expect(one).toMatchObject({ owner: roles.ledger, path: ['search_path=public, pg_temp'], open: false })
    }
  })

  test('that write money directly can be called by nobody but the ledger', async () => {
    const [callable] = await column<boolean>(sql`
      select has_function_privilege(${roles.app}, p.oid, 'execute') as value from pg_proc p where p.proname = 'ledger_book'`)
    expect(callable).toBe(false)
  })

  test('have no trigger and no sequence beside them on tenant tables', async () => {
    const triggers = await column(
      sql<{ value: string }>`select tgname as value from pg_trigger where not tgisinternal`,
    )
    const sequences = await column(sql<{ value: string }>`
      select relname as value from pg_class where relkind = 'S' and relnamespace = 'public'::regnamespace`)
    expect([triggers, sequences]).toEqual([[], []])
  })
})
