import { randomBytes } from 'node:crypto'
import { parseArgs } from 'node:util'
import type { House } from '../house.ts'
import { createTenant, type NewTenant } from '../tenants/create.ts'
import { addStaff } from '../tenants/people/guardians.ts'
import { withHouse, type Command, type Environment } from './command.ts'

const required = ['name', 'creditor-fiscal-code', 'segregation-code', 'iban'] as const

const options = {
  name: { type: 'string' },
  slug: { type: 'string' },
  'creditor-name': { type: 'string' },
  'creditor-fiscal-code': { type: 'string' },
  'segregation-code': { type: 'string' },
  iban: { type: 'string' },
  broker: { type: 'string' },
  station: { type: 'string' },
  'service-id': { type: 'string' },
  'service-subject-id': { type: 'string' },
  'ipa-code': { type: 'string' },
  color: { type: 'string', default: '#0059b3' },
  email: { type: 'string' },
  category: { type: 'string', default: 'REFEZIONE' },
  taxonomy: { type: 'string', default: '9/0107101TS/' },
  staff: { type: 'string' },
} as const

export const tenantCommands: readonly Command[] = [
  {
    name: 'tenant create',
    usage:
      '--name "Comune di …" --creditor-fiscal-code 11 digits --segregation-code 2 digits --iban IT…\n' +
      '      [--slug] [--creditor-name] [--broker] [--station] [--service-id 00009 --service-subject-id 5 characters]\n' +
      '      [--ipa-code] [--color "#rrggbb"] [--email] [--category REFEZIONE] [--taxonomy 9/0107101TS/] [--staff username]',
    purpose: 'takes an entity aboard, live: activation code, keys, the three channels, first staff user',
    run: (args, environment) => create(args, environment),
  },
  {
    name: 'tenant list',
    usage: '',
    purpose: 'lists the entities of this installation',
    run: (_, environment) =>
      withHouse(environment, async ({ services }) => {
        const rows = await services.relay
          .selectFrom('tenants')
          .select(['slug', 'name', 'activation_code', 'state'])
          .orderBy('slug')
          .execute()
        for (const row of rows)
          console.log(`${row.slug.padEnd(24)} ${row.activation_code}  ${row.state.padEnd(10)} ${row.name}`)
      }),
  },
]

async function create(args: string[], environment: Environment): Promise<number> {
  const { values } = parseArgs({ args, options, strict: true })
  const missing = required.filter((name) => !values[name])
  if (missing.length > 0) {
    console.error(`Missing: ${missing.map((name) => `--${name}`).join(', ')}`)
    return 1
  }
  return withHouse(environment, async (house, config) => {
    const tenant = newTenant(house, values as Values)
    const { services, registry } = house
    const made = await createTenant(services.db, services.vault, tenant, services.clock.now())
    const staff = {
      username: values.staff ?? `ufficio.${tenant.slug}`,
      password: randomBytes(9).toString('base64url'),
    }
    const names = {
      firstName: 'Ufficio',
      lastName: tenant.slug,
      email: values.email ?? null,
      fiscalCode: null,
      language: 'it' as const,
    }
    await addStaff(
      services.db,
      services.vault,
      made.id,
      { ...names, ...staff, role: 'administrator' },
      services.clock.now(),
    )
    if (config.SANDBOX_URL) await introduce(house, made.id, config.SANDBOX_URL, staff)
    registry.forget()
    console.log(`${tenant.name} is aboard.`)
    console.log(`  pages            ${config.PUBLIC_URL}/${tenant.slug}/`)
    console.log(`  activation code  ${made.activationCode}`)
    console.log(`  first staff user ${staff.username} / ${staff.password}   (shown once)`)
    return 0
  })
}

type Values = { [Key in keyof typeof options]?: string } & Record<(typeof required)[number], string> &
  Record<'color' | 'category' | 'taxonomy', string>

/** The entity that the options describe; what they leave out follows from what they say. */
function newTenant(house: House, values: Values): NewTenant {
  const fiscalCode = values['creditor-fiscal-code']
  const broker = values.broker ?? fiscalCode
  // A channel that needs to be told something stays closed until the entity sets it.
  const channels = house.cashier.channels.flatMap(({ id, settings }): [string, unknown][] => {
    const defaults = settings.safeParse({})
    return defaults.success ? [[id, defaults.data]] : []
  })
  return {
    slug: values.slug ?? slugOf(values.name),
    name: values.name,
    creditorFiscalCode: fiscalCode,
    segregationCode: values['segregation-code'],
    ...(values['ipa-code'] ? { ipaCode: values['ipa-code'] } : {}),
    ...(values['service-id'] ? { serviceId: values['service-id'] } : {}),
    ...(values['service-subject-id'] ? { serviceSubjectId: values['service-subject-id'] } : {}),
    creditor: {
      name: values['creditor-name'] ?? values.name,
      brokerFiscalCode: broker,
      stationId: values.station ?? `${broker}_01`,
      iban: values.iban,
    },
    branding: {
      primaryColor: values.color,
      initials: initialsOf(values.name),
      ...(values.email ? { email: values.email } : {}),
    },
    policies: {},
    categories: [
      {
        code: values.category,
        label: 'Mensa scolastica',
        paymentDescription: 'Ricarica refezione scolastica',
        taxonomyCode: values.taxonomy,
      },
    ],
    channels: Object.fromEntries(channels),
  }
}

function slugOf(name: string): string {
  const plain = name.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
  return plain
    .replace(/^(comune|citta|unione) (di|del|della|dei) /, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 40)
}

function initialsOf(name: string): string {
  const words = name
    .split(/\s+/)
    .filter((word) => /^\p{Lu}/u.test(word) && !/^(Comune|Città|Unione)$/.test(word))
  return (words.map((word) => word[0]).join('') || name[0] || 'E').slice(0, 2)
}

async function introduce(
  house: House,
  id: string,
  sandboxUrl: string,
  staff: { username: string; password: string },
): Promise<void> {
  const { introduceToSandbox } = await import('../local/introduce.ts')
  const tenant = (await house.registry.byId(id))!
  try {
    await introduceToSandbox(sandboxUrl, tenant, {
      people: [{ role: 'staff', name: 'Ufficio', ...staff }],
      paymentCodes: [],
    })
  } catch {
    console.warn('  The sandbox is not running: it hears of the entity at the next start.')
  }
}
