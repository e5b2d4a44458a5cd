import { translator } from '#core/i18n.ts'
import { readPageKey, writePageKey } from '#pages/page-key.ts'
import { readOperatorAudit } from '#tenants/operators/audit.ts'
import { operatorRoute } from '../access.ts'
import { OPERATOR_PATH, type OperatorApp, type OperatorParts } from '../context.ts'
import { frame, page } from '../frame.ts'

/** `/gestione/registro`: what operators did. */
export function auditLogRoutes(app: OperatorApp, parts: OperatorParts): void {
  operatorRoute(app, 'GET /registro', async (context) => {
    const t = translator(context.var.language)
    const path = `${OPERATOR_PATH}/registro`
    const before = readPageKey(context.req.query('dopo'))
    const { items, next } = await readOperatorAudit(parts.services.db, before)
    return page(parts, context, 'operator/audit-log', {
      ...frame(parts, context, 'audit'),
      rows: items.map(({ at, action, by, about }) => ({
        at,
        what: t(`operator_audit.${action}`),
        who: by ?? t(action === 'sign_in.refused' ? 'operator.audit.nobody' : 'operator.audit.command'),
        about: about === by ? '' : (about ?? ''),
      })),
      nextHref: next ? `${path}?dopo=${writePageKey(next)}` : null,
      firstHref: before ? path : null,
    })
  })
}
