import { idFrom } from '#core/ids.ts'
import { flowDetail, listFlows } from '#core/reconciliation/read.ts'
import type { PageContext } from '#pages/context.ts'
import { readPageKey, writePageKey } from '#pages/page-key.ts'
import { officeRoute, type OfficeApp } from '../access.ts'
import { officeOf, type OfficeParts } from '../context.ts'
import { frame, page } from '../frame.ts'
import { address } from '../query.ts'
import type { FlowsView, FlowView } from '../views/reconciliation.ts'
import { flowRow, lineRow } from './reconciliation-words.ts'

/** The flows in which PSPs report what they have paid out, and the lines of one. */
export function flowRoutes(app: OfficeApp, parts: OfficeParts): void {
  officeRoute(app, 'GET /riconciliazione/flussi', async (context) =>
    page(parts, context, 'office/flows', await list(parts, context)),
  )
  officeRoute(app, 'GET /riconciliazione/flussi/:id', async (context) =>
    page(parts, context, 'office/flow', await detail(parts, context)),
  )
}

async function list(parts: OfficeParts, context: PageContext): Promise<FlowsView> {
  const { tenant, language } = context.var
  const base = officeOf(tenant)
  const path = `${base}/riconciliazione/flussi`
  const key = readPageKey(context.req.query('dopo'))
  const { items, next } = await listFlows(parts.services.db, tenant.id, {
    before: key && { flowDate: key.at, id: key.id },
  })
  return {
    ...frame(parts, context, 'reconciliation'),
    parentHref: `${base}/riconciliazione`,
    rows: items.map((flow) => flowRow(flow, base, language)),
    nextHref: next ? address(path, { dopo: writePageKey({ at: next.flowDate, id: next.id }) }) : null,
    firstHref: key ? path : null,
  }
}

async function detail(parts: OfficeParts, context: PageContext): Promise<FlowView> {
  const { tenant, language } = context.var
  const base = officeOf(tenant)
  const id = idFrom(context.req.param('id'))
  const asked = context.req.query('dopo') ?? ''
  const after = /^\d{1,12}$/.test(asked) ? Number(asked) : undefined
  const { flow, lines } = await flowDetail(
    parts.services.db,
    tenant.id,
    id,
    after === undefined ? {} : { after },
  )
  const path = `${base}/riconciliazione/flussi/${id}`
  return {
    ...frame(parts, context, 'reconciliation'),
    row: flowRow(flow, base, language),
    parentHref: `${base}/riconciliazione/flussi`,
    pspId: flow.pspId,
    revision: flow.revision,
    regulation: flow.regulation,
    regulationDate: flow.regulationDate,
    publishedAt: flow.publishedAt,
    linesCount: flow.linesCount,
    linesCents: flow.linesCents,
    declaredCount: flow.declaredCount ?? null,
    declaredCents: flow.declaredCents ?? null,
    bankCents: flow.bankCents ?? null,
    differencesHref: `${base}/riconciliazione/differenze?flusso=${id}`,
    lines: lines.items.map((line) => lineRow(line, base, language)),
    nextHref: lines.next === undefined ? null : address(path, { dopo: String(lines.next) }),
    firstHref: after === undefined ? null : path,
  }
}
