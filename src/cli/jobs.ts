import { listParked, replayParked } from '../core/jobs/outbox.ts'
import { withHouse, type Command } from './command.ts'

export const jobCommands: readonly Command[] = [
  {
    name: 'jobs parked',
    usage: '',
    purpose: 'lists the work that failed for good and waits for a person',
    run: (_, environment) =>
      withHouse(environment, async ({ services }) => {
        const parked = await listParked(services.relay)
        for (const one of parked) {
          console.log(
            `${one.id}  ${one.job.padEnd(20)} tried ${one.attempt}, parked ${one.parkedAt.toISOString()}  ${one.lastError ?? ''}`,
          )
        }
        console.log(parked.length === 0 ? 'Nothing is parked.' : `${parked.length} parked.`)
      }),
  },
  {
    name: 'jobs replay',
    usage: '[id]',
    purpose: 'gives parked work another round, all of it or one',
    run: ([id], environment) =>
      withHouse(environment, async ({ services }) => {
        console.log(
          `${await replayParked(services.relay, services.clock.now(), id)} handed to the relay again.`,
        )
      }),
  },
]
