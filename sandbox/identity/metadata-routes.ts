import { Hono } from 'hono'
import type { Identity } from './identity.ts'
import { PROVIDERS } from './provider.ts'
import type { Scheme } from './provider.ts'
import { aggregateMetadata, entityMetadata } from './provider-metadata.ts'
import type { Described } from './provider-metadata.ts'

/** What the registries publish: metadata of the providers, and the certificate that vouches for it. */
export function metadataRoutes(identity: Identity, url: () => string): Hono {
  const app = new Hono()
  const described = (scheme: Scheme): Promise<Described[]> =>
    Promise.all(
      PROVIDERS.filter((provider) => provider.scheme === scheme).map(async (provider) => ({
        provider,
        certificate: (await identity.keyOf(provider)).certificate,
      })),
    )
  const asXml = { 'content-type': 'application/samlmetadata+xml' }
  app.get('/metadata/spid.xml', async (c) =>
    c.body(aggregateMetadata(await described('spid'), url(), await identity.registryKey()), 200, asXml),
  )
  app.get('/metadata/cie.xml', async (c) => {
    const [cie] = await described('cie')
    return c.body(entityMetadata(cie!, url(), await identity.registryKey()), 200, asXml)
  })
  app.get('/registry.pem', async (c) =>
    c.body((await identity.registryKey()).certificate, 200, { 'content-type': 'application/x-pem-file' }),
  )
  return app
}
