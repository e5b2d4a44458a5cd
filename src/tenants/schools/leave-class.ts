import { addDays, type RomeDate } from '#core/clock.ts'
import type { Tx } from '#core/db/tenant.ts'
import { DomainError } from '#core/errors.ts'

/**
 * Takes a child out of its class after a day. Lists of that day and of before keep it, also those that nobody has handed in
 * yet; meals that it ate stay charged. Its services go on until they are ended. A class that it is put into takes it back.
 * @returns the class
 * @throws DomainError class.wrong_last_day for a day to come or of another school year, resource.not_found where it has no class
 */
export async function leaveClass(
  tx: Tx,
  tenantId: string,
  { childId, schoolYear, lastDay }: { childId: string; schoolYear: string; lastDay: RomeDate },
  today: RomeDate,
): Promise<string> {
  // A day to come would leave what cards and lists say of the child wrong on one of its sides: services end on such days.
  if (
    lastDay > today ||
    lastDay < `${schoolYear.slice(0, 4)}-08-01` ||
    lastDay > `${schoolYear.slice(5)}-07-31`
  )
    throw new DomainError('class.wrong_last_day')
  const left = await tx
    .updateTable('placements')
    .set({ left_on: addDays(lastDay, 1) })
    .where('tenant_id', '=', tenantId)
    .where('child_id', '=', childId)
    .where('school_year', '=', schoolYear)
    .where('left_on', 'is', null)
    .returning('class_id')
    .executeTakeFirst()
  if (!left) throw new DomainError('resource.not_found')
  await tx
    .updateTable('children')
    .set({ school: '', class_name: '' })
    .where('tenant_id', '=', tenantId)
    .where('id', '=', childId)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('placements as later')
            .select('later.class_id')
            .where('later.tenant_id', '=', tenantId)
            .where('later.child_id', '=', childId)
            .where('later.school_year', '>', schoolYear),
        ),
      ),
    )
    .execute()
  return left.class_id
}
