import { expect, test } from 'vitest'
import { payAtCounter, walkThroughCheckout } from './outside.ts'
import { Parent } from './parent.ts'
import { centsOf, download } from './reading.ts'
import { openBrowser, openWorld } from './world.ts'

const world = await openWorld()
const { url, sandboxUrl } = world

/** A browser in which no script runs, as the oldest telephones and the strictest parents have. */
async function arrive(parentOf: 'cassano' | 'brunico') {
  const entity = world.entities[parentOf]
  const { context } = await openBrowser(world, { javaScriptEnabled: false })
  const parent = new Parent(await context.newPage(), url, entity)
  await parent.page.goto(`${url}/?ente=${entity.activationCode}`)
  await parent.page.getByRole('link', { name: 'Accedi' }).click()
  await parent.enter(entity.parent!)
  await parent.cards().first().waitFor()
  return { parent, leave: () => context.close() }
}

test('without JavaScript a child is topped up online, and a delayed receipt shows by itself', async () => {
  const { parent, leave } = await arrive('cassano')
  const before = await parent.creditOf('Sofia')
  await parent.chooseTopUp('Sofia', '33,10')
  await parent.page.getByText('Altro', { exact: true }).click()
  await parent.payOnline()
  await walkThroughCheckout(parent.page, 'In lavorazione')
  await parent.sees('In attesa della conferma')
  await parent.sees('Pagamento riuscito')
  expect(centsOf(await parent.fact('Importo accreditato'))).toBe(3_310)
  expect(await parent.creditOf('Sofia')).toBe(before + 3_310)
  await leave()
})

test('without JavaScript a notice is prepared, downloaded and paid at a counter', async () => {
  const { parent, leave } = await arrive('brunico')
  const before = await parent.creditOf('Anna')
  await parent.chooseTopUp('Anna', '22')
  await parent.page.getByText('Altro', { exact: true }).click()
  await parent.payAtPsp()
  const number = (await parent.fact('Codice avviso')).replace(/\D/g, '')
  const creditor = (await parent.fact('Codice fiscale ente creditore')).replace(/\D/g, '')
  expect(await parent.page.getByRole('button', { name: 'Copia' }).count()).toBe(0)
  const file = await download(parent.page.getByRole('link', { name: /^Scarica avviso di pagamento/ }))
  expect(file.bytes.toString('latin1', 0, 5)).toBe('%PDF-')
  await payAtCounter(parent.page, sandboxUrl, `PAGOPA|002|${number}|${creditor}|2200`)
  await parent.seesCredit('Anna', before + 2_200)
  expect((await parent.payments())[0]).toMatch(/Anna.*Paga presso PSP.*22,00 €.*Pagato/)
  await leave()
})

test('without JavaScript a typed amount counts beside a preset that nobody touched, and is asked about beside a chosen one', async () => {
  const { parent, leave } = await arrive('cassano')
  await parent.chooseTopUp('Luca', '18')
  await parent.payOnline()
  await parent.page.getByRole('heading', { name: 'I tuoi dati' }).waitFor()
  expect(centsOf(await parent.fact('Importo'))).toBe(1_800)
  await parent.chooseTopUp('Luca', '19')
  await parent.page.getByText('100,00 €', { exact: false }).first().click()
  await parent.payOnline()
  await parent.page.getByText('Hai scelto un importo e ne hai scritto un altro').first().waitFor()
  expect(await parent.page.getByLabel('Altro importo').inputValue()).toBe('19')
  await leave()
})

test('without JavaScript the filter, the language and the way out work', async () => {
  const { parent, leave } = await arrive('cassano')
  await parent.open('pagamenti')
  await parent.page.getByLabel('Stato').selectOption('Annullato')
  await parent.page.getByRole('button', { name: 'Filtra' }).click()
  const states = await parent.page.locator('.payments-table .badge').allInnerTexts()
  expect(new Set(states)).toEqual(new Set(['Annullato']))
  await parent.page.locator('summary').filter({ hasText: 'ITA' }).click()
  await parent.page.getByRole('link', { name: 'English' }).click()
  await parent.sees('Payments')
  await parent.page.locator('summary').filter({ hasText: 'EF' }).click()
  await parent.page.getByRole('button', { name: 'Sign out' }).click()
  await parent.open('pagamenti')
  expect(parent.page.url()).toContain('/cassano/accedi')
  await leave()
})
