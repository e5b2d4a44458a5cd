import type { PageContext } from '#pages/context.ts'
import { arrive, takeIn } from '#pages/arrive.ts'
import { formFields } from '#pages/form.ts'
import {
  carried,
  carriedSetUp,
  codeError,
  inGroups,
  setUpFacts,
  type CarriedStep,
} from '#pages/second-step.ts'
import { createStepTokens, type SignInStep } from '#pages/step-token.ts'
import { checkSecondFactor, hasSecondFactor, setUpSecondFactor } from '#tenants/sign-in/second-factor.ts'
import { BY_PASSWORD } from '#tenants/sign-in/sessions.ts'
import { publicRoute, type OfficeApp } from '../access.ts'
import { officeOf, type OfficeParts } from '../context.ts'
import { frame, page } from '../frame.ts'

/**
 * The steps between a right password and the office: a code of the phone, or setting the phone up. Until then the browser
 * has no session, only a sealed field that soon expires.
 * @returns what to do with somebody whose password was right
 */
export function secondStepRoutes(
  app: OfficeApp,
  parts: OfficeParts,
): (context: PageContext, step: SignInStep) => Promise<Response> {
  const { services, attempts } = parts
  const tokens = createStepTokens(services.config.MASTER_KEY, services.clock)

  for (const route of ['GET /accedi/codice', 'GET /accedi/secondo-fattore'] as const)
    publicRoute(app, route, (context) => context.redirect(`${officeOf(context.var.tenant)}/accedi`, 303))

  publicRoute(app, 'POST /accedi/codice', async (context) => {
    const posted = await postedStep(context)
    const { accountId, next } = posted.step
    try {
      await guess(context, posted, (code) =>
        checkSecondFactor(services, context.var.tenant.id, accountId, code),
      )
    } catch (error) {
      return askCode(parts, context, posted, codeError(error, context.var.language))
    }
    return arrive(parts, context, 'office', { accountId, proof: BY_PASSWORD }, next)
  })

  publicRoute(app, 'POST /accedi/secondo-fattore', async (context) => {
    const posted = await postedStep(context)
    const { accountId, username, next, secret } = posted.step
    // A step that only asked for a code sets nothing up.
    if (secret === undefined) return context.redirect(`${officeOf(context.var.tenant)}/accedi`, 303)
    let codes: readonly string[]
    try {
      codes = await guess(context, posted, (code) =>
        setUpSecondFactor(services, context.var.tenant.id, accountId, secret, code),
      )
    } catch (error) {
      return askSetUp(parts, context, posted, codeError(error, context.var.language))
    }
    await takeIn(parts, context, 'office', { accountId, proof: BY_PASSWORD })
    const view = { ...frame(parts, context, null), codes: codes.map(inGroups), username, next }
    return page(parts, context, 'recovery-codes', view)
  })

  async function postedStep(context: PageContext): Promise<CarriedStep & { code: string }> {
    const fields = await formFields(context)
    parts.forms.check(fields.form, '')
    const token = fields.step ?? ''
    return { token, step: tokens.read(context.var.tenant.id, token), code: fields.code ?? '' }
  }

  /** Guesses at a code count together wherever they come from: whoever makes one has the password. */
  function guess<Result>(
    context: PageContext,
    { step, code }: Awaited<ReturnType<typeof postedStep>>,
    work: (code: string) => Promise<Result>,
  ): Promise<Result> {
    const { accountId } = step
    const guesser = { secret: 'second-factor', account: accountId, address: accountId } as const
    return attempts.guess(context.var.tenant.id, guesser, () => work(code))
  }

  return async (context, step) => {
    const { id } = context.var.tenant
    return (await hasSecondFactor(services.db, id, step.accountId))
      ? askCode(parts, context, carried(tokens, id, step))
      : askSetUp(parts, context, carriedSetUp(tokens, id, step))
  }
}

function askCode(
  parts: OfficeParts,
  context: PageContext,
  { token }: CarriedStep,
  errors?: { code: string },
): Response {
  const view = { ...frame(parts, context, null), step: token, recovery: true, errors: errors ?? {} }
  return page(parts, context, 'second-step', view, errors ? 401 : 200)
}

function askSetUp(
  parts: OfficeParts,
  context: PageContext,
  carriedStep: CarriedStep,
  errors?: { code: string },
): Response {
  const { tenant, language } = context.var
  const view = {
    ...frame(parts, context, null),
    ...setUpFacts(carriedStep, { issuer: `Borsellino, ${tenant.name}`, language }),
    newPassword: null,
    errors: errors ?? {},
  }
  return page(parts, context, 'second-step-setup', view, errors ? 401 : 200)
}
