import { clockOffsetMs, moveClock } from '../core/moved-clock.ts'
import { ConfigError } from '../core/config.ts'
import { withHouse, type Command, type Environment } from './command.ts'

const DAY_MS = 86_400_000

export const clockCommands: readonly Command[] = [
  {
    name: 'clock forward',
    usage: '<days>',
    purpose: 'moves the date of a demonstration forward (refused in production)',
    run: ([days], environment) => move(environment, Number(days)),
  },
  {
    name: 'clock reset',
    usage: '',
    purpose: 'puts the date of a demonstration back to today (refused in production)',
    run: (_, environment) => move(environment, undefined),
  },
]

async function move(environment: Environment, days: number | undefined): Promise<number> {
  if (environment.NODE_ENV === 'production')
    throw new ConfigError('In production time is what it is: the clock cannot be moved.')
  if (days !== undefined && !(Number.isInteger(days) && days > 0 && days <= 3_650)) {
    console.error('Say by how many days, for instance: npm run cli -- clock forward 5')
    return 1
  }
  return withHouse(environment, async ({ services }) => {
    const offset = days === undefined ? 0 : (await clockOffsetMs(services.db)) + days * DAY_MS
    await moveClock(services.db, offset)
    console.log(`It is now ${new Date(Date.now() + offset).toISOString().slice(0, 10)} here.`)
    return 0
  })
}
