import { DomainError } from '#core/errors.ts'
import { translator } from '#core/i18n.ts'
import { idFrom } from '#core/ids.ts'
import { countFailing, listFailing } from '#core/jobs/outbox.ts'
import { listRuns } from '#core/jobs/recurring-runs.ts'
import { formFields } from '#pages/form.ts'
import type { Alert } from '#pages/view.ts'
import { entityNames } from '#tenants/operators/entities.ts'
import { replayAsOperator } from '#tenants/operators/jobs.ts'
import { operatorRoute } from '../access.ts'
import { OPERATOR_PATH, type OperatorApp, type OperatorContext, type OperatorParts } from '../context.ts'
import { frame, page } from '../frame.ts'
import type { FailingRow, JobsView } from '../views/pages.ts'
import { failingRow } from './entity-words.ts'

const SHOWN = 100

/** `/gestione/lavori`: what fails over the whole installation, giving it another round, and how recurring work went. */
export function jobRoutes(app: OperatorApp, parts: OperatorParts): void {
  operatorRoute(app, 'GET /lavori', async (context) =>
    page(parts, context, 'operator/jobs', await view(parts, context)),
  )

  operatorRoute(app, 'POST /lavori', async (context, { operatorId }) => {
    const fields = await formFields(context)
    parts.forms.check(fields.form, operatorId)
    const which = fields.job ? { job: fields.job } : { id: idFrom(fields.id) }
    const count = await replayAsOperator(parts.services, operatorId, which)
    return context.redirect(`${OPERATOR_PATH}/lavori?ripresi=${count}`, 303)
  })
}

async function view(parts: OperatorParts, context: OperatorContext): Promise<JobsView> {
  const { services } = parts
  const { language } = context.var
  const t = translator(language)
  const replayed = Number(context.req.query('ripresi') ?? 0)
  const alerts: Alert[] =
    Number.isSafeInteger(replayed) && replayed > 0
      ? [{ kind: 'success', text: t('entities.jobs.replayed', { count: replayed }) }]
      : []
  const [kinds, failing, runs] = await Promise.all([
    countFailing(services.relay),
    listFailing(services.relay, SHOWN),
    listRuns(services.db),
  ])
  const entities = await entityNames(
    services.db,
    failing.map(({ tenantId }) => tenantId),
  )
  const entity = (id: string): FailingRow['entity'] => {
    const found = entities.get(id)
    if (!found) throw new DomainError('resource.not_found')
    return { name: found.name, href: `${OPERATOR_PATH}/enti/${found.slug}` }
  }
  return {
    ...frame(parts, context, 'jobs', alerts),
    kinds,
    rows: failing.map((entry) => failingRow(entry, entity(entry.tenantId), language)),
    more: Math.max(0, kinds.reduce((total, { count }) => total + count, 0) - failing.length),
    runs: runs.map(({ job, ranAt, failedAt, error }) => {
      const failed = failedAt !== null && failedAt >= ranAt
      return {
        job,
        ranAt,
        state: failed
          ? { text: t('entities.runs.failed'), tone: 'open' }
          : { text: t('entities.runs.well'), tone: 'paid' },
        error: failed ? error : null,
      }
    }),
  }
}
