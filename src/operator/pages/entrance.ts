import { DomainError } from '#core/errors.ts'
import { faultText } from '#core/fault-text.ts'
import { remoteAddress } from '#core/remote-address.ts'
import { formFields } from '#pages/form.ts'
import { safeNext } from '#pages/password-form.ts'
import { carried, carriedSetUp } from '#pages/second-step.ts'
import { createStepTokens } from '#pages/step-token.ts'
import { checkOperatorPassword } from '#tenants/operators/accounts.ts'
import { publicRoute } from '../access.ts'
import { OPERATOR_PATH, type OperatorApp, type OperatorContext, type OperatorParts } from '../context.ts'
import { frame, page } from '../frame.ts'
import { dropOperator, operatorToken } from '../session-cookie.ts'
import type { OperatorSignInView } from '../views/pages.ts'
import { askCode, askSetUp, secondStepRoutes, STEPS_OF } from './second-step.ts'

/** Sign-in and sign-out of who runs the installation: password, then a code of the phone. */
export function entranceRoutes(app: OperatorApp, parts: OperatorParts): void {
  const { services, sessions, attempts } = parts
  const tokens = createStepTokens(services.config.MASTER_KEY, services.clock)

  publicRoute(app, 'GET /accedi', (context) => {
    const next = context.req.query('poi')
    if (context.var.operator) return context.redirect(safeNext(OPERATOR_PATH, next), 303)
    return page(parts, context, 'operator/sign-in', view(parts, context, { next: next ?? null }))
  })

  publicRoute(app, 'POST /accedi', async (context) => {
    const fields = await formFields(context)
    parts.forms.check(fields.form, '')
    const { username = '', password = '' } = fields
    const guesser = { secret: 'password', username, address: remoteAddress(context) } as const
    try {
      const { operatorId, isNew } = await attempts.guess(guesser, () =>
        checkOperatorPassword(services.db, { username, password }, services.clock.now()),
      )
      const step = {
        accountId: operatorId,
        username: username.trim(),
        next: safeNext(OPERATOR_PATH, fields.next),
      }
      return isNew
        ? askSetUp(parts, context, carriedSetUp(tokens, STEPS_OF, step))
        : askCode(parts, context, carried(tokens, STEPS_OF, step))
    } catch (error) {
      if (!(error instanceof DomainError) || error.code !== 'sign_in.wrong') throw error
      const errors = { username: faultText(error, context.var.language).detail }
      const again = view(parts, context, { next: fields.next || null, username, errors })
      return page(parts, context, 'operator/sign-in', again, 401)
    }
  })

  secondStepRoutes(app, parts, tokens)

  publicRoute(app, 'POST /esci', async (context) => {
    const fields = await formFields(context)
    parts.forms.check(fields.form, context.var.operator?.operatorId ?? '')
    const token = operatorToken(context, services.config)
    if (token) await sessions.end(token)
    dropOperator(context, services.config)
    return context.redirect(`${OPERATOR_PATH}/accedi`, 303)
  })
}

function view(
  parts: OperatorParts,
  context: OperatorContext,
  form: { next: string | null; username?: string; errors?: OperatorSignInView['errors'] },
): OperatorSignInView {
  return {
    ...frame(parts, context, null),
    values: { username: form.username ?? '' },
    errors: form.errors ?? {},
    next: form.next,
  }
}
