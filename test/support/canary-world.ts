import type postgres from 'postgres'
import { createLog } from '#core/log.ts'
import type { Tenant } from '#core/tenant.ts'
import type { StaffRole } from '#tenants/people/guardians.ts'
import { canaryFamily, canaryImports, type CanaryFamily } from './canary-families.ts'
import { openTestHouse, type TestHouse } from './house.ts'
import { hire } from './office.ts'
import { officeEntity, type OfficeEntity } from './office-entity.ts'
import { until } from './process.ts'

/** The families of two entities, each known by a word that stands nowhere else. */
const WORDS = [
  ['zyxarossi', 'zyxaverdi'],
  ['zyxbneri', 'zyxbgialli'],
] as const

/** A letter as a crawler sees a page: its address says to whom it went. */
export interface SentLetter {
  readonly to: string
  readonly address: string
  readonly text: string
}

/** Two entities with one thing of every kind, their families, and what the house has logged since it opened. */
export async function openCanaryWorld() {
  const lines: string[] = []
  const log = createLog('debug', { write: (line: string) => lines.push(line) })
  const world = await openTestHouse({}, {}, { log })
  const entities = new Map<Tenant, OfficeEntity>()
  const families: CanaryFamily[] = []
  /** Of each entity a file with rows of all its families, taken in. */
  const imports = new Map<Tenant, string>()
  const familyOf = (tenant: Tenant) => families.filter((family) => family.tenant === tenant)
  for (const [place, words] of WORDS.entries()) {
    const entity = await officeEntity(world, {
      // Numbers of notices are told apart by it: two creditors may have the same.
      segregationCode: `0${place + 1}`,
      // A receipt's copy can be downloaded at once.
      policies: { receiptCopyDelayDays: 0 },
    })
    const { tenant } = entity
    entities.set(tenant, entity)
    for (const word of words) families.push(await canaryFamily(world, tenant, word))
    imports.set(tenant, await canaryImports(world, familyOf(tenant)))
  }
  await refusedLetter(world, families[0]!, lines)

  const { sessions } = world.house
  return {
    world,
    entities,
    families,
    familyOf,
    imports,
    lines,
    letters: () => lettersOf(world),
    /** A parent, signed in. */
    async parentHeaders({ tenant, accountId }: CanaryFamily): Promise<{ cookie: string }> {
      const { token } = await sessions.begin(tenant.id, accountId, 'portal')
      return { cookie: `borsellino-${tenant.slug}=${token}` }
    },
    /** Somebody of an entity's staff, signed in. */
    async staffHeaders(tenant: Tenant, role: StaffRole): Promise<{ cookie: string }> {
      const { accountId } = await hire(world, tenant, role)
      const { token } = await sessions.begin(tenant.id, accountId, 'office')
      return { cookie: `borsellino_ufficio-${tenant.slug}=${token}` }
    },
  }
}

/** Every letter of the simulated mailbox, once for each address it went to. */
async function lettersOf({ sandboxUrl }: TestHouse): Promise<SentLetter[]> {
  const response = await fetch(`${sandboxUrl}/api/mailbox`)
  const { messages } = (await response.json()) as {
    messages: { to: string[]; subject: string; text: string; html?: string }[]
  }
  return messages.flatMap(({ to: all, subject, text, html = '' }) =>
    all.map((to) => ({ to, address: `${subject} to ${to}`, text: [subject, text, html].join('\n') })),
  )
}

/** A letter that the server refuses for now, naming whom it was for, as real ones do: logs and pages tell of it. */
async function refusedLetter(
  { sandboxUrl }: TestHouse,
  { tenant, browser, email }: CanaryFamily,
  lines: readonly string[],
): Promise<void> {
  const refuse = (value: boolean) =>
    fetch(`${sandboxUrl}/api/mailbox/refusal`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ refuse: value }),
    })
  await refuse(true)
  const path = `/${tenant.slug}/email`
  await browser.send(path, path, { email: `nuova.${email}` })
  await until(() => lines.some((line) => line.includes('mail was not taken')))
  await refuse(false)
}

/** Where work waits: the outbox, the operators' log, and every table of the queues. */
export async function tablesOfWork(admin: postgres.Sql): Promise<string[]> {
  const rows = await admin<{ name: string }[]>`
    select format('%I.%I', schemaname, tablename) as name from pg_tables
    where schemaname not in ('pg_catalog', 'information_schema', 'public')`
  return ['outbox', 'operator_audit_log', 'recurring_runs', ...rows.map(({ name }) => name)]
}
