import { checkLedger } from '../core/ledger/check.ts'
import { withHouse, type Command } from './command.ts'

export const ledgerCommands: readonly Command[] = [
  {
    name: 'ledger check',
    usage: '[slug]',
    purpose: 'checks every rule of the ledger, of one entity or of all; exit code 1 when one is broken',
    run: ([slug], environment) =>
      withHouse(environment, async ({ services }) => {
        const tenants = await services.relay
          .selectFrom('tenants')
          .select(['id', 'slug'])
          .orderBy('slug')
          .execute()
        const chosen = tenants.filter((tenant) => slug === undefined || tenant.slug === slug)
        if (chosen.length === 0) {
          console.error(slug === undefined ? 'No entity here yet.' : `No entity ${slug} here.`)
          return slug === undefined ? 0 : 1
        }
        let broken = 0
        for (const tenant of chosen) {
          const violations = await checkLedger(services.db, tenant.id)
          console.log(
            `${tenant.slug}: ${violations.length === 0 ? 'every rule holds' : `${violations.length} broken`}`,
          )
          for (const { invariant, subjectId, detail } of violations)
            console.log(`  ${invariant}: ${subjectId} ${detail}`)
          broken += violations.length
        }
        return broken === 0 ? 0 : 1
      }),
  },
]
