import type { Locator, Page } from 'playwright-core'
import { centsOf } from './reading.ts'
import type { Credentials, DemoParent, Entity } from './world.ts'

/** A child as a parent enrols it. */
export interface Child {
  firstName: string
  lastName: string
  className: string
}

/** What a parent does on the pages of one entity, in the parent's own words. */
export class Parent {
  readonly page: Page
  readonly entity: Entity
  readonly #url: string

  constructor(page: Page, url: string, entity: Entity) {
    this.page = page
    this.entity = entity
    this.#url = url
  }

  /** Opens a page of the entity; the empty path is home. */
  async open(path = ''): Promise<void> {
    await this.page.goto(`${this.#url}/${this.entity.slug}/${path}`)
  }

  /** Waits for the page with this heading; where another comes, the error says what it reads. */
  async sees(heading: string | RegExp): Promise<void> {
    try {
      await this.page.getByRole('heading', { level: 1, name: heading }).waitFor()
    } catch (cause) {
      const text = await this.page.locator('body').innerText()
      throw new Error(`not "${heading}", but ${this.page.url()}:\n${text.slice(0, 1_500)}`, { cause })
    }
  }

  async signIn({ username, password }: Credentials): Promise<void> {
    await this.open('accedi')
    await this.page.getByRole('textbox', { name: /^Nome utente/ }).fill(username)
    await this.page.getByLabel('Password', { exact: true }).fill(password)
    await this.page.getByRole('button', { name: 'Accedi con password' }).click()
  }

  /** As the entity takes its parents: with the password while it does, with SPID from then on. */
  async enter(parent: DemoParent): Promise<void> {
    if (parent.takesPassword) await this.signIn(parent)
    else await this.signInWith('SPID', parent.name)
  }

  /** SPID or CIE, through the pages of the simulated provider; `answer` is what is pressed there in the end. */
  async signInWith(scheme: 'SPID' | 'CIE', name: string, answer = 'Acconsento'): Promise<void> {
    await this.open('accedi')
    const door = this.page.locator('.identity-button', { hasText: `Entra con ${scheme}` })
    await door.click()
    if (scheme === 'SPID') await this.page.getByRole('link', { name: 'SPID demo (prova)' }).click()
    await this.page.getByText(name, { exact: false }).first().click()
    await this.page.getByRole('button', { name: 'Prosegui' }).click()
    await this.page.getByRole('button', { name: answer }).click()
    // A browser without scripts presses the last button itself.
    const onward = this.page.locator('form[data-auto] button')
    if (await onward.isVisible().catch(() => false)) await onward.click().catch(() => {})
    await this.page.waitForURL((address) => !address.pathname.startsWith('/sandbox-idp/'))
  }

  /** "Registrati", from the entity's public page on. */
  async register({ username, password }: Credentials): Promise<void> {
    await this.open()
    await this.page.getByRole('link', { name: 'Registrati' }).click()
    await this.page.getByLabel('Nome', { exact: true }).fill('Olga')
    await this.page.getByLabel('Cognome').fill('Inventata')
    await this.page.getByLabel('Email').fill(`${username}@example.org`)
    await this.page.getByRole('textbox', { name: /^Nome utente/ }).fill(username)
    await this.page.getByLabel('Password', { exact: true }).fill(password)
    await this.page.getByLabel(/Ho letto l’informativa/).check()
    await this.page.getByRole('button', { name: 'Crea il profilo' }).click()
    await this.sees('Iscrizioni')
  }

  async enrol({ firstName, lastName, className }: Child): Promise<void> {
    await this.open('iscrizioni')
    await this.page.getByLabel('Nome del figlio', { exact: true }).fill(firstName)
    await this.page.getByLabel('Cognome del figlio').fill(lastName)
    await this.page.getByLabel('Scuola', { exact: true }).fill('Primaria Immaginaria')
    await this.page.getByLabel('Classe o sezione').fill(className)
    await this.page.getByRole('button', { name: 'Iscrivi', exact: true }).click()
    await this.sees(/Buongiorno/)
  }

  /** The cards of home, one a child. */
  cards(): Locator {
    return this.page.locator('article.wallet')
  }

  card(firstName: string): Locator {
    return this.page.getByRole('article', { name: new RegExp(`^${firstName} `) })
  }

  /** The credit of a child as home shows it now, in cents. */
  async creditOf(firstName: string): Promise<number> {
    await this.open()
    return centsOf(await this.card(firstName).locator('.wallet-balance').innerText())
  }

  /** Waits until home shows the credit: receipts come over the wire, not with the click. */
  async seesCredit(firstName: string, wantedCents: number): Promise<void> {
    const until = Date.now() + 10_000
    let credit = await this.creditOf(firstName)
    while (credit !== wantedCents) {
      if (Date.now() > until) throw new Error(`the credit is ${credit} cents, not ${wantedCents}`)
      await this.page.waitForTimeout(200)
      credit = await this.creditOf(firstName)
    }
  }

  /** RICARICA from the child's card, with an amount typed by hand, up to the choice of how to pay. */
  async chooseTopUp(firstName: string, amount: string): Promise<void> {
    await this.open()
    await this.card(firstName)
      .getByRole('link', { name: /^Ricarica/ })
      .click()
    await this.page.getByRole('radio', { name: new RegExp(`^${firstName} `), checked: true }).waitFor()
    await this.page.getByLabel('Categoria di servizio').selectOption('REFEZIONE')
    await this.page.getByLabel('Altro importo').fill(amount)
  }

  /** RICARICA of several children with one payment. */
  async chooseSeveral(amounts: Readonly<Record<string, string>>): Promise<void> {
    await this.open('ricarica')
    await this.page.getByRole('link', { name: 'Ricarica più figli con un solo pagamento' }).click()
    for (const [firstName, amount] of Object.entries(amounts))
      await this.page.getByLabel(new RegExp(`^Importo per ${firstName} `)).fill(amount)
  }

  payOnline(): Promise<void> {
    return this.page.getByRole('button', { name: /^PAGA ONLINE/ }).click()
  }

  payAtPsp(): Promise<void> {
    return this.page.getByRole('button', { name: /^PAGA PRESSO PSP/ }).click()
  }

  /** What a list of facts says beside a name. */
  fact(name: string): Promise<string> {
    const term = this.page
      .locator('dt')
      .filter({ hasText: new RegExp(`^${name}$`) })
      .first()
    return term.locator('xpath=following-sibling::dd[1]').innerText()
  }

  /** The rows of "Riepilogo pagamenti", newest first, white space made single. */
  async payments(): Promise<string[]> {
    await this.open('pagamenti')
    const rows = await this.page.locator('.payments-table tbody tr').allInnerTexts()
    return rows.map((row) => row.replace(/\s+/g, ' ').trim())
  }
}
