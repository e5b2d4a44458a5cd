import type { Tenant } from '#core/tenant.ts'
import type { TestFamily, TestHouse } from './house.ts'

/** A parent's browser without a browser: one session, forms with their tokens, redirects shown and not followed. */
export interface PortalClient {
  /** A page, which must be there. */
  page(path: string): Promise<string>
  /** The token of the form on a page. */
  formOf(path: string): Promise<string>
  /** Sends a form to an address. */
  post(
    path: string,
    fields: Record<string, string>,
  ): Promise<{ status: number; location: string; text: string }>
  /** Follows an address as it stands, whatever it answers. */
  visit(address: string): Promise<{ status: number; location: string; text: string }>
}

/** Signs a family's guardian in. */
export async function signIn(
  { house, url }: TestHouse,
  tenant: Tenant,
  family: Pick<TestFamily, 'accountId'>,
): Promise<PortalClient> {
  const { token } = await house.sessions.begin(tenant.id, family.accountId, 'portal')
  const headers = { cookie: `borsellino-${tenant.slug}=${token}`, origin: url }
  const read = async (response: Response) => ({
    status: response.status,
    location: response.headers.get('location') ?? '',
    text: await response.text(),
  })
  const client: PortalClient = {
    async page(path) {
      const response = await fetch(new URL(path, url), { headers })
      if (response.status !== 200) throw new Error(`${path}: HTTP ${response.status}`)
      return response.text()
    },
    async formOf(path) {
      const found = /name="form" value="([^"]+)"/.exec(await client.page(path))
      if (!found) throw new Error(`${path} has no form`)
      return found[1]!
    },
    async post(path, fields) {
      const body = new URLSearchParams(fields)
      return read(await fetch(new URL(path, url), { method: 'POST', headers, body, redirect: 'manual' }))
    },
    visit: async (address) => read(await fetch(new URL(address, url), { headers, redirect: 'manual' })),
  }
  return client
}
