import { z } from 'zod'
import { isRomeDate, romeDate, type RomeDate } from '#core/clock.ts'
import { UpstreamError } from '#core/errors.ts'
import type { FlowEntry, ReportingSource } from '#core/reconciliation/ports.ts'
import { euroAmount, euroCents, wholeNumber } from './json-literals.ts'
import { getJson, type RestOptions } from './rest.ts'

/** What `payStatus` says, as the codes of the older XML (protocol §5). */
const CODES = { EXECUTED: 0, REVOKED: 3, STAND_IN: 4, STAND_IN_NO_RPT: 8, NO_RPT: 9 } as const

const PAGE_SIZE = 1000
const WHAT = 'The reporting service'

const instant = z.iso.datetime({ offset: true }).transform((text) => new Date(text))
const listed = z.object({
  fdr: z.string().min(1).max(70),
  pspId: z.string().min(1).max(70),
  revision: wholeNumber,
  published: instant,
  flowDate: instant,
})
const page = z.object({ metadata: z.object({ totPage: wholeNumber }), data: z.array(z.unknown()) })
const header = z.object({
  sender: z.object({ pspName: z.string().max(140) }),
  regulation: z.string().max(140),
  regulationDate: z.string().refine(isRomeDate),
  totPayments: wholeNumber.optional(),
  sumPayments: euroAmount.optional(),
})

/**
 * A client of the flows that pagoPA publishes for a creditor (FdR for organizations, protocol §5).
 * Both lower bounds of the list are always sent, since each has a default of about a month.
 */
export function createReportingSource(options: RestOptions): ReportingSource {
  return {
    async listFlows({ creditorFiscalCode, publishedAfter, flowDateFrom, page: number }) {
      const query = {
        publishedGt: publishedAfter.toISOString(),
        flowDate: flowDateFrom.toISOString(),
        page: String(number),
        size: String(PAGE_SIZE),
      }
      const path = ['organizations', creditorFiscalCode, 'fdrs']
      const { status, json } = await getJson(WHAT, options, path, query, [404])
      if (status === 404) return { flows: [], unreadable: 0, pages: 0 }
      const { data, metadata } = understood(page, json)
      const flows = data.flatMap((entry) => {
        const { success, data: flow } = listed.safeParse(entry)
        if (!success) return []
        const { fdr, pspId, revision, published, flowDate } = flow
        return [{ flowId: fdr, pspId, revision, flowDate, publishedAt: published }]
      })
      return { flows, unreadable: data.length - flows.length, pages: metadata.totPage }
    },
    async readHeader(creditorFiscalCode, { flowId, revision, pspId }) {
      const path = flowPath(creditorFiscalCode, flowId, revision, pspId)
      const { status, json } = await getJson(WHAT, options, path, {}, [404])
      if (status === 404) return undefined
      const { sender, regulation, regulationDate, totPayments, sumPayments } = understood(header, json)
      return {
        pspName: sender.pspName,
        regulation,
        regulationDate,
        declaredCount: totPayments,
        declaredCents: sumPayments,
      }
    },
    async readLines(creditorFiscalCode, { flowId, revision, pspId }, number) {
      const path = [...flowPath(creditorFiscalCode, flowId, revision, pspId), 'payments']
      const query = { page: String(number), size: String(PAGE_SIZE) }
      const { json } = await getJson(WHAT, options, path, query, [])
      const { data, metadata } = understood(page, json)
      const first = (number - 1) * PAGE_SIZE + 1
      return { lines: data.map((entry, place) => readLine(entry, first + place)), pages: metadata.totPage }
    },
  }
}

function flowPath(creditorFiscalCode: string, flowId: string, revision: number, pspId: string): string[] {
  return ['organizations', creditorFiscalCode, 'fdrs', flowId, 'revisions', String(revision), 'psps', pspId]
}

/** @throws UpstreamError retryable: what a service answers wrongly today it may answer rightly tomorrow */
function understood<Value>(schema: z.ZodType<Value>, json: unknown): Value {
  const parsed = schema.safeParse(json)
  if (parsed.success) return parsed.data
  const place = parsed.error.issues.map(({ path }) => path.join('.')).slice(0, 3)
  throw new UpstreamError(`${WHAT} answered something else (${place.join(', ')})`, {
    retryable: true,
    status: 200,
  })
}

/** Reads each field by itself: one that is odd leaves the others and the flow as they are. */
function readLine(entry: unknown, place: number): FlowEntry {
  const fields = (typeof entry === 'object' && entry !== null ? entry : {}) as Record<string, unknown>
  const odd: string[] = []
  const read = <Value>(name: string, interpret: (text: string) => Value | undefined): Value | undefined => {
    const value = fields[name]
    const known = typeof value === 'string' ? interpret(value) : undefined
    if (known === undefined) odd.push(name)
    return known
  }
  const reference = (text: string) => (/^[^\p{Cc}]{1,35}$/u.test(text) ? text : undefined)
  const line = {
    place,
    index: read('index', positive),
    iuv: read('iuv', reference),
    iur: read('iur', reference),
    idTransfer: read('idTransfer', (text) => (/^[1-5]$/.test(text) ? Number(text) : undefined)),
    amountCents: read('pay', euroCents) ?? 0n,
    code: read('payStatus', (text) =>
      Object.hasOwn(CODES, text) ? CODES[text as keyof typeof CODES] : undefined,
    ),
    payDate: read('payDate', dayOf),
  }
  return { ...line, unreadable: odd.length > 0 ? odd.join(', ') : undefined }
}

function positive(text: string): number | undefined {
  return /^[1-9]\d{0,14}$/.test(text) ? Number(text) : undefined
}

/** A bare day is a day in Rome, as the older XML has it; an instant falls on one. */
function dayOf(text: string): RomeDate | undefined {
  if (isRomeDate(text)) return text
  const parsed = instant.safeParse(text)
  if (!parsed.success) return undefined
  const day = romeDate(parsed.data)
  return isRomeDate(day) ? day : undefined
}
