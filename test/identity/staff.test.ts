import { beforeEach, describe, expect, test } from 'vitest'
import type { Tenant } from '#core/tenant.ts'
import { hire } from '../support/office.ts'
import { openIdentityHouse, type Browser } from './house.ts'
import { enter, somebody } from './people.ts'
import { NOW } from './world.ts'

const world = await openIdentityHouse()
const { house, clock, addRegistered } = world
const { services } = house
beforeEach(() => clock.setTo(NOW))

describe('staff', () => {
  const office = { face: 'office' } as const
  const opened = (browser: Browser, { slug }: Tenant) => browser.has(`borsellino_ufficio-${slug}`)

  async function colleague(tenant: Tenant, proof: 'declared' | 'registry') {
    const person = somebody()
    const { accountId } = await hire(world, tenant, 'clerk')
    const keys = await services.vault.of(tenant.id)
    await world.database.owner
      .updateTable('accounts')
      .set({
        fiscal_code_hash: keys.lookUpHash(person.fiscalCode),
        fiscal_code_sealed: keys.seal(person.fiscalCode),
        fiscal_code_proof: proof,
      })
      .where('tenant_id', '=', tenant.id)
      .where('id', '=', accountId)
      .execute()
    return person
  }

  test('enter the office with SPID and CIE where the entity says so', async () => {
    const tenant = await addRegistered({ policies: { staffIdentitySignIn: true } })
    const person = await colleague(tenant, 'registry')
    for (const scheme of ['spid', 'cie'] as const) {
      const { status, path, browser } = await enter(world, tenant, person, { ...office, scheme })
      expect([status, path, opened(browser, tenant)]).toEqual([200, `/${tenant.slug}/ufficio/`, true])
      expect(browser.has(`borsellino-${tenant.slug}`)).toBe(false)
    }
  })

  test('and not where it does not, nor on their own word, nor anybody else', async () => {
    const closed = await addRegistered()
    const open = await addRegistered({ policies: { staffIdentitySignIn: true } })
    const tries = [
      [closed, await colleague(closed, 'registry')],
      [open, await colleague(open, 'declared')],
      [open, somebody()],
    ] as const
    for (const [tenant, person] of tries) {
      const { status, browser } = await enter(world, tenant, person, office)
      expect([status, opened(browser, tenant)]).toEqual([403, false])
    }
  })

  test('who are parents too have an account of each kind', async () => {
    const tenant = await addRegistered({ policies: { staffIdentitySignIn: true } })
    const person = await colleague(tenant, 'registry')
    const parent = await enter(world, tenant, person)
    expect([parent.status, parent.path]).toEqual([200, `/${tenant.slug}/primo-accesso`])
    expect((await enter(world, tenant, person, office)).status).toBe(200)
  })
})
