import type { RomeDate } from '#core/clock.ts'
import type { Cents } from '#core/money.ts'
import { cellsOf, type CellReader } from './cells.ts'
import type { PlanContext } from './kind.ts'
import type { MappedRow } from './mapping.ts'
import type { Registry } from './registry.ts'

/** A guardian as a file tells of one. */
export interface FileGuardian {
  readonly row: number
  readonly slot: 1 | 2
  readonly firstName: string
  readonly lastName: string
  readonly fiscalCode: string
  readonly email: string | undefined
}

/** A child in one service. */
export interface FileEnrolment {
  readonly row: number
  readonly category: string
  readonly tariffCents: Cents | undefined
  readonly startsOn: RomeDate | undefined
}

/** A child with all that the file's rows say of it: one row for each service. */
export interface FileChild {
  readonly row: number
  readonly firstName: string
  readonly lastName: string
  fiscalCode: string | undefined
  externalId: string | undefined
  /** As the file calls them; undefined where it says nothing. */
  readonly place: { readonly school: string; readonly className: string } | undefined
  readonly enrolments: Map<string, FileEnrolment>
  /** By fiscal code. */
  readonly guardians: Map<string, FileGuardian>
}

/** The children of a file, and each guardian once. */
export interface FileFamilies {
  readonly children: readonly FileChild[]
  /** By fiscal code, as the first row tells of them. */
  readonly guardians: ReadonlyMap<string, FileGuardian>
}

const NAME_MAX = 60

/** Reads the rows and lays those of one child together. What does not agree is a mistake of the later row. */
export async function readFamilies(
  { rows, problems, options, turn }: Pick<PlanContext, 'rows' | 'problems' | 'options' | 'turn'>,
  registry: Registry,
): Promise<FileFamilies> {
  const children: FileChild[] = []
  const [byCode, byId] = [new Map<string, FileChild>(), new Map<string, FileChild>()]
  const guardians = new Map<string, FileGuardian>()
  for (const [index, row] of rows.entries()) {
    if (index % 500 === 499) await turn()
    const cells = cellsOf(row, problems)
    const before = problems.count
    const read = readChild(row, cells, registry)
    const enrolment = readEnrolment(row, cells, registry, options.schoolYear!)
    const adults = readGuardians(row, cells, read.fiscalCode)
    if (!read.fiscalCode && !read.externalId && row.cell('child_fiscal_code') === '')
      cells.wrong('child_fiscal_code', 'no-identity')
    for (const adult of adults) compareGuardian(adult, guardians, cells)
    if (problems.count > before || !enrolment) continue
    const known = knownChild(read, byCode, byId, cells)
    if (known === 'two') continue
    if (known) join(known, read, cells)
    else children.push(read)
    const child = known ?? read
    const twice = child.enrolments.get(enrolment.category)
    if (twice) cells.wrong(null, 'twice', twice.row)
    else child.enrolments.set(enrolment.category, enrolment)
    for (const adult of adults)
      child.guardians.set(adult.fiscalCode, child.guardians.get(adult.fiscalCode) ?? adult)
    if (child.fiscalCode) byCode.set(child.fiscalCode, child)
    if (child.externalId) byId.set(child.externalId, child)
  }
  return { children, guardians }
}

function readChild(row: MappedRow, cells: CellReader, registry: Registry): FileChild {
  const school = cells.text('school', 100)
  const className = [cells.text('class', 40), cells.text('section', 20)].filter(Boolean).join(' ')
  if (className.length > 40) cells.wrong('section', 'too-long')
  if (school === '' && className !== '') cells.wrong('school', 'required')
  if (school !== '' && className === '') cells.wrong('class', 'required')
  if (school !== '' && !registry.schools.accepts(school)) cells.wrong('school', 'unknown-school')
  return {
    row: row.row,
    lastName: cells.needed('child_last_name', NAME_MAX),
    firstName: cells.needed('child_first_name', NAME_MAX),
    fiscalCode: cells.fiscalCode('child_fiscal_code'),
    externalId: cells.text('external_id', 40) || undefined,
    place: school === '' ? undefined : { school, className },
    enrolments: new Map(),
    guardians: new Map(),
  }
}

function readEnrolment(
  row: MappedRow,
  cells: CellReader,
  registry: Registry,
  schoolYear: string,
): FileEnrolment | undefined {
  const told = row.cell('service')
  const category = registry.categoryOf(told)
  if (category === undefined) cells.wrong('service', told === '' ? 'required' : 'unknown-service')
  const tariffCents = cells.cents('tariff')
  if (tariffCents !== undefined && tariffCents > TARIFF_MAX) cells.wrong('tariff', 'amount-range')
  const startsOn = cells.day('starts_on')
  const [from, to] = [`${schoolYear.slice(0, 4)}-08-01`, `${schoolYear.slice(5)}-07-31`]
  if (startsOn !== undefined && (startsOn < from || startsOn > to)) cells.wrong('starts_on', 'outside-year')
  return category === undefined ? undefined : { row: row.row, category, tariffCents, startsOn }
}

/** A meal of a hundred euro is a typing mistake; the portal's own limit for a tariff is the same. */
const TARIFF_MAX = 10_000n

function readGuardians(row: MappedRow, cells: CellReader, childCode: string | undefined): FileGuardian[] {
  return ([1, 2] as const).flatMap((slot) => {
    const key = (name: string) => `g${slot}_${name}`
    const isThere = ['first_name', 'last_name', 'fiscal_code', 'email'].some(
      (name) => row.cell(key(name)) !== '',
    )
    if (!isThere) return []
    const lastName = cells.needed(key('last_name'), NAME_MAX)
    const firstName = cells.needed(key('first_name'), NAME_MAX)
    if (row.cell(key('fiscal_code')) === '') cells.wrong(key('fiscal_code'), 'required')
    const fiscalCode = cells.fiscalCode(key('fiscal_code'))
    const email = cells.email(key('email'))
    if (fiscalCode !== undefined && fiscalCode === childCode) cells.wrong(key('fiscal_code'), 'childs-code')
    if (slot === 2 && fiscalCode !== undefined && fiscalCode === row.cell('g1_fiscal_code').toUpperCase())
      cells.wrong(key('fiscal_code'), 'same-guardian')
    return fiscalCode === undefined ? [] : [{ row: row.row, slot, lastName, firstName, fiscalCode, email }]
  })
}

/** One person has one name: a second row that calls them otherwise is one of two that is wrong. */
function compareGuardian(adult: FileGuardian, all: Map<string, FileGuardian>, cells: CellReader): void {
  const first = all.get(adult.fiscalCode)
  if (!first) {
    all.set(adult.fiscalCode, adult)
    return
  }
  const key = (name: string) => `g${adult.slot}_${name}`
  if (!sameName(first.lastName, adult.lastName)) cells.wrong(key('last_name'), 'contradicts', first.row)
  if (!sameName(first.firstName, adult.firstName)) cells.wrong(key('first_name'), 'contradicts', first.row)
  if (adult.email !== undefined && first.email === undefined)
    all.set(adult.fiscalCode, { ...first, email: adult.email })
  else if (adult.email !== undefined && first.email!.toLowerCase() !== adult.email.toLowerCase())
    cells.wrong(key('email'), 'contradicts', first.row)
}

/** The child of an earlier row; `two` when code and number lead to two of them. */
function knownChild(
  { fiscalCode, externalId }: FileChild,
  byCode: ReadonlyMap<string, FileChild>,
  byId: ReadonlyMap<string, FileChild>,
  cells: CellReader,
): FileChild | 'two' | undefined {
  const ofCode = fiscalCode === undefined ? undefined : byCode.get(fiscalCode)
  const ofId = externalId === undefined ? undefined : byId.get(externalId)
  // Found by one, they must not be somebody else by the other.
  const other = ofCode ?? ofId
  const isOther =
    (ofCode && ofId && ofCode !== ofId) ||
    (ofId && fiscalCode !== undefined && ofId.fiscalCode !== undefined && ofId.fiscalCode !== fiscalCode) ||
    (ofCode &&
      externalId !== undefined &&
      ofCode.externalId !== undefined &&
      ofCode.externalId !== externalId)
  if (!isOther) return other
  cells.wrong('external_id', 'contradicts', (ofId ?? other)!.row)
  return 'two'
}

function join(known: FileChild, read: FileChild, cells: CellReader): void {
  if (!sameName(known.lastName, read.lastName)) cells.wrong('child_last_name', 'contradicts', known.row)
  if (!sameName(known.firstName, read.firstName)) cells.wrong('child_first_name', 'contradicts', known.row)
  if (read.place && known.place) {
    if (read.place.school !== known.place.school) cells.wrong('school', 'contradicts', known.row)
    if (read.place.className !== known.place.className) cells.wrong('class', 'contradicts', known.row)
  }
  known.fiscalCode ??= read.fiscalCode
  known.externalId ??= read.externalId
}

/** The same name, whatever its case, accents and blanks. */
export function sameName(a: string, b: string): boolean {
  return a === b || folded(a) === folded(b)
}

function folded(name: string): string {
  return name
    .normalize('NFD')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, '')
}
