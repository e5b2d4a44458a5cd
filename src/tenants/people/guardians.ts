import type { Db } from '#core/db/connect.ts'
import type { FiscalCodeProof } from '#core/db/people-tables.ts'
import { inTenant, sqlState, UNIQUE_VIOLATION } from '#core/db/tenant.ts'
import { DomainError } from '#core/errors.ts'
import type { Language } from '#core/i18n.ts'
import { newId } from '#core/ids.ts'
import type { Vault } from '#core/vault.ts'
import { hashPassword } from '../sign-in/passwords.ts'

/** An adult who registers, checked at the edge. */
export interface NewGuardian {
  firstName: string
  lastName: string
  email: string | null
  /** Already parsed: parseFiscalCode. */
  fiscalCode: string | null
  /** Who says that the code is theirs; `declared`, by themselves, when left out. */
  fiscalCodeProof?: FiscalCodeProof
  username: string
  password: string
  language: Language
}

/**
 * Registers a guardian with user name and password.
 * @throws DomainError registration.username_taken when the user name or the fiscal code has an account here
 */
export async function registerGuardian(
  db: Db,
  vault: Vault,
  tenantId: string,
  person: NewGuardian,
  now: Date,
): Promise<string> {
  return addAccount(db, vault, tenantId, { ...person, kind: 'guardian', staffRole: null }, now)
}

export type StaffRole = 'administrator' | 'clerk' | 'accountant' | 'school'

/** Adds a member of the entity's staff. @throws DomainError registration.username_taken */
export async function addStaff(
  db: Db,
  vault: Vault,
  tenantId: string,
  person: NewGuardian & { role: StaffRole },
  now: Date,
): Promise<string> {
  return addAccount(db, vault, tenantId, { ...person, kind: 'staff', staffRole: person.role }, now)
}

type NewAccount = NewGuardian & { kind: 'guardian' | 'staff'; staffRole: StaffRole | null }

async function addAccount(
  db: Db,
  vault: Vault,
  tenantId: string,
  person: NewAccount,
  now: Date,
): Promise<string> {
  const id = newId()
  const keys = await vault.of(tenantId)
  const passwordHash = await hashPassword(person.password)
  const { fiscalCode } = person
  try {
    await inTenant(db, tenantId, async (tx) => {
      await tx
        .insertInto('accounts')
        .values({
          tenant_id: tenantId,
          id,
          kind: person.kind,
          staff_role: person.staffRole,
          first_name: person.firstName,
          last_name: person.lastName,
          email: person.email,
          // The registry's addresses are those to which the office writes; anybody else shows first that it is theirs.
          email_confirmed_at: person.email !== null && person.fiscalCodeProof === 'registry' ? now : null,
          fiscal_code_sealed: fiscalCode === null ? null : keys.seal(fiscalCode),
          fiscal_code_hash: fiscalCode === null ? null : keys.lookUpHash(fiscalCode),
          fiscal_code_proof: fiscalCode === null ? null : (person.fiscalCodeProof ?? 'declared'),
          language: person.language,
          created_at: now,
        })
        .execute()
      await tx
        .insertInto('passwords')
        .values({
          tenant_id: tenantId,
          account_id: id,
          username: person.username.toLowerCase(),
          password_hash: passwordHash,
          changed_at: now,
        })
        .execute()
    })
  } catch (error) {
    if (sqlState(error) === UNIQUE_VIOLATION) throw new DomainError('registration.username_taken')
    throw error
  }
  return id
}
