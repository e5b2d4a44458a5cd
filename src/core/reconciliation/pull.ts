import { inTenant } from '../db/tenant.ts'
import type { Services } from '../services.ts'
import type { Tenant } from '../tenant.ts'
import type { PublishedFlow, ReportingSource } from './ports.ts'
import { completeFlow, findFlows, storeHeader, storeLines } from './store-flow.ts'

const DAY_MS = 86_400_000
/** Flows that were published late, or while we listed, are seen again. */
const OVERLAP_DAYS = 2
/** How far back the first reading goes: older flows are not kept by pagoPA for sure. */
const FIRST_DAYS = 30
/** A revision is published long after the flow's own date. */
const REVISED_DAYS = 365

/** What a reading of the flows brought. */
export interface PullOutcome {
  listed: number
  /** Flows that are complete now and were not before, among them higher revisions. */
  completed: number
  /** Flows or entries of the list that could not be read; the next run tries them again. */
  failed: number
}

/**
 * Reads the flows published for an entity's creditor since the last time, with two days' overlap (protocol §5), and
 * stores what is new. A flow that fails keeps none of the others from being stored, and the mark is not moved past it.
 * May be interrupted at any point: what is stored stays, and the next run completes it.
 * @throws UpstreamError when the list itself cannot be read
 */
export async function pullFlows(
  services: Pick<Services, 'db' | 'clock' | 'log'>,
  source: ReportingSource,
  tenant: Tenant,
): Promise<PullOutcome> {
  const { db, clock, log } = services
  const started = clock.now()
  const mark = await watermarkOf(services, tenant.id)
  const publishedAfter = mark
    ? new Date(mark.getTime() - OVERLAP_DAYS * DAY_MS)
    : new Date(started.getTime() - FIRST_DAYS * DAY_MS)
  const { flows, unreadable } = await listAll(source, tenant.creditorFiscalCode, publishedAfter)
  const outcome: PullOutcome = { listed: flows.length, completed: 0, failed: unreadable }
  const stored = await findFlows(db, tenant.id, flows)
  for (const [index, flow] of flows.entries()) {
    if (stored[index]?.isComplete) continue
    try {
      const isNews = await pullFlow(services, source, tenant, flow)
      if (isNews) outcome.completed++
    } catch (error) {
      outcome.failed++
      const { pspId, flowId, revision } = flow
      log.warn({ tenant: tenant.slug, pspId, flowId, revision, error }, 'a flow could not be read')
    }
  }
  const latest = Math.max(publishedAfter.getTime(), ...flows.map(({ publishedAt }) => publishedAt.getTime()))
  const isWhole = outcome.failed === 0
  await moveWatermark(services, tenant.id, {
    covered_from: publishedAfter,
    published_until: isWhole ? new Date(Math.max(latest, mark?.getTime() ?? 0)) : (mark ?? publishedAfter),
    pulled_at: isWhole ? started : undefined,
  })
  return outcome
}

async function listAll(
  source: ReportingSource,
  creditorFiscalCode: string,
  publishedAfter: Date,
): Promise<{ flows: PublishedFlow[]; unreadable: number }> {
  const flowDateFrom = new Date(publishedAfter.getTime() - REVISED_DAYS * DAY_MS)
  const known = new Map<string, PublishedFlow>()
  let unreadable = 0
  for (let page = 1, pages = 1; page <= pages; page++) {
    const answer = await source.listFlows({ creditorFiscalCode, publishedAfter, flowDateFrom, page })
    // Pages shift when a flow is published in between: what comes twice is one.
    for (const flow of answer.flows)
      known.set([flow.pspId, flow.flowId, flow.revision, flow.flowDate.getTime()].join('\n'), flow)
    unreadable += answer.unreadable
    pages = Math.min(answer.pages, PAGES_MAX)
  }
  // Lower revisions first, so that they are there as history when the higher one takes their place.
  const flows = [...known.values()].toSorted(
    (a, b) => a.publishedAt.getTime() - b.publishedAt.getTime() || a.revision - b.revision,
  )
  return { flows, unreadable }
}

/** A list or a flow of more than this many pages is no answer of theirs: 10 million lines. */
const PAGES_MAX = 10_000

async function pullFlow(
  { db, clock }: Pick<Services, 'db' | 'clock'>,
  source: ReportingSource,
  tenant: Tenant,
  flow: PublishedFlow,
): Promise<boolean> {
  const header = await source.readHeader(tenant.creditorFiscalCode, flow)
  if (!header) throw new Error('the flow is listed and not there')
  const flowRowId = await storeHeader(db, tenant.id, flow, header, clock.now())
  for (let page = 1, pages = 1; page <= pages; page++) {
    const answer = await source.readLines(tenant.creditorFiscalCode, flow, page)
    await storeLines(db, tenant.id, flowRowId, answer.lines, tenant.segregationCode)
    pages = Math.min(answer.pages, PAGES_MAX)
  }
  return completeFlow(db, tenant.id, flowRowId, clock.now())
}

async function watermarkOf({ db }: Pick<Services, 'db'>, tenantId: string): Promise<Date | undefined> {
  const row = await inTenant(db, tenantId, (tx) =>
    tx
      .selectFrom('fdr_watermarks')
      .select('published_until')
      .where('tenant_id', '=', tenantId)
      .executeTakeFirst(),
  )
  return row?.published_until
}

/** `pulled_at` stays where it is when something could not be read: what is missing then proves nothing. */
async function moveWatermark(
  { db }: Pick<Services, 'db'>,
  tenantId: string,
  mark: { covered_from: Date; published_until: Date; pulled_at: Date | undefined },
): Promise<void> {
  const { covered_from, published_until, pulled_at } = mark
  await inTenant(db, tenantId, (tx) =>
    tx
      .insertInto('fdr_watermarks')
      .values({ tenant_id: tenantId, covered_from, published_until, pulled_at: pulled_at ?? covered_from })
      .onConflict((conflict) =>
        conflict.column('tenant_id').doUpdateSet({ published_until, ...(pulled_at ? { pulled_at } : {}) }),
      )
      .execute(),
  )
}
