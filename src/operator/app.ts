import { Hono } from 'hono'
import { DomainError } from '#core/errors.ts'
import { faultPage } from '#pages/fault-page.ts'
import {
  chooseLanguage,
  FORM_MAX_BYTES,
  identify,
  limitBody,
  sameOrigin,
  securityHeaders,
} from '#pages/middleware.ts'
import { OPERATOR_PATH, type OperatorApp, type OperatorEnv, type OperatorParts } from './context.ts'
import { frame } from './frame.ts'
import { auditLogRoutes } from './pages/audit-log.ts'
import { entitiesRoutes } from './pages/entities.ts'
import { entityRoutes } from './pages/entity.ts'
import { entityStateRoutes } from './pages/entity-state.ts'
import { entranceRoutes } from './pages/entrance.ts'
import { jobRoutes } from './pages/jobs.ts'
import { newEntityRoutes } from './pages/new-entity.ts'
import { queueConsoleRoutes } from './queue-console.ts'
import { operatorToken } from './session-cookie.ts'

/** The pages of who runs the installation, under `/gestione/`. They belong to no entity and show no family's data. */
export function createOperatorPages(parts: OperatorParts): OperatorApp {
  const app = new Hono<OperatorEnv>()
  app.onError((error, context) =>
    faultPage(parts, context, error, { base: OPERATOR_PATH, frame: frame(parts, context, null) }),
  )
  app.use(
    `${OPERATOR_PATH}/*`,
    identify,
    securityHeaders(parts),
    sameOrigin(parts),
    limitBody(FORM_MAX_BYTES),
    chooseLanguage,
    async (context, next) => {
      const token = operatorToken(context, parts.services.config)
      context.set('operator', await parts.sessions.find(token))
      await next()
    },
  )
  const all = [
    entranceRoutes,
    entitiesRoutes,
    // Before the page of one entity, whose address it could be.
    newEntityRoutes,
    entityRoutes,
    entityStateRoutes,
    jobRoutes,
    queueConsoleRoutes,
    auditLogRoutes,
  ]
  for (const routes of all) routes(app, parts)
  app.all(`${OPERATOR_PATH}/*`, () => {
    throw new DomainError('resource.not_found')
  })
  return app
}
