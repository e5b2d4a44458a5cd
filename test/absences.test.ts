import { expect, test } from 'vitest'
import { romeInstant } from '#core/clock.ts'
import { openCanteen } from './support/canteen-entity.ts'
import { openTestHouse } from './support/house.ts'
import { officeClient } from './support/office.ts'

const world = await openTestHouse()
const { house, clock, url } = world
const DAY = '2026-11-24'
clock.setTo(romeInstant(`${DAY}T08:00:00`))
const tenant = await world.addTenant()
const family = await world.addFamily(tenant, 2)
const [sofia, luca] = family.children.map(({ childId }) => childId) as [string, string]
const { classId } = await openCanteen(world, tenant, [sofia, luca], DAY)

async function parent() {
  const { token } = await house.sessions.begin(tenant.id, family.accountId, 'portal')
  const headers = { cookie: `borsellino-${tenant.slug}=${token}`, origin: url }
  const page = `${url}/${tenant.slug}/assenze`
  const get = async () => (await fetch(page, { headers })).text()
  return {
    get,
    async post(azione: string, day = DAY) {
      const form = /name="form" value="([^"]+)"/.exec(await get())![1]!
      const body = new URLSearchParams({ form, figlio: sofia, servizio: 'REFEZIONE', giorno: day, azione })
      const answer = await fetch(page, { method: 'POST', headers, body, redirect: 'manual' })
      return { status: answer.status, text: await answer.text() }
    },
  }
}

test('a parent’s announcement is on the class’s list, told as the parent’s, and gone when it is withdrawn', async () => {
  const [client, school] = [await parent(), await officeClient(world, tenant, 'school')]
  const list = async () => (await school.get(`/presenze/${classId}?servizio=REFEZIONE&giorno=${DAY}`)).text
  expect((await client.post('assente')).status).toBe(303)
  expect(await client.get()).toContain('Assenza annunciata')
  const text = await list()
  expect(text).toContain('Assenza annunciata dal genitore')
  expect(text).toMatch(new RegExp(`stato-${sofia}" value="assente" checked`))
  expect((await client.post('annulla')).status).toBe(303)
  expect(await list()).not.toContain('Assenza annunciata dal genitore')
})

test('after the hour the page says so and changes nothing', async () => {
  clock.setTo(romeInstant(`${DAY}T09:00:00`))
  const answer = await (await parent()).post('assente')
  expect([answer.status, answer.text.includes('entro le 09:00')]).toEqual([409, true])
})
