import { parseArgs } from 'node:util'
import { formatDateTime } from '../core/clock.ts'
import { inTenant } from '../core/db/tenant.ts'
import type { House } from '../house.ts'
import {
  createOperator,
  disableOperator,
  resetOperator,
  type TemporaryPassword,
} from '../tenants/operators/accounts.ts'
import { disableStaff } from '../tenants/staff/roles.ts'
import { resetSecondFactor } from '../tenants/sign-in/second-factor.ts'
import { withHouse, type Command, type Environment } from './command.ts'

const options = { username: { type: 'string' }, name: { type: 'string' } } as const

export const operatorCommands: readonly Command[] = [
  {
    name: 'operator create',
    usage: '--username u.bianchi --name "Ugo Bianchi"',
    purpose: 'adds somebody who runs the installation; prints a password for the first sign-in at /gestione/',
    run: (args, environment) => {
      const { username, name } = parseArgs({ args, options, strict: true }).values
      if (!username || !name) return missing('--username and --name')
      return withHouse(environment, async ({ services }, { PUBLIC_URL }) => {
        const made = await createOperator(services.db, { username, name }, services.clock.now())
        show(PUBLIC_URL, username, made)
      })
    },
  },
  {
    name: 'operator reset',
    usage: '--username u.bianchi',
    purpose:
      'prints a new first password for an operator who has lost phone or password, and ends their sessions',
    run: (args, environment) => {
      const { username } = parseArgs({ args, options, strict: true }).values
      if (!username) return missing('--username')
      return withHouse(environment, async ({ services }, { PUBLIC_URL }) => {
        show(PUBLIC_URL, username, await resetOperator(services.db, username, services.clock.now()))
      })
    },
  },
  {
    name: 'operator disable',
    usage: '--username u.bianchi',
    purpose: 'ends an operator’s sign-in for good; what they did stays in the log',
    run: (args, environment) => {
      const { username } = parseArgs({ args, options, strict: true }).values
      if (!username) return missing('--username')
      return withHouse(environment, async ({ services }) => {
        await disableOperator(services.db, username, services.clock.now())
        console.log(`${username} cannot sign in any more.`)
      })
    },
  },
  {
    name: 'staff reset',
    usage: '<slug> <username>',
    purpose: 'takes away the second factor of an entity’s staff, when no administrator of theirs can',
    run: ([slug, username], environment) =>
      withStaff(environment, slug, username, async ({ services }, tenantId, accountId) => {
        await resetSecondFactor(services.db, tenantId, accountId, { kind: 'system' }, services.clock.now())
        console.log(`${username} sets up another second factor at the next sign-in.`)
      }),
  },
  {
    name: 'staff disable',
    usage: '<slug> <username>',
    purpose: 'closes an account of an entity’s staff, but the last administrator’s',
    run: ([slug, username], environment) =>
      withStaff(environment, slug, username, async ({ services }, tenantId, accountId) => {
        await disableStaff(services.db, { tenantId, by: null, accountId }, services.clock.now())
        console.log(`${username} cannot sign in any more. An invitation brings them back.`)
      }),
  },
]

async function missing(what: string): Promise<number> {
  console.error(`Missing: ${what}`)
  return 1
}

function show(publicUrl: string, username: string, { password, until }: TemporaryPassword): void {
  console.log(`  sign in at   ${publicUrl}/gestione/`)
  console.log(`  as           ${username} / ${password}   (shown once, good until ${formatDateTime(until)})`)
  console.log('  The first sign-in asks for a password of one’s own and sets the phone up.')
}

async function withStaff(
  environment: Environment,
  slug: string | undefined,
  username: string | undefined,
  work: (house: House, tenantId: string, accountId: string) => Promise<void>,
): Promise<number> {
  if (!slug || !username) return missing('the entity and the user name')
  return withHouse(environment, async (house) => {
    const { services, registry } = house
    const tenant = await registry.bySlug(slug)
    const row =
      tenant &&
      (await inTenant(services.db, tenant.id, (tx) =>
        tx
          .selectFrom('passwords')
          .select('account_id')
          .where('tenant_id', '=', tenant.id)
          .where('username', '=', username.toLowerCase())
          .executeTakeFirst(),
      ))
    if (!row) {
      console.error(tenant ? `No ${username} at ${slug}.` : `No entity ${slug} here.`)
      return 1
    }
    await work(house, tenant.id, row.account_id)
    return 0
  })
}
