import { expect } from 'vitest'
import type { Tenant } from '#core/tenant.ts'
import { inTenant } from '#core/db/tenant.ts'
import { createApp, type Answer } from '../api/client.ts'
import { dayAfter, openTestHouse, type TestFamily } from './house.ts'

/** The one address at which the stage's app takes a browser back. */
export const APP_LINK = 'https://app.example.org/accesso'

/** An app in which somebody has signed in by password. */
export interface Phone {
  tenant: Tenant
  family: TestFamily
  first: { token: string; refreshToken: string; expiresAt: string; refreshExpiresAt: string }
}

/** A house, an app that talks to it, and a look at what is kept of its sessions. */
export async function openPhoneStage() {
  const world = await openTestHouse({ APP_LINKS: APP_LINK })
  const { house, clock, addTenant, addFamily } = world
  const { services } = house
  const app = await createApp(world)

  async function phone(tenant?: Tenant, owner?: TestFamily): Promise<Phone> {
    const home = tenant ?? (await addTenant())
    const family = owner ?? (await addFamily(home, 1))
    const { username, password } = family
    const json = { activationCode: home.activationCode, username, password, deviceName: 'telefono di Elena' }
    const { status, body } = await app.call('POST', '/sessions', { json })
    expect(status).toBe(201)
    return { tenant: home, family, first: body }
  }

  const refresh = (refreshToken: string): Promise<Answer> =>
    app.call('POST', '/sessions/refresh', { json: { refreshToken } })
  const opens = async (token: string) => (await app.call('GET', '/me', { token })).status === 200

  function stored(tenantId: string) {
    return inTenant(services.db, tenantId, async (tx) => ({
      families: await tx
        .selectFrom('refresh_families')
        .selectAll()
        .where('tenant_id', '=', tenantId)
        .execute(),
      tokens: await tx.selectFrom('refresh_tokens').selectAll().where('tenant_id', '=', tenantId).execute(),
      sessions: await tx.selectFrom('sessions').selectAll().where('tenant_id', '=', tenantId).execute(),
      codes: await tx.selectFrom('app_sign_in_codes').selectAll().where('tenant_id', '=', tenantId).execute(),
      log: await tx
        .selectFrom('audit_log')
        .selectAll()
        .where('tenant_id', '=', tenantId)
        .orderBy('id')
        .execute(),
    }))
  }

  function closePasswords(tenant: Tenant): Promise<unknown> {
    const policies = { ...tenant.policies, passwordLoginUntil: dayAfter(clock, -1) }
    return inTenant(services.db, tenant.id, (tx) =>
      tx
        .updateTable('tenants')
        .set({ policies: JSON.stringify(policies) })
        .where('id', '=', tenant.id)
        .execute(),
    ).then(() => house.registry.forget())
  }

  return { ...world, app, phone, refresh, opens, stored, closePasswords }
}
