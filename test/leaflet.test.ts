import { describe, expect, test } from 'vitest'
import { statementsOf } from '#core/documents/leaflet-data.ts'
import { readProperties, readQr, readText } from '#core/documents/reading.ts'
import { policiesSchema, type Policies, type Tenant } from '#core/tenant.ts'
import { createLeaflets } from '#tenants/leaflet/leaflets.ts'
import { openTestHouse, dayAfter } from './support/house.ts'
import { officeClient } from './support/office.ts'

const world = await openTestHouse()
const { house, url, clock, database, addTenant, addFamily } = world
const { services, cashier, identity } = house
const leaflets = createLeaflets(services, cashier, identity.federation)

const here = await addTenant({
  name: 'Comune di Qui',
  channels: { 'pagopa-online': {}, 'psp-notice': { noticeDays: 12 } },
})
const there = await addTenant({ name: 'Comune di Là' })

const get = (path: string, headers: Record<string, string> = {}) =>
  fetch(url + path, { headers, redirect: 'manual' })
const plain = (html: string) => html.replaceAll('&#x27;', "'").replaceAll('&amp;', '&').replace(/\s+/g, ' ')

/** Changes an entity as its office or the operator would. */
async function change(
  tenant: Tenant,
  { state, ...policies }: Partial<Policies> & { state?: Tenant['state'] },
) {
  const merged = policiesSchema.parse({ ...tenant.policies, ...policies })
  await database.owner
    .updateTable('tenants')
    .set({ policies: JSON.stringify(merged), ...(state && { state }) })
    .where('id', '=', tenant.id)
    .execute()
  house.registry.forget()
}

describe('the page', () => {
  test('says what the leaflet states, to anybody, in the language asked for', async () => {
    for (const language of ['it', 'en'] as const) {
      const html = plain(await (await get(`/${here.slug}/foglio?lang=${language}`)).text())
      const statements = statementsOf(await leaflets.of(here, language))
      expect(statements.length).toBeGreaterThan(25)
      expect(statements.filter((one) => !html.includes(one.replace(/\s+/g, ' ')))).toEqual([])
    }
  })

  test('follows the channels that the cashier offers, with their own settings', async () => {
    const html = await (await get(`/${here.slug}/foglio`)).text()
    expect(html).toContain('L’avviso vale 12 giorni.')
    expect(html).not.toContain('PUNTOLIS')
    expect(await (await get(`/${there.slug}/foglio`)).text()).toContain('PUNTOLIS')
  })

  test('and the entity’s first page tell a day that is past as what holds, and one to come as what will', async () => {
    const tenant = await addTenant()
    const read = async () => (await get(`/${tenant.slug}/`)).text()
    await change(tenant, { pagopaOnlyFrom: dayAfter(clock, 1) })
    expect(await read()).toContain('le ricariche si pagano solo con pagoPA.')
    await change(tenant, { pagopaOnlyFrom: dayAfter(clock, -1) })
    expect(await read()).toContain('Le ricariche si pagano solo con pagoPA, dal')
  })

  test('changes with a rule, and with the day on which one begins', async () => {
    const tenant = await addTenant()
    const read = async () => (await get(`/${tenant.slug}/foglio`)).text()
    expect(await read()).not.toContain('solo con pagoPA')
    await change(tenant, { pagopaOnlyFrom: dayAfter(clock, 1) })
    expect(await read()).toContain('vale anche il modo usato finora')
    clock.forwardDays(1)
    expect(await read()).toContain('Le ricariche si pagano solo con pagoPA, dal')
    clock.reset()
  })

  test('carries a strong tag: unchanged it is not sent again, changed it is', async () => {
    const tenant = await addTenant()
    const first = await get(`/${tenant.slug}/foglio`)
    const tag = first.headers.get('etag')!
    expect(tag).toMatch(/^"[\w-]{27}"$/)
    expect(first.headers.get('cache-control')).toBe('no-cache')
    expect(first.headers.get('vary')).toContain('cookie')
    const again = await get(`/${tenant.slug}/foglio`, { 'if-none-match': tag })
    expect([again.status, await again.text()]).toEqual([304, ''])
    await change(tenant, { receiptCopyDelayDays: 9 })
    const changed = await get(`/${tenant.slug}/foglio`, { 'if-none-match': tag })
    expect([changed.status, changed.headers.get('etag') === tag]).toEqual([200, false])
  })

  test('with somebody’s name around it, it is kept by nobody', async () => {
    const family = await addFamily(here)
    const { token } = await house.sessions.begin(here.id, family.accountId, 'portal')
    const answer = await get(`/${here.slug}/foglio`, { cookie: `borsellino-${here.slug}=${token}` })
    expect([answer.headers.get('cache-control'), answer.headers.get('etag')]).toEqual(['no-store', null])
    expect(await answer.text()).toContain('Elena Provetti')
  })

  test('is linked from where one signs in, from the help and from the first page', async () => {
    for (const path of ['accedi', 'aiuto-accesso', ''])
      expect(await (await get(`/${here.slug}/${path}`)).text()).toContain(`href="/${here.slug}/foglio"`)
  })
})

describe('the printed sheet', () => {
  test('is made from the same statements, and its code opens the entity’s pages', async () => {
    const answer = await get(`/${here.slug}/foglio.pdf?lang=en`)
    expect(answer.headers.get('content-type')).toBe('application/pdf')
    expect(answer.headers.get('content-disposition')).toBe(
      `attachment; filename="foglio-${here.slug}-en.pdf"`,
    )
    const pdf = new Uint8Array(await answer.arrayBuffer())
    const text = readText(pdf)
    const { activation, signIn, receipts, closing } = await leaflets.of(here, 'en')
    for (const one of [activation!.code, ...signIn.statements, ...receipts.statements, closing])
      expect(text).toContain(one)
    expect(readProperties(pdf).get('Pages')).toBe('2')
    const opened = readQr(pdf, { left: 28, top: 100, width: 160, height: 420 })!
    expect(opened).toBe(`${url}/${here.slug}/`)
    expect((await fetch(opened)).status).toBe(200)
  })

  test('may be kept a minute by anybody, has a strong tag, and leaves the reader’s language alone', async () => {
    const [italian, english] = [
      await get(`/${here.slug}/foglio.pdf?lang=it`),
      await get(`/${here.slug}/foglio.pdf?lang=en`),
    ]
    expect(english.headers.get('cache-control')).toBe('public, max-age=60')
    expect(english.headers.get('set-cookie')).toBeNull()
    const tag = english.headers.get('etag')!
    expect(tag).not.toBe(italian.headers.get('etag'))
    const again = await get(`/${here.slug}/foglio.pdf?lang=en`, { 'if-none-match': tag })
    expect([again.status, (await again.arrayBuffer()).byteLength]).toEqual([304, 0])
  })

  test('is printed once, whoever asks and however often', async () => {
    let printed = 0
    const documents = { ...services.documents, leaflet: async () => Uint8Array.of(++printed) }
    const press = createLeaflets({ ...services, documents }, cashier, identity.federation)
    const [one, other] = [await press.of(here, 'it'), await press.of(there, 'it')]
    await Promise.all([
      press.pdf(here, one),
      press.pdf(here, one),
      press.pdf(here, await press.of(here, 'it')),
    ])
    expect(printed).toBe(1)
    expect(await press.pdf(there, other)).toEqual(Uint8Array.of(2))
  })

  test('when many sheets wait the next is refused, and a failure is not remembered', async () => {
    const doors: (() => void)[] = []
    const leaflet = () =>
      new Promise<Uint8Array>((_, refuse) => doors.push(() => refuse(new Error('out of ink'))))
    const press = createLeaflets(
      { ...services, documents: { ...services.documents, leaflet } },
      cashier,
      identity.federation,
    )
    const sheet = await press.of(here, 'it')
    const asked = Array.from({ length: 11 }, (_, number) =>
      press.pdf(here, { ...sheet, title: String(number) }),
    )
    const settled = Promise.allSettled(asked)
    await expect(asked[10]).rejects.toMatchObject({ code: 'service.overloaded' })
    for (const open of doors) open()
    await settled
    const again = press.pdf(here, { ...sheet, title: '0' })
    expect(doors).toHaveLength(11)
    doors.at(-1)!()
    await expect(again).rejects.toThrow('out of ink')
  })
})

test('no sheet of one entity shows another’s, however they are asked for at once', async () => {
  const asked = Array.from({ length: 40 }, (_, number) => {
    const [own, other] = number % 2 ? [here, there] : [there, here]
    return get(`/${own.slug}/foglio?lang=${number % 3 ? 'it' : 'en'}`).then(async (answer) => {
      const html = await answer.text()
      return html.includes(own.name) && !html.includes(other.name) && !html.includes(other.slug)
    })
  })
  expect((await Promise.all(asked)).filter((isOwn) => !isOwn)).toEqual([])
})

test('there is no public sheet for an entity in draft, for a closed one, and for none', async () => {
  const tenant = await addTenant()
  for (const state of ['draft', 'closed'] as const) {
    await change(tenant, { state })
    for (const file of ['foglio', 'foglio.pdf'])
      expect((await get(`/${tenant.slug}/${file}`)).status).toBe(404)
  }
  expect((await get('/nessuno/foglio')).status).toBe(404)
})

test('apps learn where the sheet is', async () => {
  const answer = await get(`/api/v1/tenants/${here.activationCode}`)
  const { links } = (await answer.json()) as { links: { leaflet: string } }
  expect(links.leaflet).toBe(`${url}/${here.slug}/foglio`)
  expect((await fetch(links.leaflet)).status).toBe(200)
})

describe('the office', () => {
  test('sees the sheet before it is public, marked as a draft, in each language and as a file', async () => {
    const tenant = await addTenant()
    await change(tenant, { state: 'draft' })
    const draft = (await house.registry.byId(tenant.id))!
    const office = await officeClient(world, draft, 'school')
    const page = await office.get('/foglio')
    expect(page.status).toBe(200)
    expect(page.text).toContain('Bozza: il servizio non è ancora attivo.')
    expect(page.text).toContain('Non è ancora pubblico')
    const english = await office.get('/foglio?lingua=en')
    expect(english.text).toContain('<div lang="en">')
    expect(english.text).toContain('Foglio per le famiglie')
    expect(english.text).toContain('Draft: the service is not open yet.')
    const file = await office.get('/foglio.pdf?lang=en')
    expect(file.response.headers.get('cache-control')).toBe('no-store')
    expect(file.response.headers.get('set-cookie')).toBeNull()
    expect(readText(new Uint8Array(await file.response.arrayBuffer()))).toContain(
      'Do not hand out this sheet.',
    )
  })

  test('is told what the sheet leaves out and why, and where families read it', async () => {
    const office = await officeClient(world, here)
    const { text } = await office.get('/foglio')
    expect(text).toContain('L’accesso con SPID e CIE: non è ancora attivo per questo ente.')
    expect(text).toContain('l’ente non ha scelto un giorno')
    expect(text).toContain(`${url}/${here.slug}/foglio`)
  })
})
