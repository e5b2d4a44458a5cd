import { DomainError } from '#core/errors.ts'
import { idFrom } from '#core/ids.ts'
import { IMPORT_KINDS } from '#meals/import-kinds.ts'
import type { PageContext } from '#pages/context.ts'
import type { ImportKind } from '#tenants/imports/kind.ts'
import { findImport, type ImportDossier } from '#tenants/imports/read.ts'
import { kindOf } from '#tenants/imports/run.ts'
import type { Staff } from '../access.ts'
import { officeOf, type OfficeParts } from '../context.ts'

/** The kinds that a role hands in: families are none of the accountants' business. */
export function kindsFor({ role }: Staff): ImportKind[] {
  return IMPORT_KINDS.filter(({ roles }) => roles.includes(role))
}

/** The kind that an address or a form names; undefined for a word that is none. @throws DomainError role.not_allowed */
export function kindOfSlug(slug: string | undefined, staff: Staff): ImportKind | undefined {
  const kind = IMPORT_KINDS.find((one) => one.slug === slug)
  if (kind && !kind.roles.includes(staff.role)) throw new DomainError('role.not_allowed')
  return kind
}

/** The import of the address. @throws DomainError resource.not_found, role.not_allowed for a kind of others */
export async function importOfAddress(
  { services }: OfficeParts,
  context: PageContext,
  staff: Staff,
): Promise<{ kind: ImportKind; found: ImportDossier }> {
  const found = await findImport(services, context.var.tenant.id, idFrom(context.req.param('id')))
  const kind = kindOf(IMPORT_KINDS, found.kind)
  if (!kind.roles.includes(staff.role)) throw new DomainError('role.not_allowed')
  return { kind, found }
}

/** Where imports lie under an entity's office. */
export function importsOf(context: PageContext): string {
  return `${officeOf(context.var.tenant)}/importazioni`
}
