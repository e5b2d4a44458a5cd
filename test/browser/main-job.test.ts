import { addDays, romeDate } from '#core/clock.ts'
import { readText } from '#core/documents/reading.ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { askTerminal, confirmAtTerminal, openMail, payAtCounter, walkThroughCheckout } from './outside.ts'
import { Parent } from './parent.ts'
import { centsOf, download, scan } from './reading.ts'
import { openBrowser, openWorld, type Complaints } from './world.ts'

const world = await openWorld()
const { url, sandboxUrl, clock, entities } = world

/** The two demonstration entities, and one that a command has just taken aboard: two of them on a telephone. */
const places = [
  {
    entity: entities.cassano,
    width: 390,
    children: ['Sofia', 'Luca'],
    copyDelayDays: 3,
    colour: 'rgb(0, 105, 92)',
  },
  {
    entity: entities.brunico,
    width: 1280,
    children: ['Anna', 'Jakob'],
    copyDelayDays: 5,
    colour: 'rgb(122, 31, 61)',
  },
  {
    entity: entities.byCommand,
    width: 390,
    children: ['Bice', 'Ugo'],
    copyDelayDays: 3,
    colour: 'rgb(138, 59, 18)',
  },
]

// The tests of one entity are one journey: the last of them reads in the list what the others paid.
describe.each(places)('$entity.slug at $width px', ({ entity, width, children, copyDelayDays, colour }) => {
  const [first, second] = children as [string, string]
  const credentials = entity.parent ?? { username: 'olga.inventata', password: 'una frase qualunque' }
  let parent: Parent
  let complaints: Complaints

  beforeAll(async () => {
    const opened = await openBrowser(world, { viewport: { width, height: 844 } })
    complaints = opened.complaints
    parent = new Parent(await opened.context.newPage(), url, entity)
    if (entity.parent) return parent.enter(entity.parent)
    await parent.register(credentials)
    await parent.enrol({ firstName: first, lastName: 'Inventata', className: '3ª B' })
    await parent.enrol({ firstName: second, lastName: 'Inventata', className: '1ª A' })
  })
  afterAll(() => parent.page.context().close())

  test('the activation code leads to the entity’s page, in the entity’s own colour; so does its name', async () => {
    const { context } = await openBrowser(world)
    const page = await context.newPage()
    await page.goto(url)
    await page.getByLabel('Codice di attivazione o nome dell’ente').fill(entity.activationCode)
    await page.getByRole('button', { name: 'Cerca' }).click()
    await page.waitForURL(`${url}/${entity.slug}/`)
    await page.getByText(entity.name).first().waitFor()
    const header = page.locator('.it-header-center-wrapper')
    expect(await header.evaluate((element) => getComputedStyle(element).backgroundColor)).toBe(colour)
    await page.goto(url)
    await page.getByLabel('Codice di attivazione o nome dell’ente').fill(entity.name.slice(10, 16))
    await page.getByRole('button', { name: 'Cerca' }).click()
    await page.getByRole('link', { name: entity.name }).click()
    await page.waitForURL(`${url}/${entity.slug}/`)
    await context.close()
  })

  test('a wrong password is told in plain words, and the user name stays written, where passwords are taken at all', async () => {
    const { context } = await openBrowser(world)
    const stranger = new Parent(await context.newPage(), url, entity)
    if (entity.parent?.takesPassword === false) {
      await stranger.open('accedi')
      await stranger.sees('Accedi')
      expect(await stranger.page.locator('input[type=password]').count()).toBe(0)
      return context.close()
    }
    await stranger.signIn({ ...credentials, password: 'sbagliata davvero' })
    const told = stranger.page.getByText('Il nome utente o la password non corrispondono.')
    await told.first().waitFor()
    expect(await stranger.page.getByRole('textbox', { name: /^Nome utente/ }).inputValue()).toBe(
      credentials.username,
    )
    await stranger.signIn(credentials)
    await stranger.cards().first().waitFor()
    await context.close()
  })

  test('home shows a card with the credit for each child', async () => {
    await parent.open()
    expect(await parent.cards().count()).toBe(2)
    const credits = [await parent.creditOf(first), await parent.creditOf(second)]
    expect(credits.every((credit) => (entity.parent ? credit !== 0 : credit === 0))).toBe(true)
  })

  test('an online payment comes back with all its data, and the credit has grown', async () => {
    const before = await parent.creditOf(first)
    await parent.chooseTopUp(first, '37,50')
    await parent.payOnline()
    const fees = await walkThroughCheckout(parent.page, 'pay', 'Cassa Immaginaria')
    expect(new Set(fees).size).toBeGreaterThan(2)
    await parent.sees('Pagamento riuscito')
    expect(await parent.fact('Canale')).toBe('Paga online')
    expect(centsOf(await parent.fact('Importo accreditato'))).toBe(3_750)
    expect((await parent.fact('Credito prima e dopo')).split('→').map(centsOf)).toEqual([
      before,
      before + 3_750,
    ])
    expect((await parent.fact('Codice avviso')).replace(/\s/g, '')).toMatch(/^3\d{17}$/)
    expect(await parent.fact('IUV')).toMatch(/^\d{17}$/)
    expect(await parent.fact('Prestatore di servizi di pagamento')).toBe('Cassa Immaginaria')
    expect(await parent.fact('Codice fiscale ente creditore')).toMatch(/^\d{11}$/)
    expect(await parent.fact('Identificativo della ricevuta')).toMatch(/^\w{20,35}$/)
    expect(await parent.fact('Pagato il')).toMatch(/\d{2}:\d{2}/)
    expect(await parent.creditOf(first)).toBe(before + 3_750)
  })

  test('a cancelled payment is told and leaves a way out; a failed one is paid at the second try', async () => {
    const before = await parent.creditOf(second)
    await parent.chooseTopUp(second, '20')
    await parent.payOnline()
    await walkThroughCheckout(parent.page, 'Annulla e torna all’ente')
    await parent.sees('Pagamento interrotto')
    await parent.page.getByRole('link', { name: 'Paga con l’avviso' }).waitFor()
    await parent.page.getByRole('button', { name: 'Riprova il pagamento' }).click()
    await walkThroughCheckout(parent.page, 'Simula errore')
    await parent.sees('Pagamento non riuscito')
    expect(await parent.creditOf(second)).toBe(before)
    await parent.page.goBack()
    await parent.page.getByRole('button', { name: 'Riprova il pagamento' }).click()
    await walkThroughCheckout(parent.page, 'pay')
    await parent.sees('Pagamento riuscito')
    expect(await parent.creditOf(second)).toBe(before + 2_000)
  })

  test('a payment in progress waits, and the page turns to paid by itself', async () => {
    const before = await parent.creditOf(first)
    await parent.chooseTopUp(first, '15,00')
    await parent.payOnline()
    await walkThroughCheckout(parent.page, 'In lavorazione')
    await parent.sees('In attesa della conferma')
    expect(await parent.page.locator('.badge').first().innerText()).toBe('In attesa')
    await parent.sees('Pagamento riuscito')
    expect(await parent.creditOf(first)).toBe(before + 1_500)
  })

  test('several children are topped up with one payment', async () => {
    const before = [await parent.creditOf(first), await parent.creditOf(second)] as const
    await parent.chooseSeveral({ [first]: '12,34', [second]: '30' })
    await parent.payOnline()
    await parent.page.getByRole('heading', { name: 'I tuoi 2 avvisi' }).waitFor()
    await walkThroughCheckout(parent.page, 'pay')
    await parent.sees('Pagamento riuscito')
    expect(await parent.page.locator('.payment-item').count()).toBe(2)
    expect(await parent.creditOf(first)).toBe(before[0] + 1_234)
    expect(await parent.creditOf(second)).toBe(before[1] + 3_000)
  })

  test('a notice is shown, scanned, mailed, downloaded, and paid at a counter', async () => {
    const before = await parent.creditOf(first)
    await parent.chooseTopUp(first, '41,05')
    await parent.payAtPsp()
    await parent.sees('Informazioni utili')
    const address = parent.page.url()
    expect(centsOf(await parent.page.locator('.big-amount').innerText())).toBe(4_105)
    const number = (await parent.fact('Codice avviso')).replace(/\D/g, '')
    const creditor = (await parent.fact('Codice fiscale ente creditore')).replace(/\D/g, '')
    const qr = await scan(parent.page.locator('.qr'))
    expect(qr).toBe(`PAGOPA|002|${number}|${creditor}|4105`)

    const file = await download(parent.page.getByRole('link', { name: /^Scarica avviso di pagamento/ }))
    expect(file.name).toBe(`avviso-${number}.pdf`)
    expect(file.bytes.toString('latin1', 0, 5)).toBe('%PDF-')
    expect(readText(file.bytes)).toContain('41,05')

    await parent.page.getByLabel('Inviamelo per email').fill('nonna@example.org')
    await parent.page.getByRole('button', { name: 'Invia avviso' }).click()
    await parent.page.getByText('l’avviso arriva tra poco per email').waitFor()
    await openMail(parent.page, sandboxUrl, 'nonna@example.org', new RegExp(`Avviso.*${number.slice(-4)}`))
    const attached = await download(parent.page.getByRole('link', { name: /\.pdf$/ }))
    expect(attached.bytes.toString('latin1', 0, 5)).toBe('%PDF-')

    expect(await payAtCounter(parent.page, sandboxUrl, qr!)).toMatch(/41,05/)
    await parent.page.goto(address)
    await parent.page.getByText('Questo avviso è stato pagato').waitFor()
    await parent.seesCredit(first, before + 4_105)
  })

  test('a child’s code says nothing of the child, is paid at the tobacconist’s, and dies when it is renewed', async () => {
    const before = await parent.creditOf(second)
    await parent.open('codici-pagamento')
    const card = parent.page.getByRole('article', { name: new RegExp(`^${second} `) })
    const code = (await scan(card.locator('.qr')))!
    expect(code).toMatch(/^00009\|\w{5}\|[0-9A-HJKMNP-TV-Z]{27}$/)
    // A fiscal code in its whole form: shorter pieces of it come up by chance.
    const fiscalCode = '[A-Z]{6}\\d{2}[ABCDEHLMPRST]\\d{2}[A-Z]\\d{3}[A-Z]'
    expect(code).not.toMatch(new RegExp(`${second}|Colombo|Hofer|Inventata|${fiscalCode}`, 'i'))

    const preReceipt = await askTerminal(parent.page, sandboxUrl, code, '26,40')
    expect(preReceipt).toMatch(/26,40/)
    expect(preReceipt).not.toContain(second)
    await confirmAtTerminal(parent.page)
    await parent.seesCredit(second, before + 2_640)

    await parent.open('codici-pagamento')
    await card.getByText('Rigenera codice').first().click()
    await card.getByRole('button', { name: /^Rigenera codice/ }).click()
    await parent.page.getByText('Quello di prima non funziona più.').waitFor()
    const renewed = (await scan(card.locator('.qr')))!
    expect(renewed).not.toBe(code)
    expect(await askTerminal(parent.page, sandboxUrl, code, '10')).toMatch(/non più valido|PAA_/)
    expect(await askTerminal(parent.page, sandboxUrl, renewed, '10')).toContain('Pre-scontrino')
  })

  test('every payment stands in the list with its state, and its copy can be had when its day has come', async () => {
    const shown = (amount: string) => async () =>
      (await parent.payments()).find((row) => row.includes(amount))
    const available = addDays(romeDate(clock.now()), copyDelayDays).split('-').toReversed().join('/')
    expect(await shown('37,50 €')()).toMatch(
      new RegExp(`${first}.*Paga online.*Pagato disponibile dal ${available}`),
    )
    expect(await shown('41,05 €')()).toMatch(/Paga presso PSP.*Pagato/)
    expect(await shown('26,40 €')()).toMatch(new RegExp(`${second}.*Codice QR dal tabaccaio.*Pagato`))
    expect(await shown('10,00 €')()).toMatch(/Da pagare/)
    clock.forwardDays(copyDelayDays)
    try {
      // No browser stays signed in for days.
      await (entity.parent ? parent.enter(entity.parent) : parent.signIn(credentials))
      await parent.sees(/Buongiorno/)
      await parent.open('pagamenti')
      const row = parent.page.locator('.payments-table tbody tr').filter({ hasText: '37,50' })
      const copy = await download(row.getByRole('link', { name: /^Scarica/ }))
      expect(copy.name).toMatch(/^ricevuta-3\d{17}\.pdf$/)
      expect(readText(copy.bytes)).toContain('37,50')
    } finally {
      clock.reset()
    }
  })

  test('no page on the way is wider than the screen, breaks, or does what the policy forbids', () => {
    expect(complaints).toEqual([])
  })
})
