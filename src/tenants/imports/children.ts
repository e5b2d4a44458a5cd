import { CHILDREN_COLUMNS } from './children-columns.ts'
import { planFamilies } from './children-plan.ts'
import { absentChildren, readRegister } from './children-register.ts'
import { readFamilies } from './children-rows.ts'
import { writeFamilies } from './children-write.ts'
import type { ImportKind } from './kind.ts'
import { readRegistry } from './registry.ts'

/**
 * Children, their class, services and tariffs, and up to two guardians. A child is found again by its fiscal code, or by
 * the entity's own number. Guardians get accounts without a password, which SPID and CIE find by the fiscal code.
 */
export const childrenImport: ImportKind = {
  id: 'children',
  slug: 'alunni',
  columns: CHILDREN_COLUMNS,
  options: ['schoolYear', 'createSchools'],
  roles: ['administrator', 'clerk'],
  async plan(context) {
    const { tx, tenant, keys, options, now, isWriting } = context
    const registry = await readRegistry(tx, tenant.id, options.createSchools === true)
    const families = await readFamilies(context, registry)
    const hashOf = (code: string) => keys.lookUpHash(code).toString('hex')
    const register = await readRegister(tx, tenant.id, {
      schoolYear: options.schoolYear!,
      codeHashes: families.children.flatMap(({ fiscalCode }) => (fiscalCode ? [hashOf(fiscalCode)] : [])),
      externalIds: families.children.flatMap(({ externalId }) => (externalId ? [externalId] : [])),
      guardianHashes: [...families.guardians.keys()].map(hashOf),
      lock: isWriting,
    })
    const { outcomes, work, news } = await planFamilies(context, families, register, registry)
    const categories = [...new Set(families.children.flatMap(({ enrolments }) => [...enrolments.keys()]))]
    const known = register.children.map(({ id }) => id)
    return {
      outcomes,
      news,
      absent: isWriting
        ? { count: 0, names: [] }
        : await absentChildren(tx, tenant.id, { schoolYear: options.schoolYear!, categories, known }),
      write: (tell) => writeFamilies(tx, tenant.id, work, now, tell),
    }
  },
}
