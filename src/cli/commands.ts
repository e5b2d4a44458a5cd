import { clockCommands } from './clock.ts'
import { databaseCommands } from './database.ts'
import { jobCommands } from './jobs.ts'
import { ledgerCommands } from './ledger.ts'
import { tenantCommands } from './tenants.ts'
import type { Command } from './command.ts'

/** Every command, in the order of the help. */
export const commands: readonly Command[] = [
  ...tenantCommands,
  ...ledgerCommands,
  ...jobCommands,
  ...clockCommands,
  ...databaseCommands,
]
