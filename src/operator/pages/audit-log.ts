import { translator, type Language } from '#core/i18n.ts'
import { readPageKey, writePageKey } from '#pages/page-key.ts'
import { readOperatorAudit, type OperatorAuditLine } from '#tenants/operators/audit.ts'
import { operatorRoute } from '../access.ts'
import { OPERATOR_PATH, type OperatorApp, type OperatorParts } from '../context.ts'
import { frame, page } from '../frame.ts'
import { isState } from './entity-words.ts'

/** `/gestione/registro`: what operators did. */
export function auditLogRoutes(app: OperatorApp, parts: OperatorParts): void {
  operatorRoute(app, 'GET /registro', async (context) => {
    const t = translator(context.var.language)
    const path = `${OPERATOR_PATH}/registro`
    const before = readPageKey(context.req.query('dopo'))
    const { items, next } = await readOperatorAudit(parts.services.db, before)
    return page(parts, context, 'operator/audit-log', {
      ...frame(parts, context, 'audit'),
      rows: items.map(({ at, action, by, about, details }) => ({
        at,
        what: t(`operator_audit.${action}`),
        how: howOf(details, context.var.language),
        who: by ?? t(action === 'sign_in.refused' ? 'operator.audit.nobody' : 'operator.audit.command'),
        about: about === by ? '' : (about ?? ''),
      })),
      nextHref: next ? `${path}?dopo=${writePageKey(next)}` : null,
      firstHref: before ? path : null,
    })
  })
}

/** What tells one line from another of the same kind: the way of an entity, a kind of work, an office's page. */
function howOf({ from, to, job, count, route }: OperatorAuditLine['details'], language: Language): string {
  const t = translator(language)
  if (isState(from) && isState(to)) return `${t(`operator.state.${from}`)} → ${t(`operator.state.${to}`)}`
  if (typeof job === 'string') return `${job} · ${String(count)}`
  return typeof route === 'string' ? route : ''
}
