import { randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import { audit, type Actor } from '#core/audit.ts'
import { romeDate } from '#core/clock.ts'
import { inTenant } from '#core/db/tenant.ts'
import { DomainError } from '#core/errors.ts'
import { cents } from '#core/money.ts'
import type { Services } from '#core/services.ts'
import { isRehearsing, type Tenant } from '#core/tenant.ts'
import { enrolChild } from '../people/children.ts'
import { registerGuardian } from '../people/guardians.ts'
import { schoolYearOf } from '../people/school-year.ts'
import { endAllSessions } from '../sign-in/own-sessions.ts'
import { hashPassword } from '../sign-in/passwords.ts'

/** How far the rehearsal of one channel is: each is a fact that is there, nothing that somebody ticked. */
export interface RehearsedSteps {
  /** A payment was begun, and how many. */
  readonly opened: boolean
  /** The simulated Node has asked about it, as it does when somebody is about to pay. */
  readonly asked: boolean
  /** Its receipt has come and is credited. */
  readonly paid: boolean
  /** The receipt's copy is printed. */
  readonly printed: boolean
}

const NOTHING: RehearsedSteps = { opened: false, asked: false, paid: false, printed: false }

/** How far each channel is, by its id; those without any payment are left out. */
export async function rehearsedSteps(
  { db }: Pick<Services, 'db'>,
  tenantId: string,
): Promise<(channelId: string) => RehearsedSteps> {
  const { rows } = await inTenant(db, tenantId, (tx) =>
    sql<RehearsedSteps & { channel_id: string }>`
      select t.channel_id, true as opened,
        bool_or(r.id is not null or exists (
          select from top_up_events e
          where e.tenant_id = ${tenantId} and e.top_up_id = t.id and e.step in ('verified', 'activated'))) as asked,
        bool_or(r.id is not null) as paid, bool_or(c.receipt_id is not null) as printed
      from top_ups t
      left join receipts r on r.tenant_id = t.tenant_id and r.top_up_id = t.id and r.disposition = 'credited'
      left join receipt_copies c on c.tenant_id = r.tenant_id and c.receipt_id = r.id
      where t.tenant_id = ${tenantId} group by t.channel_id`.execute(tx),
  )
  return (channelId) => rows.find(({ channel_id }) => channel_id === channelId) ?? NOTHING
}

/** The pretended family that pays in the rehearsal; undefined before it is made. */
export async function rehearsalFamily(
  { db }: Pick<Services, 'db'>,
  tenantId: string,
): Promise<{ readonly accountId: string; readonly username: string } | undefined> {
  return inTenant(db, tenantId, (tx) =>
    tx
      .selectFrom('rehearsal_families as f')
      .innerJoin('passwords as p', (join) =>
        join.onRef('p.tenant_id', '=', 'f.tenant_id').onRef('p.account_id', '=', 'f.account_id'),
      )
      .select(['p.account_id as accountId', 'p.username'])
      .where('f.tenant_id', '=', tenantId)
      .executeTakeFirst(),
  )
}

const TARIFF = cents(500n)

/**
 * Makes a parent and a child who are nobody, to pay with; going live deletes both. Where they are there the parent gets
 * another password, since the first is shown once and kept nowhere.
 * @returns user name and password, the latter told this once
 * @throws DomainError tenant.wrong_state outside a rehearsal; enrolment.unknown_category where the entity has no service
 */
export async function makeRehearsalFamily(
  services: Services,
  tenant: Tenant,
  actor: Actor,
): Promise<{ readonly username: string; readonly password: string }> {
  if (!isRehearsing(tenant))
    throw new DomainError('tenant.wrong_state', { from: tenant.state, to: 'rehearsal' })
  const { db, vault, clock } = services
  const now = clock.now()
  const family = await rehearsalFamily(services, tenant.id)
  if (family) {
    const password = newPassword()
    await changePassword(services, tenant.id, family.accountId, password, actor)
    return { username: family.username, password }
  }
  const category = await inTenant(db, tenant.id, (tx) =>
    tx
      .selectFrom('service_categories')
      .select('code')
      .where('tenant_id', '=', tenant.id)
      .orderBy('code')
      .executeTakeFirst(),
  )
  if (!category) throw new DomainError('enrolment.unknown_category')
  const [username, password] = ['famiglia.prova', newPassword()]
  const person = { firstName: 'Genitore', lastName: 'Di Prova', email: null, fiscalCode: null }
  const guardian = { ...person, username, password, language: tenant.policies.languages[0]! }
  const accountId = await registerGuardian(db, vault, tenant.id, guardian, now)
  const child = {
    firstName: 'Alunno',
    lastName: 'Di Prova',
    fiscalCode: null,
    school: '',
    className: '',
    category: category.code,
    schoolYear: schoolYearOf(romeDate(now)),
    tariffCents: TARIFF,
  }
  const { childId } = await enrolChild(db, vault, tenant.id, child, accountId, now)
  await inTenant(db, tenant.id, (tx) =>
    tx
      .insertInto('rehearsal_families')
      .values({ tenant_id: tenant.id, account_id: accountId, child_id: childId, made_at: now })
      .execute(),
  )
  return { username, password }
}

function newPassword(): string {
  return `prova-${randomBytes(6).toString('hex')}`
}

/** Whoever is signed in with the old password is no longer. */
async function changePassword(
  { db, clock }: Services,
  tenantId: string,
  accountId: string,
  password: string,
  actor: Actor,
): Promise<void> {
  const now = clock.now()
  const password_hash = await hashPassword(password)
  await inTenant(db, tenantId, async (tx) => {
    await tx
      .updateTable('passwords')
      .set({ password_hash, changed_at: now })
      .where('tenant_id', '=', tenantId)
      .where('account_id', '=', accountId)
      .execute()
    await endAllSessions(tx, { tenantId, accountId }, now)
    const subject = { kind: 'account', id: accountId } as const
    const details = { by: 'rehearsal' }
    await audit(tx, tenantId, { actor, action: 'password.changed', subject, details }, now)
  })
}
