import postgres from 'postgres'
import { describe, expect, test } from 'vitest'
import { addDays, romeDate } from '#core/clock.ts'
import { inTenant } from '#core/db/tenant.ts'
import { enqueue, park } from '#core/jobs/outbox.ts'
import { reverseTransaction } from '#core/ledger/book.ts'
import { cents, formatMoney } from '#core/money.ts'
import { settleReceipt } from '#core/receipts/settle.ts'
import { suspenseTotal } from '#core/receipts/suspense.ts'
import { searchPayments } from '#core/top-ups/search.ts'
import type { Tenant } from '#core/tenant.ts'
import { settlementOf } from './support/entities.ts'
import { openTestHouse } from './support/house.ts'
import { officeClient } from './support/office.ts'

const world = await openTestHouse()
const { house, clock } = world
const { services } = house

/** An entity with a family and a notice of 25 euros for its first child. */
async function entityWithNotice() {
  const tenant = await world.addTenant()
  const family = await world.addFamily(tenant)
  const { walletId, firstName } = family.children[0]!
  const payer = { accountId: family.accountId, email: null, language: 'it' as const }
  const step = await house.cashier.start(tenant, 'psp-notice', payer, {
    walletId,
    drafts: [{ walletId, amountCents: cents(2_500) }],
  })
  if (step.kind !== 'document') throw new Error('a notice is a document')
  const { items } = await searchPayments(services.db, tenant.id, {})
  return { tenant, family, firstName, topUpId: step.documentId, noticeNumber: items[0]!.noticeNumber }
}

/** A receipt of a notice, as the Node would bring it. Answers its raw bytes and our id of it. */
async function receive(
  tenant: Tenant,
  noticeNumber: string,
  change: { amount?: number; version?: 'V2' | 'BIZ'; raw?: Buffer } = {},
) {
  const amount = cents(change.amount ?? 2_500)
  const bare = { id: tenant.id, fiscalCode: tenant.creditorFiscalCode } as Parameters<typeof settlementOf>[0]
  const settlement = settlementOf(bare, {
    noticeNumber,
    creditorReference: noticeNumber.slice(1),
    amountCents: amount,
    ourAmountCents: amount,
    version: change.version ?? 'V2',
    paidAt: clock.now(),
    pspName: 'Banca Inventata S.p.A.',
  })
  const raw = change.raw ?? Buffer.from(`<ricevuta>${noticeNumber} à €</ricevuta>`)
  await settleReceipt(services.pool, tenant.id, { ...settlement, raw }, clock.now())
  const { receiptId } = settlement.facts
  const row = await inTenant(services.db, tenant.id, (tx) =>
    tx
      .selectFrom('receipts')
      .select('id')
      .where('tenant_id', '=', tenant.id)
      .where('receipt_id', '=', receiptId)
      .executeTakeFirstOrThrow(),
  )
  return { id: row.id, receiptId, raw }
}

describe('payments', () => {
  test('the raw receipt is given out byte for byte, under its true type, kept by nobody', async () => {
    const { tenant, noticeNumber } = await entityWithNotice()
    const office = await officeClient(world, tenant, 'accountant')
    const xml = await receive(tenant, noticeNumber, {
      raw: Buffer.from([0x3c, 0xff, 0x00, 0x0d, 0x0a, 0xe0]),
    })
    const json = await receive(tenant, noticeNumber, { version: 'BIZ', raw: Buffer.from('{"a": 1.10 }\n') })
    for (const [receipt, type, ending] of [
      [xml, 'application/xml', 'xml'],
      [json, 'application/json', 'json'],
    ] as const) {
      const { response } = await office.get(`/ricevute/${receipt.id}.xml`)
      expect(Buffer.from(await response.arrayBuffer())).toEqual(receipt.raw)
      expect(response.headers.get('content-type')).toBe(type)
      expect(response.headers.get('cache-control')).toBe('no-store')
      expect(response.headers.get('x-content-type-options')).toBe('nosniff')
      expect(response.headers.get('content-disposition')).toMatch(
        new RegExp(`^attachment; filename="rt-\\d+\\.${ending}"$`),
      )
    }
  })

  test('are found by notice number, IUV, receipt id, PSP, day, state and irregularity, and by nothing else', async () => {
    const { tenant, noticeNumber, topUpId, firstName } = await entityWithNotice()
    const { receiptId } = await receive(tenant, noticeNumber, { amount: 2_600 })
    const office = await officeClient(world, tenant, 'clerk')
    const today = romeDate(clock.now())
    const finds = async (query: string) => (await office.get(`/pagamenti?${query}`)).text.includes(topUpId)
    for (const query of [
      '',
      `codice=${noticeNumber}`,
      `codice=${noticeNumber.replace(/(\d{4})/g, '$1+')}`,
      `codice=${noticeNumber.slice(1)}`,
      `codice=${receiptId}`,
      'psp=inventata',
      'psp=BANCAPROVA',
      `dal=${today}&al=${today}`,
      'stato=paid',
      'anomali=si',
    ])
      expect(await finds(query), query).toBe(true)
    for (const query of [
      `codice=${noticeNumber.slice(0, -1)}`,
      'psp=25%25',
      `dal=${addDays(today, 1)}`,
      `al=${addDays(today, -1)}`,
      'stato=open',
      `codice=${noticeNumber}&stato=expired`,
    ])
      expect(await finds(query), query).toBe(false)
    const { text } = await office.get(`/pagamenti/${topUpId}`)
    expect(text).toContain(firstName)
    expect(text).toContain('L’importo non è quello chiesto')
    expect(text).toContain('Conferma di pagoPA ricevuta')
    expect(text).toContain(receiptId)
  })

  test('a wrong day is told in words beside its field', async () => {
    const office = await officeClient(world, await world.addTenant(), 'clerk')
    const { status, text } = await office.get('/pagamenti?dal=domani')
    expect(status).toBe(422)
    expect(text).toContain('<a href="#dal">Scrivi un giorno')
  })

  test('pages follow each other without a gap or a repetition', async () => {
    const { tenant, family } = await entityWithNotice()
    const { walletId } = family.children[1]!
    const payer = { accountId: family.accountId, email: null, language: 'it' as const }
    for (let n = 0; n < 30; n++)
      await house.cashier.start(tenant, 'psp-notice', payer, {
        walletId,
        drafts: [{ walletId, amountCents: cents(1_000 + n) }],
      })
    const office = await officeClient(world, tenant, 'clerk')
    const seen: string[] = []
    let next = '/pagamenti'
    while (next) {
      const { text } = await office.get(next)
      seen.push(...[...text.matchAll(/ufficio\/pagamenti\/([0-9a-f-]{36})"/g)].map(([, id]) => id!))
      const key = /dopo(?:=|&#x3D;)(\d+-[0-9a-f-]{36})" rel="next"/.exec(text)?.[1]
      next = key ? `/pagamenti?dopo=${key}` : ''
    }
    expect(seen).toHaveLength(31)
    expect(new Set(seen).size).toBe(31)
  })
})

describe('suspense', () => {
  test('shows what came twice or for nobody, and a total that the ledger confirms', async () => {
    const { tenant, noticeNumber, topUpId } = await entityWithNotice()
    await receive(tenant, noticeNumber)
    const twice = await receive(tenant, noticeNumber)
    const unknown = await receive(tenant, '301999999999999999', { amount: 1_234 })
    const office = await officeClient(world, tenant, 'accountant')
    const { text } = await office.get('/sospesi')
    expect(text).toContain(`/ricevute/${twice.id}.xml`)
    expect(text).toContain(`/ricevute/${unknown.id}.xml`)
    expect(text).toContain(`/pagamenti/${topUpId}`)
    expect(text.split(formatMoney(3_734n))).toHaveLength(3)
    expect(text).toContain('I due totali coincidono')
    const { text: found } = await office.get(`/pagamenti?codice=${unknown.receiptId}`)
    expect(found).toContain('Ricevute che non appartengono a nessun pagamento')
  })

  test('a receipt whose booking was taken back waits no more', async () => {
    const { tenant } = await entityWithNotice()
    await receive(tenant, '301999999999999999')
    const booked = await inTenant(services.db, tenant.id, (tx) =>
      tx
        .selectFrom('ledger_transactions')
        .select('id')
        .where('tenant_id', '=', tenant.id)
        .where('kind', '=', 'suspense')
        .executeTakeFirstOrThrow(),
    )
    await reverseTransaction(services.db, tenant.id, booked.id, 'restituita', clock.now())
    const { text } = await (await officeClient(world, tenant)).get('/sospesi')
    expect(text).toContain('Niente in sospeso')
    expect(await suspenseTotal(services.db, tenant.id)).toEqual({
      count: 0,
      receiptsCents: 0n,
      ledgerCents: 0n,
    })
  })

  test('a total that the ledger does not confirm is told as such', async () => {
    const { tenant } = await entityWithNotice()
    const { id } = await receive(tenant, '301999999999999998')
    // Nobody but the database's own master can bring the two apart.
    const master = postgres(world.database.adminUrl, { max: 1 })
    await master`update receipts set our_amount_cents = 2499 where tenant_id = ${tenant.id} and id = ${id}`
    await master.end()
    const { text } = await (await officeClient(world, tenant)).get('/sospesi')
    expect(text).toContain('I due totali non coincidono')
    expect(text).toContain('tile-warning')
  })
})

describe('overview', () => {
  test('tells the day’s numbers and the work that keeps failing, of this entity alone', async () => {
    const { tenant, noticeNumber } = await entityWithNotice()
    await receive(tenant, noticeNumber)
    const id = await inTenant(services.db, tenant.id, async (tx) => {
      const entry = {
        tenantId: tenant.id,
        job: 'fdr.pull',
        data: { tenantId: tenant.id },
        dedupeKey: 'prova',
      }
      const later = new Date(clock.now().getTime() + 3_600_000)
      await enqueue(tx, { ...entry, dueAt: later }, later)
      const row = await tx
        .selectFrom('outbox')
        .select('id')
        .where('tenant_id', '=', tenant.id)
        .where('dedupe_key', '=', 'prova')
        .executeTakeFirstOrThrow()
      return row.id
    })
    await park(services.db, tenant.id, id, 'FdR answered 503', clock.now())
    const { text } = await (await officeClient(world, tenant)).get('/')
    expect(text).toContain(formatMoney(2_500n))
    expect(text).toContain('Lettura dei flussi di rendicontazione')
    // What came in stands in the drawing's words and in its table.
    expect(text).toMatch(/role="img" aria-label="Ricariche delle ultime 12 settimane: 25,00/)
    expect(text.match(/Settimana dal/g)).toHaveLength(1)
    const other = await (await officeClient(world, await world.addTenant())).get('/')
    expect(other.text).toContain('Tutti i lavori automatici procedono.')
  })

  test('shows a school no money, in its page as in its menu', async () => {
    const { text } = await (await officeClient(world, await world.addTenant(), 'school')).get('/')
    expect(text).toContain('Pasti di oggi')
    for (const hidden of ['/ufficio/pagamenti', '€', 'Credito', 'Ricariche'])
      expect(text).not.toContain(hidden)
  })
})
