import { randomBytes } from 'node:crypto'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { formatDateTime } from '../core/clock.ts'
import { DomainError } from '../core/errors.ts'
import { parseBodyCode } from '../core/fiscal-code.ts'
import type { House } from '../house.ts'
import { entityFrom } from '../tenants/new-entity.ts'
import { takeAboard } from '../tenants/operators/first-administrator.ts'
import { entityDossier } from '../tenants/operators/entity.ts'
import { addStaff } from '../tenants/people/guardians.ts'
import { createPreflight } from '../tenants/onboarding/preflight.ts'
import { changeState, statesAfter, TENANT_STATES } from '../tenants/states.ts'
import { withHouse, type Command, type Environment } from './command.ts'

const required = ['name', 'creditor-fiscal-code', 'segregation-code'] as const

const options = {
  name: { type: 'string' },
  draft: { type: 'boolean', default: false },
  invite: { type: 'string' },
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
  color: { type: 'string' },
  email: { type: 'string' },
  category: { type: 'string' },
  taxonomy: { type: 'string' },
  staff: { type: 'string' },
} as const

export const tenantCommands: readonly Command[] = [
  {
    name: 'tenant create',
    usage:
      '--name "Comune di …" --creditor-fiscal-code 11 digits --segregation-code 2 digits\n' +
      '      --iban IT… [--staff username] | --draft --invite e-mail [--iban IT…]\n' +
      '      [--slug] [--creditor-name] [--broker] [--station] [--service-id 00009 --service-subject-id 5 characters]\n' +
      '      [--ipa-code] [--color "#rrggbb"] [--email] [--category REFEZIONE] [--taxonomy 9/0107101TS/]',
    purpose:
      'takes an entity aboard: live with a first staff user, or as a draft whose administrator is invited by e-mail',
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
  {
    name: 'tenant show',
    usage: '<slug>',
    purpose: 'shows an entity: state, codes, usage in counts, work that fails',
    run: ([slug = ''], environment) => withHouse(environment, (house) => told(() => show(house, slug))),
  },
  {
    name: 'tenant state',
    usage: `<slug> ${TENANT_STATES.filter((state) => state !== 'draft').join('|')} [--reason "…"]`,
    purpose: 'moves an entity into another state; families read why it is suspended or closed',
    run: (args, environment) => moveTo(args, environment),
  },
]

async function create(args: string[], environment: Environment): Promise<number> {
  const { values } = parseArgs({ args, options, strict: true })
  const missing = [...required, values.draft ? 'invite' : 'iban'].filter(
    (name) => !values[name as keyof typeof values],
  )
  if (missing.length > 0) {
    console.error(`Missing: ${missing.map((name) => `--${name}`).join(', ')}`)
    return 1
  }
  const problem = values.draft ? problemOfDraft(values) : undefined
  if (problem !== undefined) {
    console.error(problem)
    return 1
  }
  return withHouse(environment, (house, config) => told(() => takeIn(house, config, values as Values)))
}

type Values = { [Key in Exclude<keyof typeof options, 'draft'>]?: string } & {
  draft: boolean
} & Record<(typeof required)[number], string>

/** What is wrong with the facts of a draft, which the page of the operators would not take either. */
function problemOfDraft(values: { invite?: string; 'creditor-fiscal-code'?: string }): string | undefined {
  if (!z.email().safeParse(values.invite).success) return `${values.invite} is no e-mail address.`
  const code = values['creditor-fiscal-code'] ?? ''
  if (parseBodyCode(code) === undefined)
    return `${code} is no fiscal code of a body: its last digit is wrong.`
  return undefined
}

async function takeIn(
  house: House,
  config: { PUBLIC_URL: string; SANDBOX_URL?: string | undefined },
  values: Values,
): Promise<number> {
  const { services, registry, cashier } = house
  const facts = {
    name: values.name,
    slug: values.slug,
    creditorName: values['creditor-name'],
    creditorFiscalCode: values['creditor-fiscal-code'],
    segregationCode: values['segregation-code'],
    iban: values.iban,
    broker: values.broker,
    station: values.station,
    serviceId: values['service-id'],
    serviceSubjectId: values['service-subject-id'],
    ipaCode: values['ipa-code'],
    color: values.color,
    email: values.email,
    category: values.category,
    taxonomy: values.taxonomy,
  }
  const tenant = entityFrom(facts, values.draft ? 'draft' : 'live', cashier.channels)
  const administrator = values.invite ? { email: values.invite, language: 'it' as const } : undefined
  const made = await takeAboard(services, tenant, administrator, { kind: 'system' })
  registry.forget()
  console.log(`${tenant.name} is aboard.`)
  console.log(`  pages            ${config.PUBLIC_URL}/${tenant.slug}/`)
  console.log(`  activation code  ${made.activationCode}`)
  if (values.draft) {
    console.log(`  invited          ${values.invite}   (the letter leaves with the next worker)`)
    return 0
  }
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
  const { db, vault, clock } = services
  await addStaff(db, vault, made.id, { ...names, ...staff, role: 'administrator' }, clock.now())
  if (config.SANDBOX_URL) await introduce(house, made.id, config.SANDBOX_URL, staff)
  console.log(`  first staff user ${staff.username} / ${staff.password}   (shown once)`)
  return 0
}

async function moveTo(args: string[], environment: Environment): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    options: { reason: { type: 'string' } },
    strict: true,
    allowPositionals: true,
  })
  const [slug = '', asked] = positionals
  const to = TENANT_STATES.find((state) => state === asked)
  if (!to) {
    console.error(`Missing: the entity and one of ${TENANT_STATES.join(', ')}`)
    return 1
  }
  return withHouse(environment, ({ services, registry, cashier }) =>
    told(async () => {
      const tenant = await registry.bySlug(slug)
      if (!tenant) throw new DomainError('resource.not_found')
      const { missing: preflight } = createPreflight(services, cashier.channels)
      const change = { reason: values.reason ?? null, preflight }
      await changeState(services, tenant.id, to, { kind: 'system' }, change)
      console.log(`${tenant.name}: ${tenant.state} → ${to}`)
      return 0
    }),
  )
}

async function show({ services }: House, slug: string): Promise<number> {
  const { tenant, since, usage, invitations, failing, leave } = await entityDossier(services, slug)
  const next = statesAfter(tenant.state).join(', ') || 'nothing'
  const lines: [string, string][] = [
    ['state', `${tenant.state} since ${formatDateTime(since)}; next: ${next}`],
    ...(tenant.stateReason ? [['reason', tenant.stateReason] as [string, string]] : []),
    ['activation code', tenant.activationCode],
    ['creditor', `${tenant.creditorFiscalCode} / ${tenant.segregationCode}, ${tenant.creditor.name}`],
    ['account', tenant.creditor.iban || 'none yet'],
    ['children', `${usage.children}`],
    ['families', `${usage.guardians}`],
    ['staff', `${usage.staff}, ${usage.administrators} administrators`],
    ['top-ups', `${usage.topUps} in 30 days, ${usage.paidTopUps} paid`],
    ['last receipt', usage.lastReceiptOn ?? 'none'],
    ['invited', `${invitations.length} waiting`],
    ['support', leave ? `let in as ${leave.role} until ${formatDateTime(leave.endsAt)}` : 'not let in'],
    ['work that fails', `${failing.length}`],
  ]
  console.log(tenant.name)
  for (const [name, value] of lines) console.log(`  ${name.padEnd(16)} ${value}`)
  for (const { id, job, parkedAt, lastError } of failing)
    console.log(`  ${id} ${job} ${parkedAt ? 'set aside' : 'tried again'}  ${lastError ?? ''}`)
  return 0
}

/** Says in words what the operator can mend; anything else is a fault of ours. */
async function told(work: () => Promise<number>): Promise<number> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    const facts = Object.entries(error.details).map(([name, value]) => `${name}: ${value}`)
    console.error([error.code, ...facts].join('  '))
    return 1
  }
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
