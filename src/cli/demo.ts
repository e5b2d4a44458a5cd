import { parseArgs } from 'node:util'
import type { Config } from '../core/config.ts'
import type { House } from '../house.ts'
import { withHouse, type Command, type Environment } from './command.ts'

const options = {
  children: { type: 'string', default: '200' },
  entity: { type: 'string', default: 'cassano' },
  seed: { type: 'string', default: '1' },
  days: { type: 'string', default: '365' },
} as const

export const demoCommands: readonly Command[] = [
  {
    name: 'demo',
    usage: '[--children 200] [--entity cassano] [--seed 1] [--days 365]',
    purpose: 'fills an entity of a demonstration with invented families and a year of meals and payments',
    run: (args, environment) => fill(args, environment),
  },
]

const CHILDREN_MAX = 60_000
const DAYS_MAX = 400

async function fill(args: string[], environment: Environment): Promise<number> {
  const { values } = parseArgs({ args, options, strict: true })
  const [children, seed, days] = [Number(values.children), Number(values.seed), Number(values.days)]
  if (environment.NODE_ENV === 'production') {
    console.error('A demonstration has no place among real families: production refuses it.')
    return 1
  }
  const isWhole = (value: number, maximum: number) =>
    Number.isInteger(value) && value >= 1 && value <= maximum
  if (!isWhole(children, CHILDREN_MAX) || !isWhole(days, DAYS_MAX) || !Number.isInteger(seed)) {
    console.error(`--children is 1 to ${CHILDREN_MAX}, --days 1 to ${DAYS_MAX}, --seed a whole number`)
    return 1
  }
  const work = async (house: House) => {
    const { services, registry } = house
    const { seedDemo } = await import('../local/demo/seed.ts')
    const { buildTown, isInhabited } = await import('../local/demo/town/town.ts')
    await seedDemo(house)
    const tenant = await registry.bySlug(values.entity)
    if (!tenant) {
      console.error(`There is no entity ${values.entity}: npm run cli -- tenant list names them.`)
      return 1
    }
    if (await isInhabited(services, tenant.id)) {
      console.error(
        `${tenant.name} has prices of its own already, and families may live there: nothing was changed.`,
      )
      return 1
    }
    let month = ''
    const onDay = (day: string) => {
      if (day.slice(0, 7) !== month) console.log(`  ${(month = day.slice(0, 7))}`)
    }
    const { families, meals, payments } = await buildTown(services, tenant, { children, seed, days, onDay })
    console.log(
      `${tenant.name}: ${families} families, ${children} children, ${meals} meals, ${payments} payments.`,
    )
    return 0
  }
  return withHouse(environment, work, withoutWaiting)
}

/**
 * The invented past of a town may be lost with the machine: its thousands of transactions do not wait for the disk, which
 * is most of their time.
 */
function withoutWaiting(config: Config): Config {
  const url = new URL(config.DATABASE_URL)
  url.searchParams.set('options', '-c synchronous_commit=off')
  // Written as drivers read it: a plus sign is none of theirs.
  return { ...config, DATABASE_URL: url.href.replaceAll('+', '%20') }
}
