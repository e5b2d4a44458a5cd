import { describe, expect, test } from 'vitest'
import { inTenant } from '#core/db/tenant.ts'
import type { ReportingSource } from '#core/reconciliation/ports.ts'
import { listFlows } from '#core/reconciliation/read.ts'
import { askForPulls, pullAndReconcile } from '#core/reconciliation/reconciliation-jobs.ts'
import { openReconciliationHouse } from './support/reconciliation-house.ts'

const { services, sources, clock, entity, order, pull, open, summary } = await openReconciliationHouse()
const { db } = services

describe('the reading of flows', () => {
  test('pages through a large flow, and completes one that was interrupted', async () => {
    const single = await entity()
    await order('/api/fdr/bulk', {
      fiscalCode: single.tenant.creditorFiscalCode,
      count: 2_500,
      segregationCode: '55',
      fdr: 'a name / with blanks ? and #1',
    })
    const interrupted: ReportingSource = {
      ...sources.reporting,
      readLines: (creditor, name, page) =>
        page === 3
          ? Promise.reject(new Error('killed here'))
          : sources.reporting.readLines(creditor, name, page),
    }
    const broken = await pullAndReconcile(services, { reporting: interrupted }, single.tenant.id)
    expect(broken).toMatchObject({ listed: 1, completed: 0, failed: 1 })
    expect(await summary(single)).toMatchObject({ currentFlows: 0, incompleteFlows: 1 })
    expect(await pull(single)).toMatchObject({ completed: 1, failed: 0 })
    const { items } = await listFlows(db, single.tenant.id)
    expect(items).toMatchObject([{ linesCount: 2_500, declaredCount: 2_500, state: 'current' }])
    expect(await open(single)).toEqual([])
    expect(await pull(single)).toMatchObject({ listed: 1, completed: 0 })
  })

  test('asked for twice at once stores one flow', async () => {
    const single = await entity()
    await order('/api/fdr/bulk', {
      fiscalCode: single.tenant.creditorFiscalCode,
      count: 1_500,
      segregationCode: '55',
    })
    await Promise.all([pull(single), pull(single), pull(single)])
    const { items } = await listFlows(db, single.tenant.id)
    expect(items).toMatchObject([{ linesCount: 1_500, state: 'current' }])
  })

  test('while the service is away reconciles what is here, and says that it failed', async () => {
    const single = await entity()
    await order('/api/fdr/failure', { status: 503, times: 1 })
    await expect(pull(single)).rejects.toMatchObject({ name: 'UpstreamError', retryable: true })
    await order('/api/fdr/failure', { garbage: true, times: 1 })
    await expect(pull(single)).rejects.toMatchObject({ name: 'UpstreamError', retryable: true })
    expect((await summary(single)).pulledAt).toBeUndefined()
    expect(await pull(single)).toMatchObject({ failed: 0 })
  })

  test('sees what was published late, and the revision of an old flow, and asks twice for neither', async () => {
    const one = await entity()
    const { creditorFiscalCode: fiscalCode } = one.tenant
    const ago = (days: number) => new Date(clock.now().getTime() - days * 86_400_000).toISOString()
    const flow = (fdr: string, more: object) =>
      order('/api/fdr/flows', { fiscalCode, fdr, lines: [], ...more })
    await flow('last', { published: ago(0) })
    await flow('of-the-last-month', { published: ago(29), flowDate: ago(29) })
    await flow('too-old', { published: ago(31), flowDate: ago(31) })
    expect(await pull(one)).toMatchObject({ listed: 2, completed: 2 })
    await flow('late', { published: ago(1.5) })
    await flow('revised', { published: ago(0), flowDate: ago(70), revision: 4 })
    expect(await pull(one)).toMatchObject({ listed: 3, completed: 2 })
    const { items } = await listFlows(db, one.tenant.id)
    expect(items.map(({ flowId }) => flowId).toSorted()).toEqual([
      'last',
      'late',
      'of-the-last-month',
      'revised',
    ])
  })

  test('is asked for once a day an entity, and done by the worker', async () => {
    const one = await entity()
    await order('/api/fdr/bulk', {
      fiscalCode: one.tenant.creditorFiscalCode,
      count: 3,
      segregationCode: '55',
    })
    await Promise.all([askForPulls(services), askForPulls(services)])
    const pulls = () =>
      inTenant(db, one.tenant.id, (tx) =>
        tx
          .selectFrom('outbox')
          .select('done_at')
          .where('tenant_id', '=', one.tenant.id)
          .where('job', '=', 'fdr.pull')
          .execute(),
      )
    await expect.poll(async () => (await pulls())[0]?.done_at, { timeout: 10_000 }).toBeTruthy()
    expect(await pulls()).toHaveLength(1)
    expect(await summary(one)).toMatchObject({ currentFlows: 1 })
  })
})
