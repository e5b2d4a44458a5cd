import { Hono } from 'hono'
import { providerViews } from '../identity/api.ts'
import type { Identity } from '../identity/identity.ts'
import { checked, readJson, RequestError } from '../web/request.ts'
import { creditorKeySchema, creditorSchema } from './registry.ts'
import type { Creditor, Registry } from './registry.ts'

/** Registration of creditors, below `/api/creditors`. */
export function creditorsApi(registry: Registry): Hono {
  const app = new Hono()
  app.get('/', (c) => c.json({ creditors: registry.all().map(publicView) }))
  app.put('/:fiscalCode/:segregationCode', async (c) => {
    const key = checked(c.req.param(), creditorKeySchema)
    return c.json(publicView(registry.declare(key, await readJson(c, creditorSchema))))
  })
  app.delete('/:fiscalCode/:segregationCode', (c) => {
    const key = checked(c.req.param(), creditorKeySchema)
    if (!registry.remove(key)) throw new RequestError(404, 'Not found', 'No such creditor is registered')
    return c.body(null, 204)
  })
  return app
}

/** Where the parts of the world are, for whoever wants to play them. */
export interface Addresses {
  readonly url: string
  readonly smtpUrl: string
}

/** Everything an outsider needs to play all the parts. */
export function worldView(registry: Registry, identity: Identity, { url, smtpUrl }: Addresses) {
  return {
    tenants: registry.all().map(publicView),
    checkoutBaseUrl: `${url}/checkout/ec/v2`,
    nodeBaseUrl: `${url}/api/node`,
    mailboxUrl: `${url}/posta`,
    smtpUrl,
    identity: {
      providers: providerViews(identity),
      metadataUrls: {
        spid: `${url}/sandbox-idp/metadata/spid.xml`,
        cie: `${url}/sandbox-idp/metadata/cie.xml`,
      },
      registryCertificateUrl: `${url}/sandbox-idp/registry.pem`,
      citizens: identity.citizens.all(),
    },
    phoneUrl: `${url}/telefono`,
  }
}

function publicView(registered: Creditor) {
  const { id: _, createdAt: __, ...creditor } = registered
  return { ...creditor, paymentCodes: creditor.paymentCodes ?? [] }
}
