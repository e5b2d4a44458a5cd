import { describe, expect, test } from 'vitest'
import { importBankStatement } from '#core/reconciliation/bank.ts'
import { listBankMovements } from '#core/reconciliation/read-bank.ts'
import { reconcileTenant } from '#core/reconciliation/reconcile.ts'
import { reconciliationSummary } from '#core/reconciliation/summary.ts'
import { testDatabase } from './support/database.ts'
import { bareTenant, type BareTenant } from './support/entities.ts'
import {
  openBooks,
  cumulative,
  lineOf,
  openDifferences,
  pay,
  reportFlow,
  statement,
} from './support/flows.ts'

const database = await testDatabase()
const { world, db, now } = openBooks(database.urls.app)
const upload = (tenant: BareTenant, rows: Parameters<typeof statement>[0]) =>
  importBankStatement(db, tenant.id, statement(rows), now)
const named = async (tenant: BareTenant) =>
  (await listBankMovements(db, tenant.id, { limit: 100 })).items
    .map(({ amountCents, flow }) => `${amountCents} ${flow?.flowId ?? '-'}`)
    .toSorted()

/** A tenant with one flow a name, each of one payment. */
async function flowsNamed(names: readonly (readonly [string, bigint])[]): Promise<BareTenant> {
  const tenant = await bareTenant(db)
  for (const [flowId, amount] of names)
    await reportFlow(db, tenant, [lineOf(await pay(world, tenant, amount))], { flowId })
  await reconcileTenant(db, tenant.id, now)
  return tenant
}

describe('a statement', () => {
  const salary = { cents: 99_900n, text: 'STIPENDIO ROSSI MARIO' }
  const credit = { cents: 500n, text: cumulative('2026-11-20NESSUNO-0000001') }

  test('whose movements another file told adds only what is new, and equal ones of one file are as many as they are', async () => {
    const tenant = await bareTenant(db)
    expect(await upload(tenant, [credit, credit, salary])).toMatchObject({ movements: 3, added: 3 })
    expect(await upload(tenant, [salary, credit])).toMatchObject({ movements: 2, added: 0, repeated: false })
    expect(await upload(tenant, [credit, salary, credit, credit])).toMatchObject({ movements: 4, added: 1 })
    expect(await named(tenant)).toEqual(['500 -', '500 -', '500 -', '99900 -'])
    expect(await openDifferences(db, tenant.id)).toEqual(Array(3).fill('bank-unmatched - 500'))
  })

  test('handed in twenty times at once is taken once', async () => {
    const tenant = await bareTenant(db)
    const answers = await Promise.all(Array.from({ length: 20 }, () => upload(tenant, [credit, salary])))
    expect(answers.filter(({ repeated }) => !repeated)).toHaveLength(1)
    expect(await named(tenant)).toHaveLength(2)
  })

  test('with one wrong row stores nothing', async () => {
    const tenant = await bareTenant(db)
    const wrong = upload(tenant, [credit, { ...credit, on: '31/11/2026' }])
    await expect(wrong).rejects.toMatchObject({
      code: 'bank_statement.invalid',
      problems: ['Data contabile', 'Data valuta'].map((column) => ({ row: 3, column, problem: 'date' })),
    })
    expect(await named(tenant)).toEqual([])
  })

  test('does not keep the text of what is none of pagoPA’s', async () => {
    const tenant = await bareTenant(db)
    await upload(tenant, [salary, credit])
    const { items } = await listBankMovements(db, tenant.id)
    expect(items.map(({ remittance }) => remittance).toSorted()).toEqual(['', credit.text])
    const pagopa = await listBankMovements(db, tenant.id, { only: 'unmatched' })
    expect(pagopa.items.map(({ named }) => named)).toEqual(['20261120NESSUNO0000001'])
  })
})

describe('a credit finds its flow', () => {
  test.each([
    ['by its whole name', '/PUR/LGPE-RIVERSAMENTO/URI/2026-11-21BANCAPROVA-0000012'],
    ['although the bank took the punctuation away', 'PUR LGPE RIVERSAMENTO URI 20261121BANCAPROVA0000012'],
    [
      'although the bank put a blank inside',
      '/PUR/LGPE-RIVERSAMENTO/URI/2026-11-21BANCA PROVA-0000012 ORD X',
    ],
    ['although the bank cut it off, when only one fits', '/PUR/LGPE-RIVERSAMENTO/URI/2026-11-21BANCAPROVA-'],
  ])('%s', async (_, text) => {
    const tenant = await flowsNamed([
      ['2026-11-21BANCAPROVA-0000012', 1_200n],
      ['2026-11-21BANCAPROVA-000001', 1_300n],
      ['2026-11-21BANCAPROVA-0000120', 1_400n],
    ])
    await upload(tenant, [{ cents: 1_200n, text }])
    expect(await named(tenant)).toEqual(['1200 2026-11-21BANCAPROVA-0000012'])
  })

  test('and none when the name was cut off and the amount fits several', async () => {
    const tenant = await flowsNamed([
      ['2026-11-21BANCAPROVA-0000012', 1_200n],
      ['2026-11-21BANCAPROVA-0000013', 1_200n],
    ])
    await upload(tenant, [{ cents: 1_200n, text: cumulative('2026-11-21BANCAPROVA-') }])
    expect(await openDifferences(db, tenant.id)).toEqual(['bank-unmatched - 1200'])
    expect((await reconciliationSummary(db, tenant.id)).settledCents).toBe(0n)
  })

  test('also when the flow is read only afterwards', async () => {
    const tenant = await bareTenant(db)
    const paid = await pay(world, tenant, 1_200n)
    const flowId = '2026-11-21BANCAPROVA-0000077'
    await upload(tenant, [{ cents: 1_200n, text: cumulative(flowId) }])
    expect(await openDifferences(db, tenant.id)).toEqual(['bank-unmatched - 1200'])
    await reportFlow(db, tenant, [lineOf(paid)], { flowId })
    await reconcileTenant(db, tenant.id, now)
    expect(await openDifferences(db, tenant.id)).toEqual([])
    expect((await reconciliationSummary(db, tenant.id)).awaitedCents).toBe(0n)
  })
})
