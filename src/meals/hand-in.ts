import { romeDate } from '#core/clock.ts'
import type { Tx } from '#core/db/tenant.ts'
import type { Tenant } from '#core/tenant.ts'
import type { StaffRole } from '#tenants/people/guardians.ts'
import { assertListable, firstOpenDay } from './attendance-days.ts'
import {
  readList,
  saveList,
  type ClassList,
  type HandedIn,
  type ListAuthor,
  type ListKey,
} from './class-list.ts'
import { askForCharges } from './meal-jobs.ts'

/**
 * Reads the list of a class on a day for which one can be handed in; page and API ask the same.
 * @throws DomainError resource.not_found, attendance.too_far, attendance.no_service, attendance.closed
 */
export async function openList(
  tx: Tx,
  tenant: Tenant,
  key: ListKey,
  role: StaffRole,
  now: Date,
): Promise<ClassList> {
  const list = await readList(tx, tenant.id, key)
  const first = firstOpenDay(tenant.policies, romeDate(now), role === 'administrator')
  await assertListable(tx, tenant.id, { ...key, schoolId: list.schoolId }, { first, now })
  return list
}

/**
 * Hands in the list of a class and, where it is closed, has its day charged. Callers nudge the relay afterwards. The same
 * list twice is one.
 * @throws DomainError as {@link openList}; attendance.list_changed when it is not the one that was read
 */
export async function handInList(
  tx: Tx,
  tenant: Tenant,
  handedIn: HandedIn,
  author: ListAuthor & { readonly role: StaffRole },
  now: Date,
): Promise<{ closed: boolean }> {
  await openList(tx, tenant, handedIn.key, author.role, now)
  const saved = await saveList(tx, tenant.id, handedIn, author, now)
  if (saved.closed) await askForCharges(tx, tenant, handedIn.key, now)
  return saved
}
