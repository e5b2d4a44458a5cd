import type { Db } from '#core/db/connect.ts'
import { inTenant, type Tx } from '#core/db/tenant.ts'
import { WRONG_CODES_MAX } from '../sign-in/second-factor.ts'
import type { StaffRole } from './guardians.ts'

/** Somebody who works for the entity, as colleagues see them. */
export interface StaffMember {
  readonly accountId: string
  readonly name: string
  readonly role: StaffRole
  /** Since when there is a second factor; undefined while there is none. */
  readonly secondFactorSince: Date | undefined
  /** True once too many wrong codes came in a row. */
  readonly isLocked: boolean
  /** Recovery codes that are left. */
  readonly recoveryCodes: number
}

/**
 * Whether an account is the one as which the installation's operators help. It is nobody's colleague: no list shows it,
 * and nobody gives it a role but by a leave.
 */
export async function isSupportAccount(tx: Tx, tenantId: string, accountId: string): Promise<boolean> {
  const row = await tx
    .selectFrom('support_leaves')
    .select('id')
    .where('tenant_id', '=', tenantId)
    .where('account_id', '=', accountId)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

/** Somebody who worked for the entity. */
export interface FormerColleague {
  readonly accountId: string
  readonly name: string
  readonly role: StaffRole
  readonly email: string | null
  readonly since: Date
}

/** Those whose accounts were closed, the last one first. */
export async function formerStaff(db: Db, tenantId: string): Promise<FormerColleague[]> {
  const rows = await inTenant(db, tenantId, (tx) =>
    tx
      .selectFrom('accounts as a')
      .where('a.tenant_id', '=', tenantId)
      .where('a.kind', '=', 'staff')
      .where('a.disabled_at', 'is not', null)
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom('support_leaves as l')
              .whereRef('l.tenant_id', '=', 'a.tenant_id')
              .whereRef('l.account_id', '=', 'a.id')
              .select('l.id'),
          ),
        ),
      )
      .select(['a.id', 'a.first_name', 'a.last_name', 'a.staff_role', 'a.email', 'a.disabled_at'])
      .orderBy('a.disabled_at', 'desc')
      .execute(),
  )
  return rows.map((row) => ({
    accountId: row.id,
    name: `${row.first_name} ${row.last_name}`,
    role: row.staff_role!,
    email: row.email,
    since: row.disabled_at!,
  }))
}

/** The entity's staff by name, without who is disabled, and without the operators' account. */
export async function listStaff(db: Db, tenantId: string): Promise<StaffMember[]> {
  const rows = await inTenant(db, tenantId, (tx) =>
    tx
      .selectFrom('accounts as a')
      .leftJoin('second_factors as f', (join) =>
        join.onRef('f.tenant_id', '=', 'a.tenant_id').onRef('f.account_id', '=', 'a.id'),
      )
      .where('a.tenant_id', '=', tenantId)
      .where('a.kind', '=', 'staff')
      .where('a.disabled_at', 'is', null)
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom('support_leaves as l')
              .whereRef('l.tenant_id', '=', 'a.tenant_id')
              .whereRef('l.account_id', '=', 'a.id')
              .select('l.id'),
          ),
        ),
      )
      .select(['a.id', 'a.first_name', 'a.last_name', 'a.staff_role', 'f.confirmed_at', 'f.wrong_codes'])
      .select((select) =>
        select
          .selectFrom('recovery_codes as r')
          .whereRef('r.tenant_id', '=', 'a.tenant_id')
          .whereRef('r.account_id', '=', 'a.id')
          .where('r.used_at', 'is', null)
          .select((count) => count.fn.countAll<bigint>().as('left'))
          .as('recovery_codes'),
      )
      .orderBy('a.last_name')
      .orderBy('a.first_name')
      .orderBy('a.id')
      .execute(),
  )
  return rows.map((row) => ({
    accountId: row.id,
    name: `${row.first_name} ${row.last_name}`,
    role: row.staff_role!,
    secondFactorSince: row.confirmed_at ?? undefined,
    isLocked: (row.wrong_codes ?? 0) >= WRONG_CODES_MAX,
    recoveryCodes: Number(row.recovery_codes ?? 0n),
  }))
}
