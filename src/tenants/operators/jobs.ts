import { DomainError } from '#core/errors.ts'
import { replayParked } from '#core/jobs/outbox.ts'
import type { Services } from '#core/services.ts'
import { operatorAudit } from './audit.ts'

/**
 * Gives work that was set aside another round, one entry or all of a kind, with a line in the operators' log.
 * @returns how many entries
 * @throws DomainError resource.not_found when none of them is set aside (any more)
 */
export async function replayAsOperator(
  { relay, clock, nudge }: Pick<Services, 'relay' | 'clock' | 'nudge'>,
  operatorId: string,
  which: { readonly id: string } | { readonly job: string },
): Promise<number> {
  const now = clock.now()
  const count = await relay.transaction().execute(async (tx) => {
    const [id, job] = 'id' in which ? [which.id, undefined] : [undefined, which.job]
    const replayed = await replayParked(tx, now, id, job)
    if (replayed === 0) throw new DomainError('resource.not_found')
    const entry = {
      operatorId,
      action: 'job.replayed',
      ...(id !== undefined && { subject: { kind: 'job', id } as const }),
      details: { job: job ?? null, count: replayed },
    } as const
    await operatorAudit(tx, entry, now)
    return replayed
  })
  nudge()
  return count
}
