import { randomBytes } from 'node:crypto'
import { parseArgs } from 'node:util'
import { migrate } from '../core/db/migrate.ts'
import { prepareDatabase } from '../core/db/roles.ts'
import type { Command } from './command.ts'

export const databaseCommands: readonly Command[] = [
  {
    name: 'database prepare',
    usage: '--admin-url postgres://… [--prefix borsellino] [--database borsellino]',
    purpose: 'makes roles and database on a PostgreSQL server and prints the connection strings to configure',
    async run(args) {
      const options = {
        'admin-url': { type: 'string' },
        prefix: { type: 'string', default: 'borsellino' },
        database: { type: 'string', default: 'borsellino' },
      } as const
      const { values } = parseArgs({ args, options })
      if (!values['admin-url']) {
        console.error('Missing: --admin-url')
        return 1
      }
      const password = randomBytes(24).toString('base64url')
      const urls = await prepareDatabase(values['admin-url'], {
        prefix: values.prefix,
        database: values.database,
        password,
      })
      const applied = await migrate(urls.owner)
      console.log(`# ${applied.length} migrations applied. Keep these secret:`)
      console.log(
        `DATABASE_URL=${urls.app}\nRELAY_DATABASE_URL=${urls.relay}\nOWNER_DATABASE_URL=${urls.owner}\nQUEUE_DATABASE_URL=${urls.queue}`,
      )
      return 0
    },
  },
]
