import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { inTenant } from '#core/db/tenant.ts'
import { hashToken } from '#core/ids.ts'
import type { Tenant } from '#core/tenant.ts'
import type { PendingRequest, Provider } from '#identity/scheme.ts'
import { storeRequest, type Errand } from '#tenants/identity/requests.ts'
import { registerLocally } from '../../src/local/identity.ts'
import { openTestHouse, type TestHouse } from '../support/house.ts'
import { otherProvider, pendingRequest, provider } from './world.ts'

/** The forged providers as metadata in a file, as an administrator would put them there. */
function metadataOf(providers: readonly Provider[]): string {
  const bare = (pem: string) => pem.replace(/-----[^-]+-----|\s/g, '')
  const entities = providers.map(
    ({ entityId, names, singleSignOn, singleLogout, certificates }) =>
      `<md:EntityDescriptor entityID="${entityId}"><md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">${certificates
        .map(
          (pem) =>
            `<md:KeyDescriptor use="signing"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>${bare(pem)}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>`,
        )
        .join(
          '',
        )}<md:SingleLogoutService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="${singleLogout.redirect}"/><md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="${singleSignOn.redirect}"/></md:IDPSSODescriptor><md:Organization><md:OrganizationName xml:lang="it">${names.it}</md:OrganizationName></md:Organization></md:EntityDescriptor>`,
  )
  return `<md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="http://www.w3.org/2000/09/xmldsig#">${entities.join('')}</md:EntitiesDescriptor>`
}

/** What a browser that began a sign-in has in its cookie. */
export const NONCE = 'a-secret-of-this-browser-alone'

export interface IdentityTestHouse extends TestHouse {
  /** An entity that both schemes know. */
  addRegistered(change?: Parameters<TestHouse['addTenant']>[0]): Promise<Tenant>
  /** A request under way, as stored before the browser left. */
  begin(tenant: Tenant, change?: Partial<PendingRequest>, errand?: Partial<Errand>): Promise<PendingRequest>
  /** Posts an answer as a provider's page would, and follows wherever the browser is sent. */
  answer(
    tenant: Tenant,
    scheme: string,
    xml: string,
    browser?: Browser,
  ): Promise<{ status: number; path: string; text: string; browser: Browser }>
}

/** A browser's cookies, by name. */
export type Browser = Map<string, string>

/** A browser that began a sign-in at the entity. */
export function browserOf(tenant: Tenant, nonce = NONCE): Browser {
  return new Map([[`borsellino_accesso-${tenant.slug}`, nonce]])
}

let serial = 0

/** A whole house whose identity providers are the forged ones, for SPID and for CIE. */
export async function openIdentityHouse(
  environment: Record<string, string> = {},
): Promise<IdentityTestHouse> {
  const folder = mkdtempSync(join(tmpdir(), 'providers-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, 'providers.xml')
  writeFileSync(file, metadataOf([provider, { ...otherProvider, names: { it: 'Altro provider di prova' } }]))
  const world = await openTestHouse({ IDP_METADATA_FILES: `spid=${file},cie=${file}`, ...environment })
  const { house, url } = world

  async function follow(response: Response, browser: Browser, hops = 0): Promise<[Response, string]> {
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      if (value === '' || /max-age=0/i.test(line)) browser.delete(name)
      else browser.set(name, value)
    }
    const location = response.headers.get('location')
    const here = new URL(response.url).pathname
    if (response.status < 300 || response.status >= 400 || !location || hops > 5) return [response, here]
    const cookie = [...browser].map(([name, value]) => `${name}=${value}`).join('; ')
    const next = await fetch(new URL(location, response.url), { headers: { cookie }, redirect: 'manual' })
    return follow(next, browser, hops + 1)
  }

  return {
    ...world,
    async addRegistered(change = {}) {
      const ipaCode = `test_${Date.now().toString(36)}${++serial}`
      const tenant = await world.addTenant({ ipaCode, ...change })
      await registerLocally(house, tenant)
      return tenant
    },
    async begin(tenant, change = {}, errand = {}) {
      const random = `${++serial}`.padStart(32, '0')
      const request = pendingRequest({ tenantId: tenant.id, id: `_${tenant.id}.${random}`, ...change })
      const usual: Errand = {
        face: 'portal',
        nonceHash: hashToken(NONCE),
        next: `/${tenant.slug}/`,
        linkAccountId: null,
      }
      await inTenant(house.services.db, tenant.id, (tx) => storeRequest(tx, request, { ...usual, ...errand }))
      return request
    },
    async answer(tenant, scheme, xml, browser = browserOf(tenant)) {
      const response = await fetch(`${url}/${scheme}/acs`, {
        method: 'POST',
        // No cookie comes along: the form stands on another site.
        headers: { origin: 'https://idp.example.it', 'sec-fetch-site': 'cross-site' },
        body: new URLSearchParams({
          SAMLResponse: Buffer.from(xml).toString('base64'),
          RelayState: 'c0ffee',
        }),
        redirect: 'manual',
      })
      const [last, path] = await follow(response, browser)
      return { status: last.status, path, text: await last.text(), browser }
    },
  }
}
