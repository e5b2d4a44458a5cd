import { DomainError } from '#core/errors.ts'
import { faultText } from '#core/fault-text.ts'
import { translator } from '#core/i18n.ts'
import type { TenantState } from '#core/db/schema.ts'
import { formFields } from '#pages/form.ts'
import { changeState, isGoingLive, needsReason, statesAfter } from '#tenants/states.ts'
import { operatorRoute } from '../access.ts'
import { OPERATOR_PATH, type OperatorApp, type OperatorContext, type OperatorParts } from '../context.ts'
import { frame, page } from '../frame.ts'
import type { EntityStateView } from '../views/pages.ts'
import { isState } from './entity-words.ts'
import { entityOf } from './entity.ts'

/** `/gestione/enti/<slug>/stato`: what a change of state means, why it is made, and making it. */
export function entityStateRoutes(app: OperatorApp, parts: OperatorParts): void {
  const { services, registry, preflight } = parts

  operatorRoute(app, 'GET /enti/:slug/stato', async (context) =>
    page(
      parts,
      context,
      'operator/entity-state',
      await view(parts, context, stateOf(context.req.query('a')), { reason: '', errors: {} }),
    ),
  )

  operatorRoute(app, 'POST /enti/:slug/stato', async (context, { operatorId }) => {
    const fields = await formFields(context)
    parts.forms.check(fields.form, operatorId)
    const to = stateOf(fields.to)
    const { id, slug } = await entityOf(parts, context)
    const { reason = '' } = fields
    try {
      await changeState(services, id, to, { kind: 'operator', id: operatorId }, { reason, preflight })
    } catch (error) {
      if (!(error instanceof DomainError) || !isMendable(error.code)) throw error
      const errors =
        error.code === 'tenant.reason_missing'
          ? { reason: faultText(error, context.var.language).detail }
          : {}
      const again = await view(parts, context, to, { reason, errors })
      return page(
        parts,
        context,
        'operator/entity-state',
        again,
        error.code === 'tenant.not_ready' ? 409 : 422,
      )
    }
    registry.forget()
    return context.redirect(`${OPERATOR_PATH}/enti/${slug}?fatto=stato`, 303)
  })
}

function isMendable(code: string): boolean {
  return code === 'tenant.reason_missing' || code === 'tenant.not_ready'
}

/** @throws DomainError resource.not_found for anything that is no state */
function stateOf(text: string | undefined): TenantState {
  if (!isState(text)) throw new DomainError('resource.not_found')
  return text
}

/** @throws DomainError tenant.wrong_state where there is no such way */
async function view(
  parts: OperatorParts,
  context: OperatorContext,
  to: TenantState,
  form: { reason: string; errors: EntityStateView['errors'] },
): Promise<EntityStateView> {
  const t = translator(context.var.language)
  const tenant = await entityOf(parts, context)
  const from = tenant.state
  if (!statesAfter(from).includes(to)) throw new DomainError('tenant.wrong_state', { from, to })
  const href = `${OPERATOR_PATH}/enti/${tenant.slug}`
  const lacksAccount = to === 'rehearsal' && tenant.creditor.iban === ''
  const missing = isGoingLive(from, to)
    ? await parts.preflight(tenant)
    : lacksAccount
      ? [{ key: 'creditor.iban' }]
      : []
  return {
    ...frame(parts, context, 'entities'),
    parentHref: href,
    action: `${href}/stato`,
    name: tenant.name,
    to,
    title: t(`entities.change.${from}.${to}`),
    effects: [1, 2, 3].map((number) => t(`entities.effect.${to}.${number}`)),
    needsReason: needsReason(to),
    isEnd: to === 'closed',
    missing: missing.map(({ key }) => t(`missing.${key}`)),
    values: { reason: form.reason },
    errors: form.errors,
  }
}
