import { translator } from '#core/i18n.ts'
import { formFields } from '#pages/form.ts'
import { codeError, setUpFacts, type CarriedStep, type SetUpStepView } from '#pages/second-step.ts'
import type { StepTokens } from '#pages/step-token.ts'
import { isTemporaryPassword } from '#tenants/operators/accounts.ts'
import { checkOperatorCode, settleOperator } from '#tenants/operators/second-factor.ts'
import { PASSWORD_LENGTH } from '#tenants/sign-in/passwords.ts'
import { publicRoute } from '../access.ts'
import { OPERATOR_PATH, type OperatorApp, type OperatorContext, type OperatorParts } from '../context.ts'
import { frame, page } from '../frame.ts'
import { keepOperator, operatorToken } from '../session-cookie.ts'

/** Whose steps the tokens of this door carry: no entity's. */
export const STEPS_OF = 'operators'

/** The code of the phone; at the first sign-in a password of one's own and setting the phone up. */
export function secondStepRoutes(app: OperatorApp, parts: OperatorParts, tokens: StepTokens): void {
  const { services, attempts } = parts

  for (const route of ['GET /accedi/codice', 'GET /accedi/secondo-fattore'] as const)
    publicRoute(app, route, (context) => context.redirect(`${OPERATOR_PATH}/accedi`, 303))

  publicRoute(app, 'POST /accedi/codice', async (context) => {
    const { fields, posted } = await postedStep(context)
    const { accountId, next } = posted.step
    try {
      await attempts.guess({ secret: 'code', operatorId: accountId }, () =>
        checkOperatorCode(services, accountId, fields.code ?? ''),
      )
    } catch (error) {
      return askCode(parts, context, posted, codeError(error, context.var.language))
    }
    return enter(context, accountId, next)
  })

  publicRoute(app, 'POST /accedi/secondo-fattore', async (context) => {
    const { fields, posted } = await postedStep(context)
    const { accountId, secret, next } = posted.step
    // A step that only asked for a code sets nothing up.
    if (secret === undefined) return context.redirect(`${OPERATOR_PATH}/accedi`, 303)
    const errors = await wrongPassword(parts, context, accountId, fields)
    if (errors) return askSetUp(parts, context, posted, errors)
    const { password = '', code = '' } = fields
    try {
      await attempts.guess({ secret: 'code', operatorId: accountId }, () =>
        settleOperator(services, accountId, { password, secret, code }),
      )
    } catch (error) {
      return askSetUp(parts, context, posted, codeError(error, context.var.language))
    }
    return enter(context, accountId, next)
  })

  async function postedStep(context: OperatorContext) {
    const fields = await formFields(context)
    parts.forms.check(fields.form, '')
    const token = fields.step ?? ''
    const posted: CarriedStep = { token, step: tokens.read(STEPS_OF, token) }
    return { fields, posted }
  }

  /** Begins the session; one that the browser had before ends. */
  async function enter(context: OperatorContext, operatorId: string, next: string): Promise<Response> {
    const former = operatorToken(context, services.config)
    const token = await parts.sessions.begin(operatorId)
    if (former) await parts.sessions.end(former)
    keepOperator(context, services.config, token)
    return context.redirect(next, 303)
  }
}

/** What is wrong with the password that somebody chooses; undefined when nothing is. */
async function wrongPassword(
  { services }: OperatorParts,
  { var: { language } }: OperatorContext,
  operatorId: string,
  { password = '', repeated = '' }: Readonly<Record<string, string>>,
): Promise<SetUpStepView['errors'] | undefined> {
  const t = translator(language)
  const { minimum, maximum } = PASSWORD_LENGTH
  if (password.length < minimum || password.length > maximum)
    return { password: t('second_factor.setup.error_length', { minimum, maximum }) }
  if (password !== repeated) return { repeated: t('second_factor.setup.error_repeated') }
  if (await isTemporaryPassword(services.db, operatorId, password))
    return { password: t('second_factor.setup.error_same') }
  return undefined
}

/** The page that asks for a code of the phone. */
export function askCode(
  parts: OperatorParts,
  context: OperatorContext,
  { token }: CarriedStep,
  errors?: { code: string },
): Response {
  const view = { ...frame(parts, context, null), step: token, recovery: false, errors: errors ?? {} }
  return page(parts, context, 'second-step', view, errors ? 401 : 200)
}

/** The page of the first sign-in. */
export function askSetUp(
  parts: OperatorParts,
  context: OperatorContext,
  carriedStep: CarriedStep,
  errors?: SetUpStepView['errors'],
): Response {
  const { language } = context.var
  const view = {
    ...frame(parts, context, null),
    ...setUpFacts(carriedStep, { issuer: 'Borsellino', language }),
    newPassword: PASSWORD_LENGTH,
    errors: errors ?? {},
  }
  const status = errors === undefined ? 200 : errors.code ? 401 : 422
  return page(parts, context, 'second-step-setup', view, status)
}
