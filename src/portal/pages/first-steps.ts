import { DomainError } from '#core/errors.ts'
import { faultText } from '#core/fault-text.ts'
import { remoteAddress } from '#core/remote-address.ts'
import { arrive } from '#pages/arrive.ts'
import { formFields } from '#pages/form.ts'
import { accountOfForm } from '#pages/password-form.ts'
import { takeOverAccount, takeOverByCode } from '#tenants/people/merge-accounts.ts'
import { proofOfSession } from '#tenants/sign-in/app-codes.ts'
import { isMethodOpen } from '#tenants/sign-in/methods.ts'
import { proofOfColumns } from '#tenants/sign-in/proof.ts'
import type { SignedIn } from '#tenants/sign-in/sessions.ts'
import { baseOf, type PortalApp, type PortalContext, type PortalParts } from '../context.ts'
import { viewerOf } from '../form.ts'
import { frame, page } from '../frame.ts'
import type { FirstStepsView } from '../views/entrance.ts'

/** Faults that the form shows beside its field; any other is a page of its own. */
const SHOWN: Readonly<Record<string, 'username' | 'code'>> = {
  'sign_in.wrong': 'username',
  'account.other_person': 'username',
  'account.not_linkable': 'username',
  'account.unknown_code': 'code',
}

/**
 * `/{slug}/primo-accesso`: who came in with SPID or CIE and had no account here finds the one of before (by its password
 * while the entity takes passwords, by a code from the office at any time), or goes on to add children.
 */
export function firstStepsRoutes(app: PortalApp, parts: PortalParts): void {
  const { services } = parts

  app.get('/:slug/primo-accesso', (context) => {
    newcomerOf(context)
    return page(parts, context, 'first-steps', view(parts, context, {}))
  })

  app.post('/:slug/primo-accesso/profilo', (context) =>
    take(parts, context, async (viewer, fields) => {
      const { tenant } = context.var
      const former = await accountOfForm(parts, context, fields, 'portal')
      await takeOverAccount(services, tenant, { present: viewer.accountId, former }, 'password')
      return former
    }),
  )

  app.post('/:slug/primo-accesso/codice', (context) =>
    take(parts, context, async (viewer, fields) => {
      const { tenant } = context.var
      const guesser = {
        secret: 'office-code',
        account: viewer.accountId,
        address: remoteAddress(context),
      } as const
      return parts.attempts.guess(tenant.id, guesser, () =>
        takeOverByCode(services, tenant, viewer.accountId, fields.code ?? ''),
      )
    }),
  )

  app.get('/:slug/aiuto-accesso', (context) =>
    page(parts, context, 'access-help', {
      ...frame(parts, context, null),
      passwordOpen: isMethodOpen(context.var.tenant, 'password', services.clock.now()),
    }),
  )
}

/** Only an identity can take an account over. @throws DomainError sign_in.required, resource.not_found */
function newcomerOf(context: PortalContext): SignedIn {
  const viewer = viewerOf(context)
  if (viewer.method === 'password') throw new DomainError('resource.not_found')
  return viewer
}

async function take(
  parts: PortalParts,
  context: PortalContext,
  work: (viewer: SignedIn, fields: Record<string, string>) => Promise<string>,
): Promise<Response> {
  const viewer = newcomerOf(context)
  const fields = await formFields(context)
  parts.forms.check(fields.form, viewer.accountId)
  try {
    // Read before the session ends: the provider's logout has to find the new one too.
    const proof = proofOfColumns(await proofOfSession(parts.services.db, viewer))
    const accountId = await work(viewer, fields)
    return await arrive(parts, context, 'portal', { accountId, proof }, `${baseOf(context.var.tenant)}/`)
  } catch (error) {
    const field = error instanceof DomainError ? SHOWN[error.code] : undefined
    if (field === undefined) throw error
    const { status, detail } = faultText(error, context.var.language)
    const again = view(parts, context, fields, { [field]: detail })
    return page(parts, context, 'first-steps', again, status as 401 | 404 | 409)
  }
}

function view(
  parts: PortalParts,
  context: PortalContext,
  fields: Record<string, string>,
  errors: FirstStepsView['errors'] = {},
): FirstStepsView {
  return {
    ...frame(parts, context, null),
    passwordOpen: isMethodOpen(context.var.tenant, 'password', parts.services.clock.now()),
    values: { username: fields.username ?? '' },
    errors,
  }
}
