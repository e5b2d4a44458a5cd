import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { payAtCounter, walkThroughCheckout } from './outside.ts'
import { Parent } from './parent.ts'
import { download, scan } from './reading.ts'
import { countOf, openBrowser, openWorld, type Entity } from './world.ts'

const world = await openWorld()
const { url, sandboxUrl, clock, entities } = world
const { cassano, brunico } = entities

async function arrive(entity: Entity, options: { javaScriptEnabled?: boolean } = {}) {
  const { context } = await openBrowser(world, options)
  const parent = new Parent(await context.newPage(), url, entity)
  await parent.enter(entity.parent!)
  await parent.cards().first().waitFor()
  return { parent, leave: () => context.close() }
}

/** What a piece of work adds to the entity's books. */
async function added(entity: Entity, work: () => Promise<unknown>) {
  const before = await countOf(world, entity)
  await work()
  const after = await countOf(world, entity)
  return { topUps: after.topUps - before.topUps, carts: after.carts - before.carts }
}

const NOTHING = { topUps: 0, carts: 0 }

/** Writes another value into a field of the page, as somebody who meddles with it does. */
function tamper(page: Page, field: string, value: string): Promise<void> {
  return page
    .locator(field)
    .first()
    .evaluate((input, value) => ((input as HTMLInputElement).value = value), value)
    .then(() => undefined)
}

describe('pressed twice', () => {
  test('a double click opens one top-up and one cart', async () => {
    const { parent, leave } = await arrive(cassano)
    await parent.chooseTopUp('Sofia', '11')
    const made = await added(cassano, async () => {
      await parent.page.getByRole('button', { name: /^PAGA ONLINE/ }).dblclick()
      await parent.page.getByRole('heading', { name: 'I tuoi dati' }).waitFor()
    })
    expect(made).toEqual({ topUps: 1, carts: 1 })
    await leave()
  })

  test('a double click where no script runs opens one top-up and one cart too, and ends at Checkout', async () => {
    const { parent, leave } = await arrive(cassano, { javaScriptEnabled: false })
    await parent.open('ricarica')
    const made = await added(cassano, async () => {
      await parent.page.getByRole('button', { name: /^PAGA ONLINE/ }).dblclick()
      await parent.page.getByRole('heading', { name: 'I tuoi dati' }).waitFor()
    })
    expect(made).toEqual({ topUps: 1, carts: 1 })
    await leave()
  })

  test('requests that arrive together open one top-up, and each is led to its payment', async () => {
    const { parent, leave } = await arrive(cassano)
    await parent.open('ricarica')
    const fields = await parent.page.locator('[data-top-up]').evaluate((form) => {
      return [...new FormData(form as HTMLFormElement)].map(([name, value]) => [name, value as string])
    })
    const asked = { amount: 'other', otherAmount: '14', channel: 'pagopa-online' }
    const form = { ...Object.fromEntries(fields), ...asked } as Record<string, string>
    const answers: string[] = []
    const made = await added(cassano, async () => {
      const send = () => parent.page.request.post(`${url}/cassano/ricarica`, { form, maxRedirects: 0 })
      for (const answer of await Promise.all([send(), send(), send()]))
        answers.push(`${answer.status()} ${answer.headers().location}`)
    })
    expect(made).toEqual({ topUps: 1, carts: 1 })
    expect(answers[0]).toMatch(/^303 .*\/checkout\//)
    expect(new Set(answers).size, answers.join()).toBe(1)
    await leave()
  })

  test('coming back from Checkout and asking for the same again goes on with the top-up that is open', async () => {
    const { parent, leave } = await arrive(cassano)
    const checkout = parent.page.getByRole('heading', { name: 'I tuoi dati' })
    const made = await added(cassano, async () => {
      for (let times = 0; times < 2; times++) {
        await parent.chooseTopUp('Luca', '16,50')
        await parent.payOnline()
        await checkout.waitFor()
        await parent.page.goBack()
      }
    })
    expect(made).toEqual({ topUps: 1, carts: 2 })
    await leave()
  })

  test('a form that was sent leads to the same payment when it is sent again', async () => {
    const { parent, leave } = await arrive(cassano)
    const checkout = parent.page.getByRole('heading', { name: 'I tuoi dati' })
    const made = await added(cassano, async () => {
      await parent.chooseTopUp('Luca', '13')
      const token = await parent.page.locator('[data-top-up] [name=form]').inputValue()
      await parent.payOnline()
      await checkout.waitFor()
      const first = parent.page.url()
      // A browser that keeps pages brings the sent form back as it was; this one asks for it anew.
      await parent.page.goBack()
      await parent.chooseTopUp('Luca', '13')
      await tamper(parent.page, '[data-top-up] [name=form]', token)
      await parent.payOnline()
      await checkout.waitFor()
      expect(parent.page.url()).toBe(first)
    })
    expect(made).toEqual({ topUps: 1, carts: 1 })
    await leave()
  })
})

describe('forms that are not what they were', () => {
  test('a form left open for too long is refused in plain words, and nothing is created', async () => {
    const { parent, leave } = await arrive(cassano)
    await parent.chooseTopUp('Sofia', '14')
    const made = await added(cassano, async () => {
      try {
        // Five hours, in which other pages were read: the parent is still signed in.
        for (let times = 0; times < 6; times++) {
          clock.forwardDays(50 / 1_440)
          await parent.page.request.get(`${url}/${cassano.slug}/pagamenti`)
        }
        await parent.payOnline()
        await parent.sees('La pagina è scaduta')
      } finally {
        clock.reset()
      }
      await parent.page.getByText('Niente è andato perso').waitFor()
      await parent.page.getByRole('link', { name: 'Torna alla home' }).click()
      await parent.cards().first().waitFor()
    })
    expect(made).toEqual(NOTHING)
    await leave()
  })

  test.each([
    ['an amount below the least', '#amount-5000', '499', 'L’importo più piccolo che puoi versare è 5,00'],
    ['an amount above the most', '#amount-5000', '50001', 'L’importo più grande che puoi versare è 500,00'],
    ['a negative amount', '#amount-5000', '-5000', 'Scegli un importo'],
    ['a child of nobody', '[name=child]:checked', '018f0000-0000-7000-8000-000000000000', 'Scegli per chi'],
    ['a form token of one’s own making', '[data-top-up] [name=form]', 'm1.abc.def', 'La pagina è scaduta'],
  ])('%s is refused in plain words, and nothing is created', async (_, field, value, told) => {
    const { parent, leave } = await arrive(cassano)
    await parent.open('ricarica')
    await parent.page.getByRole('radio', { name: /^50,00/ }).check({ force: true })
    await tamper(parent.page, field, value)
    const made = await added(cassano, async () => {
      await parent.payOnline()
      await parent.page.getByText(told).first().waitFor()
    })
    expect(made).toEqual(NOTHING)
    await leave()
  })

  test('the child of another family is refused like one that does not exist', async () => {
    const tenant = (await world.house.registry.bySlug(cassano.slug))!
    const [stranger] = (await world.addFamily(tenant, 1)).children
    const { parent, leave } = await arrive(cassano)
    const made = await added(cassano, async () => {
      await parent.open('ricarica')
      await tamper(parent.page, '[name=child]:checked', stranger!.childId)
      await parent.payAtPsp()
      await parent.page.getByText('Scegli per chi').first().waitFor()
      await parent.chooseSeveral({ Sofia: '' })
      await parent.page
        .locator('[name^="amount-"]')
        .first()
        .evaluate((input, id) => ((input as HTMLInputElement).name = `amount-${id}`), stranger!.walletId)
      await parent.page.locator(`[name="amount-${stranger!.walletId}"]`).fill('20')
      await parent.payOnline()
      await parent.page.getByText('Scrivi almeno un importo.').first().waitFor()
    })
    expect(made).toEqual(NOTHING)
    await leave()
  })

  test('a wrong amount keeps what was written and says what to write', async () => {
    const { parent, leave } = await arrive(cassano)
    await parent.chooseTopUp('Luca', 'trenta')
    await parent.payOnline()
    await parent.page.getByText('Scrivi l’importo in euro, per esempio 37,50.').first().waitFor()
    expect(await parent.page.getByLabel('Altro importo').inputValue()).toBe('trenta')
    expect(await parent.page.getByRole('radio', { name: /^Luca / }).isChecked()).toBe(true)
    await leave()
  })
})

describe('given up at Checkout', () => {
  test('a top-up is paid with its notice instead, which can be kept like any other', async () => {
    const { parent, leave } = await arrive(brunico)
    const before = await parent.creditOf('Jakob')
    await parent.chooseTopUp('Jakob', '19')
    await parent.payOnline()
    await walkThroughCheckout(parent.page, 'Annulla e torna all’ente')
    await parent.page.getByRole('link', { name: 'Paga con l’avviso' }).click()
    await parent.sees('Informazioni utili')
    const qr = (await scan(parent.page.locator('.qr')))!
    const file = await download(parent.page.getByRole('link', { name: /^Scarica avviso di pagamento/ }))
    expect(file.bytes.toString('latin1', 0, 5)).toBe('%PDF-')
    await payAtCounter(parent.page, sandboxUrl, qr)
    await parent.seesCredit('Jakob', before + 1_900)
    await leave()
  })

  test('a payment for several children is tried again as a whole', async () => {
    const { parent, leave } = await arrive(brunico)
    await parent.chooseSeveral({ Anna: '20', Jakob: '30' })
    await parent.payOnline()
    await walkThroughCheckout(parent.page, 'Annulla e torna all’ente')
    await parent.sees('Pagamento interrotto')
    const made = await added(brunico, async () => {
      await parent.page.getByRole('button', { name: 'Riprova il pagamento' }).click()
      await parent.page.getByRole('heading', { name: 'I tuoi 2 avvisi' }).waitFor()
    })
    expect(made).toEqual({ topUps: 0, carts: 1 })
    await walkThroughCheckout(parent.page, 'pay')
    await parent.sees('Pagamento riuscito')
    await leave()
  })
})

test('an address that does not exist is answered by a page with a way out', async () => {
  const { parent, leave } = await arrive(cassano)
  for (const path of ['ricarca', 'pagamenti/di-un-altro', 'ricevute/018f0000-0000-7000-8000-000000000000']) {
    await parent.open(path)
    await parent.sees('Pagina non trovata')
    await parent.page.getByRole('link', { name: 'Torna alla home' }).click()
    await parent.cards().first().waitFor()
  }
  expect(parent.page.url()).toBe(`${url}/cassano/`)
  await leave()
})

describe('two entities in one browser', () => {
  test('each has its own session: neither sees the other’s, and leaving one leaves the other', async () => {
    const { parent, leave } = await arrive(cassano)
    await parent.chooseTopUp('Sofia', '16')
    await parent.payAtPsp()
    await parent.sees('Informazioni utili')
    const path = new URL(parent.page.url()).pathname.replace('/cassano/', '')
    const other = new Parent(parent.page, url, brunico)
    await other.open()
    await other.page.getByRole('link', { name: 'Accedi' }).waitFor()
    await other.enter(brunico.parent!)
    for (const place of ['', 'pagamenti', 'codici-pagamento', 'iscrizioni', 'ricarica']) {
      await other.open(place)
      const text = await other.page.locator('body').innerText()
      expect(text).toContain('Hofer')
      expect(text).not.toMatch(/Colombo|Ferrari|Cassano/)
    }
    await other.open(path)
    await other.sees('Pagina non trovata')
    await parent.open(path)
    await parent.sees('Informazioni utili')

    await other.open()
    await other.page.locator('summary').filter({ hasText: 'Il tuo profilo' }).click()
    await other.page.getByRole('button', { name: 'Esci' }).click()
    await other.page.getByRole('link', { name: 'Accedi' }).waitFor()
    await parent.open()
    expect(await parent.cards().count()).toBe(2)
    await leave()
  })

  test('a payment begun at one entity ends there, also when the other was opened meanwhile', async () => {
    const { parent, leave } = await arrive(cassano)
    await parent.chooseTopUp('Luca', '17')
    await parent.payOnline()
    const other = new Parent(await parent.page.context().newPage(), url, brunico)
    await other.enter(brunico.parent!)
    await walkThroughCheckout(parent.page, 'pay')
    await parent.sees('Pagamento riuscito')
    expect(parent.page.url()).toContain('/cassano/')
    expect((await other.payments()).join()).not.toContain('17,00')
    await leave()
  })
})
