import type { RomeDate } from '#core/clock.ts'
import { inTenant, type Tx } from '#core/db/tenant.ts'
import { newId } from '#core/ids.ts'
import type { Services } from '#core/services.ts'
import { schoolYearOf } from '#tenants/people/school-year.ts'
import { ensureClass, ensureSchool } from '#tenants/schools/schools.ts'
import { insert } from './insert.ts'
import type { TownChild, TownFamily } from './people.ts'
import { FULL_PRICE_CENTS } from './rules.ts'
import { GRADES, SCHOOLS, sectionsFor, yearBefore } from './schools.ts'

/** A child of the town with the wallet of its meals, and who looks after its credit. */
export interface Resident {
  readonly childId: string
  readonly walletId: string
  /** The adult who pays. */
  readonly accountId: string
  readonly child: TownChild
  readonly family: TownFamily
  /** Its class of each school year in which it is there. */
  readonly classIds: ReadonlyMap<string, string>
}

const CATEGORY = 'REFEZIONE'

/**
 * Lets families move in: schools with the classes of two school years, children with wallet, enrolments and places,
 * their guardians as the registry tells of them, incomes and exemptions. One transaction.
 * @param today the Rome day whose school year is the present one
 */
export async function settleIn(
  { db, vault, clock }: Services,
  tenantId: string,
  families: readonly TownFamily[],
  today: RomeDate,
): Promise<Resident[]> {
  const now = clock.now()
  const keys = await vault.of(tenantId)
  const tenant = { tenant_id: tenantId }
  const code = (fiscalCode: string) => ({
    fiscal_code_sealed: keys.seal(fiscalCode),
    fiscal_code_hash: keys.lookUpHash(fiscalCode),
  })
  return inTenant(db, tenantId, async (tx) => {
    const children = families.reduce((sum, family) => sum + family.children.length, 0)
    const years = schoolYears(today)
    const classes = await openSchools(tx, tenantId, years, sectionsFor(children), now)
    const homes = families.map((family) => ({ family, parentIds: family.parents.map(() => newId()) }))
    const residents = homes.flatMap(({ family, parentIds }) =>
      family.children.map((child): Resident => ({
        childId: newId(),
        walletId: newId(),
        accountId: parentIds[0]!,
        child,
        family,
        classIds: classesOf(child, years, classes),
      })),
    )
    await insert(
      tx,
      'accounts',
      homes.flatMap(({ family, parentIds }) =>
        family.parents.map((parent, index) => ({
          ...tenant,
          ...code(parent.fiscalCode),
          id: parentIds[index]!,
          kind: 'guardian' as const,
          staff_role: null,
          first_name: parent.firstName,
          last_name: parent.lastName,
          email: parent.email,
          email_confirmed_at: null,
          fiscal_code_proof: 'registry' as const,
          created_at: now,
        })),
      ),
    )
    await insert(
      tx,
      'children',
      residents.map(({ childId, child }) => ({
        ...tenant,
        ...code(child.fiscalCode),
        id: childId,
        first_name: child.firstName,
        last_name: child.lastName,
        school: SCHOOLS.find((school) => school.code === child.school)!.name,
        class_name: `${child.grade} ${child.section}`,
        claim_code_hash: null,
        created_at: now,
      })),
    )
    const parentsOf = new Map(homes.map(({ family, parentIds }) => [family, parentIds]))
    await insert(
      tx,
      'guardianships',
      residents.flatMap(({ childId, family }) =>
        parentsOf.get(family)!.map((id) => ({ ...tenant, account_id: id, child_id: childId, since: now })),
      ),
    )
    await insert(
      tx,
      'wallets',
      residents.map(({ walletId, childId }) => ({
        ...tenant,
        id: walletId,
        child_id: childId,
        category: CATEGORY,
        created_at: now,
      })),
    )
    const places = residents.flatMap(({ childId, child, classIds }) =>
      [...classIds].map(([schoolYear, classId]) => ({ childId, child, schoolYear, classId })),
    )
    await insert(
      tx,
      'enrolments',
      places.map(({ childId, child, schoolYear }) => ({
        ...tenant,
        id: newId(),
        child_id: childId,
        category: CATEGORY,
        school_year: schoolYear,
        tariff_cents: BigInt(FULL_PRICE_CENTS),
        created_at: now,
        sibling_rank: child.siblingRank,
      })),
    )
    await insert(
      tx,
      'placements',
      places.map(({ childId, schoolYear, classId }) => ({
        ...tenant,
        child_id: childId,
        school_year: schoolYear,
        class_id: classId,
        since: now,
      })),
    )
    await recordIncomes(tx, tenantId, residents, years, now)
    return residents
  })
}

/** The school year of a day and the one before it. */
export function schoolYears(today: RomeDate): readonly [before: string, present: string] {
  const present = schoolYearOf(today)
  const first = Number(present.slice(0, 4))
  return [`${first - 1}/${first}`, present]
}

/** The class ids by `school year, school, class`. */
async function openSchools(
  tx: Tx,
  tenantId: string,
  years: readonly string[],
  sections: readonly string[],
  now: Date,
): Promise<Map<string, string>> {
  const classes = new Map<string, string>()
  for (const { code, name, address, kind } of SCHOOLS) {
    const schoolId = await ensureSchool(tx, tenantId, { code, name, address }, now)
    for (const schoolYear of years)
      for (const grade of GRADES[kind])
        for (const section of sections) {
          const id = await ensureClass(
            tx,
            tenantId,
            { schoolId, schoolYear, name: `${grade} ${section}` },
            now,
          )
          classes.set(`${schoolYear} ${code} ${grade} ${section}`, id)
        }
  }
  return classes
}

function classesOf(
  { school, grade, section }: TownChild,
  [before, present]: readonly [string, string],
  classes: ReadonlyMap<string, string>,
): Map<string, string> {
  const last = yearBefore(school, grade)
  const found = new Map([[present, classes.get(`${present} ${school} ${grade} ${section}`)!]])
  if (last) found.set(before, classes.get(`${before} ${last.school} ${last.grade} ${section}`)!)
  return found
}

/** A declaration holds until the end of its calendar year; an exemption for the school years in which the child is here. */
async function recordIncomes(
  tx: Tx,
  tenantId: string,
  residents: readonly Resident[],
  years: readonly string[],
  now: Date,
): Promise<void> {
  const tenant = { tenant_id: tenantId }
  const calendarYears = [...new Set(years.flatMap((year) => year.split('/')))]
  await insert(
    tx,
    'isee_declarations',
    residents.flatMap(({ childId, family: { iseeCents } }) =>
      iseeCents === undefined
        ? []
        : calendarYears.map((year) => ({
            ...tenant,
            child_id: childId,
            valid_from: `${year}-01-01`,
            valid_until: `${year}-12-31`,
            isee_cents: BigInt(iseeCents),
            recorded_at: now,
            recorded_by: null,
          })),
    ),
  )
  await insert(
    tx,
    'exemptions',
    residents
      .filter(({ family }) => family.exemptPercent > 0)
      .map(({ childId, family }) => ({
        ...tenant,
        id: newId(),
        child_id: childId,
        category: CATEGORY,
        percent: family.exemptPercent,
        valid_from: `${years[0]!.slice(0, 4)}-09-01`,
        valid_until: `${years[1]!.slice(5)}-07-31`,
        reason: 'Relazione dei servizi sociali',
        created_at: now,
        created_by: null,
      })),
  )
}
