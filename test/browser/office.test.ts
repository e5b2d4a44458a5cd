import { mkdirSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { romeDate } from '#core/clock.ts'
import { inTenant } from '#core/db/tenant.ts'
import { DEMO_OPERATOR, DEMO_PASSWORD, demoEntities } from '../../src/local/demo/entities.ts'
import { faultsOfAccessibility } from '../support/accessibility.ts'
import { shownSecret, totpCode } from '../support/second-factor.ts'
import { hire, TEST_STAFF_PASSWORD } from '../support/office.ts'
import { walkThroughCheckout } from './outside.ts'
import { Parent } from './parent.ts'
import { centsOf, download } from './reading.ts'
import { openBrowser, openWorld } from './world.ts'

const world = await openWorld()
const { url, clock, entities, house } = world
const { staff } = demoEntities(romeDate(clock.now()))[0]!

/** A folder for pictures of every page, for eyes; `SCREENSHOTS=/tmp/office npm test -- test/browser/office`. */
const pictures = process.env.SCREENSHOTS
if (pictures) mkdirSync(pictures, { recursive: true })

/**
 * Faults of accessibility of the page that is shown, and of its width there and on a wide screen. How the checker finds
 * the templates on a wide screen is for test/look.test.ts; what counts here is what the database makes of them.
 */
async function faultsOf(page: Page, name: string): Promise<string[]> {
  const faults = await faultsOfAccessibility(page)
  const shown = page.viewportSize()!
  for (const width of [shown.width, 1280]) {
    await page.setViewportSize({ width, height: shown.height })
    if (pictures) await page.screenshot({ path: `${pictures}/${name}-${width}.png`, fullPage: true })
    const excess = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
    if (excess > 0) faults.push(`${excess} px too wide at ${width} px`)
  }
  await page.setViewportSize(shown)
  return faults.map((fault) => `${name}: ${fault}`)
}

/** The demonstration's member of staff, signed in. */
async function enterOffice(page: Page): Promise<void> {
  await page.goto(`${url}/cassano/ufficio/pagamenti`)
  await page.getByRole('heading', { level: 1, name: 'Accesso dell’ufficio' }).waitFor()
  await page.getByRole('textbox', { name: /^Nome utente/ }).fill(staff.username)
  await page.getByLabel('Password', { exact: true }).fill(DEMO_PASSWORD)
  await page.getByRole('button', { name: 'Entra nell’ufficio' }).click()
  await page.getByRole('heading', { level: 1, name: 'Verifica in due passaggi' }).waitFor()
  await page.getByRole('textbox', { name: 'Codice' }).fill(await nextCode())
  await page.getByRole('button', { name: 'Continua' }).click()
  await page.getByRole('heading', { level: 1, name: 'Pagamenti' }).waitFor()
}

/** A code of the telephone that no sign-in before has used: where there is none yet, the telephone's owner is forgiven one. */
async function nextCode(): Promise<string> {
  const tenant = (await house.registry.bySlug('cassano'))!
  await inTenant(world.database.app, tenant.id, (tx) =>
    tx.updateTable('second_factors').set({ last_step: 0n }).where('tenant_id', '=', tenant.id).execute(),
  )
  return totpCode(staff.totpSecret, clock.now())
}

/** The raw receipt of a notice, as the Node's message lies in the database. */
async function storedReceipt(noticeNumber: string): Promise<Buffer> {
  const tenant = (await house.registry.bySlug('cassano'))!
  const { raw } = await inTenant(world.database.app, tenant.id, (tx) =>
    tx
      .selectFrom('receipts')
      .select('raw')
      .where('tenant_id', '=', tenant.id)
      .where('notice_number', '=', noticeNumber)
      .executeTakeFirstOrThrow(),
  )
  return raw
}

describe.each([
  { width: 390, javaScriptEnabled: false, amount: '41,50' },
  { width: 1280, javaScriptEnabled: true, amount: '42,50' },
])('at $width px, JavaScript $javaScriptEnabled', ({ width, javaScriptEnabled, amount }) => {
  test('the office follows a parent’s payment from the list to the bank', async () => {
    const family = await openBrowser(world)
    const parent = new Parent(await family.context.newPage(), url, entities.cassano)
    await parent.enter(entities.cassano.parent!)
    await parent.chooseTopUp('Luca', amount)
    await parent.payOnline()
    await walkThroughCheckout(parent.page, 'pay')
    await parent.sees('Pagamento riuscito')
    const noticeNumber = (await parent.fact('Codice avviso')).replaceAll(/\s/g, '')

    const office = await openBrowser(world, { viewport: { width, height: 844 }, javaScriptEnabled })
    const page = await office.context.newPage()
    await enterOffice(page)
    await page.getByLabel(/^Codice avviso, IUV/).fill(noticeNumber)
    await page.getByRole('button', { name: 'Cerca' }).click()
    await page.getByRole('link', { name: 'Luca Colombo' }).click()
    await page.getByRole('heading', { level: 1, name: 'Pagamento per Luca Colombo' }).waitFor()
    const steps = await page.locator('.timeline-what').allInnerTexts()
    for (const step of ['Ricarica preparata', 'Pagato', 'Conferma di pagoPA ricevuta', 'Credito aggiornato'])
      expect(steps).toContain(step)

    const raw = await download(page.getByRole('link', { name: /^Scarica la ricevuta originale/ }))
    expect(raw.name).toBe(`rt-${noticeNumber.slice(1)}.xml`)
    expect(raw.bytes.equals(await storedReceipt(noticeNumber))).toBe(true)

    await page.goto(`${url}/cassano/ufficio/riconciliazione`)
    await page.getByRole('link', { name: 'Carica un estratto conto' }).click()
    const today = romeDate(clock.now())
    const unknown = `01${String(width).padStart(15, '9')}`
    const rows = [
      'Data contabile;Importo;Causale',
      `${today};${amount};/RFB/${noticeNumber.slice(1)}/${amount.replace(',', '.')}`,
      `${today};7,77;/RFB/${unknown}/7.77`,
    ]
    const buffer = Buffer.from(rows.join('\r\n'))
    await page
      .getByLabel('File CSV della banca')
      .setInputFiles({ name: 'banca.csv', mimeType: 'text/csv', buffer })
    await page.getByRole('button', { name: 'Carica e abbina' }).click()
    await page.getByRole('heading', { name: 'Esito del caricamento' }).waitFor()
    const matched = page.locator('.tile').filter({ hasText: 'Abbinati' }).locator('.tile-value')
    expect(centsOf(await matched.innerText())).toBe(Number(amount.replace(',', '')))

    await page.goto(`${url}/cassano/ufficio/riconciliazione/differenze?stato=open`)
    const difference = page.getByRole('row', { name: new RegExp(unknown) })
    await difference.getByRole('link', { name: 'Accredito pagoPA non abbinato' }).click()
    await page.getByLabel('Nota').fill('Chiarito con il tesoriere: era di un altro servizio.')
    await page.getByRole('button', { name: 'Accetta la differenza' }).click()
    await page.getByText('Differenza accettata.').waitFor()
    await page.getByText(`${staff.firstName} ${staff.lastName}`).last().waitFor()

    await page.goto(`${url}/cassano/ufficio/pagamenti?codice=${noticeNumber}`)
    await page.getByRole('link', { name: 'Luca Colombo' }).click()
    await page.getByText('Accreditato sul conto dell’ente').waitFor()
    expect([...office.complaints, ...family.complaints]).toEqual([])
    await office.context.close()
    await family.context.close()
  }, 60_000)
})

test('a new colleague sets the telephone up without JavaScript, and an administrator resets it', async () => {
  const tenant = (await house.registry.bySlug('cassano'))!
  const { username, name } = await hire(world, tenant, 'clerk')
  const colleague = await openBrowser(world, { javaScriptEnabled: false })
  const page = await colleague.context.newPage()
  const askIn = async () => {
    await page.goto(`${url}/cassano/ufficio/`)
    await page.getByRole('textbox', { name: /^Nome utente/ }).fill(username)
    await page.getByLabel('Password', { exact: true }).fill(TEST_STAFF_PASSWORD)
    await page.getByRole('button', { name: 'Entra nell’ufficio' }).click()
    await page.getByRole('heading', { level: 1, name: 'Attiva la verifica in due passaggi' }).waitFor()
  }
  await askIn()
  const secret = shownSecret(await page.content())
  await page.getByRole('textbox', { name: 'Codice' }).fill(totpCode(secret, clock.now()))
  await page.getByRole('button', { name: 'Attiva e continua' }).click()
  await page.getByRole('heading', { level: 1, name: 'Conserva i codici di recupero' }).waitFor()
  await page.getByRole('link', { name: 'Li ho conservati, continua' }).click()
  await page.getByRole('heading', { level: 1, name: /^Buongiorno/ }).waitFor()

  const office = await openBrowser(world)
  const boss = await office.context.newPage()
  await enterOffice(boss)
  await boss.goto(`${url}/cassano/ufficio/personale`)
  await boss.getByRole('link', { name: `Gestisci ${name}` }).click()
  await boss.getByRole('link', { name: 'Azzera il secondo fattore' }).click()
  const faults = await faultsOf(boss, 'staff-reset')
  await boss.getByRole('button', { name: 'Sì, azzera il secondo fattore' }).click()
  await boss.getByText('Secondo fattore azzerato.').waitFor()
  await boss.goto(`${url}/cassano/ufficio/registro?azione=second_factor.reset`)
  await boss.getByRole('rowheader', { name: 'Secondo fattore azzerato' }).waitFor()
  await askIn()
  expect([...faults, ...colleague.complaints, ...office.complaints]).toEqual([])
  await colleague.context.close()
  await office.context.close()
}, 90_000)

test('the demonstration’s operator signs in with the code of the telephone and sees every entity', async () => {
  const { context, complaints } = await openBrowser(world)
  const page = await context.newPage()
  await page.goto(`${url}/gestione/`)
  const faults = await faultsOf(page, 'operator-sign-in')
  await page.getByRole('textbox', { name: /^Nome utente/ }).fill(DEMO_OPERATOR.username)
  await page.getByLabel('Password', { exact: true }).fill(DEMO_PASSWORD)
  await page.getByRole('button', { name: 'Entra nella gestione' }).click()
  faults.push(...(await faultsOf(page, 'operator-code')))
  await page.getByRole('textbox', { name: 'Codice' }).fill(totpCode(DEMO_OPERATOR.totpSecret, clock.now()))
  await page.getByRole('button', { name: 'Continua' }).click()
  await page.getByRole('rowheader', { name: entities.brunico.name }).waitFor()
  faults.push(...(await faultsOf(page, 'operator-entities')))
  await page.goto(`${url}/gestione/registro`)
  await page.getByRole('rowheader', { name: 'Accesso' }).waitFor()
  faults.push(...(await faultsOf(page, 'operator-audit-log')))
  expect([...faults, ...complaints]).toEqual([])
  await context.close()
}, 90_000)

test('every page of the office fits a telephone and a wide screen, and has no fault of accessibility', async () => {
  const { context } = await openBrowser(world)
  const page = await context.newPage()
  await page.goto(`${url}/cassano/ufficio/accedi`)
  const faults = await faultsOf(page, 'sign-in')
  await enterOffice(page)
  for (const [path, name] of [
    ['', 'overview'],
    ['pagamenti', 'payments'],
    ['pagamenti?codice=niente', 'payments-none'],
    ['sospesi', 'suspense'],
    ['riconciliazione', 'reconciliation'],
    ['riconciliazione/flussi', 'flows'],
    ['riconciliazione/differenze', 'differences'],
    ['riconciliazione/banca', 'bank'],
    ['personale', 'staff'],
    ['registro', 'audit-log'],
    ['inventata', 'not-found'],
  ] as const) {
    await page.goto(`${url}/cassano/ufficio/${path}`)
    faults.push(...(await faultsOf(page, name)))
  }
  await page.goto(`${url}/cassano/ufficio/pagamenti?stato=paid`)
  await page.locator('.cell-main a').first().click()
  faults.push(...(await faultsOf(page, 'payment')))
  await page.goto(`${url}/cassano/ufficio/riconciliazione/flussi`)
  await page.locator('.cell-main a').first().click()
  faults.push(...(await faultsOf(page, 'flow')))
  await page.goto(`${url}/cassano/ufficio/riconciliazione/differenze`)
  await page.locator('.cell-main a').first().click()
  faults.push(...(await faultsOf(page, 'difference')))
  await page.getByText('Menu', { exact: true }).click()
  faults.push(...(await faultsOf(page, 'menu')))
  await page.getByRole('link', { name: 'Sospesi' }).click()
  await page.getByRole('heading', { level: 1, name: 'Sospesi' }).waitFor()
  expect(faults).toEqual([])
  await context.close()
}, 120_000)
