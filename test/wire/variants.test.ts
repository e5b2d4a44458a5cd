import { afterAll, describe, expect, test } from 'vitest'
import { refusedByXsd } from '#pagopa/soap/test-reference.ts'
import { openStage } from './stage.ts'
import { openBooks, openCast, type Books } from './variants/cast.ts'
import { readVariants } from './variants/reads.ts'
import { receiptVariants } from './variants/receipts.ts'
import { demandVariants, sequenceVariants } from './variants/sequences.ts'
import type { Stored, Variant } from './variants/variant.ts'

/* The table of requests and receipts: each with its answer, what is stored of it, and where its cents go. */

const stage = await openStage()
const cast = await openCast(stage)
const books = openBooks(stage.database.adminUrl)
const atStart = await books.read()
const variants: readonly Variant[] = [
  ...readVariants,
  ...receiptVariants,
  ...sequenceVariants,
  ...demandVariants,
]

/** Cents by `tenant account` that differ between two moments. */
function moved(before: Books, after: Books): Record<string, bigint> {
  const keys = new Set([...before.accounts.keys(), ...after.accounts.keys()])
  const of = (at: Books, key: string) => at.accounts.get(key) ?? 0n
  const changes = [...keys].map((key) => [key, of(after, key) - of(before, key)] as const)
  return Object.fromEntries(changes.filter(([, cents]) => cents !== 0n))
}

/** The cents that a row says go into its tenant's wallets and suspense; what comes in stands against them. */
function expectedMoves(variant: Variant): Record<string, bigint> {
  const { id } = variant.of?.(cast) ?? cast.tenants.own
  const [wallet, suspense] = [BigInt(variant.wallet ?? 0), BigInt(variant.suspense ?? 0)]
  const all = {
    [`${id} wallet`]: wallet,
    [`${id} suspense`]: suspense,
    [`${id} pagopa-clearing`]: -wallet - suspense,
  }
  return Object.fromEntries(Object.entries(all).filter(([, cents]) => cents !== 0n))
}

/** What was stored between two moments, in the words of the table. */
function storedBetween(before: Books, after: Books) {
  const rows = [...after.receipts.values()].filter(({ id }) => !before.receipts.has(id))
  const receipts = rows.map((row) => ({
    tenantId: row.tenant_id,
    disposition: row.disposition,
    irregularities: row.irregularities,
    version: row.version,
    standIn: row.stand_in,
    paidAt: row.paid_at?.toISOString() ?? null,
    applicationDate: row.application_date,
  }))
  return { receipts, unrouted: after.unrouted - before.unrouted }
}

/** What the row says of it. */
function expectedStored({ stored, of }: Variant) {
  if (stored === undefined) return { receipts: [], unrouted: 0 }
  if (stored === 'unrouted') return { receipts: [], unrouted: 1 }
  const { id } = of?.(cast) ?? cast.tenants.own
  const { ...told }: Stored = stored
  return { receipts: [{ tenantId: id, ...told }], unrouted: 0 }
}

let inAll = 0n
let asked = 0

describe.each([
  ['reads', readVariants],
  ['receipts', receiptVariants],
  ['sequences', sequenceVariants],
  ['demands', demandVariants],
] as const)('%s', (kind, table) => {
  test.each(table.map((variant) => [variant.name, variant.verdict, variant] as const))(
    '%s → %s',
    async (_, __, variant) => {
      const { operation, message, headers } = await variant.ask(cast)
      const before = await books.read()
      const answer = await stage.node.call(operation, message, headers)
      const after = await books.read()
      expect(answer.verdict).toBe(variant.verdict)
      expect(moved(before, after)).toEqual(expectedMoves(variant))
      expect(storedBetween(before, after)).toMatchObject(expectedStored(variant))
      const opened = kind === 'demands' && variant.verdict === 'OK' ? 1 : 0
      expect(after.topUps - before.topUps).toBe(opened)
      asked++
    },
  )
})

describe('after all of them', () => {
  afterAll(() => console.info(`${asked} variants, ${inAll} cents received`))

  test('there were at least 150, each under a name of its own', () => {
    expect(variants.length).toBeGreaterThanOrEqual(150)
    expect(new Set(variants.map(({ name }) => name)).size).toBe(variants.length)
    expect(asked).toBe(variants.length)
  })

  test('credited and suspense are what was received, to the cent, for every tenant', async () => {
    const atEnd = await books.read()
    const changes = moved(atStart, atEnd)
    for (const { id } of Object.values(cast.tenants)) {
      const of = (account: string) => changes[`${id} ${account}`] ?? 0n
      expect(of('wallet') + of('suspense')).toBe(-of('pagopa-clearing'))
      inAll += -of('pagopa-clearing')
    }
    expect(Object.keys(changes).filter((key) => !/ (wallet|suspense|pagopa-clearing)$/.test(key))).toEqual([])
    expect(inAll).toBeGreaterThan(0n)
  })

  test('every rule of every ledger holds', async () => {
    for (const tenant of Object.values(cast.tenants)) expect(await stage.brokenRules(tenant)).toEqual([])
  })

  test('every answer was valid against the official schema', () => {
    expect(refusedByXsd('answers to the variants', [...new Set(stage.node.answers)])).toEqual([])
  })
})
