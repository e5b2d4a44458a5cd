import { randomBytes } from 'node:crypto'
import type { Db } from '#core/db/connect.ts'
import { inTenant, sqlState, UNIQUE_VIOLATION, type Tx } from '#core/db/tenant.ts'
import { DomainError } from '#core/errors.ts'
import { hashToken, newId } from '#core/ids.ts'
import type { Cents } from '#core/money.ts'
import type { TenantVault, Vault } from '#core/vault.ts'

/** A child in a category of service, checked at the edge. */
export interface NewEnrolment {
  firstName: string
  lastName: string
  /** Already parsed: parseFiscalCode. */
  fiscalCode: string | null
  school: string
  className: string
  category: string
  /** `2026/2027` */
  schoolYear: string
  tariffCents: Cents
}

export interface EnrolledChild {
  childId: string
  walletId: string
}

/**
 * Enrols a new child, with a wallet for the category; the guardian, when given, is linked to it.
 * @throws DomainError enrolment.already_there when the fiscal code has a child here, enrolment.unknown_category
 */
export async function enrolChild(
  db: Db,
  vault: Vault,
  tenantId: string,
  enrolment: NewEnrolment,
  guardianId: string | undefined,
  now: Date,
  claimCode?: string,
): Promise<EnrolledChild> {
  const keys = await vault.of(tenantId)
  try {
    return await inTenant(db, tenantId, (tx) =>
      insertEnrolledChild(tx, keys, tenantId, enrolment, guardianId, now, claimCode),
    )
  } catch (error) {
    if (sqlState(error) === UNIQUE_VIOLATION) throw new DomainError('enrolment.already_there')
    throw error
  }
}

/**
 * The rows of a new child in a service, within a transaction of the caller's.
 * @throws DomainError enrolment.unknown_category, and the database's unique violation for a fiscal code that is there
 */
export async function insertEnrolledChild(
  tx: Tx,
  keys: TenantVault,
  tenantId: string,
  enrolment: NewEnrolment,
  guardianId: string | undefined,
  now: Date,
  claimCode?: string,
): Promise<EnrolledChild> {
  const { fiscalCode } = enrolment
  const ids = { childId: newId(), walletId: newId() }
  const tenant = { tenant_id: tenantId }
  await assertCategory(tx, tenantId, enrolment.category)
  await tx
    .insertInto('children')
    .values({
      ...tenant,
      id: ids.childId,
      first_name: enrolment.firstName,
      last_name: enrolment.lastName,
      fiscal_code_sealed: fiscalCode === null ? null : keys.seal(fiscalCode),
      fiscal_code_hash: fiscalCode === null ? null : keys.lookUpHash(fiscalCode),
      school: enrolment.school,
      class_name: enrolment.className,
      claim_code_hash: claimCode === undefined ? null : claimCodeHash(claimCode),
      created_at: now,
    })
    .execute()
  await tx
    .insertInto('enrolments')
    .values({
      ...tenant,
      id: newId(),
      child_id: ids.childId,
      category: enrolment.category,
      school_year: enrolment.schoolYear,
      tariff_cents: enrolment.tariffCents,
      created_at: now,
    })
    .execute()
  await tx
    .insertInto('wallets')
    .values({
      ...tenant,
      id: ids.walletId,
      child_id: ids.childId,
      category: enrolment.category,
      created_at: now,
    })
    .execute()
  if (guardianId) {
    await tx
      .insertInto('guardianships')
      .values({ ...tenant, account_id: guardianId, child_id: ids.childId, since: now })
      .execute()
  }
  return ids
}

async function assertCategory(tx: Tx, tenantId: string, code: string): Promise<void> {
  const row = await tx
    .selectFrom('service_categories')
    .select('code')
    .where('tenant_id', '=', tenantId)
    .where('code', '=', code)
    .executeTakeFirst()
  if (!row) throw new DomainError('enrolment.unknown_category')
}

/** The code with which a school lets a parent find a child that it entered: 10 characters in two groups. */
export function newClaimCode(): string {
  const alphabet = '23456789ABCDEFGHJKMNPQRSTVWXYZ'
  const characters = [...randomBytes(10)].map((byte) => alphabet[byte % alphabet.length])
  return `${characters.slice(0, 5).join('')}-${characters.slice(5).join('')}`
}

/**
 * Links a guardian to the child of a school's code; the second parent may use it too.
 * @throws DomainError enrolment.unknown_code
 */
export async function claimChild(
  db: Db,
  tenantId: string,
  guardianId: string,
  claimCode: string,
  now: Date,
): Promise<string> {
  return inTenant(db, tenantId, async (tx) => {
    const child = await tx
      .selectFrom('children')
      .select('id')
      .where('tenant_id', '=', tenantId)
      .where('claim_code_hash', '=', claimCodeHash(claimCode))
      .executeTakeFirst()
    if (!child) throw new DomainError('enrolment.unknown_code')
    await tx
      .insertInto('guardianships')
      .values({ tenant_id: tenantId, account_id: guardianId, child_id: child.id, since: now })
      .onConflict((conflict) => conflict.doNothing())
      .execute()
    return child.id
  })
}

/** What is stored of a code for parents. */
export function claimCodeHash(code: string): string {
  return hashToken(code.toUpperCase().replace(/[^0-9A-Z]/g, ''))
}

/** A category of service that the entity offers. */
export interface ServiceCategory {
  code: string
  label: string
}

/** The entity's categories of service. */
export async function categoriesOf(db: Db, tenantId: string): Promise<ServiceCategory[]> {
  return inTenant(db, tenantId, (tx) =>
    tx
      .selectFrom('service_categories')
      .select(['code', 'label'])
      .where('tenant_id', '=', tenantId)
      .orderBy('code')
      .execute(),
  )
}
