import { remoteAddress } from '#core/remote-address.ts'
import type { Attempts } from '#tenants/sign-in/attempts.ts'
import { assertPasswordOpen } from '#tenants/sign-in/methods.ts'
import { requestPasswordReset } from '#tenants/sign-in/password-reset.ts'
import { asUsername } from '#tenants/sign-in/sign-in.ts'
import type { Api, ApiParts } from '../context.ts'
import { publishedTenant } from '../entity.ts'
import { operation } from '../operation.ts'
import { jsonBody } from '../schemas/fields.ts'
import { passwordResetSchema } from '../schemas/people.ts'

const ask = operation({
  method: 'post',
  path: '/password-resets',
  id: 'ask_for_password',
  tag: 'sessions',
  summary: 'Ask for a new password',
  description:
    'Whether there is such an account is not told: if there is one, a link to a page of ours where its parent sets a new ' +
    'password is on its way by e-mail. It works for 30 minutes, once; a later one ends it.',
  access: 'open',
  request: { body: jsonBody(passwordResetSchema) },
  answers: { 202: { description: 'Noted.' } },
  faults: ['activation_code.unknown', 'sign_in.method_closed'],
})

/** Asking for a new password; it is set on a page of the portal. */
export function passwordResetRoutes(app: Api, parts: ApiParts, attempts: Attempts): void {
  app.openapi(ask, async (context) => {
    const { activationCode, account } = context.req.valid('json')
    const tenant = await publishedTenant(parts, activationCode)
    assertPasswordOpen(tenant, parts.services.clock.now())
    await attempts.request(tenant.id, 'password-reset', asUsername(account), remoteAddress(context))
    await requestPasswordReset(parts.services, tenant, account)
    context.header('cache-control', 'no-store')
    return context.body(null, 202)
  })
}
