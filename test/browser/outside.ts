import type { Page } from 'playwright-core'
import { centsOf } from './reading.ts'

/** How a visit to Checkout ends. */
export type Ending = 'pay' | 'In lavorazione' | 'Simula errore' | 'Annulla e torna all’ente'

/** Walks through Checkout's pages: e-mail, method, one of the PSPs, and the end. Answers what the PSPs ask. */
export async function walkThroughCheckout(page: Page, ending: Ending, psp?: string): Promise<number[]> {
  await page.getByLabel('Indirizzo e-mail').fill('chi.paga@example.org')
  await page.getByRole('button', { name: 'Continua' }).click()
  await page.getByLabel(/^Addebito sul conto corrente/).check()
  await page.getByRole('button', { name: 'Continua' }).click()
  await page.getByRole('heading', { name: 'Scegli il gestore' }).waitFor()
  const fees = await page.locator('.choice-side').allInnerTexts()
  if (psp) await page.getByLabel(new RegExp(`^${psp}`)).check()
  await page.getByRole('button', { name: 'Continua' }).click()
  await page.getByRole('button', { name: ending === 'pay' ? /^Paga / : ending }).click()
  return fees.map(centsOf)
}

/** Pays a notice at the counter of a PSP, by the text of its QR code. Answers what the counter said of it. */
export async function payAtCounter(page: Page, sandboxUrl: string, qr: string): Promise<string> {
  await page.goto(`${sandboxUrl}/sportello`)
  await page.getByLabel('Testo del codice QR').fill(qr)
  await page.getByRole('button', { name: 'Cerca l’avviso' }).click()
  const found = await page.locator('main').innerText()
  await page.getByRole('button', { name: 'Paga', exact: true }).click()
  await page.getByText('La ricevuta è arrivata all’ente.').waitFor()
  return found
}

/** Types a child's code and an amount at the tobacconist's terminal. Answers what it shows. */
export async function askTerminal(
  page: Page,
  sandboxUrl: string,
  qr: string,
  amount: string,
): Promise<string> {
  await page.goto(`${sandboxUrl}/puntolis`)
  await page.getByLabel('Codice pagamento').fill(qr)
  await page.getByLabel('Importo').fill(amount)
  await page.getByRole('button', { name: 'Richiedi il pre-scontrino' }).click()
  return page.locator('main').innerText()
}

/** Pays what the terminal's pre-receipt shows. */
export async function confirmAtTerminal(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^Conferma e incassa/ }).click()
  await page.getByText('La ricevuta è arrivata all’ente.').waitFor()
}

/** Waits for a message to an address and opens it in the simulated mailbox. */
export async function openMail(
  page: Page,
  sandboxUrl: string,
  address: string,
  subject: RegExp,
): Promise<void> {
  const message = page.getByRole('link', { name: subject }).first()
  const until = Date.now() + 10_000
  do {
    await page.goto(`${sandboxUrl}/posta?to=${encodeURIComponent(address)}`)
  } while ((await message.count()) === 0 && Date.now() < until)
  await message.click()
}
