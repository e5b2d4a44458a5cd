import { z } from 'zod'
import { DomainError, type FaultCode } from '#core/errors.ts'
import { faultText } from '#core/fault-text.ts'
import { translator } from '#core/i18n.ts'
import { remoteAddress } from '#core/remote-address.ts'
import type { PageContext } from '#pages/context.ts'
import { formFields } from '#pages/form.ts'
import type { SignInStep } from '#pages/step-token.ts'
import type { FieldErrors } from '#pages/view.ts'
import { PASSWORD_LENGTH } from '#tenants/sign-in/passwords.ts'
import { acceptStaffInvitation, findInvitation, type OpenInvitation } from '#tenants/staff/join.ts'
import { publicRoute, type OfficeApp } from '../access.ts'
import { officeOf, type OfficeParts } from '../context.ts'
import { frame, page } from '../frame.ts'
import type { JoinView } from '../views/staff.ts'

type Field = 'firstName' | 'lastName' | 'username' | 'password'

/** What the person can mend in the form. */
const FIELD_OF_FAULT: Partial<Record<FaultCode, Field>> = {
  'registration.username_taken': 'username',
  'password.too_short': 'password',
  'password.too_common': 'password',
}

const joining = z.object({
  firstName: z.string().trim().min(1).max(60),
  lastName: z.string().trim().min(1).max(60),
  username: z
    .string()
    .trim()
    .regex(/^[\p{L}\p{N}._@+-]{3,60}$/u),
  password: z.string().min(PASSWORD_LENGTH.minimum).max(PASSWORD_LENGTH.maximum),
})

/** `{base}/invito/<token>`: the page behind the link of an invitation. Looking at it uses nothing up. */
export function staffInvitationRoutes(
  app: OfficeApp,
  parts: OfficeParts,
  askSecondStep: (context: PageContext, step: SignInStep) => Promise<Response>,
): void {
  const { services, attempts } = parts
  const counted = <Result>(context: PageContext, work: () => Promise<Result>) =>
    attempts.guess(context.var.tenant.id, { secret: 'link', address: remoteAddress(context) }, work)

  publicRoute(app, 'GET /invito/:token', async (context) => {
    const token = tokenOf(context)
    const found = await counted(context, () => findInvitation(services, context.var.tenant.id, token))
    return page(parts, context, 'office/join', view(parts, context, found, found.known ?? {}))
  })

  publicRoute(app, 'POST /invito/:token', async (context) => {
    const { tenant, language } = context.var
    const fields = await formFields(context)
    parts.forms.check(fields.form, context.var.viewer?.accountId ?? '')
    const token = tokenOf(context)
    const found = await counted(context, () => findInvitation(services, tenant.id, token))
    const read = joining.safeParse(fields)
    if (!read.success) {
      const t = translator(language)
      const wrong = new Set(read.error.issues.map(({ path }) => path[0] as Field))
      const errors = Object.fromEntries([...wrong].map((name) => [name, t(`personnel.join.error.${name}`)]))
      return page(parts, context, 'office/join', view(parts, context, found, fields, errors), 422)
    }
    try {
      const person = { ...read.data, language }
      const accountId = await counted(context, () => acceptStaffInvitation(services, tenant, token, person))
      // The password is a minute old: what is left of the first sign-in is the telephone.
      return await askSecondStep(context, {
        accountId,
        username: read.data.username,
        next: `${officeOf(tenant)}/`,
      })
    } catch (error) {
      const field = error instanceof DomainError ? FIELD_OF_FAULT[error.code] : undefined
      if (!field) throw error
      const { detail, status } = faultText(error, language)
      const again = view(parts, context, found, fields, { [field]: detail })
      return page(parts, context, 'office/join', again, status as 409 | 422)
    }
  })
}

/** What no token of ours looks like is asked of nobody, and counted all the same. */
function tokenOf(context: PageContext): string {
  return (context.req.param('token') ?? '').slice(0, 60)
}

function view(
  parts: OfficeParts,
  context: PageContext,
  { role }: OpenInvitation,
  typed: Readonly<Record<string, string>>,
  errors: FieldErrors<Field> = {},
): JoinView {
  const { tenant, language } = context.var
  const t = translator(language)
  return {
    ...frame(parts, context, null),
    action: `${officeOf(tenant)}/invito/${tokenOf(context)}`,
    role: t(`office.role.${role}`),
    roleNote: t(`personnel.role.${role}`),
    passwordMinimum: PASSWORD_LENGTH.minimum,
    values: {
      firstName: typed.firstName ?? '',
      lastName: typed.lastName ?? '',
      username: typed.username ?? '',
    },
    errors,
  }
}
