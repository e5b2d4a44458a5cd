import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { launchBrowser } from '../support/browser.ts'
import { openTestHouse } from '../support/house.ts'
import { hire, TEST_STAFF_PASSWORD } from '../support/office.ts'
import { freshTenant, neverLive } from '../support/onboarding.ts'
import { shownSecret, totpCode } from '../support/second-factor.ts'
import { walkThroughCheckout } from './outside.ts'
import { openBrowser } from './world.ts'

const house = await openTestHouse()
const browser = await launchBrowser()
const world = { ...house, browser } as unknown as Parameters<typeof openBrowser>[0]

/** Counts what an administrator does: a step is a field that is filled, a box that is ticked or a button that is pressed. */
class Walk {
  pages = 0
  steps = 0
  readonly page: Page
  constructor(page: Page) {
    this.page = page
    page.on('framenavigated', (frame) => frame === page.mainFrame() && this.pages++)
  }
  async fill(label: string | RegExp, value: string): Promise<void> {
    this.steps++
    await this.page.getByRole('textbox', { name: label }).first().fill(value)
  }
  async press(name: string | RegExp): Promise<void> {
    this.steps++
    await this.page.getByRole('button', { name }).first().click()
  }
  async follow(name: string | RegExp): Promise<void> {
    this.steps++
    await this.page.getByRole('link', { name }).first().click()
  }
  async sees(heading: string | RegExp): Promise<void> {
    try {
      await this.page.getByRole('heading', { level: 1, name: heading }).waitFor()
    } catch (cause) {
      const text = await this.page.locator('body').innerText()
      throw new Error(`not "${heading}", but ${this.page.url()}:\n${text.slice(0, 1_500)}`, { cause })
    }
  }
  /** Saves a page of the checklist and goes back to the list. */
  async saveAndReturn(): Promise<void> {
    await this.press('Salva')
    await this.page.getByText('Salvato.').waitFor()
    await this.follow('Torna all’elenco')
    await this.sees('Avvio del servizio')
  }
}

test('an administrator brings the entity from the first sign-in to a paid top-up of the rehearsal, by the pages alone', async () => {
  // What an operator knows of an entity: its names and codes. The rest is the administrator's.
  const made = await house.addTenant()
  const links = {
    accessibilityDeclarationUrl: '',
    privacyUrl: '',
    legalNotesUrl: '',
    reportUrl: '',
    phone: '',
    email: '',
  }
  await house.database.owner
    .updateTable('tenants')
    .set({ branding: { ...made.branding, ...links } })
    .where('id', '=', made.id)
    .execute()
  const tenant = await neverLive(house, made)
  const { username } = await hire(house, tenant, 'administrator')
  const office = await openBrowser(world, { viewport: { width: 1280, height: 900 } })
  office.context.setDefaultTimeout(20_000)
  const walk = new Walk(await office.context.newPage())
  const { page } = walk

  await page.goto(`${house.url}/${tenant.slug}/ufficio/`)
  await walk.fill(/^Nome utente/, username)
  await page.getByLabel('Password', { exact: true }).fill(TEST_STAFF_PASSWORD)
  await walk.press('Entra nell’ufficio')
  await walk.sees('Attiva la verifica in due passaggi')
  await walk.fill('Codice', totpCode(shownSecret(await page.content()), house.clock.now()))
  await walk.press('Attiva e continua')
  await walk.follow('Li ho conservati, continua')

  await walk.sees('Avvio del servizio')
  await walk.follow('Nome e contatti')
  await walk.fill(/^Telefono/, '06 0000000')
  await walk.saveAndReturn()
  await walk.follow('Stemma e colore')
  await walk.fill('Colore dell’ente', '#7b1fa2')
  // The preview follows at once, without asking the server for the page.
  await page.locator('[data-colour-contrast]', { hasText: '8,2' }).waitFor()
  await walk.saveAndReturn()
  await walk.follow('Note legali')
  for (const field of [
    'Dichiarazione di accessibilità',
    'Informativa sulla privacy',
    'Note legali',
    'Segnalazioni',
  ])
    await walk.fill(new RegExp(`^${field}`), 'https://www.comune.borgosereno.example/pagina')
  await walk.saveAndReturn()
  await walk.follow('Regole e date')
  await walk.fill('Importo minimo', '10,00')
  await walk.press('Mostra l’effetto')
  await page.getByText('Con importi tra 10,00').waitFor()
  await walk.press('Conferma e salva')
  await walk.follow('Torna all’elenco')
  await walk.press('Inizia la prova')
  await walk.sees('Prova')
  await page.getByText('Prova: nessun pagamento è reale.').waitFor()
  await walk.press('Crea la famiglia di prova')
  const [name, password] = await page.locator('.facts .code').allInnerTexts()

  const family = await openBrowser(world)
  family.context.setDefaultTimeout(20_000)
  const parent = new Walk(await family.context.newPage())
  await parent.page.goto(`${house.url}/${tenant.slug}/accedi`)
  await parent.page.getByRole('textbox', { name: /^Nome utente/ }).fill(name!)
  await parent.page.getByLabel('Password', { exact: true }).fill(password!)
  await parent.press('Accedi con password')
  await parent.follow(/^Ricarica/)
  await parent.fill('Altro importo', '20')
  await parent.press(/^PAGA ONLINE/)
  await walkThroughCheckout(parent.page, 'pay')

  const online = page.getByRole('region', { name: 'Paga online' })
  for (
    let looks = 0;
    looks < 40 && (await online.locator('.badge', { hasText: 'Fatto' }).count()) === 0;
    looks++
  ) {
    await page.waitForTimeout(250)
    await page.goto(`${house.url}/${tenant.slug}/ufficio/avvio/prova`)
  }
  expect(await online.locator('.badge').innerText()).toBe('Fatto')
  await walk.follow('Torna all’elenco')
  await page.getByText('Un pagamento di prova per ogni modo di pagare.').waitFor()
  expect((await freshTenant(house, tenant.id)).state).toBe('rehearsal')
  expect([...office.complaints, ...family.complaints]).toEqual([])
  console.log(
    `onboarding: ${walk.steps} steps of the administrator, ${parent.steps} of the pretended parent, ` +
      `${walk.pages + parent.pages} pages opened`,
  )
  await browser.close()
}, 180_000)
