import type { Config } from '#core/config.ts'
import { policiesSchema } from '#core/tenant.ts'
import { isMethodOpen } from '#tenants/sign-in/methods.ts'
import { DEMO_OPERATOR, DEMO_PASSWORD, type DemoEntity } from './demo/entities.ts'

/** What a newcomer reads when everything runs: where to go, and as whom. */
export function greeting(config: Config, entities: readonly DemoEntity[], now: Date): string {
  const people = entities.map(
    ({ tenant, guardian, staff, unclaimed }) =>
      `  ${tenant.name}\n` +
      `    pages            ${config.PUBLIC_URL}/${tenant.slug}/   activation code ${tenant.activationCode}\n` +
      `    parent           ${guardian.firstName} ${guardian.lastName}, with SPID or CIE${passwordOf(tenant, guardian.username, now)}\n` +
      `    office           ${config.PUBLIC_URL}/${tenant.slug}/ufficio/   ${staff.username} / ${DEMO_PASSWORD}\n` +
      `    code of a school ${unclaimed.claimCode} (${unclaimed.firstName}, to be claimed)`,
  )
  return `
Borsellino is ready: ${config.PUBLIC_URL}

${people.join('\n\n')}

  Who runs the installation
    pages            ${config.PUBLIC_URL}/gestione/   ${DEMO_OPERATOR.username} / ${DEMO_PASSWORD}

  Office and installation also ask for a code of a telephone: ${config.SANDBOX_URL ? `${config.SANDBOX_URL}/telefono shows it.` : 'see src/local/demo/entities.ts.'}

  The outside world, simulated: ${config.SANDBOX_URL ?? 'none'}
    Identity providers, Checkout, PSP counter, tobacconist's terminal, telephone and mailbox are there.
  API: ${config.PUBLIC_URL}/api/docs
  Move the date: npm run cli -- clock forward 5
`
}

/** How a parent comes in without an identity, while the entity takes passwords. */
function passwordOf({ policies }: DemoEntity['tenant'], username: string, now: Date): string {
  const isOpen = isMethodOpen({ policies: policiesSchema.parse(policies) }, 'password', now)
  return isOpen ? `, or ${username} / ${DEMO_PASSWORD}` : ''
}
