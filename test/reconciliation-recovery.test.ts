import { describe, expect, test } from 'vitest'
import { reconcileTenant } from '#core/reconciliation/reconcile.ts'
import { recoverReceipts } from '#core/reconciliation/recover.ts'
import { openReconciliationHouse, type Entity } from './support/reconciliation-house.ts'

const world = await openReconciliationHouse()
const { services, sources, clock, entity, order, pay, pull, closeDay, open } = world
const { summary, walletOf, calls, recoveries } = world
const { db } = services

describe('the recovery of receipts', () => {
  test('never asks more than ten times an hour, takes entities in turn, and pauses longer each time', async () => {
    clock.forwardDays(1)
    const [many, few] = [await entity(), await entity()]
    const bulk = (one: Entity, count: number, firstBase: number) =>
      order('/api/fdr/bulk', { fiscalCode: one.tenant.creditorFiscalCode, count, firstBase })
    await bulk(many, 14, 5_000)
    await bulk(few, 2, 9_000)
    for (const one of [many, few]) await pull(one)
    // Lines of earlier tests wait too: they are not this test's.
    const before = await calls()
    const outcomes = await Promise.all(
      Array.from({ length: 6 }, () => recoverReceipts(services, sources.receipts)),
    )
    expect(outcomes.reduce((sum, { calls }) => sum + calls, 0)).toBe(10)
    const made = (await calls()).slice(before.length)
    expect(made).toHaveLength(10)
    expect(made.filter(({ status }) => status === 429)).toEqual([])
    const asked = (one: Entity) =>
      made.filter(({ path }) => path.includes(one.tenant.creditorFiscalCode)).length
    expect(asked(few)).toBe(2)
    expect(asked(many)).toBeGreaterThan(2)
    expect((await recoverReceipts(services, sources.receipts)).calls).toBe(0)
    const tried = await recoveries(few)
    expect(tried.map(({ tries, last_error }) => [tries, last_error])).toEqual([
      [1, 'not there (HTTP 404)'],
      [1, 'not there (HTTP 404)'],
    ])
    const pause = tried[0]!.next_try_at.getTime() - tried[0]!.last_tried_at!.getTime()
    expect(pause).toBe(3_600_000)
  })

  test('keeps at it for fifteen days, then gives up where everybody can see it', async () => {
    const [one] = [await entity()]
    await order('/api/fdr/bulk', { fiscalCode: one.tenant.creditorFiscalCode, count: 1, firstBase: 77 })
    await pull(one)
    const since = clock.now()
    while ((await recoveries(one))[0]!.state === 'wanted') {
      clock.forwardDays(0.5)
      await recoverReceipts(services, sources.receipts)
      if (clock.now().getTime() - since.getTime() > 40 * 86_400_000) throw new Error('it never ends')
    }
    const [given] = await recoveries(one)
    expect(given!.state).toBe('given-up')
    const days = (given!.ended_at!.getTime() - given!.wanted_since.getTime()) / 86_400_000
    expect(days).toBeGreaterThanOrEqual(15)
    expect(given!.tries).toBeGreaterThan(10)
    expect((await summary(one)).recoveries).toMatchObject({ wanted: 0, givenUp: 1 })
    await reconcileTenant(db, one.tenant.id, clock.now())
    expect(await open(one)).toContain('receipt-missing - 2500')
  })

  test('leaves a subscription alone for an hour that somebody else has used up, without counting a try', async () => {
    clock.forwardDays(2)
    const one = await entity()
    const iuv = await pay(one, 15, true)
    await closeDay(one.tenant.creditorFiscalCode)
    await pull(one)
    await order('/api/biz-events/failure', { status: 429, times: 1 })
    expect(await recoverReceipts(services, sources.receipts)).toMatchObject({ found: 0 })
    expect(await recoverReceipts(services, sources.receipts)).toEqual({ calls: 0, found: 0 })
    expect((await recoveries(one)).map((row) => [row.iuv, row.tries])).toEqual([[iuv, 0]])
    clock.forwardDays(1 / 20)
    await recoverReceipts(services, sources.receipts)
    expect(await walletOf(one)).toBe(1_500n)
    expect(await open(one)).toEqual([])
  })
})
