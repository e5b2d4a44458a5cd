import { hash } from '@node-rs/argon2'
import { expect, test } from 'vitest'
import { openTestHouse } from './support/house.ts'

const { url, database, addTenant, addFamily } = await openTestHouse()

test('a hash made with weaker parameters is made anew by the next sign-in, and no other', async () => {
  const tenant = await addTenant()
  const family = await addFamily(tenant, 1)
  const enter = async (password: string) => {
    const response = await fetch(`${url}/api/v1/sessions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ activationCode: tenant.activationCode, username: family.username, password }),
    })
    return response.status
  }
  const weak = await hash(family.password, { memoryCost: 8_192, timeCost: 2, parallelism: 1 })
  const rows = () =>
    database.owner
      .selectFrom('passwords')
      .select('password_hash')
      .where('tenant_id', '=', tenant.id)
      .execute()
  await database.owner
    .updateTable('passwords')
    .set({ password_hash: weak })
    .where('tenant_id', '=', tenant.id)
    .execute()
  expect(await enter('sbagliata')).toBe(401)
  expect(await rows()).toEqual([{ password_hash: weak }])
  expect(await enter(family.password)).toBe(201)
  const [{ password_hash: strong }] = (await rows()) as [{ password_hash: string }]
  expect(strong).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
  expect(await enter(family.password)).toBe(201)
  expect(await rows()).toEqual([{ password_hash: strong }])
})
