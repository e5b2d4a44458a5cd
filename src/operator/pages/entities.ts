import { translator } from '#core/i18n.ts'
import { listEntities } from '#tenants/operators/entities.ts'
import { operatorRoute } from '../access.ts'
import type { OperatorApp, OperatorParts } from '../context.ts'
import { frame, page } from '../frame.ts'

/** `/gestione/`: the entities of this installation. */
export function entitiesRoutes(app: OperatorApp, parts: OperatorParts): void {
  operatorRoute(app, 'GET /', async (context) => {
    const t = translator(context.var.language)
    const entities = await listEntities(parts.services.db)
    return page(parts, context, 'operator/entities', {
      ...frame(parts, context, 'entities'),
      rows: entities.map(({ state, ...entity }) => ({
        ...entity,
        state: {
          text: t(`operator.state.${state}`),
          tone: state === 'live' ? 'paid' : state === 'closed' ? 'plain' : 'open',
        },
      })),
    })
  })
}
