import { expect, test } from 'vitest'
import { openTestHouse } from './support/house.ts'
import { officeClient } from './support/office.ts'

const world = await openTestHouse()

test('the office finds a parent by name, user name or address, in its own entity alone, and hands over a code', async () => {
  const [tenant, elsewhere] = [await world.addTenant(), await world.addTenant()]
  const family = await world.addFamily(tenant, 1)
  const office = await officeClient(world, tenant, 'clerk')
  const find = async (name: string) =>
    (await office.post('/accessi', { form: await office.formOf('/accessi'), name })).text
  for (const typed of ['provetti', 'Elena PROVÈTTI', family.username, `${family.username}@example.org`]) {
    const text = await find(typed)
    expect(text, typed).toContain(`/accessi/${family.accountId}/codice`)
    expect(text).toContain('Sofia Provetti')
  }
  for (const typed of ['nessuno', '%', "' or true --", ''])
    expect(await find(typed), typed).not.toContain('/codice')
  const form = await office.formOf('/accessi')
  const made = await office.post(`/accessi/${family.accountId}/codice`, { form })
  expect(made.status).toBe(200)
  expect(made.text).toMatch(/<span class="code">[0-9A-Z]{5}-[0-9A-Z]{5}<\/span>/)
  const other = await officeClient(world, elsewhere, 'clerk')
  const stolen = await other.post(`/accessi/${family.accountId}/codice`, {
    form: await other.formOf('/accessi'),
  })
  expect(stolen.status).toBe(404)
  const log = await world.database.owner
    .selectFrom('audit_log')
    .select(['actor_id', 'subject_id'])
    .where('action', '=', 'account.link_code_issued')
    .execute()
  expect(log).toEqual([{ actor_id: office.accountId, subject_id: family.accountId }])
})
