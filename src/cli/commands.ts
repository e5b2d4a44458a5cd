import { catalogueCommands } from './catalogue.ts'
import { clockCommands } from './clock.ts'
import { databaseCommands } from './database.ts'
import { demoCommands } from './demo.ts'
import { identityCommands } from './identity.ts'
import { jobCommands } from './jobs.ts'
import { ledgerCommands } from './ledger.ts'
import { operatorCommands } from './operators.ts'
import { reconciliationCommands } from './reconciliation.ts'
import { tenantCommands } from './tenants.ts'
import type { Command } from './command.ts'

/** Every command, in the order of the help. */
export const commands: readonly Command[] = [
  ...tenantCommands,
  ...identityCommands,
  ...operatorCommands,
  ...catalogueCommands,
  ...ledgerCommands,
  ...reconciliationCommands,
  ...jobCommands,
  ...clockCommands,
  ...demoCommands,
  ...databaseCommands,
]
