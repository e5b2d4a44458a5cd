import { expect, test } from 'vitest'
import { romeDate } from '#core/clock.ts'
import { inTenant } from '#core/db/tenant.ts'
import { checkCharacter } from '#core/fiscal-code.ts'
import type { Tenant } from '#core/tenant.ts'
import { enrolOwnChild } from '#tenants/people/self-enrolment.ts'
import { ENROLMENT_REQUESTS_MAX } from '#tenants/people/enrolment-requests.ts'
import { schoolYearOf } from '#tenants/people/school-year.ts'
import { ensureClass, ensureSchool } from '#tenants/schools/schools.ts'
import { openTestHouse } from './support/house.ts'
import { letterTo } from './support/mailbox.ts'
import { officeClient } from './support/office.ts'
import { signIn } from './support/portal-client.ts'

const world = await openTestHouse()
const { clock, database } = world
const { services } = world.house
const asking = { policies: { enrolmentRequests: 'asked' as const } }
const child = { firstName: 'Nina', lastName: 'Provetti', fiscalCode: '', category: 'REFEZIONE' }
const typed = { ...child, school: 'Primaria Dante', className: '1ª A' }

async function addClass(tenant: Tenant): Promise<string> {
  const now = clock.now()
  return inTenant(services.db, tenant.id, async (tx) => {
    const schoolId = await ensureSchool(tx, tenant.id, { code: 'DANTE', name: 'Primaria Dante' }, now)
    const schoolYear = schoolYearOf(romeDate(now))
    return ensureClass(tx, tenant.id, { schoolId, schoolYear, name: '1ª A' }, now)
  })
}

async function family(tenant: Tenant) {
  const parent = await world.addFamily(tenant, 0)
  const client = await signIn(world, tenant, parent)
  const path = `/${tenant.slug}/iscrizioni`
  const send = async (fields: Record<string, string>, to = path) =>
    client.post(to, { form: await client.formOf(path), ...fields })
  return { parent, client, path, send }
}

async function childrenOf(tenant: Tenant) {
  return database.owner
    .selectFrom('children')
    .select(['id', 'first_name', 'school', 'class_name'])
    .where('tenant_id', '=', tenant.id)
    .execute()
}

test('where the office decides, a request waits, documents are asked for and answered, and approval enrols; letters tell', async () => {
  const tenant = await world.addTenant(asking)
  const classId = await addClass(tenant)
  const { parent, client, path, send } = await family(tenant)
  const address = `nina.${parent.accountId}@example.org`
  await database.owner
    .updateTable('accounts')
    .set({ email: address, email_confirmed_at: clock.now() })
    .where('id', '=', parent.accountId)
    .execute()
  expect((await send({ ...child, class: 'inventata' })).status).toBe(422)
  expect((await send({ ...child, class: classId })).location).toBe(`${path}?fatto=iscrizione`)
  expect(await childrenOf(tenant)).toEqual([])
  expect(await client.page(path)).toContain('In attesa')

  const office = await officeClient(world, tenant, 'clerk')
  const request = /ufficio(\/iscrizioni\/[0-9a-f-]{36})/.exec((await office.get('/iscrizioni')).text)![1]!
  const form = await office.formOf(request)
  expect((await office.post(`${request}/documenti`, { form, text: '' })).status).toBe(422)
  await office.post(`${request}/documenti`, { form, text: 'Serve il certificato' })
  expect((await letterTo(world, address)).text).toContain('ha bisogno di altro')
  const wanted = await client.page(path)
  expect(wanted).toContain('Serve il certificato')
  const reply = /iscrizioni\/richieste\/[0-9a-f-]{36}\/risposta/.exec(wanted)![0]
  expect((await send({ note: '' }, `/${tenant.slug}/${reply}`)).status).toBe(422)
  await send({ note: 'Consegnato a mano' }, `/${tenant.slug}/${reply}`)
  expect((await send({ note: 'Ancora' }, `/${tenant.slug}/${reply}`)).status).toBe(409)
  const detail = (await office.get(request)).text
  for (const text of ['Consegnato a mano', 'Serve il certificato']) expect(detail).toContain(text)

  expect((await office.post(`${request}/approva`, { form })).status).toBe(422)
  const approved = await office.post(`${request}/approva`, { form, child: 'nuovo', class: classId })
  expect(approved.location).toContain('fatto=approved')
  expect(await childrenOf(tenant)).toMatchObject([
    { first_name: 'Nina', school: 'Primaria Dante', class_name: '1ª A' },
  ])
  expect((await letterTo(world, address, 2)).text).toContain('ha accolto')
  expect(await client.page(`/${tenant.slug}/`)).toContain('Nina')
  // Two clerks at once: the second is told.
  expect((await office.post(`${request}/rifiuta`, { form, reason: 'No' })).location).toContain('gia-decisa')
  const sealed = await database.owner.selectFrom('enrolment_requests').selectAll().execute()
  expect(JSON.stringify(sealed.map((row) => Object.values(row).map(String)))).not.toMatch(/Nina|a mano/)
})

test('a request may mean a child that is there; a refusal shows its reason; a parent has a limited number waiting', async () => {
  const tenant = await world.addTenant(asking)
  const office = await officeClient(world, tenant, 'clerk')
  const { send, client, path } = await family(tenant)
  const fiscalCode = `PRVNNI20A41Z999${checkCharacter('PRVNNI20A41Z999')}`
  const form = await office.formOf('/alunni/nuovo')
  await office.post('/alunni/nuovo', { form, firstName: 'Nina', lastName: 'Provetti', fiscalCode })
  for (let n = 0; n < ENROLMENT_REQUESTS_MAX; n++)
    expect((await send({ ...typed, fiscalCode: n === 0 ? fiscalCode : '' })).status).toBe(303)
  expect((await send(typed)).status).toBe(409)
  const list = (await office.get('/iscrizioni')).text
  const [first, second] = [...list.matchAll(/ufficio(\/iscrizioni\/[0-9a-f-]{36})/g)].map(([, one]) => one!)
  const page = (await office.get(first!)).text
  expect(page).toContain('Stesso codice fiscale')
  expect((await office.post(`${first}/approva`, { form, child: 'nuovo' })).status).toBe(422)
  const childId = /value="([0-9a-f-]{36})"/.exec(page)![1]!
  expect((await office.post(`${first}/approva`, { form, child: childId })).status).toBe(303)
  expect(await childrenOf(tenant)).toHaveLength(1)
  await office.post(`${second}/rifiuta`, { form, reason: 'Non risiede qui' })
  expect(await client.page(path)).toContain('Non risiede qui')
  const other = await officeClient(world, await world.addTenant(), 'clerk')
  expect((await other.get(second!)).status).toBe(404)
})

test('where enrolments hold at once nothing waits, and a class chosen from the list is the child’s', async () => {
  const tenant = await world.addTenant()
  const { send, path, client } = await family(tenant)
  expect((await send({ ...typed, firstName: 'Ada' })).location).toBe(`/${tenant.slug}/`)
  const classId = await addClass(tenant)
  expect(await client.page(path)).toContain('<optgroup label="Primaria Dante">')
  expect((await send({ ...typed, firstName: 'Leo' })).status).toBe(422)
  expect((await send({ ...child, class: classId })).location).toBe(`/${tenant.slug}/`)
  const placed = await inTenant(services.db, tenant.id, (tx) =>
    tx.selectFrom('placements').select('class_id').where('tenant_id', '=', tenant.id).execute(),
  )
  expect(placed).toEqual([{ class_id: classId }])
})

test('an app cannot go round the office: it is told to ask', async () => {
  const tenant = await world.addTenant(asking)
  const { parent } = await family(tenant)
  const enrol = enrolOwnChild(services, tenant, parent.accountId, { ...typed, fiscalCode: null })
  await expect(enrol).rejects.toMatchObject({ code: 'enrolment.asked' })
})

test('where parents may not enrol, there is no form but the office’s address, and a form that is sent all the same is refused', async () => {
  const tenant = await world.addTenant(asking)
  const { path, send, client } = await family(tenant)
  expect((await send(typed)).location).toBe(`${path}?fatto=iscrizione`)
  expect(await client.page(path)).toContain(`action="${path}"`)
  const { policies, branding } = tenant
  const set = {
    policies: JSON.stringify({ ...policies, selfEnrolment: false }),
    branding: JSON.stringify({ ...branding, officeName: 'Ufficio Scuola', phone: '0331 123456' }),
  }
  await database.owner.updateTable('tenants').set(set).where('id', '=', tenant.id).execute()
  world.house.registry.forget()
  const closed = await client.page(path)
  expect(closed).not.toContain(`action="${path}"`)
  for (const text of ['Le nuove iscrizioni le fa l’ufficio', 'Nina Provetti', 'In attesa'])
    expect(closed).toContain(text)
  expect(closed).toMatch(/<address>[^]*Ufficio Scuola[^]*0331 123456[^]*<\/address>/)
  for (const fields of [typed, { firstName: '' }]) {
    const refused = await send(fields)
    expect(refused.status).toBe(409)
    expect(refused.text).toContain('l’ente non accetta nuove iscrizioni da qui')
    expect(refused.text).not.toContain(`action="${path}"`)
  }
  const asked = await database.owner
    .selectFrom('enrolment_requests')
    .select('id')
    .where('tenant_id', '=', tenant.id)
    .execute()
  expect(asked).toHaveLength(1)
  expect(await client.page(`/${tenant.slug}/`)).not.toContain('Iscrivi un figlio')
})
