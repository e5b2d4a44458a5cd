import { sql } from 'kysely'
import type { RomeDate } from '#core/clock.ts'
import { bornOn } from '#core/age.ts'
import type { Tx } from '#core/db/tenant.ts'
import type { TenantVault } from '#core/vault.ts'
import { keepFormerTerms } from './former-terms.ts'
import { askForRecharge } from './recharge.ts'

/** A child whose place among the siblings in a service is not the one that its family tells. */
export interface RankDifference {
  readonly enrolmentId: string
  readonly childId: string
  readonly name: string
  readonly before: number
  readonly after: number
  /** The first names of all siblings in the service, in their order. */
  readonly siblings: readonly string[]
}

interface Row {
  enrolment_id: string
  child_id: string
  first_name: string
  last_name: string
  fiscal_code_sealed: Buffer | null
  created_at: Date
  sibling_rank: number
  guardians: string[]
}

interface Member extends Row {
  readonly born: RomeDate | undefined
}

const RANK_MAX = 20

/**
 * Proposes which sibling each child of a service is, and tells where that differs from what is noted. Siblings are
 * children in the service who share a guardian, directly or through another sibling. The eldest is the first, by the day
 * of birth of the fiscal codes; where one of them has no code, who was entered first is.
 * @param today decides whose enrolment has ended, and of which century a code is
 */
export async function proposeSiblingRanks(
  tx: Tx,
  keys: TenantVault,
  tenantId: string,
  { category, schoolYear, today }: { category: string; schoolYear: string; today: RomeDate },
): Promise<RankDifference[]> {
  const { rows } = await sql<Row>`
    select e.id as enrolment_id, k.id as child_id, k.first_name, k.last_name, k.fiscal_code_sealed, k.created_at,
      e.sibling_rank, array(
        select g.account_id::text from guardianships g where g.tenant_id = ${tenantId} and g.child_id = k.id) as guardians
    from enrolments e
    join children k on k.tenant_id = ${tenantId} and k.id = e.child_id
    where e.tenant_id = ${tenantId} and e.category = ${category} and e.school_year = ${schoolYear}
      and (e.ends_on is null or e.ends_on >= ${today})
      and (e.sibling_rank > 1 or exists (
        select from guardianships own
        join guardianships other on other.tenant_id = ${tenantId} and other.account_id = own.account_id
          and other.child_id <> own.child_id
        where own.tenant_id = ${tenantId} and own.child_id = k.id))
    order by k.last_name, k.first_name, k.id`.execute(tx)
  return families(rows).flatMap((family) => differencesOf(family, keys, today))
}

/**
 * Notes which sibling a child is in a service from a day on, and asks for the charges since. Meals of before keep the
 * former rank: a family whose eldest leaves in March does not pay more for the autumn. Prices are the caller's to refresh.
 * @returns the child, or undefined where the enrolment has that rank already or is not there
 */
export async function rankSibling(
  tx: Tx,
  tenantId: string,
  { enrolmentId, rank, from }: { enrolmentId: string; rank: number; from: RomeDate },
  now: Date,
): Promise<string | undefined> {
  await keepFormerTerms(tx, tenantId, { enrolmentIds: [enrolmentId], before: from })
  await tx
    .updateTable('former_terms')
    .set({ sibling_rank: rank })
    .where('tenant_id', '=', tenantId)
    .where('enrolment_id', '=', enrolmentId)
    .where('before', '>', from)
    .execute()
  const changed = await tx
    .updateTable('enrolments')
    .set({ sibling_rank: rank })
    .where('tenant_id', '=', tenantId)
    .where('id', '=', enrolmentId)
    .where('sibling_rank', '<>', rank)
    .returning(['child_id', 'category'])
    .executeTakeFirst()
  if (changed) {
    const { child_id: childId, category } = changed
    await askForRecharge(tx, tenantId, { childIds: [childId], category, from }, now)
  }
  return changed?.child_id
}

/** Children who share a guardian, and children who share one with those, together. */
function families(rows: readonly Row[]): Row[][] {
  const familyOf = new Map<string, Row[]>()
  const all = new Set<Row[]>()
  for (const row of rows) {
    const joined = new Set(row.guardians.flatMap((guardian) => [familyOf.get(guardian) ?? []]))
    const family = [...[...joined].flat(), row]
    for (const old of joined) all.delete(old)
    all.add(family)
    for (const guardian of family.flatMap(({ guardians }) => guardians)) familyOf.set(guardian, family)
  }
  return [...all]
}

function differencesOf(family: readonly Row[], keys: TenantVault, today: RomeDate): RankDifference[] {
  const members = family.map((row): Member => ({
    ...row,
    // A single child is the first, whenever it was born: its code stays sealed.
    born:
      row.fiscal_code_sealed === null || family.length === 1
        ? undefined
        : bornOn(keys.open(row.fiscal_code_sealed), today),
  }))
  const byBirth = members.every(({ born }) => born !== undefined)
  const ordered = members.toSorted((a, b) => {
    if (byBirth && a.born !== b.born) return a.born! < b.born! ? -1 : 1
    return a.created_at.getTime() - b.created_at.getTime() || (a.child_id < b.child_id ? -1 : 1)
  })
  const siblings = ordered.map(({ first_name }) => first_name)
  return ordered.flatMap((member, index) => {
    const after = Math.min(index + 1, RANK_MAX)
    if (member.sibling_rank === after) return []
    return [
      {
        enrolmentId: member.enrolment_id,
        childId: member.child_id,
        name: `${member.last_name} ${member.first_name}`,
        before: member.sibling_rank,
        after,
        siblings,
      },
    ]
  })
}
