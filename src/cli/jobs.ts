import { listFailing, replayParked } from '../core/jobs/outbox.ts'
import { withHouse, type Command } from './command.ts'

export const jobCommands: readonly Command[] = [
  {
    name: 'jobs failing',
    usage: '',
    purpose: 'lists the work that fails: set aside for a person, or still tried again',
    run: (_, environment) =>
      withHouse(environment, async ({ services }) => {
        const failing = await listFailing(services.relay)
        for (const { id, job, attempt, parkedAt, lastError } of failing) {
          const standing = parkedAt ? `set aside ${parkedAt.toISOString()}` : 'tried again by itself'
          console.log(`${id}  ${job.padEnd(20)} tried ${attempt}, ${standing}  ${lastError ?? ''}`)
        }
        console.log(failing.length === 0 ? 'Nothing fails.' : `${failing.length} failing.`)
      }),
  },
  {
    name: 'jobs replay',
    usage: '[id]',
    purpose: 'gives work that was set aside another round, all of it or one',
    run: ([id], environment) =>
      withHouse(environment, async ({ services }) => {
        console.log(
          `${await replayParked(services.relay, services.clock.now(), id)} handed to the relay again.`,
        )
      }),
  },
]
