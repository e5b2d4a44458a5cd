import type { Db } from './db/connect.ts'
import { inTenant, type Tx } from './db/tenant.ts'
import { ConfigError } from './config.ts'
import { deriveKey, keyedHash, newKey, open, seal, SealBroken, type Key } from './crypto.ts'
import { invariant } from './errors.ts'

const PURPOSES = ['personal-data', 'look-up', 'payment-code'] as const
type Purpose = (typeof PURPOSES)[number]

/** A tenant's keys at work: personal data that only we can read, hashes by which they are found. */
export interface TenantVault {
  seal(plain: string): Buffer
  open(sealed: Uint8Array): string
  /** A keyed hash for look-up; equal texts have equal hashes, within the tenant. */
  lookUpHash(plain: string): Buffer
  /**
   * Seals what nobody may read in daily work: the trace of sign-ins. `row` names the row it lies in, so that a value
   * moved to another one does not open.
   */
  sealTrace(row: string, plain: string): Buffer
  openTrace(row: string, sealed: Uint8Array): string
  /** Seals a whole file, bound to the row that it lies in. */
  sealFile(row: string, bytes: Uint8Array): Buffer
  openFile(row: string, sealed: Uint8Array): Buffer
  /** The key from which payment codes are derived: not bound to MASTER_KEY, so rotating that voids no printed card. */
  readonly paymentCodeKey: Key
}

export interface Vault {
  /** The keys of a tenant. @throws ConfigError where MASTER_KEY is not the one that they were sealed with */
  of(tenantId: string): Promise<TenantVault>
  /** Makes the keys of a new tenant, inside the transaction that makes the tenant; {@link of} knows them from then on. */
  createKeys(tx: Tx, tenantId: string, now: Date): Promise<void>
}

/** Tenant keys lie in the database sealed with the installation's MASTER_KEY; opened once, they stay in memory. */
export function createVault(db: Db, masterKey: Key): Vault {
  const opened = new Map<string, Promise<TenantVault>>()

  async function load(tenantId: string): Promise<TenantVault> {
    const rows = await inTenant(db, tenantId, (tx) =>
      tx
        .selectFrom('tenant_keys')
        .select(['purpose', 'sealed_key'])
        .where('tenant_id', '=', tenantId)
        .execute(),
    )
    return unlock(tenantId, rows)
  }

  function unlock(tenantId: string, rows: readonly { purpose: string; sealed_key: Buffer }[]): TenantVault {
    const key = (purpose: Purpose): Key => {
      const row = rows.find((one) => one.purpose === purpose)
      invariant(row, `tenant ${tenantId} has no ${purpose} key`)
      try {
        return open(masterKey, `${tenantId}/${purpose}`, row.sealed_key)
      } catch (error) {
        if (error instanceof SealBroken) throw wrongMasterKey(tenantId, error)
        throw error
      }
    }
    const personalData = key('personal-data')
    const lookUp = key('look-up')
    const traces = deriveKey(personalData, 'identity-traces')
    const files = deriveKey(personalData, 'files')
    return {
      seal: (plain) => seal(personalData, tenantId, plain),
      open: (sealed) => open(personalData, tenantId, sealed).toString('utf8'),
      lookUpHash: (plain) => keyedHash(lookUp, plain),
      sealTrace: (row, plain) => seal(traces, `${tenantId}/${row}`, plain),
      openTrace: (row, sealed) => open(traces, `${tenantId}/${row}`, sealed).toString('utf8'),
      sealFile: (row, bytes) => seal(files, `${tenantId}/${row}`, Buffer.from(bytes)),
      openFile: (row, sealed) => open(files, `${tenantId}/${row}`, sealed),
      paymentCodeKey: key('payment-code'),
    }
  }

  return {
    of(tenantId) {
      const known = opened.get(tenantId)
      if (known) return known
      const loading = load(tenantId)
      opened.set(tenantId, loading)
      loading.catch(() => opened.delete(tenantId))
      return loading
    },
    async createKeys(tx, tenantId, now) {
      const rows = PURPOSES.map((purpose) => ({
        tenant_id: tenantId,
        purpose,
        sealed_key: seal(masterKey, `${tenantId}/${purpose}`, newKey()),
        created_at: now,
      }))
      await tx.insertInto('tenant_keys').values(rows).execute()
      // What else the transaction does may need them, and nobody else can read them yet. The id is new: should the
      // transaction fail, nobody ever asks for it.
      opened.set(tenantId, Promise.resolve(unlock(tenantId, rows)))
    },
  }
}

/**
 * Opens the keys of the entity that came first, so that a MASTER_KEY of another installation is told at start, not to
 * the first family that signs in.
 * @throws ConfigError
 */
export async function assertMasterKeyFits(relay: Db, vault: Vault): Promise<void> {
  const first = await relay.selectFrom('tenants').select('id').orderBy('id').limit(1).executeTakeFirst()
  if (first) await vault.of(first.id)
}

/** What an operator reads instead of OpenSSL's words. It names the entity, and no key. */
function wrongMasterKey(tenantId: string, cause: SealBroken): ConfigError {
  return new ConfigError(
    [
      `MASTER_KEY does not fit this database: the keys of its entity ${tenantId} were sealed with another one.`,
      'Start with the MASTER_KEY with which this database was made; a database that was restored or copied needs the',
      'one of the installation it comes from. Where none is set, it is the masterKey of secrets.json in DATA_DIR.',
      'Nothing else opens what is sealed in it. See docs/operations.md, "Back-up".',
    ].join('\n'),
    { cause },
  )
}
