import { inTenant } from '#core/db/tenant.ts'
import type { Tenant } from '#core/tenant.ts'
import { newTotpSecret } from '#core/totp.ts'
import { linkCode } from '#tenants/link-code.ts'
import { inviteStaff } from '#tenants/staff/invitations.ts'
import { acceptStaffInvitation } from '#tenants/staff/join.ts'
import { addStaff, type StaffRole } from '#tenants/people/guardians.ts'
import { storeSecondFactor } from '#tenants/sign-in/second-factor.ts'
import type { TestHouse } from './house.ts'

export const TEST_STAFF_PASSWORD = 'parola-dell-ufficio'
let serial = 0

/** A member of an entity's staff, as one signs in. */
export async function hire(
  { house, clock }: TestHouse,
  tenant: Tenant,
  role: StaffRole,
): Promise<{ accountId: string; username: string; name: string }> {
  const number = ++serial
  const username = `ufficio.${number}`
  const person = { firstName: 'Ada', lastName: `Ufficio ${number}`, email: null, fiscalCode: null }
  const { db, vault } = house.services
  const accountId = await addStaff(
    db,
    vault,
    tenant.id,
    { ...person, username, password: TEST_STAFF_PASSWORD, language: 'it', role },
    clock.now(),
  )
  return { accountId, username, name: `Ada Ufficio ${number}` }
}

/** Gives somebody of the staff a second factor, as if they had set it up; answers the secret of their telephone. */
export async function withPhone({ house }: TestHouse, tenant: Tenant, accountId: string): Promise<string> {
  const secret = newTotpSecret()
  await storeSecondFactor(house.services, tenant.id, accountId, secret, 0n)
  return secret
}

/** An invitation that waits, and the token of another one's letter. */
export async function waitingInvitations({ house: { services } }: TestHouse, tenant: Tenant) {
  const invited = (name: string) =>
    inTenant(services.db, tenant.id, (tx) => {
      const whom = { email: `${name}@example.org`, role: 'clerk', language: 'it' } as const
      return inviteStaff(services, tx, tenant.id, whom, { kind: 'system' })
    })
  const invitationId = await invited('invitata')
  const other = await invited('altra')
  const { token_id } = await inTenant(services.db, tenant.id, (tx) =>
    tx
      .selectFrom('staff_invitations')
      .select('token_id')
      .where('tenant_id', '=', tenant.id)
      .where('id', '=', other)
      .executeTakeFirstOrThrow(),
  )
  return {
    invitationId,
    token: await linkCode(services.vault, tenant.id, 'staff-invitation', token_id),
  }
}

/** A former colleague follows another invitation. */
export async function comesBack(
  { house: { services } }: TestHouse,
  tenant: Tenant,
  accountId: string,
): Promise<void> {
  const invitation = { email: 'torna@example.org', role: 'administrator', language: 'it' } as const
  const token = await inTenant(services.db, tenant.id, async (tx) => {
    const id = await inviteStaff(services, tx, tenant.id, { ...invitation, accountId }, { kind: 'system' })
    const { token_id } = await tx
      .selectFrom('staff_invitations')
      .select('token_id')
      .where('tenant_id', '=', tenant.id)
      .where('id', '=', id)
      .executeTakeFirstOrThrow()
    return linkCode(services.vault, tenant.id, 'staff-invitation', token_id)
  })
  const person = {
    firstName: 'Ada',
    lastName: 'Torna',
    username: `torna.${++serial}`,
    language: 'it',
  } as const
  await acceptStaffInvitation(services, tenant, token, { ...person, password: 'una frase tutta mia' })
}

/** An office's browser without a browser: one session, redirects shown and not followed. */
export interface OfficeClient {
  readonly accountId: string
  get(path: string): Promise<{ status: number; location: string; text: string; response: Response }>
  /** The token of the first form on a page. */
  formOf(path: string): Promise<string>
  post(
    path: string,
    fields: Record<string, string> | FormData,
    from?: { origin: string },
  ): Promise<{ status: number; location: string; text: string }>
}

/** A signed-in member of the staff. Paths are those under `/{slug}/ufficio`. */
export async function officeClient(
  world: TestHouse,
  tenant: Tenant,
  role: StaffRole = 'administrator',
): Promise<OfficeClient> {
  const { accountId } = await hire(world, tenant, role)
  const { token } = await world.house.sessions.begin(tenant.id, accountId, 'office')
  const headers = { cookie: `borsellino_ufficio-${tenant.slug}=${token}`, origin: world.url }
  const at = (path: string) =>
    path.startsWith('/ente') ? world.url + path : `${world.url}/${tenant.slug}/ufficio${path}`
  const read = async (response: Response) => ({
    status: response.status,
    location: response.headers.get('location') ?? '',
    text: await response.clone().text(),
    response,
  })
  const client: OfficeClient = {
    accountId,
    get: async (path) => read(await fetch(at(path), { headers, redirect: 'manual' })),
    async formOf(path) {
      const { text } = await client.get(path)
      const found = /name="form" value="([^"]+)"/.exec(text)
      if (!found) throw new Error(`${path} has no form`)
      return found[1]!
    },
    async post(path, fields, from) {
      const body = fields instanceof FormData ? fields : new URLSearchParams(fields)
      return read(
        await fetch(at(path), { method: 'POST', headers: { ...headers, ...from }, body, redirect: 'manual' }),
      )
    },
  }
  return client
}
