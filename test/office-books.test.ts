import { afterEach, expect, test } from 'vitest'
import { addDays, romeDate, startOfRomeDay } from '#core/clock.ts'
import { inTenant } from '#core/db/tenant.ts'
import { chargeMeals } from '#core/ledger/book.ts'
import { checkLedger } from '#core/ledger/check.ts'
import { movementsPage } from '#core/ledger/movements.ts'
import { cents } from '#core/money.ts'
import type { Tenant } from '#core/tenant.ts'
import { createApp } from './api/client.ts'
import { payAtCounter } from './support/counter.ts'
import { openTestHouse, TEST_FAMILY_PASSWORD, type TestFamily } from './support/house.ts'
import { officeClient } from './support/office.ts'
import { signIn } from './support/portal-client.ts'

const world = await openTestHouse()
const { house, clock, sandboxUrl } = world
const { services } = house
const { db } = services
afterEach(() => clock.reset())

const pages = ({ children }: TestFamily, index = 0) => {
  const { childId, walletId } = children[index]!
  return { child: `/alunni/${childId}`, wallet: `/alunni/${childId}/crediti/${walletId}`, walletId, childId }
}

async function mealOf(tenant: Tenant, walletId: string, reference = 'giorno 1'): Promise<string> {
  const meal = { walletId, amountCents: cents(490), reference }
  await chargeMeals(db, tenant.id, [meal], clock.now(), clock.now())
  return (await movementsPage(db, tenant.id, walletId, { limit: 1 })).items[0]!.transactionId
}

test('a meal is taken back by the desk, and the family reads why in pages and app', async () => {
  const tenant = await world.addTenant()
  const family = await world.addFamily(tenant, 1)
  const { wallet, walletId } = pages(family)
  const meal = await mealOf(tenant, walletId)
  const clerk = await officeClient(world, tenant, 'clerk')
  const page = `${wallet}/correzione?movimento=${meal}`
  expect((await clerk.get(wallet)).text).toContain(meal)
  const short = await clerk.post(`${wallet}/correzione`, {
    form: await clerk.formOf(page),
    transaction: meal,
    reason: 'x',
  })
  expect([short.status, short.text]).toEqual([422, expect.stringContaining('da 3 a 200 caratteri')])
  const reason = 'Uscita anticipata <b>dalla</b> scuola'
  const fields = { form: await clerk.formOf(page), transaction: meal, reason }
  const [once, twice] = [
    await clerk.post(`${wallet}/correzione`, fields),
    await clerk.post(`${wallet}/correzione`, fields),
  ]
  expect([once.status, once.location, twice.location]).toEqual([
    303,
    `/${tenant.slug}/ufficio${wallet}?fatto=corretto`,
    `/${tenant.slug}/ufficio${wallet}?fatto=corretto`,
  ])
  expect((await clerk.get(wallet)).text).toContain('Stornato')
  const parent = await signIn(world, tenant, family)
  const movements = await parent.page(`/${tenant.slug}/movimenti/${walletId}`)
  expect(movements).toContain('Uscita anticipata &lt;b&gt;dalla&lt;/b&gt; scuola')
  const app = await createApp(world)
  const token = await app.signIn(tenant.activationCode, family.username, TEST_FAMILY_PASSWORD)
  const { body } = await app.call('GET', `/wallets/${walletId}/movements`, { token })
  expect(body.items.map((one: { kind: string; reason: string | null }) => [one.kind, one.reason])).toEqual([
    ['reversal', reason],
    ['meal', null],
  ])
  expect(await checkLedger(db, tenant.id)).toEqual([])
})

test('an adjustment above the limit is booked by a second person of the books, never by who asked', async () => {
  const tenant = await world.addTenant()
  const { wallet, walletId } = pages(await world.addFamily(tenant, 1))
  const asker = await officeClient(world, tenant, 'accountant')
  const form = await asker.formOf(`${wallet}/correzione`)
  const fields = { form, direction: 'add', amount: '120', reason: 'Credito del vecchio gestionale' }
  const asked = await asker.post(`${wallet}/correzione`, fields)
  expect(asked.location).toContain('?fatto=in-attesa')
  const list = await asker.get('/da-approvare')
  const [, path] = /ufficio(\/da-approvare\/[0-9a-f-]{36})/.exec(list.text)!
  expect((await asker.get(path!)).text).not.toContain(`${path}/approva`)
  const own = await asker.post(`${path}/approva`, { form: await asker.formOf(path!) })
  expect([own.status, own.text]).toEqual([403, expect.stringContaining('Serve un’altra persona')])
  const clerk = await officeClient(world, tenant, 'clerk')
  expect((await clerk.get(path!)).text).not.toContain(`${path}/approva`)
  const second = await officeClient(world, tenant, 'administrator')
  const approve = { form: await second.formOf(path!) }
  expect((await second.post(`${path}/approva`, approve)).location).toContain('?fatto=approvata')
  expect((await second.post(`${path}/approva`, approve)).location).toContain('?fatto=gia-decisa')
  const { items } = await movementsPage(db, tenant.id, walletId, {})
  expect(items.map(({ kind, amountCents }) => [kind, amountCents])).toEqual([['adjustment', 12_000n]])
  expect((await second.get('/da-approvare')).text).toContain('Niente da approvare')
})

test('what was paid at the desk is recorded until the last evening in Rome, with a numbered receipt to print', async () => {
  const today = romeDate(clock.now())
  const tenant = await world.addTenant({ policies: { pagopaOnlyFrom: addDays(today, 1) } })
  const family = await world.addFamily(tenant, 1)
  const { wallet, walletId } = pages(family)
  const midnight = startOfRomeDay(addDays(today, 1))
  clock.setTo(new Date(midnight.getTime() - 60_000))
  const clerk = await officeClient(world, tenant, 'clerk')
  const page = `${wallet}/versamento`
  const fields = { amount: '50,00', paidOn: today, way: 'postal-slip', slip: 'VCYL 42', note: 'Dalla nonna' }
  const post = async (change: Record<string, string> = {}, form?: string) =>
    clerk.post(page, { form: form ?? (await clerk.formOf(page)), ...fields, ...change })
  const wrong = await post({ amount: '0', paidOn: addDays(today, 1), slip: '–', way: 'x' })
  expect(wrong.status).toBe(422)
  for (const text of ['maggiore di zero', 'non dopo oggi', 'al massimo 40 caratteri', 'value="Dalla nonna"'])
    expect(wrong.text).toContain(text)
  const late = await clerk.formOf(page)
  const done = await post()
  expect([done.status, done.location]).toEqual([
    303,
    expect.stringMatching(/\/sportello\/.*fatto=registrato$/),
  ])
  const receipt = await clerk.get(done.location.split('/ufficio')[1]!)
  for (const text of ['Ricevuta di versamento n. 1/', '50,00', 'VCYL 42', 'Bollettino postale'])
    expect(receipt.text).toContain(text)
  const known = await post({ slip: 'vcyl 42' })
  expect([known.status, known.text]).toEqual([422, expect.stringContaining('è il versamento n. 1/')])
  const parent = await signIn(world, tenant, family)
  expect(await parent.page(`/${tenant.slug}/movimenti/${walletId}`)).toContain(
    'Bollettino postale, ricevuta VCYL 42',
  )

  clock.setTo(midnight)
  const [asked, sent] = [await clerk.get(page), await post({ slip: '43' }, late)]
  for (const refused of [asked, sent])
    expect([refused.status, refused.text]).toEqual([
      409,
      expect.stringContaining('accetta solo pagamenti con pagoPA'),
    ])
  expect((await clerk.get(wallet)).text).not.toContain('/versamento"')
  expect((await clerk.get('/sportello')).text).toContain('non si registra più niente')
  expect(await checkLedger(db, tenant.id)).toEqual([])
})

test('a suspended credit tells the family why, takes no top-up and no notice that is out, until it is open again', async () => {
  const tenant = await world.addTenant()
  const family = await world.addFamily(tenant, 1)
  const { wallet, walletId } = pages(family)
  const payer = { accountId: family.accountId, email: null, language: 'it' } as const
  const draft = { walletId, drafts: [{ walletId, amountCents: cents(3_000) }] }
  const step = await house.cashier.start(tenant, 'psp-notice', payer, draft)
  const [notice] = await inTenant(db, tenant.id, (tx) =>
    tx.selectFrom('top_ups').select('notice_number').where('tenant_id', '=', tenant.id).execute(),
  )
  expect(step.kind).toBe('document')
  const clerk = await officeClient(world, tenant, 'clerk')
  const page = `${wallet}/stato`
  expect((await clerk.get(page)).text).toContain('Avvisi ancora da pagare')
  const change = async (state: string) =>
    clerk.post(page, { form: await clerk.formOf(page), state, reason: 'Mancano i documenti' })
  expect((await change('suspended')).location).toContain('?fatto=stato')
  expect((await clerk.get(wallet)).text).toContain('Mancano i documenti')
  const parent = await signIn(world, tenant, family)
  const home = await parent.page(`/${tenant.slug}/`)
  expect(home).toContain('Motivo: Mancano i documenti')
  expect(home).not.toContain(`/ricarica?figlio=${family.children[0]!.childId}`)
  await expect(house.cashier.start(tenant, 'psp-notice', payer, draft)).rejects.toMatchObject({
    code: 'wallet.suspended',
  })
  const pay = () => payAtCounter(sandboxUrl, tenant.creditorFiscalCode, notice!.notice_number)
  await expect(pay()).rejects.toThrow('PAA_PAGAMENTO_ANNULLATO')
  const app = await createApp(world)
  const token = await app.signIn(tenant.activationCode, family.username, TEST_FAMILY_PASSWORD)
  const { body } = await app.call('GET', '/wallets', { token })
  expect(body.items).toMatchObject([{ state: 'suspended', stateReason: 'Mancano i documenti' }])
  expect((await change('active')).location).toContain('?fatto=stato')
  await pay()
  const closing = await change('closed')
  expect([closing.status, closing.text]).toEqual([
    422,
    expect.stringContaining('Si chiude solo un credito a zero'),
  ])
})

test('everything about a child is on its page; a school sees the name and the class, and nobody another family', async () => {
  const tenant = await world.addTenant()
  const [family, other] = [await world.addFamily(tenant, 1), await world.addFamily(tenant, 1)]
  const { child, wallet, walletId, childId } = pages(family)
  const payer = { accountId: family.accountId, email: null, language: 'it' } as const
  const draft = { walletId, drafts: [{ walletId, amountCents: cents(3_000) }] }
  const step = await house.cashier.start(tenant, 'psp-notice', payer, draft)
  if (step.kind !== 'document') throw new Error('a notice is a document')
  const parent = await signIn(world, tenant, family)
  const notice = `/${tenant.slug}/avvisi/${step.documentId}`
  const sending = { form: await parent.formOf(notice), email: 'zia@example.org' }
  expect((await parent.post(`${notice}/email`, sending)).status).toBe(303)
  const clerk = await officeClient(world, tenant, 'clerk')
  const { text } = await clerk.get(child)
  for (const shown of [
    'Sofia Provetti',
    'Primaria Dante, 3ª B',
    'Elena Provetti',
    'password',
    '4,90',
    'Avviso di pagamento',
  ])
    expect(text).toContain(shown)
  expect(text).toContain(`/pagamenti/${step.documentId}`)
  expect(text).toContain('Ricarica preparata')
  expect(text).not.toContain('zia@example.org')
  expect(text).not.toContain(other.accountId)
  const old = await clerk.get(`/richieste${child}`)
  expect([old.status, old.location]).toEqual([301, `/${tenant.slug}/ufficio${child}`])

  const school = await officeClient(world, tenant, 'school')
  const seen = (await school.get(child)).text
  expect(seen).toContain('Sofia Provetti')
  for (const hidden of ['€', 'Elena', '/pagamenti', '/crediti', step.documentId])
    expect(seen).not.toContain(hidden)
  expect((await school.get(wallet)).status).toBe(403)

  // A wallet is found under its own child alone, and a movement in its own wallet.
  const strange = `/alunni/${childId}/crediti/${other.children[0]!.walletId}`
  expect((await clerk.get(strange)).status).toBe(404)
  const meal = await mealOf(tenant, other.children[0]!.walletId)
  expect((await clerk.get(`${wallet}/correzione?movimento=${meal}`)).status).toBe(404)
  await payAtCounter(sandboxUrl, tenant.creditorFiscalCode, await noticeOf(tenant, step.documentId))
  const { items } = await movementsPage(db, tenant.id, walletId, {})
  const receipt = await clerk.get(`${wallet}/correzione?movimento=${items[0]!.transactionId}`)
  expect([receipt.status, receipt.text]).toEqual([409, expect.stringContaining('si fa un rimborso')])
})

async function noticeOf(tenant: Tenant, topUpId: string): Promise<string> {
  const row = await inTenant(db, tenant.id, (tx) =>
    tx
      .selectFrom('top_ups')
      .select('notice_number')
      .where('tenant_id', '=', tenant.id)
      .where('id', '=', topUpId)
      .executeTakeFirstOrThrow(),
  )
  return row.notice_number
}
