import { translator } from '#core/i18n.ts'
import { isId } from '#core/ids.ts'
import { listEntities, type EntityLine } from '#tenants/operators/entities.ts'
import { TENANT_STATES } from '#tenants/states.ts'
import { operatorRoute } from '../access.ts'
import { OPERATOR_PATH, type OperatorApp, type OperatorContext, type OperatorParts } from '../context.ts'
import { frame, page } from '../frame.ts'
import { isState, stateBadge } from './entity-words.ts'

/** `/gestione/`: the entities of this installation with their health, a page at a time. */
export function entitiesRoutes(app: OperatorApp, parts: OperatorParts): void {
  operatorRoute(app, 'GET /', async (context) => {
    const { language } = context.var
    const t = translator(language)
    const cerca = (context.req.query('cerca') ?? '').trim().slice(0, 100)
    const stato = context.req.query('stato')
    const state = isState(stato) ? stato : undefined
    const onlyParked = context.req.query('fermi') === 'si'
    const dopo = context.req.query('dopo') ?? ''
    const after = isId(dopo) ? dopo : undefined
    const filter = { search: cerca, state, onlyParked }
    const { items, next } = await listEntities(parts.services, filter, after)
    const here = (more: Record<string, string>) => {
      const query = {
        ...(cerca && { cerca }),
        ...(state && { stato: state }),
        ...(onlyParked && { fermi: 'si' }),
      }
      const all = new URLSearchParams({ ...query, ...more }).toString()
      return `${OPERATOR_PATH}/${all && `?${all}`}`
    }
    return page(parts, context, 'operator/entities', {
      ...frame(parts, context, 'entities'),
      values: { cerca, fermi: onlyParked },
      states: TENANT_STATES.map((value) => ({
        value,
        label: t(`operator.state.${value}`),
        selected: value === state,
      })),
      filtered: here({}) !== `${OPERATOR_PATH}/`,
      rows: items.map((item) => row(item, context)),
      nextHref: next ? here({ dopo: next }) : null,
      firstHref: after ? here({}) : null,
    })
  })
}

function row(
  { name, slug, state, activationCode, failing, parked, lastError, lastReceiptOn }: EntityLine,
  { var: { language } }: OperatorContext,
) {
  const t = translator(language)
  const badge =
    parked > 0
      ? ({ text: t('entities.health.parked', { count: parked }), tone: 'open' } as const)
      : ({ text: t('entities.health.retrying', { count: failing }), tone: 'plain' } as const)
  return {
    name,
    slug,
    href: `${OPERATOR_PATH}/enti/${slug}`,
    state: stateBadge(state, language),
    activationCode,
    trouble: failing > 0 ? { badge, lastError: lastError ?? '' } : null,
    lastReceiptOn,
  }
}
