import { isAdult } from '#core/age.ts'
import { audit } from '#core/audit.ts'
import { romeDate } from '#core/clock.ts'
import type { FiscalCodeProof } from '#core/db/people-tables.ts'
import { inTenant, sqlState, UNIQUE_VIOLATION, type Tx } from '#core/db/tenant.ts'
import { requestEmail } from '#core/emails.ts'
import { DomainError } from '#core/errors.ts'
import { isLanguage, type Language } from '#core/i18n.ts'
import { newId } from '#core/ids.ts'
import type { Services } from '#core/services.ts'
import type { Tenant } from '#core/tenant.ts'
import type { Identity } from '#identity/scheme.ts'
import { LINKED_LETTER_JOB } from './linked-letter.ts'

/** Names in our columns have at most 60 characters; providers allow more. */
const NAME_MAX = 60

/** The account of somebody who came in with SPID or CIE. */
export interface IdentityAccount {
  readonly accountId: string
  /** True when nobody with this fiscal code had an account here: the first steps are shown. */
  readonly isNew: boolean
}

/**
 * Finds or makes the guardian's account of an identity. Its key is tenant and fiscal code: SPID and CIE of one person
 * lead to one account, whoever the provider. An account is theirs when the entity's registry, or an earlier sign-in,
 * says that the code is; a code that an account only declares is taken away from it, since anybody could have typed it.
 * @param linkAccountId the account of whoever is signed in with a password in this browser and asked to be linked
 * @throws DomainError sign_in.minor, sign_in.disabled, account.other_person when the account to link is somebody else's
 */
export async function guardianOfIdentity(
  services: Services,
  tenant: Tenant,
  identity: Identity,
  options: { linkAccountId: string | null; language: Language },
): Promise<IdentityAccount> {
  if (!isAdult(identity.fiscalCode, romeDate(services.clock.now()))) throw new DomainError('sign_in.minor')
  const keys = await services.vault.of(tenant.id)
  const code = {
    fiscal_code_hash: keys.lookUpHash(identity.fiscalCode),
    fiscal_code_sealed: keys.seal(identity.fiscalCode),
  }
  const find = () => findOrAdd(services, tenant, identity, code, options)
  try {
    return await find()
  } catch (error) {
    // Two browsers brought the same new person at once: the other one has made the account meanwhile.
    if (sqlState(error) !== UNIQUE_VIOLATION) throw error
    return find()
  }
}

interface SealedCode {
  fiscal_code_hash: Buffer
  fiscal_code_sealed: Buffer
}

async function findOrAdd(
  services: Services,
  tenant: Tenant,
  identity: Identity,
  code: SealedCode,
  options: { linkAccountId: string | null; language: Language },
): Promise<IdentityAccount> {
  const now = services.clock.now()
  const found = await inTenant(services.db, tenant.id, async (tx): Promise<IdentityAccount> => {
    const known = await accountOfCode(tx, tenant.id, code.fiscal_code_hash)
    if (known?.disabled_at) throw new DomainError('sign_in.disabled')
    const isTheirs = known !== undefined && known.fiscal_code_proof !== 'declared'
    if (options.linkAccountId !== null && options.linkAccountId !== known?.id) {
      if (isTheirs) throw new DomainError('account.not_linkable')
      await assertUnclaimed(tx, tenant.id, options.linkAccountId)
      if (known) await forgetCode(tx, tenant.id, known.id)
      await setCode(tx, tenant.id, options.linkAccountId, code)
      await link(services, tx, tenant, options.linkAccountId, identity.scheme, 'password', now)
      return { accountId: options.linkAccountId, isNew: false }
    }
    if (known && (isTheirs || options.linkAccountId === known.id)) {
      await setCode(tx, tenant.id, known.id, {})
      if (!known.identity_linked_at)
        await link(services, tx, tenant, known.id, identity.scheme, isTheirs ? 'registry' : 'password', now)
      return { accountId: known.id, isNew: false }
    }
    if (known) await forgetCode(tx, tenant.id, known.id)
    return {
      accountId: await addAccount(tx, tenant.id, identity, { ...code, language: options.language }, now),
      isNew: true,
    }
  })
  services.nudge()
  return found
}

/**
 * Finds the member of staff of an identity, where the entity lets its staff sign in so.
 * @throws DomainError sign_in.not_staff, sign_in.disabled
 */
export async function staffOfIdentity(
  services: Services,
  tenant: Tenant,
  identity: Identity,
): Promise<string> {
  if (!tenant.policies.staffIdentitySignIn) throw new DomainError('sign_in.not_staff')
  const keys = await services.vault.of(tenant.id)
  const row = await inTenant(services.db, tenant.id, (tx) =>
    accountOfCode(tx, tenant.id, keys.lookUpHash(identity.fiscalCode), 'staff'),
  )
  // What a colleague typed about themselves opens no office.
  if (!row || row.fiscal_code_proof === 'declared') throw new DomainError('sign_in.not_staff')
  if (row.disabled_at) throw new DomainError('sign_in.disabled')
  return row.id
}

interface KnownAccount {
  id: string
  fiscal_code_proof: FiscalCodeProof | null
  disabled_at: Date | null
  identity_linked_at: Date | null
}

/** The account with that code, locked until the transaction ends. */
async function accountOfCode(
  tx: Tx,
  tenantId: string,
  hash: Buffer,
  kind: 'guardian' | 'staff' = 'guardian',
): Promise<KnownAccount | undefined> {
  return tx
    .selectFrom('accounts')
    .select(['id', 'fiscal_code_proof', 'disabled_at', 'identity_linked_at'])
    .where('tenant_id', '=', tenantId)
    .where('kind', '=', kind)
    .where('fiscal_code_hash', '=', hash)
    .forUpdate()
    .executeTakeFirst()
}

/** @throws DomainError account.other_person when the account bears another code: two codes are two people */
async function assertUnclaimed(tx: Tx, tenantId: string, accountId: string): Promise<void> {
  const row = await tx
    .selectFrom('accounts')
    .select(['fiscal_code_proof'])
    .where('tenant_id', '=', tenantId)
    .where('id', '=', accountId)
    .where('kind', '=', 'guardian')
    .where('disabled_at', 'is', null)
    .forUpdate()
    .executeTakeFirst()
  if (!row) throw new DomainError('account.not_linkable')
  if (row.fiscal_code_proof !== null) throw new DomainError('account.other_person')
}

async function setCode(
  tx: Tx,
  tenantId: string,
  accountId: string,
  code: Partial<SealedCode>,
): Promise<void> {
  await tx
    .updateTable('accounts')
    .set({ ...code, fiscal_code_proof: 'identity' })
    .where('tenant_id', '=', tenantId)
    .where('id', '=', accountId)
    .execute()
}

/** Takes a code away that was only declared. */
async function forgetCode(tx: Tx, tenantId: string, accountId: string): Promise<void> {
  await tx
    .updateTable('accounts')
    .set({ fiscal_code_hash: null, fiscal_code_sealed: null, fiscal_code_proof: null })
    .where('tenant_id', '=', tenantId)
    .where('id', '=', accountId)
    .execute()
}

/** Notes that an account goes on with SPID or CIE, and tells the address that it had before. */
async function link(
  services: Services,
  tx: Tx,
  tenant: Tenant,
  accountId: string,
  scheme: string,
  how: 'registry' | 'password',
  now: Date,
): Promise<void> {
  const account = await tx
    .updateTable('accounts')
    .set({ identity_linked_at: now })
    .where('tenant_id', '=', tenant.id)
    .where('id', '=', accountId)
    .returning(['email', 'language'])
    .executeTakeFirstOrThrow()
  await audit(
    tx,
    tenant.id,
    {
      actor: { kind: 'guardian', id: accountId },
      action: 'account.linked',
      subject: { kind: 'account', id: accountId },
      details: { scheme, how },
    },
    now,
  )
  if (account.email !== null)
    await requestEmail(services, tx, tenant.id, {
      kind: 'account-linked',
      subjectId: accountId,
      address: account.email,
      language: isLanguage(account.language) ? account.language : 'it',
      job: LINKED_LETTER_JOB,
    })
}

async function addAccount(
  tx: Tx,
  tenantId: string,
  { firstName, lastName, scheme }: Identity,
  rest: SealedCode & { language: Language },
  now: Date,
): Promise<string> {
  const id = newId()
  await tx
    .insertInto('accounts')
    .values({
      tenant_id: tenantId,
      id,
      kind: 'guardian',
      staff_role: null,
      first_name: firstName.slice(0, NAME_MAX),
      last_name: lastName.slice(0, NAME_MAX),
      email: null,
      ...rest,
      fiscal_code_proof: 'identity',
      identity_linked_at: now,
      created_at: now,
    })
    .execute()
  const actor = { kind: 'guardian', id } as const
  await audit(
    tx,
    tenantId,
    { actor, action: 'account.created', subject: { kind: 'account', id }, details: { scheme } },
    now,
  )
  return id
}
