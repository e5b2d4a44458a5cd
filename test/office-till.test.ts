import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { inTenant } from '#core/db/tenant.ts'
import { newId } from '#core/ids.ts'
import { checkLedger } from '#core/ledger/check.ts'
import { cents } from '#core/money.ts'
import { settleReceipt } from '#core/receipts/settle.ts'
import { policiesSchema } from '#core/tenant.ts'
import { correctCredit } from '#tenants/books/corrections.ts'
import { findTillEntry, recordTillEntry, tillEntriesPage } from '#tenants/books/till.ts'
import { changeWalletState, walletStateReasons } from '#tenants/books/wallet-states.ts'
import { tillImport } from '#tenants/imports/till.ts'
import { bringFile } from './support/bring-file.ts'
import { adjustmentOf, codeOf, openBooks, reversalOf, type BooksOffice } from './support/books.ts'
import { bareTopUp, settlementOf } from './support/entities.ts'

const { database, pool, db, time, services, office, submission, mealOf, statement, auditOf } =
  await openBooks()

describe('the till', () => {
  const entry = ({ walletId }: BooksOffice, slip: string, amount = 2000) => ({
    walletId,
    amountCents: cents(amount),
    way: 'cash-desk' as const,
    paidOn: '2026-11-20',
    slip,
    note: '',
  })
  const record = (one: BooksOffice, slip: string, form = submission()) =>
    recordTillEntry(services, one.tenant, entry(one, slip), {
      accountId: one.first.accountId,
      submission: form,
    })

  test('credits what a family paid at the desk, numbered without a gap, the same paper once', async () => {
    const one = await office()
    const { id } = await record(one, 'A 12/2026')
    await expect(record(one, 'a12-2026')).rejects.toMatchObject({
      code: 'till.slip_known',
      details: { number: '1/2026' },
    })
    const form = submission()
    const twice = await Promise.all([1, 2, 3].map(() => record(one, 'A 13/2026', form)))
    expect(new Set(twice.map((answer) => answer.id)).size).toBe(1)
    expect(await findTillEntry(db, one.id, id)).toMatchObject({ number: '1/2026', slip: 'A 12/2026' })
    expect(await findTillEntry(db, one.id, twice[0]!.id)).toMatchObject({ number: '2/2026' })
    expect(await statement(one)).toEqual([
      ['till', 2000n],
      ['till', 2000n],
    ])
    expect(await auditOf(one)).toEqual(['till.recorded', 'till.recorded'])
    expect(await checkLedger(db, one.id)).toEqual([])
  })

  test('keeps its numbers without a gap when many people record at once', async () => {
    const one = await office()
    const slips = Array.from({ length: 12 }, (_, index) => `S${index % 8}`)
    const answers = await Promise.all(slips.map((slip) => codeOf(record(one, slip))))
    expect(answers.filter((answer) => answer === 'till.slip_known')).toHaveLength(4)
    const numbers = await inTenant(db, one.id, (tx) =>
      tx
        .selectFrom('till_entries')
        .select('number')
        .where('tenant_id', '=', one.id)
        .orderBy('number')
        .execute(),
    )
    expect(numbers.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
  })

  test('closes at midnight in Rome of the day from which only pagoPA counts, here and in the database', async () => {
    const one = await office({ pagopaOnlyFrom: '2026-11-21' })
    const before = time.now
    time.now = new Date('2026-11-20T22:59:59Z')
    await record(one, '1')
    time.now = new Date('2026-11-20T23:00:00Z')
    await expect(record(one, '2')).rejects.toMatchObject({
      code: 'office_till.closed',
      details: { date: '2026-11-21' },
    })
    // A face that held an older copy of the entity's policies is refused by the database.
    const stale = { ...one, tenant: { ...one.tenant, policies: policiesSchema.parse({}) } }
    expect(await codeOf(record(stale, '2'))).toBe('office_till.closed')
    const direct = inTenant(db, one.id, (tx) =>
      sql`select * from ledger_record_till(${one.id}, ${newId()}, ${newId()}, ${one.walletId}, 1, 'other', '2026-11-20',
        '2026-11-20', 'x', '', 'x', ${one.first.accountId}, ${time.now})`.execute(tx),
    )
    // A day other than that of the recording cannot be passed off as it.
    expect(await codeOf(direct)).toBe('22023')
    time.now = before
    expect(await statement(one)).toEqual([['till', 2000n]])
  })

  test('that was wrong is taken back with a reason, and the paper may be recorded anew', async () => {
    const one = await office()
    const { id } = await record(one, 'B 1')
    const { transactionId } = await findTillEntry(db, one.id, id)
    await correctCredit(services, one.first, reversalOf(one, transactionId), submission())
    expect((await findTillEntry(db, one.id, id)).reversedAt).toEqual(time.now)
    await record(one, 'B 1')
    expect(await statement(one)).toEqual([
      ['till', 2000n],
      ['reversal', -2000n],
      ['till', 2000n],
    ])
    expect(await checkLedger(db, one.id)).toEqual([])
  })

  test('is known to the ledger’s check: a credit without its record is named', async () => {
    const one = await office()
    const { id } = await record(one, 'C 1')
    const { transactionId } = await findTillEntry(db, one.id, id)
    await sql`update till_entries set amount_cents = 1 where tenant_id = ${one.id}`.execute(database.owner)
    expect(await checkLedger(db, one.id)).toEqual([
      expect.objectContaining({ invariant: expect.stringMatching(/^I5/), subjectId: transactionId }),
    ])
    await sql`update till_entries set amount_cents = 2000, reversed_at = now() where tenant_id = ${one.id}`.execute(
      database.owner,
    )
    expect(await checkLedger(db, one.id)).toEqual([
      expect.objectContaining({ invariant: expect.stringMatching(/^I14/), subjectId: id }),
    ])
  })
})

describe('a file of the till', () => {
  const header = 'Codice alunno;Importo;Pagato il;Come ha pagato;Ricevuta'
  /** The office's child has the entity's own code 7. */
  async function coded(policies: Parameters<typeof office>[0] = {}) {
    const one = await office(policies)
    await inTenant(db, one.id, (tx) =>
      sql`update children set external_id = '7' where tenant_id = ${one.id} and id = ${one.childId}`.execute(
        tx,
      ),
    )
    return one
  }
  const bring = ({ tenant, first }: BooksOffice, ...rows: string[]) =>
    bringFile(db, tillImport, [header, ...rows].join('\n'), {
      tenant,
      now: time.now,
      by: { accountId: first.accountId, role: 'accountant' },
    })

  test('is recorded once a paper: the same file changes nothing, a paper that was taken back comes anew', async () => {
    const one = await coded()
    const rows = ['7;50,00;20/11/2026;Contanti;A 1/2026', '7;30,00;19/11/2026;bollettino postale;A 2/2026']
    expect((await bring(one, ...rows)).counts).toEqual([2, 0, 0])
    expect((await bring(one, ...rows)).counts).toEqual([0, 0, 2])
    // However the paper's number is written.
    expect((await bring(one, '7;50;20/11/2026;cassa;a1-2026')).counts).toEqual([0, 0, 1])
    expect((await bring(one, '7;51;20/11/2026;cassa;a1-2026')).wrong).toEqual(['2 slip slip-known'])
    const { items } = await tillEntriesPage(db, one.id, {})
    expect(items.map(({ number, way, paidOn }) => [number, way, paidOn])).toEqual([
      ['2/2026', 'postal-slip', '2026-11-19'],
      ['1/2026', 'cash-desk', '2026-11-20'],
    ])
    await correctCredit(services, one.first, reversalOf(one, items[0]!.transactionId), submission())
    expect((await bring(one, ...rows)).counts).toEqual([1, 0, 1])
    expect((await statement(one)).map(([, amount]) => amount)).toEqual([3000n, -3000n, 3000n, 5000n])
    expect(await checkLedger(db, one.id)).toEqual([])
  })

  test('is refused as a whole, with the day, once only pagoPA counts', async () => {
    const one = await coded({ pagopaOnlyFrom: '2026-11-20' })
    const { wrong, plan } = await bring(one, '7;50,00;19/11/2026;cassa;1')
    expect(wrong).toEqual(['null null till-closed'])
    await expect(plan.write(async () => {})).rejects.toThrow('office_till.closed')
    expect(await statement(one)).toEqual([])
    expect(() => tillImport.assertOpen!(one.tenant, '2026-11-20')).toThrow('office_till.closed')
  })

  test('with mistakes is told by row and column', async () => {
    const one = await coded()
    const { wrong } = await bring(
      one,
      '8;50,00;20/11/2026;cassa;1',
      '7;0;20/11/2026;cassa;2',
      '7;20.000;20/11/2026;cassa;3',
      '7;50,00;21/11/2026;cassa;4',
      '7;50,00;20/11/2026;baratto;5',
      '7;50,00;20/11/2026;cassa;–',
      '7;;;;',
      '7;50,00;20/11/2026;cassa;9',
      '7;50,00;20/11/2026;cassa; 9 ',
    )
    expect(wrong).toEqual([
      '2 external_id unknown-child',
      '3 paid_amount nothing-paid',
      '4 paid_amount amount-range',
      '5 paid_on future-day',
      '6 paid_way paid-way',
      '7 slip slip',
      '8 paid_amount required',
      '8 paid_on required',
      '8 paid_way required',
      '8 slip required',
      '10 slip twice',
    ])
    expect(await statement(one)).toEqual([])
  })
})

describe('a wallet', () => {
  const change = (one: BooksOffice, state: 'active' | 'suspended' | 'closed') =>
    changeWalletState(services, one.first, one.walletId, { state, reason: 'La famiglia si trasferisce' })

  test('that is suspended says why, and is credited by a receipt that comes all the same', async () => {
    const one = await office()
    await bareTopUp(db, one, '301000000000000001', 5000n)
    await change(one, 'suspended')
    expect((await walletStateReasons(db, one.id, [one.walletId])).get(one.walletId)).toEqual({
      state: 'suspended',
      reason: 'La famiglia si trasferisce',
      since: time.now,
    })
    expect(await settleReceipt(pool, one.id, settlementOf(one), time.now)).toBe('credited')
    expect(await codeOf(change(one, 'suspended'))).toBe('wallet.state_changed')
    await change(one, 'active')
    expect(await auditOf(one)).toEqual(['wallet.state_changed', 'wallet.state_changed'])
  })

  test('is closed only when nothing is left on it, and takes nothing at the till then', async () => {
    const one = await office()
    await mealOf(one)
    expect(await codeOf(change(one, 'closed'))).toBe('wallet.not_empty')
    await correctCredit(services, one.first, adjustmentOf(one, 490), submission())
    await change(one, 'closed')
    const entry = {
      walletId: one.walletId,
      amountCents: cents(1),
      way: 'other',
      paidOn: '2026-11-20',
      slip: '1',
      note: '',
    } as const
    const by = { accountId: one.first.accountId, submission: submission() }
    expect(await codeOf(recordTillEntry(services, one.tenant, entry, by))).toBe('wallet.closed')
  })

  test('asks for pagoPA’s archive to be told of every notice that is out', async () => {
    const one = await office()
    await bareTopUp(db, one, '301000000000000001', 5000n)
    await change(one, 'suspended')
    const jobs = await inTenant(db, one.id, (tx) =>
      tx.selectFrom('outbox').select('job').where('tenant_id', '=', one.id).execute(),
    )
    expect(jobs).toEqual([{ job: 'top-up.announce' }])
  })
})
