import { mkdirSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { faultsOfAccessibility } from '../support/accessibility.ts'
import { walkThroughCheckout } from './outside.ts'
import { Parent } from './parent.ts'
import { openBrowser, openWorld, type Entity } from './world.ts'

const world = await openWorld()
const { url, entities } = world

/** A folder for pictures of every page, for eyes; `SCREENSHOTS=/tmp/pages npm test -- test/browser/pages`. */
const pictures = process.env.SCREENSHOTS
if (pictures) mkdirSync(pictures, { recursive: true })

/** What is wrong with the page that is shown: faults of accessibility, width, and size of what a finger taps. */
async function faultsOf(page: Page, name: string): Promise<string[]> {
  const faults = await faultsOfAccessibility(page)
  const excess = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
  if (pictures) {
    const file = `${pictures}/${name}-${page.viewportSize()!.width}.png`
    await page.screenshot({ path: file, fullPage: true })
  }
  return [
    ...faults.map((fault) => `${name}: ${fault}`),
    ...(excess > 0 ? [`${name} is ${excess} px too wide`] : []),
  ]
}

/** A parent with a screen of this width, whose pages are looked at one by one. */
async function arrive(entity: Entity, width: number) {
  const { context } = await openBrowser(world, { viewport: { width, height: 844 } })
  const parent = new Parent(await context.newPage(), url, entity)
  const faults: string[] = []
  const look = async (name: string) =>
    void faults.push(...(await faultsOf(parent.page, `${entity.slug}-${name}`)))
  return { parent, faults, look, leave: () => context.close() }
}

describe.each([
  { entity: entities.cassano, width: 390, child: 'Sofia' },
  { entity: entities.brunico, width: 1280, child: 'Jakob' },
])('at $width px, $entity.slug: every page fits the screen and has no fault of accessibility', (place) => {
  const { entity, width, child } = place

  test('from home to the paid top-up', async () => {
    const { parent, faults, look, leave } = await arrive(entity, width)
    await parent.enter(entity.parent!)
    await parent.cards().first().waitFor()
    await look('home')
    await parent
      .card(child)
      .getByRole('link', { name: /^Movimenti/ })
      .click()
    await parent.sees(/^Movimenti di/)
    await look('movements')
    await parent.open('ricarica?modo=multi')
    await look('top-up-multi')
    await parent.chooseTopUp(child, 'mille')
    await look('top-up')
    await parent.payOnline()
    await parent.page.getByText('Controlla i dati inseriti').waitFor()
    await look('top-up-refused')
    await parent.chooseTopUp(child, '20')
    await parent.payAtPsp()
    await parent.sees('Informazioni utili')
    await look('notice')
    for (const path of ['pagamenti', 'codici-pagamento', 'iscrizioni', 'pagamenti/di-un-altro']) {
      await parent.open(path)
      await look(path.replace('/', '-'))
    }
    expect(faults).toEqual([])
    await leave()
  }, 60_000)

  test('every way in which an online payment ends', async () => {
    const { parent, faults, look, leave } = await arrive(entity, width)
    await parent.enter(entity.parent!)
    await parent.cards().first().waitFor()
    for (const [ending, heading, name] of [
      ['Simula errore', 'Pagamento non riuscito', 'payment-failed'],
      ['Annulla e torna all’ente', 'Pagamento interrotto', 'payment-given-up'],
      ['In lavorazione', 'In attesa della conferma', 'payment-waiting'],
    ] as const) {
      await parent.chooseTopUp(child, '21')
      await parent.payOnline()
      await walkThroughCheckout(parent.page, ending)
      await parent.sees(heading)
      await look(name)
    }
    await parent.sees('Pagamento riuscito')
    await look('payment-paid')
    expect(faults).toEqual([])
    await leave()
  }, 60_000)
})

test.each([
  { width: 390, entity: entities.byCommand },
  { width: 1280, entity: entities.cassano },
])(
  'at $width px the pages before home are as good: the search, $entity.slug, registration',
  async (place) => {
    const { width, entity } = place
    const { parent, faults, look, leave } = await arrive(entity, width)
    const { page } = parent
    for (const [query, name] of [
      ['', 'search'],
      ['?ente=comune', 'found'],
      ['?ente=0000000000', 'not-found'],
    ] as const) {
      await page.goto(`${url}/${query}`)
      await look(name)
    }
    for (const path of ['', 'accedi', 'registrati']) {
      await parent.open(path)
      await look(path || 'welcome')
    }
    await parent.signIn({ username: 'nessuno', password: 'nessuna davvero' })
    await page.getByText('non corrispondono').first().waitFor()
    await look('wrong-password')
    await parent.register({ username: `nuova.${width}`, password: 'una frase qualunque' })
    await look('first-enrolment')
    for (const path of ['', 'pagamenti', 'codici-pagamento']) {
      await parent.open(path)
      await look(`empty-${path}`)
    }
    expect(faults).toEqual([])
    await leave()
  },
)
