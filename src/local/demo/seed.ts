import { addDays, romeDate } from '#core/clock.ts'
import { inTenant } from '#core/db/tenant.ts'
import { cents } from '#core/money.ts'
import type { Services } from '#core/services.ts'
import type { Tenant } from '#core/tenant.ts'
import { addDiet } from '#meals/diets.ts'
import type { Cashier } from '#tenants/cashier.ts'
import { createTenant } from '#tenants/create.ts'
import { createOperator } from '#tenants/operators/accounts.ts'
import { storeSettled } from '#tenants/operators/second-factor.ts'
import { enrolChild } from '#tenants/people/children.ts'
import { addStaff, registerGuardian } from '#tenants/people/guardians.ts'
import { lastDayOfSchoolYear, schoolYearOf } from '#tenants/people/school-year.ts'
import { walletsOfGuardian } from '#tenants/people/wallets.ts'
import { ensureClass, ensureSchool, placeChild } from '#tenants/schools/schools.ts'
import type { TenantRegistry } from '#tenants/registry.ts'
import type { IdentityHouse } from '#tenants/identity/open.ts'
import { storeSecondFactor } from '#tenants/sign-in/second-factor.ts'
import { announceMetadata, registerLocally } from '../identity.ts'
import { introduceToSandbox, type IntroducedPerson } from '../introduce.ts'
import {
  DEMO_OPERATOR,
  DEMO_PASSWORD,
  demoEntities,
  type DemoChild,
  type DemoDiet,
  type DemoEntity,
  type DemoPerson,
} from './entities.ts'
import { accountOf, writeHistory, type DemoAdults, type DemoWallet } from './history.ts'
import { cookInHolidays, writeMenus } from './menus.ts'
import { writeSettlements } from './settlements.ts'
import { openYear } from './town/rules.ts'

/** What the demonstration is made with. */
export interface DemoHouse {
  services: Services
  registry: TenantRegistry
  cashier: Cashier
  identity: IdentityHouse
}

/** Makes the demonstration's entities where they are missing; what is there stays as people left it. */
export async function seedDemo(house: DemoHouse): Promise<readonly DemoEntity[]> {
  const entities = demoEntities(romeDate(house.services.clock.now()))
  const arrived: Arrived[] = []
  for (const entity of entities) {
    if (!(await house.registry.bySlug(entity.tenant.slug))) arrived.push(await takeAboard(house, entity))
  }
  // Their pasts have nothing to do with each other, and make up most of the time.
  await Promise.all(
    arrived.map(async ({ tenant, adults, wallets }) => {
      await writeHistory(house.services, tenant, adults, wallets)
      await writeSettlements(house.services, tenant)
    }),
  )
  house.registry.forget()
  await seedOperator(house)
  return entities
}

/** As if the first sign-in had been done; the telephone of the simulated world has the secret. */
async function seedOperator({ services }: DemoHouse): Promise<void> {
  const { username, name, totpSecret: secret } = DEMO_OPERATOR
  const { db, clock } = services
  const known = await db
    .selectFrom('operators')
    .select('id')
    .where('username', '=', username)
    .executeTakeFirst()
  if (known) return
  const { operatorId } = await createOperator(db, { username, name }, clock.now())
  await storeSettled(services, operatorId, { password: DEMO_PASSWORD, secret, step: 0n })
}

/** An entity with its people, of whose past nothing is told yet. */
interface Arrived {
  tenant: Tenant
  adults: DemoAdults
  wallets: readonly DemoWallet[]
}

async function takeAboard({ services, registry }: DemoHouse, entity: DemoEntity): Promise<Arrived> {
  const { db, vault, clock } = services
  const now = clock.now()
  const { id } = await createTenant(db, vault, entity.tenant, now)
  registry.forget()
  const tenant = (await registry.byId(id))!
  const accountId = await registerGuardian(db, vault, id, person(entity.guardian), now)
  const staffId = await addStaff(db, vault, id, { ...person(entity.staff), role: 'administrator' }, now)
  await storeSecondFactor(services, id, staffId, entity.staff.totpSecret, 0n)
  const schoolYear = schoolYearOf(romeDate(now))
  const enrol = (child: DemoChild, guardianId?: string, claimCode?: string) =>
    enrolChild(
      db,
      vault,
      id,
      {
        ...child,
        fiscalCode: null,
        category: 'REFEZIONE',
        schoolYear,
        tariffCents: cents(child.tariffCents),
      },
      guardianId,
      now,
      claimCode,
    )
  const wallets: DemoWallet[] = []
  for (const child of entity.children) {
    const { childId, walletId } = await enrol(child, accountId)
    wallets.push({ ...child, childId, walletId })
    if (child.diet) await recordDiet(services, id, { ...child.diet, childId }, staffId)
  }
  await enrol(entity.unclaimed, undefined, entity.unclaimed.claimCode)
  await openSchools(services, id, schoolYear)
  return { tenant, adults: { accountId, staffId }, wallets }
}

/** The schools that the children's cards name, each child in its class, and the canteen's days of the year with their menus. */
async function openSchools({ db, clock }: Services, tenantId: string, schoolYear: string): Promise<void> {
  const now = clock.now()
  await inTenant(db, tenantId, async (tx) => {
    const children = await tx
      .selectFrom('children')
      .select(['id', 'school', 'class_name'])
      .where('tenant_id', '=', tenantId)
      .orderBy('id')
      .execute()
    for (const { id: childId, school: name, class_name: className } of children) {
      const code = name
        .replace(/[^\p{L}]+/gu, '-')
        .normalize('NFD')
        .replace(/\p{M}/gu, '')
        .toUpperCase()
        .slice(0, 20)
      const schoolId = await ensureSchool(tx, tenantId, { code, name }, now)
      const classId = await ensureClass(tx, tenantId, { schoolId, schoolYear, name: className }, now)
      await placeChild(tx, tenantId, { childId, classId }, now)
    }
    await openYear(tx, tenantId, Number(schoolYear.slice(0, 4)), now)
    const today = romeDate(now)
    await cookInHolidays(tx, tenantId, today, now)
    await writeMenus(tx, tenantId, { first: addDays(today, -14), last: lastDayOfSchoolYear(today) }, now)
  })
}

async function recordDiet(
  { db, vault, clock }: Services,
  tenantId: string,
  { childId, kind, certificateDays, note }: DemoDiet & { childId: string },
  staffId: string,
): Promise<void> {
  const now = clock.now()
  const today = romeDate(now)
  const keys = await vault.of(tenantId)
  const diet = {
    childId,
    kind,
    validFrom: addDays(today, -60),
    validUntil: lastDayOfSchoolYear(today),
    certificateUntil: certificateDays === undefined ? undefined : addDays(today, certificateDays),
    note,
  }
  const by = { actor: { kind: 'staff', id: staffId }, now } as const
  await inTenant(db, tenantId, (tx) => addDiet(tx, keys, tenantId, diet, by))
}

function person({ firstName, lastName, username, email, fiscalCode }: DemoPerson) {
  return {
    firstName,
    lastName,
    username,
    email,
    fiscalCode,
    // As if the entity's registry had told the code: SPID and CIE find the account by it.
    fiscalCodeProof: 'registry' as const,
    password: DEMO_PASSWORD,
    language: 'it' as const,
  }
}

/** Tells the sandbox of every entity of this installation, the demonstration's with their people and codes. */
export async function introduceAll(
  house: DemoHouse,
  sandboxUrl: string,
  entities: readonly DemoEntity[],
): Promise<void> {
  const slugs = await house.services.relay.selectFrom('tenants').select('slug').execute()
  for (const { slug } of slugs) {
    const tenant = (await house.registry.bySlug(slug))!
    const demo = entities.find((entity) => entity.tenant.slug === slug)
    await introduceToSandbox(
      sandboxUrl,
      tenant,
      demo ? await peopleOf(house, tenant, demo) : { people: [], paymentCodes: [] },
    )
    for (const one of await registerLocally(house, tenant)) await announceMetadata(sandboxUrl, one)
  }
}

async function peopleOf({ services, cashier }: DemoHouse, tenant: Tenant, { guardian, staff }: DemoEntity) {
  const accountId = await accountOf(services, tenant.id, guardian.username)
  const payer = { accountId, email: null, language: 'it' as const }
  const paymentCodes: { child: string; text: string }[] = []
  for (const { id, child } of await walletsOfGuardian(services.pool, tenant.id, accountId)) {
    const step = await cashier.start(tenant, 'puntolis-qr', payer, { walletId: id, drafts: [] })
    if (step.kind === 'code') paymentCodes.push({ child: child.firstName, text: step.payload })
  }
  const introduced = (
    role: 'guardian' | 'staff',
    { username, firstName, lastName, fiscalCode }: DemoPerson,
  ) => ({
    role,
    username,
    password: DEMO_PASSWORD,
    name: `${firstName} ${lastName}`,
    // Whoever has a fiscal code here can sign in with SPID and CIE.
    firstName,
    lastName,
    fiscalCode,
  })
  const people: IntroducedPerson[] = [
    introduced('guardian', guardian),
    { ...introduced('staff', staff), totpSecret: staff.totpSecret },
  ]
  // The operator belongs to no entity; the telephone that shows everybody's codes is told with the first one.
  if (tenant.slug === demoEntities(romeDate(services.clock.now()))[0]!.tenant.slug) people.push(operator())
  return { people, paymentCodes }
}

function operator(): IntroducedPerson {
  const { username, name, totpSecret } = DEMO_OPERATOR
  return { role: 'staff', username, password: DEMO_PASSWORD, name: `${name}, /gestione/`, totpSecret }
}
