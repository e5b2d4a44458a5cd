import type { Page } from 'playwright-core'

/** What a person did so far. */
export interface Count {
  steps: number
  entries: number
  pages: number
}

/**
 * Somebody who walks through pages and is counted: a step is a link that is followed or a button that is pressed, an
 * entry a field that is filled or a box that is ticked, a page whatever the browser opens.
 */
export class Walk {
  readonly page: Page
  readonly count: Count

  /** @param count that of another window of the same person */
  constructor(page: Page, count: Count = { steps: 0, entries: 0, pages: 0 }) {
    this.page = page
    this.count = count
    page.on('framenavigated', (frame) => frame === page.mainFrame() && count.pages++)
  }

  /** Fills the field whose label begins so. */
  async fill(label: string, value: string): Promise<void> {
    this.count.entries++
    const field = this.page.getByLabel(new RegExp(`^${label}`)).and(this.page.locator('input'))
    await field.first().fill(value)
  }

  async tick(label: RegExp): Promise<void> {
    this.count.entries++
    await this.page.getByLabel(label).check()
  }

  async press(name: string | RegExp): Promise<void> {
    this.count.steps++
    await this.page.getByRole('button', { name }).first().click()
  }

  async follow(name: string | RegExp): Promise<void> {
    this.count.steps++
    await this.page.getByRole('link', { name }).first().click()
  }

  /** Follows a link that opens a window of its own, and goes on there. */
  async followOut(name: string): Promise<Walk> {
    this.count.steps++
    const [opened] = await Promise.all([
      this.page.waitForEvent('popup'),
      this.page.getByRole('link', { name }).first().click(),
    ])
    // The window has begun to open before anybody can count it.
    this.count.pages++
    return new Walk(opened, this.count)
  }

  /** Opens what somebody was given from outside: a letter's link, an address on a leaflet. */
  async open(address: string): Promise<void> {
    this.count.steps++
    await this.page.goto(address)
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

  /** Waits for words on the page. */
  async reads(words: string): Promise<void> {
    await this.page.getByText(words).first().waitFor()
  }
}
