import type { Tx } from '#core/db/tenant.ts'

/** The entity's services and schools, as files call them. */
export interface Registry {
  readonly schools: Schools
  /** The code of a service told by code or name; the only one there is where a file says nothing. */
  categoryOf(told: string): string | undefined
  /** The name of a service. */
  labelOf(category: string): string
}

/** A school that is there, or (without an id) one that the file brings. */
export interface KnownSchool {
  readonly id: string | undefined
  readonly code: string
  readonly name: string
}

/** Schools by what files call them: code or name. */
export interface Schools {
  /** Whether a name leads to an open school, or may make one. */
  accepts(told: string): boolean
  /** The school of a name that is accepted. */
  of(told: string): KnownSchool
  /** Those that the file brings. */
  made(): readonly KnownSchool[]
}

/** Reads the entity's services and schools. @param mayMake whether names that are unknown become schools */
export async function readRegistry(tx: Tx, tenantId: string, mayMake: boolean): Promise<Registry> {
  const categories = await tx
    .selectFrom('service_categories')
    .select(['code', 'label'])
    .where('tenant_id', '=', tenantId)
    .orderBy('code')
    .execute()
  const schools = await tx
    .selectFrom('schools')
    .select(['id', 'code', 'name', 'closed_at'])
    .where('tenant_id', '=', tenantId)
    .execute()
  const byName = new Map(
    categories.flatMap(({ code, label }) => [code, label].map((name) => [plain(name), code])),
  )
  return {
    schools: openSchools(schools, mayMake),
    categoryOf: (told) =>
      told === '' && categories.length === 1 ? categories[0]!.code : byName.get(plain(told)),
    labelOf: (category) => categories.find(({ code }) => code === category)?.label ?? category,
  }
}

function openSchools(
  rows: readonly { id: string; code: string; name: string; closed_at: Date | null }[],
  mayMake: boolean,
): Schools {
  const known = new Map<string, KnownSchool>()
  const closed = new Set<string>()
  // A code is sure; a name that is another school's code gives way to it.
  for (const key of ['name', 'code'] as const)
    for (const row of rows) {
      if (row.closed_at) closed.add(plain(row[key]))
      else known.set(plain(row[key]), { id: row.id, code: row.code, name: row.name })
    }
  const codes = new Set(rows.map(({ code }) => code))
  const made: KnownSchool[] = []
  return {
    accepts: (told) => known.has(plain(told)) || (mayMake && plain(told) !== '' && !closed.has(plain(told))),
    of(told) {
      const found = known.get(plain(told))
      if (found) return found
      const school = { id: undefined, code: freeCode(told, codes), name: told }
      codes.add(school.code)
      known.set(plain(told), school)
      made.push(school)
      return school
    },
    made: () => made,
  }
}

/** A short name out of a long one, which no other school has. */
function freeCode(name: string, taken: ReadonlySet<string>): string {
  const base =
    name
      .normalize('NFD')
      .toUpperCase()
      .replaceAll(/[^A-Z0-9]+/g, '_')
      .replaceAll(/^_|_$/g, '')
      .slice(0, 16) || 'SCUOLA'
  for (let number = 1; ; number++) {
    const code = number === 1 ? base : `${base}_${number}`
    if (!taken.has(code)) return code
  }
}

/** The name of a class as it may also have been written: `1ª A`, `1^a`, `1 A`. */
export function plainClass(name: string): string {
  return name.toUpperCase().replaceAll(/[^\p{Lu}\p{N}]/gu, '')
}

function plain(name: string): string {
  return name
    .normalize('NFD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, '')
}
