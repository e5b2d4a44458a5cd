import { z } from '@hono/zod-openapi'
import { categoriesOf } from '#tenants/people/children.ts'
import { signInMethods } from '#tenants/sign-in/methods.ts'
import { conditionalAnswer } from '../answer.ts'
import type { Api, ApiParts } from '../context.ts'
import { publishedTenant } from '../entity.ts'
import { operation } from '../operation.ts'
import { ETAG_HEADER, jsonAnswer } from '../responses.ts'
import { activationCode, instant } from '../schemas/fields.ts'
import { tenantSchema, tenantView } from '../schemas/tenant.ts'

const statusSchema = z.strictObject({ status: z.enum(['ok']), time: instant }).openapi('Status')

const status = operation({
  method: 'get',
  path: '/status',
  id: 'service_status',
  tag: 'service',
  summary: 'Whether the service answers',
  access: 'open',
  answers: { 200: jsonAnswer('It does.', statusSchema) },
})

const tenant = operation({
  method: 'get',
  path: '/tenants/{activationCode}',
  id: 'tenant_by_code',
  tag: 'entities',
  summary: 'The entity of an activation code',
  description:
    'What an app needs before anybody signs in: how the entity looks, what it lets people do, until when they can ' +
    'sign in how, and which ways to pay it offers to apps.',
  access: 'open',
  conditional: true,
  request: { params: z.strictObject({ activationCode }) },
  answers: { 200: jsonAnswer('The entity.', tenantSchema, ETAG_HEADER) },
  faults: ['activation_code.unknown'],
})

/** What anybody may ask: whether we are there, and who an entity is. */
export function serviceRoutes(app: Api, parts: ApiParts): void {
  const { services, cashier } = parts

  app.openapi(status, (context) => {
    context.header('cache-control', 'no-store')
    return context.json({ status: 'ok', time: services.clock.now().toISOString() }, 200)
  })

  app.openapi(tenant, async (context) => {
    const found = await publishedTenant(parts, context.req.valid('param').activationCode)
    const { policies } = found
    const { language } = context.var
    const view = tenantView(found, {
      signInMethods: signInMethods(
        found,
        await parts.identity.federation.offered(found.id),
        services.clock.now(),
      ),
      categories: await categoriesOf(services.db, found.id),
      offers: await cashier.offers(found, 'app'),
      language: policies.languages.includes(language) ? language : policies.languages[0]!,
      publicUrl: services.config.PUBLIC_URL,
      hasAppLinks: services.config.APP_LINKS.length > 0,
    })
    return conditionalAnswer(context, view, 'public, max-age=60')
  })
}
