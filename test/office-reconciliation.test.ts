import { describe, expect, test } from 'vitest'
import { romeDate } from '#core/clock.ts'
import { cents } from '#core/money.ts'
import type { FlowEntry } from '#core/reconciliation/ports.ts'
import { completeFlow, storeHeader, storeLines } from '#core/reconciliation/store-flow.ts'
import { reconcileTenant } from '#core/reconciliation/reconcile.ts'
import { settleReceipt } from '#core/receipts/settle.ts'
import type { Tenant } from '#core/tenant.ts'
import { settlementOf } from './support/entities.ts'
import { openTestHouse } from './support/house.ts'
import { officeClient, type OfficeClient } from './support/office.ts'

const world = await openTestHouse()
const { services } = world.house
const { clock } = world
const today = romeDate(clock.now())

/** Hands a bank's file in, as the form does. */
async function upload(
  office: OfficeClient,
  content: string | Uint8Array<ArrayBuffer>,
  name = 'estratto.csv',
) {
  const form = new FormData()
  form.set('form', await office.formOf('/riconciliazione/banca'))
  form.set('file', new File([content], name, { type: 'text/csv' }))
  return office.post('/riconciliazione/banca', form)
}

/** A receipt in suspense, whose money a bank's movement can name by its IUV. */
async function receipt(tenant: Tenant, creditorReference: string, amount: number) {
  const bare = { id: tenant.id, fiscalCode: tenant.creditorFiscalCode } as Parameters<typeof settlementOf>[0]
  const settlement = settlementOf(bare, {
    noticeNumber: `3${creditorReference}`,
    creditorReference,
    amountCents: cents(amount),
    ourAmountCents: cents(amount),
    paidAt: clock.now(),
  })
  await settleReceipt(services.pool, tenant.id, settlement, clock.now())
  return settlement.facts
}

const HEADER = 'Data contabile;Data valuta;Importo;Causale'
const row = (amount: string, text: string) => `${today};${today};${amount};${text}`

describe('a bank statement', () => {
  test('is stored, matched and told in numbers; the same file again changes nothing', async () => {
    const tenant = await world.addTenant()
    const office = await officeClient(world, tenant, 'accountant')
    await receipt(tenant, '01000000000000101', 2_500)
    const file = [HEADER, row('25,00', '/RFB/01000000000000101/25.00'), row('9,90', 'BOLLETTA GAS')].join(
      '\n',
    )
    const first = await upload(office, file)
    expect(first.status).toBe(303)
    expect(first.location).toMatch(/\/riconciliazione\/banca\?estratto=/)
    const { text } = await office.get(first.location.replace(/^.*\/ufficio/, ''))
    const values = [...text.matchAll(/tile-value">([^<]*)</g)].map(([, value]) => value)
    expect(values.map((value) => value!.replace('\u00A0', ' '))).toEqual(['2', '2', '1', '1 · 25,00 €', '0'])
    expect(text).not.toContain('BOLLETTA')
    expect((await upload(office, file)).location).toBe(first.location)
    expect((await office.get('/riconciliazione')).text).toContain('25,00')
  })

  test('with wrong rows stores nothing and names each by row and column', async () => {
    const tenant = await world.addTenant()
    const office = await officeClient(world, tenant, 'accountant')
    const file = [
      HEADER,
      row('25,00', '/RFB/01000000000000102/25.00'),
      row('venti', 'x'),
      '31/02/2026;;1,00;y',
    ]
    const { status, text } = await upload(office, file.join('\n'))
    expect(status).toBe(422)
    expect(text).toContain('Il file ha 2 errori')
    const told = [...text.matchAll(/<\/span>(\d+)<\/th><td[^>]*>([^<]*)<\/td><td[^>]*>([^<]*)</g)]
    expect(told.map(([, ...cells]) => cells)).toEqual([
      ['3', 'Importo', 'Non è un importo'],
      ['4', 'Data contabile', 'Non è una data'],
    ])
    expect((await office.get('/riconciliazione/banca')).text).toContain('Nessun movimento.')
  })

  test('that is none, is missing or is too large is refused in words', async () => {
    const office = await officeClient(world, await world.addTenant(), 'accountant')
    for (const [content, name, status, told] of [
      [new Uint8Array([0x50, 0x4b, 0, 1]), 'estratto.xlsx', 422, 'Nel file non c'],
      ['', '', 422, 'Scegli il file'],
      ['x'.repeat(5 * 1024 * 1024 + 1), 'a.csv', 413, 'supera 5 MB'],
    ] as const) {
      const answer = await upload(office, content, name)
      expect([answer.status, answer.text.includes(told)], told).toEqual([status, true])
    }
    const giant = await upload(office, 'x'.repeat(10 * 1024 * 1024 + 1))
    expect(giant.status).toBe(413)
  })

  test('is taken neither without the form’s token nor from another site', async () => {
    const office = await officeClient(world, await world.addTenant(), 'accountant')
    const form = new FormData()
    form.set('form', 'x')
    form.set('file', new File([HEADER], 'a.csv'))
    expect((await office.post('/riconciliazione/banca', form)).status).toBe(409)
    form.set('form', await office.formOf('/riconciliazione/banca'))
    const foreign = await office.post('/riconciliazione/banca', form, { origin: 'https://example.org' })
    expect(foreign.status).toBe(403)
    expect((await office.get('/riconciliazione/banca')).text).toContain('Nessun movimento.')
  })

  test('is for who answers for the books: a clerk reads and finds no form', async () => {
    const tenant = await world.addTenant()
    const clerk = await officeClient(world, tenant, 'clerk')
    const { status, text } = await clerk.get('/riconciliazione/banca')
    expect(status).toBe(200)
    expect(text).not.toContain('type="file"')
    const form = new FormData()
    form.set('file', new File([HEADER], 'a.csv'))
    const refused = await clerk.post('/riconciliazione/banca', form)
    expect([refused.status, refused.text.includes('Pagina riservata ad altri ruoli')]).toEqual([403, true])
  })
})

describe('a difference', () => {
  test('is listed, explained, and accepted once with a note and a name', async () => {
    const tenant = await world.addTenant()
    const office = await officeClient(world, tenant, 'accountant')
    const iuv = `${tenant.segregationCode}000000000000777`
    await upload(office, [HEADER, row('12,00', `/RFB/${iuv}/12.00`)].join('\n'))
    const { text: list } = await office.get('/riconciliazione/differenze?stato=open')
    expect(list).toContain('Accredito pagoPA non abbinato')
    const path = /ufficio(\/riconciliazione\/differenze\/[0-9a-f-]{36})"/.exec(list)![1]!
    const form = await office.formOf(path)
    const empty = await office.post(`${path}/accetta`, { form, note: '  ' })
    expect([empty.status, empty.text.includes('Scrivi perché la differenza può restare')]).toEqual([
      422,
      true,
    ])
    const note = 'Verificato con il tesoriere'
    const [one, again] = await Promise.all([
      office.post(`${path}/accetta`, { form, note }),
      office.post(`${path}/accetta`, { form, note }),
    ])
    expect([one.status, again.status, one.location === again.location]).toEqual([303, 303, true])
    const { text } = await office.get(`${path}?fatto=accettata`)
    expect(text).toContain('Differenza accettata.')
    expect(text).toContain(note)
    expect(text).toMatch(/Ada Ufficio \d/)
    expect(text).not.toContain('/accetta"')
    expect((await office.get('/riconciliazione/differenze?stato=open')).text).not.toContain(path)
    expect(
      (await office.get('/riconciliazione/differenze?stato=accepted&tipo=bank-unmatched')).text,
    ).toContain(path)
  })
})

describe('a flow', () => {
  test('shows its lines with the payments behind them, and what of it is open', async () => {
    const tenant = await world.addTenant()
    const office = await officeClient(world, tenant, 'clerk')
    const iuv = `${tenant.segregationCode}000000000000303`
    const facts = await receipt(tenant, iuv, 3_000)
    const published = {
      pspId: 'BANCAPROVA',
      flowId: `${today}BANCAPROVA-0001`,
      revision: 1,
      flowDate: clock.now(),
      publishedAt: clock.now(),
    }
    const header = {
      pspName: 'Banca di Prova',
      regulation: 'TRN0001',
      regulationDate: today,
      declaredCount: 2,
      declaredCents: 4_000n,
    }
    const id = await storeHeader(services.db, tenant.id, published, header, clock.now())
    const line = (place: number, iuv: string, iur: string, amountCents: bigint): FlowEntry => ({
      place,
      index: place,
      iuv,
      iur,
      idTransfer: 1,
      amountCents,
      code: 0,
      payDate: today,
      unreadable: undefined,
    })
    const missing = `${tenant.segregationCode}000000000000304`
    const lines = [
      line(1, iuv, facts.receiptId.slice(0, 35), 3_000n),
      line(2, missing, 'mai-arrivata', 1_000n),
    ]
    await storeLines(services.db, tenant.id, id, lines, tenant.segregationCode)
    await completeFlow(services.db, tenant.id, id, clock.now())
    await reconcileTenant(services.db, tenant.id, clock.now())
    expect((await office.get('/riconciliazione/flussi')).text).toContain('1 su 2')
    const { text } = await office.get(`/riconciliazione/flussi/${id}`)
    for (const told of [iuv, missing, 'TRN0001', 'Una differenza aperta', 'Abbinata', 'Da abbinare'])
      expect(text, told).toContain(told)
    const { text: open } = await office.get(`/riconciliazione/differenze?flusso=${id}`)
    expect(open).toContain('Ricevuta mancante')
    expect((await office.get('/')).text).toContain(`/riconciliazione/flussi/${id}`)
  })
})
