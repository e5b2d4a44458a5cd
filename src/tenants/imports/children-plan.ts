import { formatDate } from '#core/clock.ts'
import { newId } from '#core/ids.ts'
import { formatMoney } from '#core/money.ts'
import type { FileChild, FileFamilies, FileGuardian } from './children-rows.ts'
import type { FamiliesRegister, RegisterChild } from './children-register.ts'
import { classKey } from './children-register.ts'
import type { FamiliesWork } from './children-write.ts'
import type { Change, PlanContext, RowOutcome } from './kind.ts'
import type { KnownSchool, Registry } from './registry.ts'

/** What a file of families comes to: for people by row, and for the database by table. */
export interface FamiliesPlan {
  readonly outcomes: readonly RowOutcome[]
  readonly work: FamiliesWork
  readonly news: readonly { what: string; name: string }[]
}

type Context = Pick<PlanContext, 'keys' | 'tenant' | 'problems' | 'options' | 'turn'>

/** Compares the file with the register. An empty cell says nothing, and nothing is taken away. */
export async function planFamilies(
  context: Context,
  { children, guardians }: FileFamilies,
  register: FamiliesRegister,
  registry: Registry,
): Promise<FamiliesPlan> {
  const { keys, options, turn } = context
  const schoolYear = options.schoolYear!
  const work: FamiliesWork = {
    schoolYear,
    schools: [],
    classes: [],
    children: [],
    changedChildren: [],
    placements: [],
    enrolments: [],
    changedEnrolments: [],
    wallets: [],
    disclaimed: [],
    accounts: [],
    guardianships: [],
  }
  const places = placesOf(register, registry, work)
  const accountOf = accountsOf(context, guardians, register, work)
  const find = finder(register, context)
  const outcomes: RowOutcome[] = []
  for (const [index, child] of children.entries()) {
    if (index % 500 === 499) await turn()
    const hash = child.fiscalCode && keys.lookUpHash(child.fiscalCode).toString('hex')
    const known = find(child, hash)
    if (known === 'wrong') continue
    const place = child.place && places(child.place)
    const changes = known ? childChanges(child, known, hash, place) : newChild(place)
    const childId = known?.id ?? newId()
    if (!known)
      work.children.push({
        id: childId,
        firstName: child.firstName,
        lastName: child.lastName,
        sealedCode: child.fiscalCode ? keys.seal(child.fiscalCode) : null,
        codeHash: hash ? Buffer.from(hash, 'hex') : null,
        externalId: child.externalId ?? null,
        school: place?.school.name ?? '',
        className: place?.name ?? '',
      })
    else if (changes.some(({ what }) => what !== 'place'))
      work.changedChildren.push({
        id: childId,
        firstName: child.firstName,
        lastName: child.lastName,
        sealedCode: child.fiscalCode && !known.codeHash ? keys.seal(child.fiscalCode) : null,
        codeHash: hash ? Buffer.from(hash, 'hex') : null,
        externalId: child.externalId ?? null,
      })
    if (place && place.classId !== known?.place?.classId)
      work.placements.push({
        childId,
        classId: place.classId,
        school: place.school.name,
        className: place.name,
      })
    planEnrolments(context, { child, childId, known, registry }, work, changes)
    for (const { fiscalCode } of child.guardians.values()) {
      const { id, name } = accountOf(fiscalCode)
      if (known?.guardians.has(id)) continue
      work.guardianships.push({ accountId: id, childId })
      changes.push({ what: 'guardian', before: '', after: name })
    }
    const about = `${child.lastName} ${child.firstName}`
    const outcome = !known ? 'new' : changes.length > 0 ? 'changed' : 'unchanged'
    outcomes.push({ row: child.row, outcome, about, changes })
    // Further rows of the child, one for each service, are told with the first.
    for (const { row } of child.enrolments.values())
      if (row !== child.row) outcomes.push({ row, outcome, about, changes: [] })
  }
  work.schools.push(...registry.schools.made().map(({ code, name }) => ({ code, name })))
  return { outcomes: outcomes.toSorted((a, b) => a.row - b.row), work, news: newsOf(work) }
}

function newsOf(work: FamiliesWork): { what: string; name: string }[] {
  return [
    ...work.schools.map(({ name }) => ({ what: 'school', name })),
    ...work.classes.map(({ schoolName, name }) => ({ what: 'class', name: `${schoolName}, ${name}` })),
  ]
}

interface Place {
  readonly school: KnownSchool
  readonly classId: string
  readonly name: string
}

/** Finds the class of a place, or plans one; a school that is not there yet goes by its code. */
function placesOf(register: FamiliesRegister, registry: Registry, work: FamiliesWork) {
  const classes = new Map(register.classes)
  return ({ school: told, className }: { school: string; className: string }): Place => {
    const school = registry.schools.of(told)
    const key = classKey(school.id ?? school.code, className)
    let known = classes.get(key)
    if (!known) {
      known = { id: newId(), name: className }
      classes.set(key, known)
      work.classes.push({ id: known.id, schoolCode: school.code, schoolName: school.name, name: className })
    }
    return { school, classId: known.id, name: known.name }
  }
}

/**
 * The account of a guardian: one that the registry or an identity provider vouches for, or a new one. A code that an
 * account only declares is no proof, since anybody could have typed it: it goes over to the new account, as it does at a
 * sign-in with SPID or CIE, and the other account sees nothing of the child.
 */
function accountsOf(
  { keys, tenant }: Context,
  guardians: ReadonlyMap<string, FileGuardian>,
  register: FamiliesRegister,
  work: FamiliesWork,
) {
  const made = new Map<string, { id: string; name: string }>()
  return (fiscalCode: string): { id: string; name: string } => {
    const known = made.get(fiscalCode)
    if (known) return known
    const { firstName, lastName, email } = guardians.get(fiscalCode)!
    const hash = keys.lookUpHash(fiscalCode)
    const account = register.accounts.get(hash.toString('hex'))
    const isTheirs = account !== undefined && account.proof !== 'declared'
    const one = { id: isTheirs ? account.id : newId(), name: `${lastName} ${firstName}` }
    if (account && !isTheirs) work.disclaimed.push(account.id)
    if (!isTheirs)
      work.accounts.push({
        id: one.id,
        firstName,
        lastName,
        email: email ?? null,
        sealedCode: keys.seal(fiscalCode),
        codeHash: hash,
        language: tenant.policies.languages[0] ?? 'it',
      })
    made.set(fiscalCode, one)
    return one
  }
}

/** Finds a child of the file in the register; what does not fit is written down. */
function finder({ children }: FamiliesRegister, { problems }: Context) {
  const byHash = new Map(children.flatMap((one) => (one.codeHash ? [[one.codeHash, one] as const] : [])))
  const byId = new Map(children.flatMap((one) => (one.externalId ? [[one.externalId, one] as const] : [])))
  const rowOf = new Map<string, number>()
  return (child: FileChild, hash: string | undefined): RegisterChild | 'wrong' | undefined => {
    const ofHash = hash === undefined ? undefined : byHash.get(hash)
    const ofId = child.externalId === undefined ? undefined : byId.get(child.externalId)
    const found = ofHash ?? ofId
    if (!found) return undefined
    const wrong = (column: string | null, what: string, other?: number) => {
      problems.add(child.row, column, what, other === undefined ? {} : { other })
      return 'wrong' as const
    }
    if (ofHash && ofId && ofHash !== ofId) return wrong('external_id', 'other-child')
    if (!ofHash && hash !== undefined && found.codeHash !== undefined)
      return wrong('child_fiscal_code', 'other-code')
    const earlier = rowOf.get(found.id)
    if (earlier !== undefined) return wrong(null, 'twice', earlier)
    rowOf.set(found.id, child.row)
    return found
  }
}

function newChild(place: Place | undefined): Change[] {
  return place ? [{ what: 'place', before: '', after: `${place.school.name}, ${place.name}` }] : []
}

function childChanges(
  child: FileChild,
  known: RegisterChild,
  hash: string | undefined,
  place: Place | undefined,
): Change[] {
  const changes: Change[] = []
  const compare = (what: string, before: string | undefined, after: string | undefined) => {
    if (after !== undefined && after !== before) changes.push({ what, before: before ?? '', after })
  }
  compare('last_name', known.lastName, child.lastName)
  compare('first_name', known.firstName, child.firstName)
  compare('external_id', known.externalId, child.externalId)
  if (hash !== undefined && known.codeHash === undefined)
    changes.push({ what: 'fiscal_code', before: '', after: child.fiscalCode! })
  if (place && place.classId !== known.place?.classId)
    changes.push({
      what: 'place',
      before: known.place?.label ?? '',
      after: `${place.school.name}, ${place.name}`,
    })
  return changes
}

function planEnrolments(
  { tenant, problems }: Context,
  of: { child: FileChild; childId: string; known: RegisterChild | undefined; registry: Registry },
  work: FamiliesWork,
  changes: Change[],
): void {
  const { child, childId, known, registry } = of
  for (const { row, category, tariffCents, startsOn } of child.enrolments.values()) {
    const before = known?.enrolments.get(category)
    if (!before) {
      const tariff = tariffCents ?? BigInt(tenant.policies.mealTariffCents)
      work.enrolments.push({
        id: newId(),
        childId,
        category,
        tariffCents: tariff,
        startsOn: startsOn ?? null,
      })
      work.wallets.push({ id: newId(), childId, category })
      changes.push({ what: 'enrolment', before: '', after: registry.labelOf(category) })
      continue
    }
    const isOther = {
      tariff: tariffCents !== undefined && tariffCents !== before.tariffCents,
      start: startsOn !== undefined && startsOn !== before.startsOn,
    }
    if (startsOn !== undefined && before.endsOn !== undefined && startsOn > before.endsOn)
      problems.add(row, 'starts_on', 'after-end', { value: startsOn })
    if (isOther.tariff)
      changes.push({
        what: 'tariff',
        before: formatMoney(before.tariffCents),
        after: formatMoney(tariffCents!),
      })
    if (isOther.start)
      changes.push({
        what: 'starts_on',
        before: before.startsOn ? formatDate(before.startsOn) : '',
        after: formatDate(startsOn!),
      })
    if (isOther.tariff || isOther.start)
      work.changedEnrolments.push({
        id: before.id,
        childId,
        tariffCents: tariffCents ?? before.tariffCents,
        startsOn: startsOn ?? before.startsOn ?? null,
      })
  }
}
