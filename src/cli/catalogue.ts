import { parseArgs } from 'node:util'
import { serviceCatalogue, serviceSchema } from '../channels/puntolis-qr/catalogue.ts'
import { addDays, isRomeDate, romeDate } from '../core/clock.ts'
import type { Tenant } from '../core/tenant.ts'
import { withHouse, type Command } from './command.ts'

const options = {
  from: { type: 'string' },
  until: { type: 'string' },
  description: { type: 'string', default: 'Ricarica mensa scolastica' },
  commission: { type: 'string' },
  schema: { type: 'boolean', default: false },
} as const

type Values = ReturnType<typeof read>['values']

export const catalogueCommands: readonly Command[] = [
  {
    name: 'catalogue',
    usage:
      '<entity> [--from YYYY-MM-DD, tomorrow] [--until YYYY-MM-DD]\n' +
      '      [--description "Ricarica mensa scolastica"] [--commission Y|N] | --schema',
    purpose: 'prints the Catalogo dei Servizi of an entity for pagoPA, or the XSD of the service’s own data',
    run: async (args, environment) => {
      const { values, positionals } = read(args)
      if (values.schema) return print(serviceSchema())
      const [slug] = positionals
      return withHouse(environment, async ({ registry, services }) => {
        const tenant = slug === undefined ? undefined : await registry.bySlug(slug)
        const from = values.from ?? addDays(romeDate(services.clock.now()), 1)
        const problem = tenant ? problemOf(tenant, from, values) : `No entity ${slug ?? '(none named)'} here.`
        if (problem !== undefined || !tenant) {
          console.error(problem)
          return 1
        }
        const { until, description, commission } = values
        return print(
          serviceCatalogue({
            serviceId: tenant.serviceId!,
            serviceSubjectId: tenant.serviceSubjectId!,
            creditorFiscalCode: tenant.creditorFiscalCode,
            creditorName: tenant.creditor.name,
            description,
            from,
            until,
            commission: commission as 'Y' | 'N' | undefined,
          }),
        )
      })
    },
  },
]

function read(args: string[]) {
  return parseArgs({ args, options, strict: true, allowPositionals: true })
}

function print(text: string): number {
  console.log(text.trimEnd())
  return 0
}

/** Why no catalogue can be printed, in words. */
function problemOf(
  tenant: Tenant,
  from: string,
  { until, description, commission }: Values,
): string | undefined {
  if (!tenant.serviceId || !tenant.serviceSubjectId)
    return `${tenant.slug} has no service: pagoPA assigns --service-id and --service-subject-id.`
  for (const day of [from, until])
    if (day !== undefined && !isRomeDate(day)) return `${day} is no day: YYYY-MM-DD.`
  if (until !== undefined && until < from) return `--until ${until} lies before --from ${from}.`
  if (description.trim() === '') return '--description says nothing.'
  if (commission !== undefined && !/^[YN]$/.test(commission)) return '--commission is Y or N.'
  return undefined
}
