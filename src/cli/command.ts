import { loadConfig, type Config } from '../core/config.ts'
import { openHouse, type House } from '../house.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** One command of the operator. Its answer is the exit code, 0 when left out. */
export interface Command {
  /** The words that call it: `tenant create`. */
  name: string
  /** Its options, as the help shows them. */
  usage: string
  purpose: string
  run(args: string[], environment: Environment): Promise<number | void>
}

/**
 * Opens the house on the configured database, or on the one of a local installation, and closes it afterwards.
 * @param adjust changes the configuration for this command alone
 */
export async function withHouse<Value>(
  environment: Environment,
  work: (house: House, config: Config) => Promise<Value>,
  adjust: (config: Config) => Config = (config) => config,
): Promise<Value> {
  const production = environment.NODE_ENV === 'production'
  const local = production ? undefined : await import('../local/setup.ts')
  const world = await local?.setUpLocally(environment, { withSandbox: false })
  try {
    // A command's own words go to the screen; the house's log would only stand between them.
    const config = adjust(loadConfig({ LOG_LEVEL: 'warn', ...(world?.environment ?? environment) }))
    const house = await openHouse(config)
    try {
      return await work(house, config)
    } finally {
      await house.close()
    }
  } finally {
    await world?.stop()
  }
}
