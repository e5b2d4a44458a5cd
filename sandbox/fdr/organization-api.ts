import { randomUUID } from 'node:crypto'
import { Hono } from 'hono'
import { z } from 'zod'
import { outageGate } from '../web/outage.ts'
import type { Outage } from '../web/outage.ts'
import { checked, RequestError } from '../web/request.ts'
import { subscribersOnly } from '../web/subscription.ts'
import type { Registry } from '../world/registry.ts'
import { lineCount, linesFrom } from './flow.ts'
import type { Flow, FlowLine } from './flow.ts'
import type { Flows } from './flows.ts'

const identifier = z.string().min(1).max(35)
const instant = z.iso.datetime({ offset: true })
const paging = {
  page: z.coerce.number().int().min(1).default(1),
  size: z.coerce.number().int().min(1).max(1000).default(1000),
}
const listSchema = z.object({
  ...paging,
  pspId: identifier.optional(),
  publishedGt: instant.optional(),
  flowDate: instant.optional(),
})
const keySchema = z.object({
  organizationId: identifier,
  fdr: z.string(),
  revision: z.coerce.number().int().min(1),
  pspId: z.string(),
})

class FdrError extends Error {
  readonly status: 400 | 404
  readonly code: string
  constructor(status: 400 | 404, code: string, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

/** What creditors call, as published for the flows of organizations (version 1), below `/fdr-org/service/v1`. */
export function fdrOrganizationApi(parts: {
  flows: Flows
  registry: Registry
  outage: Outage
  keys: readonly string[] | undefined
  now: () => Date
}): Hono {
  const { flows, registry, outage, keys, now } = parts
  const app = new Hono()
  app.onError((error, c) => {
    if (error instanceof FdrError)
      return c.json(errorBody(error.status, error.code, error.message), error.status)
    if (error instanceof RequestError && error.status === 400)
      return c.json(errorBody(400, 'FDR-0400', error.message), 400)
    throw error
  })
  app.use(
    subscribersOnly(keys),
    outageGate(outage, (status) => errorBody(status, 'FDR-0500', 'Ordered failure')),
  )
  app.get('/organizations/:organizationId/fdrs', (c) => {
    const organizationId = c.req.param('organizationId')
    const { page, size, pspId, publishedGt, flowDate } = checked(c.req.query(), listSchema)
    if (registry.withFiscalCode(organizationId).length === 0)
      throw new FdrError(
        400,
        'FDR-2008',
        `Creditor institution with ID [${organizationId}] is invalid or unknown.`,
      )
    const since = monthAgo(now())
    const found = flows.listed({
      organizationId,
      ...(pspId === undefined ? {} : { pspId }),
      publishedGt: publishedGt === undefined ? since : Date.parse(publishedGt),
      flowDate: flowDate === undefined ? since : Date.parse(flowDate),
    })
    const data = found.slice((page - 1) * size, page * size).map(listed)
    return c.json({ metadata: metadata(page, size, found.length), count: data.length, data })
  })
  const FLOW = '/organizations/:organizationId/fdrs/:fdr/revisions/:revision/psps/:pspId'
  const found = (params: Record<string, string>): Flow => {
    const key = checked(params, keySchema)
    const flow = flows.find(key)
    if (!flow) throw new FdrError(404, 'FDR-3001', `Flow with ID [${key.fdr}] not found.`)
    return flow
  }
  app.get(FLOW, (c) => c.json(single(found(c.req.param()))))
  app.get(`${FLOW}/payments`, (c) => {
    const { lines } = found(c.req.param())
    const { page, size } = checked(c.req.query(), z.object(paging))
    const offset = (page - 1) * size
    const data = linesFrom(lines, offset, size).map((line, at) => paymentOf(line, offset + at + 1))
    return c.json({ metadata: metadata(page, size, lineCount(lines)), count: data.length, data })
  })
  return app
}

function monthAgo(now: Date): number {
  const past = new Date(now)
  past.setUTCMonth(past.getUTCMonth() - 1)
  return past.getTime()
}

/** An empty list is one page of nothing. */
function metadata(page: number, size: number, total: number) {
  return { pageSize: size, pageNumber: page, totPage: Math.max(1, Math.ceil(total / size)) }
}

function listed({ fdr, pspId, revision, published, flowDate }: Flow) {
  return { fdr, pspId, revision, published, flowDate }
}

/** Euro with decimals: no whole number of cents up to the protocol's largest loses a digit this way. */
function euros(cents: number): number {
  return cents / 100
}

function paymentOf({ amountCents, ...line }: FlowLine, index: number) {
  return { index, ...line, pay: euros(amountCents) }
}

function single(flow: Flow) {
  return {
    status: 'PUBLISHED',
    revision: flow.revision,
    created: flow.createdAt,
    updated: flow.createdAt,
    fdr: flow.fdr,
    fdrDate: flow.flowDate,
    regulation: flow.regulation,
    regulationDate: flow.regulationDate,
    bicCodePouringBank: 'SIMUITRRXXX',
    sender: {
      type: 'LEGAL_PERSON',
      id: flow.pspId,
      pspId: flow.pspId,
      pspName: flow.pspName,
      pspBrokerId: flow.pspId,
      channelId: `${flow.pspId}_01`,
    },
    receiver: {
      id: flow.organizationId,
      organizationId: flow.organizationId,
      organizationName: flow.organizationName,
    },
    published: flow.published,
    computedTotPayments: flow.computedTotPayments,
    computedSumPayments: euros(flow.computedSumCents),
    totPayments: flow.totPayments,
    sumPayments: euros(flow.sumCents),
  }
}

const STATUS_WORDS: Record<number, string> = {
  400: 'Bad Request',
  404: 'Not Found',
  500: 'Internal Server Error',
}

function errorBody(status: number, appErrorCode: string, message: string) {
  return {
    errorId: randomUUID(),
    httpStatusCode: status,
    httpStatusDescription: STATUS_WORDS[status] ?? 'Error',
    appErrorCode,
    errors: [{ message }],
  }
}
