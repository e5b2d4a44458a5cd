import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { hasMessage } from '#core/i18n.ts'
import { inTenant } from '#core/db/tenant.ts'
import { policiesSchema, type Policies, type Tenant } from '#core/tenant.ts'
import { effectsOf } from '#tenants/onboarding/effects.ts'
import { createPreflight, MISSING_KEYS } from '#tenants/onboarding/preflight.ts'
import { remindOfRenewal } from '#tenants/onboarding/renewal.ts'
import { openTestHouse } from './support/house.ts'
import { hire, officeClient, withPhone } from './support/office.ts'
import { visitor } from './support/visitor.ts'
import { freshTenant, neverLive } from './support/onboarding.ts'

const world = await openTestHouse()
const { house, database, clock } = world
const { services } = house
const preflight = createPreflight(services, house.cashier.channels)
const missingOf = async (tenant: Tenant) =>
  (await preflight.missing(await freshTenant(world, tenant.id))).map(({ key }) => key)
const change = (tenant: Tenant, column: 'branding' | 'creditor' | 'policies', values: object) =>
  database.owner
    .updateTable('tenants')
    .set({ [column]: { ...tenant[column], ...values } })
    .where('id', '=', tenant.id)
    .execute()

describe('the preflight', () => {
  test('has words for everything that can be missing', () => {
    expect(MISSING_KEYS.filter((key) => !hasMessage(`missing.${key}`))).toEqual([])
  })

  test('lets an entity pass that lacks nothing but its rehearsal, and names each thing taken away', async () => {
    const tenant = await neverLive(world, await world.addTenant(), 'rehearsal')
    const { accountId } = await hire(world, tenant, 'administrator')
    expect(await missingOf(tenant)).toEqual(['policies.seen', 'staff.administrator', 'rehearsal.channels'])
    await withPhone(world, tenant, accountId)
    const still = ['policies.seen', 'rehearsal.channels']
    expect(await missingOf(tenant)).toEqual(still)
    for (const [column, values, key] of [
      ['branding', { phone: '', email: '' }, 'contacts.reachable'],
      ['branding', { accessibilityDeclarationUrl: '' }, 'links.accessibility'],
      ['branding', { privacyUrl: '' }, 'links.privacy'],
      ['branding', { legalNotesUrl: '' }, 'links.legal_notes'],
      ['branding', { reportUrl: '' }, 'links.report'],
      ['creditor', { iban: 'IT61X0542811101000000123456' }, 'creditor.iban'],
      ['policies', { passwordLoginUntil: '2020-01-01' }, 'sign_in.possible'],
    ] as const) {
      await change(tenant, column, values)
      expect(await missingOf(tenant), key).toContain(key)
      await change(tenant, column, {})
    }
    expect(await missingOf(tenant)).toEqual(still)
    await database.owner
      .updateTable('service_categories')
      .set({ taxonomy_code: '9/oops/' })
      .where('tenant_id', '=', tenant.id)
      .execute()
    await database.owner
      .updateTable('tenant_channels')
      .set({ enabled: false })
      .where('tenant_id', '=', tenant.id)
      .execute()
    expect(await missingOf(tenant)).toEqual(['categories.taxonomy', 'channels.none', 'policies.seen'])
  })
})

describe('the effect of a rule', async () => {
  const tenant = await world.addTenant()
  const [one, two] = [await world.addFamily(tenant, 2), await world.addFamily(tenant, 1)]
  await database.owner
    .updateTable('accounts')
    .set({ identity_linked_at: clock.now() } as never)
    .where('tenant_id', '=', tenant.id)
    .where('id', '=', two.accountId)
    .execute()
  await inTenant(services.db, tenant.id, (tx) =>
    sql`select ledger_open_balance(${tenant.id}, gen_random_uuid(), ${one.children[0]!.walletId}, 1500, 'apertura', now(), now())`.execute(
      tx,
    ),
  )
  const payer = { accountId: one.accountId, email: null, language: 'it' as const }
  const { walletId } = one.children[0]!
  await house.cashier.start(tenant, 'psp-notice', payer, {
    walletId,
    drafts: [{ walletId, amountCents: 2_000n as never }],
  })
  const effects = async (after: Partial<Policies>) => {
    const before = policiesSchema.parse({})
    const found = await effectsOf(
      services.db,
      tenant.id,
      { before, after: { ...before, ...after }, language: 'it' },
      clock.now(),
    )
    return found.map(({ key, values }) => [key, values])
  }

  test.each([
    [{}, []],
    [
      { passwordLoginUntil: '2031-12-31' },
      [['password_until', { accounts: 2, unlinked: 1, day: '31/12/2031' }]],
    ],
    [
      { passwordLoginUntil: '2020-01-01' },
      [['password_closed', { accounts: 2, unlinked: 1, sessions: 0, day: '01/01/2020' }]],
    ],
    [{ pagopaOnlyFrom: '2031-01-01' }, [['till_until', { day: '01/01/2031', recent: 0 }]]],
    // Credits are 15,00, nothing and nothing; a meal is 4,90.
    [{ lowCreditMeals: 4 }, [['low_credit', { meals: 4, was: 2, will: 3 }]]],
    [
      { minimumCents: 2_500, maximumCents: 60_000 },
      [['amounts', { below: 1, above: 0, all: 1, minimum: '25,00\u00A0€', maximum: '600,00\u00A0€' }]],
    ],
    [{ noticeValidityDays: 60 }, [['notice_days', { open: 1, days: 60 }]]],
    [{ latePaymentAllowed: true }, [['late_allowed', { expired: 0 }]]],
    [{ receiptCopyDelayDays: 5 }, [['copy_delay', { waiting: 0, days: 5 }]]],
    [{ staffIdentitySignIn: true }, [['staff_identity', { staff: 0, known: 0 }]]],
    [{ languages: ['en'] as ['en'] }, [['languages', { readers: 2 }]]],
    [{ selfEnrolment: false }, []],
  ] as const)('%j is told in numbers of today', async (after, expected) => {
    expect(await effects(after as unknown as Partial<Policies>)).toEqual(expected)
  })
})

test('administrators are reminded of the accessibility declaration once a year, in the month before 23 September', async () => {
  const tenant = await world.addTenant()
  const { accountId } = await hire(world, tenant, 'administrator')
  await database.owner
    .updateTable('accounts')
    .set({ email: 'ada@ente.example' })
    .where('id', '=', accountId)
    .where('tenant_id', '=', tenant.id)
    .execute()
  const letters = () =>
    database.owner.selectFrom('emails').select('kind').where('tenant_id', '=', tenant.id).execute()
  for (const day of ['2027-08-20', '2027-09-24']) {
    clock.setTo(new Date(`${day}T10:00:00Z`))
    expect(await remindOfRenewal(services)).toBe(0)
  }
  clock.setTo(new Date('2027-09-01T10:00:00Z'))
  expect(await remindOfRenewal(services)).toBeGreaterThan(0)
  expect(await remindOfRenewal(services)).toBe(0)
  expect(await letters()).toEqual([{ kind: 'accessibility-renewal' }])
  clock.setTo(new Date('2028-09-01T10:00:00Z'))
  await remindOfRenewal(services)
  expect(await letters()).toHaveLength(2)
  clock.reset()
})

describe('the rehearsal', () => {
  test('begins from the checklist, is marked on every page, and ends only when nothing is missing', async () => {
    const tenant = await neverLive(world, await world.addTenant())
    const office = await officeClient(world, tenant)
    const form = await office.formOf('/avvio')
    expect((await office.post('/avvio/in-linea', { form })).status).toBe(409)
    expect((await office.post('/avvio/prova', { form })).location).toBe(`/${tenant.slug}/ufficio/avvio/prova`)
    expect((await freshTenant(world, tenant.id)).state).toBe('rehearsal')
    for (const path of [`/${tenant.slug}/accedi`, '/avvio/prova'])
      expect((await office.get(path)).text).toContain('Prova: nessun pagamento è reale')
    expect((await office.post('/avvio/in-linea', { form })).status).toBe(409)
    expect((await freshTenant(world, tenant.id)).state).toBe('rehearsal')
    const made = await office.post('/avvio/prova/famiglia', { form })
    expect(made.text).toMatch(/<span class="code">prova-[0-9a-f]{12}<\/span>/)
    expect((await office.get('/avvio/prova')).text).not.toMatch(/prova-[0-9a-f]{12}/)
    // Who has lost the password makes another one, and the first opens nothing any more.
    const [first] = /prova-[0-9a-f]{12}/.exec(made.text)!
    const renewed = await office.post('/avvio/prova/famiglia', { form })
    const [second] = /prova-[0-9a-f]{12}/.exec(renewed.text)!
    const enter = (password: string) =>
      visitor(world).send(`/${tenant.slug}/accedi`, `/${tenant.slug}/accedi`, {
        username: 'famiglia.prova',
        password,
      })
    expect([(await enter(first)).status, (await enter(second)).status]).toEqual([401, 303])
    expect((await office.post('/avvio/prova/ricomincia', { form })).status).toBe(303)
  })
})
