import { expect, test } from 'vitest'
import { inTenant } from '#core/db/tenant.ts'
import { openBalance } from '#core/ledger/book.ts'
import { signedCents } from '#core/money.ts'
import { placeChild, ensureClass, ensureSchool } from '#tenants/schools/schools.ts'
import { openTestHouse } from './support/house.ts'
import { officeClient } from './support/office.ts'

const world = await openTestHouse()
const { clock, database } = world
const { services } = world.house
clock.setTo(new Date('2027-06-20T09:00:00Z'))
const path = '/anno-scolastico'

test('the next school year is proposed and corrected, nothing is doubled by doing it again, and credit stays', async () => {
  const tenant = await world.addTenant()
  const { id } = tenant
  const { children } = await world.addFamily(tenant, 4)
  const now = clock.now()
  const classes = await inTenant(services.db, id, async (tx) => {
    const schoolId = await ensureSchool(tx, id, { code: 'DANTE', name: 'Primaria Dante' }, now)
    const made: Record<string, string> = {}
    for (const name of ['1ª A', '5ª A', 'Gialli', '2ª A'])
      made[name] = await ensureClass(tx, id, { schoolId, schoolYear: '2026/2027', name }, now)
    for (const [index, name] of ['1ª A', '5ª A', 'Gialli', '2ª A'].entries())
      await placeChild(tx, id, { childId: children[index]!.childId, classId: made[name]! }, now)
    // This one left the service in winter.
    await tx
      .updateTable('enrolments')
      .set({ ends_on: '2027-01-31' })
      .where('tenant_id', '=', id)
      .where('child_id', '=', children[3]!.childId)
      .execute()
    return made
  })
  await openBalance(
    services.db,
    id,
    { walletId: children[0]!.walletId, amountCents: signedCents(1_500), reference: 'saldo', occurredAt: now },
    now,
  )
  const office = await officeClient(world, tenant, 'clerk')
  const page = (await office.get(path)).text
  expect(page).toContain('Una classe ha un nome che non dice l’anno')
  expect(page).toContain(`name="nome-${classes['1ª A']}" value="2ª A"`)
  const selected = (name: string) =>
    new RegExp(`name="azione-${classes[name]}"[^]*?<option value="(\\w+)" selected`).exec(page)![1]
  expect(['1ª A', '5ª A', 'Gialli', '2ª A'].map(selected)).toEqual(['passa', 'esce', 'attendi', 'passa'])

  const step = (name: string, action: string, next = '') => ({
    [`azione-${classes[name]}`]: action,
    [`nome-${classes[name]}`]: next,
  })
  const chosen = {
    ...step('1ª A', 'passa', '2ª B'),
    ...step('5ª A', 'esce'),
    ...step('2ª A', 'passa', '3ª A'),
  }
  const send = async (fields: Record<string, string>) =>
    office.post(`${path}?anno=2026/2027`, { form: await office.formOf(path), ...fields })
  expect((await send({ ...chosen, ...step('Gialli', 'passa', '') })).status).toBe(422)
  const state = async () => ({
    placements: await database.owner
      .selectFrom('placements as p')
      .innerJoin('classes as c', 'c.id', 'p.class_id')
      .select(['p.child_id', 'c.name'])
      .where('p.tenant_id', '=', id)
      .where('p.school_year', '=', '2027/2028')
      .orderBy('c.name')
      .execute(),
    enrolments: await database.owner
      .selectFrom('enrolments')
      .select(['child_id', 'tariff_cents', 'ends_on'])
      .where('tenant_id', '=', id)
      .where('school_year', '=', '2027/2028')
      .execute(),
    wallets: await database.owner
      .selectFrom('wallets')
      .select(['id', 'balance_cents', 'movements', 'state'])
      .where('tenant_id', '=', id)
      .orderBy('id')
      .execute(),
  })
  const before = await state()
  expect(before.placements).toEqual([])
  expect((await send({ ...chosen, ...step('Gialli', 'attendi') })).status).toBe(303)
  const after = await state()
  expect(after.placements).toEqual([
    { child_id: children[0]!.childId, name: '2ª B' },
    { child_id: children[3]!.childId, name: '3ª A' },
  ])
  expect(after.enrolments).toEqual([{ child_id: children[0]!.childId, tariff_cents: 490n, ends_on: null }])
  expect(after.wallets).toEqual(before.wallets)
  // Again, with another name: who has a class keeps it. Then the class that was open.
  await send({ ...step('1ª A', 'passa', '2ª Z'), ...step('Gialli', 'passa', 'Gialli') })
  const last = await state()
  expect(last.placements).toEqual([...after.placements, { child_id: children[2]!.childId, name: 'Gialli' }])
  expect(last.enrolments).toHaveLength(2)
  const log = await database.owner
    .selectFrom('audit_log')
    .select('details')
    .where('tenant_id', '=', id)
    .where('action', '=', 'school_year.rolled_over')
    .orderBy('id')
    .execute()
  expect(log[0]!.details).toEqual({
    from: '2026/2027',
    to: '2027/2028',
    classes: 2,
    placements: 2,
    enrolments: 1,
  })
})
