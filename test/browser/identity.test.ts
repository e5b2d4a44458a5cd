import { mkdirSync } from 'node:fs'
import type { BrowserContextOptions } from 'playwright-core'
import { afterAll, describe, expect, test } from 'vitest'
import { endPasswords } from '../support/policies.ts'
import { Parent } from './parent.ts'
import { openBrowser, openWorld, type Entity } from './world.ts'

const world = await openWorld()
const { url, entities } = world
const { cassano, brunico } = entities
mkdirSync('.data/pictures', { recursive: true })

async function visitor(entity: Entity, options: BrowserContextOptions = {}) {
  const { context, complaints } = await openBrowser(world, options)
  afterAll(() => context.close())
  return { parent: new Parent(await context.newPage(), url, entity), complaints, context }
}

describe.each([
  ['cassano', cassano, 'Sofia'],
  ['brunico', brunico, 'Anna'],
] as const)('%s, while passwords are still taken', (_, entity, child) => {
  test('the first sign-in with SPID finds the children of the account that had a password', async () => {
    await endPasswords(world, entity.slug, 38)
    const before = await visitor(entity)
    await before.parent.signIn(entity.parent!)
    const credit = await before.parent.creditOf(child)
    const { parent, complaints } = await visitor(entity)
    await parent.signInWith('SPID', entity.parent!.name)
    await parent.sees(/Buongiorno/)
    expect(await parent.creditOf(child)).toBe(credit)
    expect(complaints).toEqual([])
  })

  test('CIE leads to the same account', async () => {
    const { parent, complaints } = await visitor(entity)
    await parent.signInWith('CIE', entity.parent!.name)
    await parent.sees(/Buongiorno/)
    expect(await parent.cards().count()).toBe(2)
    expect(complaints).toEqual([])
  })

  test('without JavaScript, too', async () => {
    const { parent, complaints } = await visitor(entity, { javaScriptEnabled: false })
    await parent.signInWith('SPID', entity.parent!.name)
    await parent.sees(/Buongiorno/)
    expect(complaints).toEqual([])
  })
})

describe('on the way in', () => {
  test('a provider that takes forms alone is reached through a page that sends itself', async () => {
    const { parent, complaints } = await visitor(cassano)
    await parent.open('accedi')
    await parent.page.locator('.identity-button', { hasText: 'SPID' }).click()
    await parent.page.getByRole('link', { name: 'Altro SPID (prova)' }).click()
    await parent.page.getByText(cassano.parent!.name).first().click()
    await parent.page.getByRole('button', { name: 'Prosegui' }).click()
    await parent.page.getByRole('button', { name: 'Acconsento' }).click()
    await parent.sees(/Buongiorno/)
    expect(complaints).toEqual([])
  })

  test('the keyboard alone opens the list and follows it', async () => {
    const { parent } = await visitor(cassano)
    const { page } = parent
    await parent.open('accedi')
    await page.locator('summary.identity-button').focus()
    await page.keyboard.press('Enter')
    await page.keyboard.press('Tab')
    const first = await page.evaluate(() => document.activeElement?.closest('.identity-list') !== null)
    expect(first).toBe(true)
    await page.keyboard.press('Enter')
    await page.waitForURL(/sandbox-idp/)
  })

  test('who cancels reads so in plain words, tries again with the same provider, and is in', async () => {
    const { parent, complaints } = await visitor(cassano)
    await parent.signInWith('SPID', cassano.parent!.name, '25')
    await parent.sees('Hai annullato l’accesso')
    await parent.page.screenshot({ path: '.data/pictures/identity-cancelled.png', fullPage: true })
    await parent.page.getByRole('link', { name: /^Riprova con/ }).click()
    await parent.page.getByText(cassano.parent!.name).first().click()
    await parent.page.getByRole('button', { name: 'Prosegui' }).click()
    await parent.page.getByRole('button', { name: 'Acconsento' }).click()
    await parent.sees(/Buongiorno/)
    expect(complaints).toEqual([])
  })

  test('a minor is told to ask an adult, and a newcomer is shown the first steps', async () => {
    const young = await visitor(cassano)
    await young.parent.signInWith('SPID', 'Pietro Piccoli')
    await young.parent.sees('Accesso riservato agli adulti')
    const { parent, complaints } = await visitor(cassano)
    await parent.signInWith('CIE', 'Nora Nuova')
    await parent.sees('Ciao, Nora')
    await parent.page.screenshot({ path: '.data/pictures/identity-first-steps.png', fullPage: true })
    expect(complaints).toEqual([])
  })
})

describe('the end of passwords', () => {
  test('in the last fortnight a password leads to the page that goes on with SPID, and the account stays', async () => {
    await endPasswords(world, brunico.slug, 8)
    const { parent, complaints } = await visitor(brunico)
    await parent.register({ username: 'olga.inventata', password: 'una frase qualunque' })
    await parent.page
      .getByRole('button', { name: /profilo|Esci/i })
      .first()
      .isVisible()
    const again = await visitor(brunico)
    await again.parent.signIn({ username: 'olga.inventata', password: 'una frase qualunque' })
    await again.parent.sees('Passa a SPID o CIE')
    await again.parent.page.screenshot({ path: '.data/pictures/identity-goodbye.png', fullPage: true })
    await again.parent.page.locator('.identity-button', { hasText: 'CIE' }).click()
    await again.parent.page.getByText('Berta Anziani').first().click()
    await again.parent.page.getByRole('button', { name: 'Prosegui' }).click()
    await again.parent.page.getByRole('button', { name: 'Acconsento' }).click()
    await again.parent.sees(/Buongiorno, Olga/)
    expect([...complaints, ...again.complaints]).toEqual([])
  })

  test('from the entity’s date on no password works anywhere, and nobody who had one is still in', async () => {
    await endPasswords(world, brunico.slug, 8)
    const living = await visitor(brunico)
    await living.parent.signIn(brunico.parent!)
    await living.parent.page.getByRole('link', { name: 'Più tardi' }).click()
    await living.parent.sees(/Buongiorno/)
    await endPasswords(world, brunico.slug, -1)
    await living.parent.open('pagamenti')
    await living.parent.sees('Accedi')
    expect(await living.parent.page.locator('input[type=password]').count()).toBe(0)
    await living.parent.page.screenshot({ path: '.data/pictures/identity-after.png', fullPage: true })
    for (const path of ['registrati', 'password-dimenticata']) {
      await living.parent.open(path)
      expect(await living.parent.page.locator('input').count()).toBe(0)
    }
    const { username, password } = brunico.parent!
    const post = (path: string, body: BodyInit, type?: string) =>
      fetch(url + path, {
        method: 'POST',
        body,
        headers: { origin: url, ...(type && { 'content-type': type }) },
        redirect: 'manual',
      })
    const json = JSON.stringify({ activationCode: brunico.activationCode, username, password })
    const form = () => freshForm('/cassano/accedi', { username, password, account: username })
    const answers = await Promise.all([
      post('/brunico/accedi', await form()),
      post('/brunico/registrati', await form()),
      post('/brunico/password-dimenticata', await form()),
      post('/api/v1/sessions', json, 'application/json'),
      post(
        '/api/v1/password-resets',
        JSON.stringify({ activationCode: brunico.activationCode, account: username }),
        'application/json',
      ),
    ])
    expect(answers.map(({ status }) => status)).toEqual([403, 403, 403, 403, 403])
    const { parent } = await visitor(brunico)
    await parent.signInWith('SPID', brunico.parent!.name)
    await parent.sees(/Buongiorno/)
  })

  /** A form with a token that is good for nobody in particular: tokens are not an entity's. */
  async function freshForm(path: string, fields: Record<string, string>): Promise<URLSearchParams> {
    const html = await (await fetch(url + path)).text()
    return new URLSearchParams({ form: /name="form" value="([^"]+)"/.exec(html)![1]!, ...fields })
  }
})
