import { romeDate, type RomeDate } from '#core/clock.ts'
import type { Db } from '#core/db/connect.ts'
import { inTenant, type Tx } from '#core/db/tenant.ts'
import type { Owner } from './own.ts'

/** An invitation as the child's guardians see it: of the invited person no more than initials. */
export interface GivenInvitation {
  id: string
  childId: string
  label: string
  createdAt: Date
  /** The guardian who asked for it is the reader. */
  isOwn: boolean
  /** The last day on which its code can be used; undefined once it was. */
  codeUntil: RomeDate | undefined
  acceptedAt: Date | undefined
  /** Of whoever accepted it. */
  initials: string | undefined
  /** The last day of it. */
  until: RomeDate
}

/** A child of the guardian's, with how many others are responsible for it, and who may top it up. */
export interface HouseholdChild {
  id: string
  firstName: string
  otherGuardians: number
  invitations: GivenInvitation[]
}

/** An invitation as the invited person sees it. */
export interface TakenInvitation {
  id: string
  childId: string
  firstName: string
  until: RomeDate
}

/** A person's children with their invitations, and the invitations that the person has accepted, those that hold. */
export async function householdOf(
  db: Db,
  { tenantId, accountId }: Owner,
  now: Date,
): Promise<{ children: HouseholdChild[]; taken: TakenInvitation[] }> {
  return inTenant(db, tenantId, async (tx) => {
    const children = await childrenOf(tx, tenantId, accountId)
    const ids = children.map(({ id }) => id)
    const given = ids.length === 0 ? [] : await invitationsOf(tx, tenantId, ids, now)
    const byChild = Map.groupBy(given, ({ child_id: childId }) => childId)
    return {
      children: children.map(({ id, first_name: firstName, guardians }) => ({
        id,
        firstName,
        otherGuardians: Number(guardians) - 1,
        invitations: (byChild.get(id) ?? []).map((row) => toGiven(row, accountId)),
      })),
      taken: await takenBy(tx, tenantId, accountId, now),
    }
  })
}

function childrenOf(tx: Tx, tenantId: string, accountId: string) {
  return tx
    .selectFrom('guardianships as g')
    .innerJoin('children as k', (join) =>
      join.onRef('k.tenant_id', '=', 'g.tenant_id').onRef('k.id', '=', 'g.child_id'),
    )
    .select(['k.id', 'k.first_name'])
    .select((select) =>
      select
        .selectFrom('guardianships as other')
        .whereRef('other.tenant_id', '=', 'k.tenant_id')
        .whereRef('other.child_id', '=', 'k.id')
        .select((count) => count.fn.countAll<bigint>().as('count'))
        .as('guardians'),
    )
    .where('g.tenant_id', '=', tenantId)
    .where('g.account_id', '=', accountId)
    .orderBy('k.first_name')
    .orderBy('k.id')
    .execute()
}

function invitationsOf(tx: Tx, tenantId: string, childIds: string[], now: Date) {
  return tx
    .selectFrom('invitations as i')
    .leftJoin('accounts as a', (join) =>
      join.onRef('a.tenant_id', '=', 'i.tenant_id').onRef('a.id', '=', 'i.account_id'),
    )
    .select(['i.id', 'i.child_id', 'i.label', 'i.invited_by', 'i.created_at', 'i.code_expires_at'])
    .select(['i.expires_at', 'i.accepted_at', 'a.first_name', 'a.last_name'])
    .where('i.tenant_id', '=', tenantId)
    .where('i.child_id', 'in', childIds)
    .where('i.revoked_at', 'is', null)
    .where('i.returned_at', 'is', null)
    .where('i.expires_at', '>', now)
    .where((where) => where.or([where('i.account_id', 'is not', null), where('i.code_expires_at', '>', now)]))
    .orderBy('i.created_at')
    .orderBy('i.id')
    .execute()
}

type Row = Awaited<ReturnType<typeof invitationsOf>>[number]

function toGiven(row: Row, reader: string): GivenInvitation {
  const initial = (name: string | null) => (/^./u.exec(name ?? '')?.[0] ?? '').toUpperCase()
  return {
    id: row.id,
    childId: row.child_id,
    label: row.label,
    createdAt: row.created_at,
    isOwn: row.invited_by === reader,
    codeUntil: row.accepted_at ? undefined : lastDayBefore(row.code_expires_at),
    acceptedAt: row.accepted_at ?? undefined,
    initials: row.accepted_at ? `${initial(row.first_name)}${initial(row.last_name)}` : undefined,
    until: lastDayBefore(row.expires_at),
  }
}

async function takenBy(tx: Tx, tenantId: string, accountId: string, now: Date): Promise<TakenInvitation[]> {
  const rows = await tx
    .selectFrom('invitations as i')
    .innerJoin('children as k', (join) =>
      join.onRef('k.tenant_id', '=', 'i.tenant_id').onRef('k.id', '=', 'i.child_id'),
    )
    .select(['i.id', 'i.child_id', 'k.first_name', 'i.expires_at'])
    .where('i.tenant_id', '=', tenantId)
    .where('i.account_id', '=', accountId)
    .where('i.revoked_at', 'is', null)
    .where('i.returned_at', 'is', null)
    .where('i.expires_at', '>', now)
    .orderBy('k.first_name')
    .orderBy('i.id')
    .execute()
  return rows.map((row) => ({
    id: row.id,
    childId: row.child_id,
    firstName: row.first_name,
    until: lastDayBefore(row.expires_at),
  }))
}

/** What is kept is the first instant after. */
function lastDayBefore(instant: Date): RomeDate {
  return romeDate(new Date(instant.getTime() - 1))
}
