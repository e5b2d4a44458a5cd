import { createHash, randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Page } from 'playwright-core'
import { afterAll, describe, expect, test } from 'vitest'
import { createApp } from '../api/client.ts'
import { Parent } from './parent.ts'
import { openBrowser, openWorld } from './world.ts'

/** The app, as far as a browser knows it: an address of another origin at which it comes back. */
const phone = createServer((_, response) =>
  response
    .writeHead(200, { 'content-type': 'text/html' })
    .end('<!doctype html><title>App</title><h1>App</h1>'),
).listen(0, '127.0.0.1')
await new Promise((done) => phone.once('listening', done))
afterAll(() => void phone.close())
const link = `http://127.0.0.1:${(phone.address() as AddressInfo).port}/accesso`

const world = await openWorld({ APP_LINKS: `https://app.example.org/accesso ${link}` })
const { url, entities } = world
const app = await createApp(world)
const state = 'stato & così/via=1+2 %20'.replace('ì', 'i')

/** What the app does: asks for the entity, makes a verifier, opens the browser. */
async function openSignIn(page: Page, entity: typeof entities.cassano): Promise<string> {
  const { body } = await app.call('GET', `/tenants/${entity.activationCode}`)
  const verifier = randomBytes(32).toString('base64url')
  const address = new URL(body.signIn.browserUrl as string)
  const challenge = createHash('sha256').update(verifier).digest('base64url')
  const asked = { redirect_uri: link, code_challenge: challenge, code_challenge_method: 'S256', state }
  for (const [name, value] of Object.entries(asked)) address.searchParams.set(name, value)
  await page.goto(address.href)
  return verifier
}

/** What the app does when the browser has come back. */
async function comeBack(page: Page, codeVerifier: string) {
  await page.waitForURL((at) => at.href.startsWith(link))
  const back = new URL(page.url())
  expect([...back.searchParams.keys()]).toEqual(['code', 'state'])
  expect(back.searchParams.get('state')).toBe(state)
  const json = {
    code: back.searchParams.get('code'),
    codeVerifier,
    redirectUri: link,
    deviceName: 'telefono',
  }
  const { status, body } = await app.call('POST', '/sessions/exchange', { json })
  expect(status).toBe(201)
  return (await app.call('GET', '/me', { token: body.token })).body
}

describe.each(['cassano', 'brunico'] as const)('an app signs in through the browser at %s', (name) => {
  const entity = entities[name]
  const method = entity.parent!.takesPassword ? 'password' : 'spid'

  test.each([true, false])(
    'in the way that the entity takes, on its own page, and leaves no session there (JavaScript: %s)',
    async (javaScriptEnabled) => {
      const { context, complaints } = await openBrowser(world, { javaScriptEnabled })
      const page = await context.newPage()
      const verifier = await openSignIn(page, entity)
      await page.getByText('Stai accedendo all’app').waitFor()
      expect(page.url()).toBe(`${url}/${entity.slug}/accedi`)
      await new Parent(page, url, entity).enter(entity.parent!)
      expect(await comeBack(page, verifier)).toMatchObject({
        tenant: { slug: entity.slug },
        session: { method },
      })
      await page.goto(`${url}/${entity.slug}/accedi`)
      await page.locator('.identity-button').first().waitFor()
      expect(await page.getByText('Stai accedendo all’app').count()).toBe(0)
      expect(complaints).toEqual([])
      await context.close()
    },
  )

  test('as whoever is signed in there already, after one click and not before', async () => {
    const { context, complaints } = await openBrowser(world)
    const page = await context.newPage()
    const parent = new Parent(page, url, entity)
    await parent.enter(entity.parent!)
    await parent.sees(/Buongiorno/)
    const verifier = await openSignIn(page, entity)
    await parent.sees('Accedi all’app')
    await page.getByRole('button', { name: /^Continua come / }).click()
    expect(await comeBack(page, verifier)).toMatchObject({ session: { method } })
    await parent.open()
    await parent.sees(/Buongiorno/)
    expect(complaints).toEqual([])
    await context.close()
  })
})

test('the parent finds browser and app in the profile, and signs them out', async () => {
  const entity = entities.cassano
  const userAgent =
    'Mozilla/5.0 (Linux; Android 16; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Mobile Safari/537.36'
  const { context, complaints } = await openBrowser(world, { userAgent })
  const parent = new Parent(await context.newPage(), url, entity)
  await parent.signIn(entity.parent!)
  await parent.sees(/Buongiorno/)
  const { username, password } = entity.parent!
  const json = { activationCode: entity.activationCode, username, password, deviceName: 'telefono di prova' }
  const { token } = (await app.call('POST', '/sessions', { json })).body
  await parent.page.locator('summary', { hasText: 'Elena' }).click()
  await parent.page.getByRole('link', { name: 'Profilo e sicurezza' }).click()
  await parent.sees('Profilo e sicurezza')
  const rows = parent.page.locator('.session-list li')
  await rows.first().getByText('Questo dispositivo').waitFor()
  expect(await rows.first().innerText()).toContain('Chrome su Android')
  const phoneRow = rows.filter({ hasText: 'App «telefono di prova»' })
  await phoneRow.getByRole('button', { name: /^Chiudi/ }).click()
  await parent.page.getByText('L’accesso è chiuso.').waitFor()
  expect((await app.call('GET', '/me', { token })).status).toBe(401)
  await parent.page.getByRole('button', { name: 'Chiudi tutti gli altri' }).click()
  await parent.page.getByText('Resta solo questo.').waitFor()
  expect(await rows.count()).toBe(1)
  await parent.page.getByRole('button', { name: 'Esci da tutti i dispositivi' }).click()
  await parent.page.waitForURL(`${url}/${entity.slug}/`)
  await parent.open('profilo')
  await parent.page.waitForURL(/\/accedi\?poi=/)
  expect(complaints).toEqual([])
  await context.close()
})
