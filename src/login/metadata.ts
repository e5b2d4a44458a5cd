import { DomainError } from '#core/errors.ts'
import { schemes } from '#identity/schemes.ts'
import type { LoginApp, LoginContext, LoginParts, PageMiddleware } from './context.ts'

/**
 * The metadata of a tenant, at the address that is its entityID (Avviso SPID 19). Both schemes know the tenant by the
 * same entityID, each by a document of its own: SPID's lies at the address itself, another scheme's below it.
 */
export function metadataRoutes(
  app: LoginApp,
  { registry, identity }: LoginParts,
  page: PageMiddleware,
): void {
  const { registrations } = identity.federation
  const answer = async (context: LoginContext, scheme: string) => {
    const tenant = await registry.byIpaCode(context.req.param('ipa') ?? '')
    const metadata = tenant && (await registrations.metadataOf(tenant.id, scheme))
    if (metadata === undefined) throw new DomainError('resource.not_found')
    context.header('cache-control', 'public, max-age=300')
    return context.body(metadata, 200, { 'content-type': 'application/samlmetadata+xml; charset=utf-8' })
  }
  app.use('/pub-ag-full/*', ...page)
  app.get('/pub-ag-full/:ipa', (context) => answer(context, schemes[0]!.id))
  app.get('/pub-ag-full/:ipa/:scheme', (context) => answer(context, context.req.param('scheme')))
}
