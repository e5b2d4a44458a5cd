import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { inTenant } from '#core/db/tenant.ts'
import { newId } from '#core/ids.ts'
import { checkLedger } from '#core/ledger/check.ts'
import { importBankStatement } from '#core/reconciliation/bank.ts'
import { romeDate } from '#core/clock.ts'
import { changeState } from '#tenants/states.ts'
import type { Tenant } from '#core/tenant.ts'
import { wipeRehearsal } from '#tenants/onboarding/wipe.ts'
import { chargeDay } from '#meals/charges.ts'
import { openTestHouse } from './support/house.ts'
import { officeEntity } from './support/office-entity.ts'
import { freshTenant, neverLive } from './support/onboarding.ts'
import { furnishedEntity } from './support/things.ts'

const world = await openTestHouse()
const { house, database, clock } = world
const { services } = house
const { owner } = database
const system = { kind: 'system' } as const
const ready = { reason: null, preflight: async () => [] }

/** What a rehearsal makes and the wipe takes. Whatever hangs on one of these must go too, or going live fails. */
const WIPED = [
  'announcements',
  'attendance',
  'attendance_lists',
  'bank_movements',
  'bank_statements',
  'carts',
  'fdr_flows',
  'fdr_lines',
  'fdr_watermarks',
  'idempotency_keys',
  'ledger_corrections',
  'ledger_postings',
  'ledger_transactions',
  'meal_charges',
  'meal_problems',
  'receipt_copies',
  'receipt_recoveries',
  'receipt_settlements',
  'receipts',
  'reconciliation_differences',
  'till_counters',
  'till_entries',
  'top_up_events',
  'top_ups',
  'wallet_state_changes',
]

const rowsOf = async (table: string, tenantId: string) =>
  Number(
    (
      await sql<{
        count: bigint
      }>`select count(*) from ${sql.table(table)} where tenant_id = ${tenantId}`.execute(owner)
    ).rows[0]!.count,
  )
const countsOf = async (tenant: Tenant) =>
  Object.fromEntries(
    await Promise.all(WIPED.map(async (table) => [table, await rowsOf(table, tenant.id)] as const)),
  )
const logOf = (tenant: Tenant) =>
  owner
    .selectFrom('audit_log')
    .select('details')
    .where('tenant_id', '=', tenant.id)
    .where('action', '=', 'rehearsal.wiped')
    .execute()

const openBalance = (tenant: Tenant, walletId: string, cents: number, reference: string) =>
  inTenant(services.db, tenant.id, (tx) =>
    sql`select ledger_open_balance(${tenant.id}, ${newId()}, ${walletId}, ${cents}, ${reference}, now(), now())`.execute(
      tx,
    ),
  )

/** An entity in its rehearsal, with nothing but an opening balance. */
async function rehearsing() {
  const tenant = await world.addTenant()
  const family = await world.addFamily(tenant, 1)
  await openBalance(tenant, family.children[0]!.walletId, 1_234, 'vecchi libri')
  return { tenant: await neverLive(world, tenant, 'rehearsal'), family }
}

/** One with a payment online, an open notice, an opening balance and a bank statement. */
async function rehearsed() {
  const { tenant, owner: family } = await furnishedEntity(world)
  await openBalance(tenant, family.children[1]!.walletId, 1_234, 'vecchi libri')
  const iuv = `${tenant.segregationCode}000000000000777`
  const bytes = Buffer.from(`Data;Importo;Causale\n${romeDate(clock.now())};1,00;/RFB/${iuv}/1.00`)
  await importBankStatement(
    services.db,
    tenant.id,
    { fileName: 'a.csv', bytes, accountId: null },
    clock.now(),
  )
  return { tenant: await neverLive(world, tenant, 'rehearsal'), family }
}

const whole = await rehearsed()

const refused = { code: '42501' }
const raw = (tenant: Tenant, name: 'wipe_rehearsal' | 'go_live') =>
  inTenant(database.app, tenant.id, (tx) =>
    sql`select ${sql.raw(name)}(${tenant.id}, ${newId()}, 'system', null, now())`.execute(tx),
  )

test('going live takes everything that the rehearsal paid and booked, leaves families and numbers, and tells what it took', async () => {
  const { tenant, family } = whole
  const before = await countsOf(tenant)
  expect(before).toMatchObject({
    top_ups: 2,
    receipts: 1,
    ledger_transactions: 2,
    bank_movements: 1,
    receipt_copies: 1,
  })
  const { last_sequence: sequence } = await owner
    .selectFrom('notice_counters')
    .select('last_sequence')
    .where('tenant_id', '=', tenant.id)
    .executeTakeFirstOrThrow()
  await changeState(services, tenant.id, 'live', system, ready)
  const now = await freshTenant(world, tenant.id)
  expect([now.state, now.liveSince]).toEqual(['live', expect.any(Date)])
  expect(await countsOf(tenant)).toEqual(Object.fromEntries(WIPED.map((table) => [table, 0])))
  const wallets = await owner
    .selectFrom('wallets')
    .select(['balance_cents', 'movements'])
    .where('tenant_id', '=', tenant.id)
    .execute()
  expect(wallets).toHaveLength(4)
  expect(wallets.every(({ balance_cents, movements }) => balance_cents === 0n && movements === 0n)).toBe(true)
  expect(await rowsOf('guardianships', tenant.id)).toBe(4)
  const letters = await owner.selectFrom('emails').select('kind').where('tenant_id', '=', tenant.id).execute()
  expect(letters.filter(({ kind }) => kind === 'notice' || kind === 'receipt-available')).toEqual([])
  expect(await checkLedger(services.db, tenant.id)).toEqual([])
  expect(await logOf(tenant)).toEqual([
    {
      details: {
        topUps: 2,
        receipts: 1,
        receiptsCents: 2_500,
        transactions: 2,
        openingCents: 1_234,
        walletsCents: 3_734,
      },
    },
  ])
  const drafts = [{ walletId: family.children[0]!.walletId, amountCents: 500n as never }]
  const payer = { accountId: family.accountId, email: null, language: 'it' as const }
  const next = await house.cashier.start(now, 'psp-notice', payer, { walletId: drafts[0]!.walletId, drafts })
  const { last_sequence } = await owner
    .selectFrom('notice_counters')
    .select('last_sequence')
    .where('tenant_id', '=', tenant.id)
    .executeTakeFirstOrThrow()
  expect([next.kind, last_sequence]).toEqual(['document', sequence + 1n])
})

test('what was eaten, corrected and paid at the desk in a rehearsal goes with the rest', async () => {
  const { tenant, classId, childId, today: day } = await officeEntity(world)
  await inTenant(services.db, tenant.id, async (tx) => {
    const one = { tenant_id: tenant.id, category: 'REFEZIONE', day, class_id: classId }
    const at = clock.now()
    const saved = { state: 'closed', saved_at: at, saved_by: null } as const
    await tx
      .insertInto('attendance_lists')
      .values({ ...one, ...saved })
      .execute()
    const ate = { state: 'present', source: 'class', recorded_at: at, recorded_by: null } as const
    await tx
      .insertInto('attendance')
      .values({ ...one, ...ate, child_id: childId })
      .execute()
  })
  expect(await chargeDay(services, tenant.id, { category: 'REFEZIONE', day }, system)).toMatchObject({
    charged: 1,
  })
  expect(await countsOf(tenant)).toMatchObject({ meal_charges: 1, till_entries: 1, ledger_corrections: 1 })
  const rehearsed = await neverLive(world, tenant, 'rehearsal')
  await changeState(services, rehearsed.id, 'live', system, ready)
  expect(await countsOf(tenant)).toEqual(Object.fromEntries(WIPED.map((table) => [table, 0])))
  expect(await checkLedger(services.db, tenant.id)).toEqual([])
})

describe('real money', () => {
  test.each([
    ['an entity that is live', ['live']],
    ['one that was suspended', ['live', 'suspended']],
    ['one that was taken back to its rehearsal behind our back', ['live', 'rehearsal']],
    ['one that was taken back to a draft and into a rehearsal again', ['live', 'draft', 'rehearsal']],
  ] as const)('of %s can be wiped by no call of the app', async (_, states) => {
    const { tenant } = await rehearsing()
    await changeState(services, tenant.id, 'live', system, ready)
    const { walletId } = (await world.addFamily(await freshTenant(world, tenant.id), 1)).children[0]!
    await openBalance(tenant, walletId, 700, 'vero')
    // The app itself may write the state: what it says there changes nothing.
    for (const state of states)
      await inTenant(database.app, tenant.id, (tx) =>
        sql`update tenants set state = ${state} where id = ${tenant.id}`.execute(tx),
      )
    for (const name of ['wipe_rehearsal', 'go_live', 'wipe_rehearsal'] as const)
      await expect(raw(tenant, name)).rejects.toMatchObject(refused)
    await expect(wipeRehearsal(services.db, tenant.id, system, clock.now())).rejects.toMatchObject({
      code: 'tenant.wrong_state',
    })
    expect(await rowsOf('ledger_transactions', tenant.id)).toBe(1)
    expect(await logOf(tenant)).toHaveLength(1)
  })

  test('cannot be made wipeable: the app may neither clear the day nor delete a row itself', async () => {
    const { tenant } = await rehearsing()
    await changeState(services, tenant.id, 'live', system, ready)
    const attempts = [
      sql`update tenants set live_since = null where id = ${tenant.id}`,
      ...[
        'ledger_postings',
        'ledger_transactions',
        'receipts',
        'top_ups',
        'carts',
        'wallets',
        'audit_log',
      ].map((table) => sql`delete from ${sql.table(table)} where tenant_id = ${tenant.id}`),
    ]
    for (const attempt of attempts)
      await expect(inTenant(database.app, tenant.id, (tx) => attempt.execute(tx))).rejects.toMatchObject(
        refused,
      )
    const { tenant: other } = await rehearsing()
    // Another entity's name in the call is not the transaction's.
    await expect(
      inTenant(database.app, tenant.id, (tx) =>
        sql`select wipe_rehearsal(${other.id}, ${newId()}, 'system', null, now())`.execute(tx),
      ),
    ).rejects.toMatchObject(refused)
    // Nobody is live without the day on which it began.
    await expect(
      inTenant(database.app, other.id, (tx) =>
        sql`update tenants set state = 'live' where id = ${other.id}`.execute(tx),
      ),
    ).rejects.toMatchObject({ code: '23514' })
  })

  test('two who go live and wipe at once do it once', async () => {
    const { tenant } = await rehearsing()
    const answers = await Promise.allSettled([
      changeState(services, tenant.id, 'live', system, ready),
      changeState(services, tenant.id, 'live', system, ready),
      raw(tenant, 'go_live'),
      changeState(services, tenant.id, 'live', system, ready),
    ])
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(await logOf(tenant)).toHaveLength(1)
  })
})

test('a rehearsal can begin anew, as often as one likes', async () => {
  const { tenant } = await rehearsing()
  const facts = await wipeRehearsal(services.db, tenant.id, system, clock.now())
  expect(facts).toMatchObject({ transactions: 1, walletsCents: 1_234 })
  expect(await wipeRehearsal(services.db, tenant.id, system, clock.now())).toMatchObject({
    transactions: 0,
    walletsCents: 0,
  })
  expect((await freshTenant(world, tenant.id)).liveSince).toBeNull()
  expect(await checkLedger(services.db, tenant.id)).toEqual([])
})

test('a draft and an entity of nothing have nothing to wipe', async () => {
  const tenant = await neverLive(world, await world.addTenant())
  await expect(raw(tenant, 'wipe_rehearsal')).rejects.toMatchObject(refused)
  await expect(raw(tenant, 'go_live')).rejects.toMatchObject(refused)
})

test('every table that hangs on what is wiped is wiped too', async () => {
  const { rows } = await sql<{ name: string }>`
    select distinct c.conrelid::regclass::text as name from pg_constraint c
    where c.contype = 'f' and c.confrelid::regclass::text = any (${sql.lit(`{${WIPED.join(',')}}`)}::text[])`.execute(
    owner,
  )
  expect(rows.map(({ name }) => name).filter((name) => !WIPED.includes(name))).toEqual([])
})
