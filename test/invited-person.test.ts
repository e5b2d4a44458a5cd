import { describe, expect, test } from 'vitest'
import { readText } from '#core/documents/reading.ts'
import { acceptInvitation, codeOfInvitation, endInvitation } from '#tenants/people/invitations.ts'
import { createApp } from './api/client.ts'
import { openTestHouse, type TestFamily } from './support/house.ts'
import { LAST, PORTAL, REST, WITHDRAWAL, type Rule } from './support/invited-routes.ts'
import { signIn, type PortalClient } from './support/portal-client.ts'
import { furnishedEntity, invite, nothing, paidThings, type Things } from './support/things.ts'

// Every route over own things, portal and REST, asked by somebody who was invited to top up one child: exactly the
// allowed ones answer, and all others are the same 404 as a thing that is none.
const world = await openTestHouse()
const { house, clock } = world
const { services } = house
const app = await createApp(world)
const [here, elsewhere] = [await furnishedEntity(world), await furnishedEntity(world)]
const tenantId = here.tenant.id
const [child, sibling] = here.owner.children as [TestFamily['children'][0], TestFamily['children'][0]]

/** Somebody without children who has accepted an invitation to the first child, and has paid. */
async function invitedPerson(days: number) {
  const person = await world.addFamily(here.tenant, 0)
  const owner = { tenantId, accountId: person.accountId }
  const invitationId = await invite(world, here.tenant, here.owner, child.childId, days)
  await acceptInvitation(services, owner, await codeOfInvitation(services, tenantId, invitationId))
  const paid = await paidThings(world, here.tenant, { ...person, children: [child] })
  return { person, owner, things: { ...paid, invitationId } }
}

const people = {
  living: await invitedPerson(100),
  revoked: await invitedPerson(100),
  returned: await invitedPerson(100),
  expired: await invitedPerson(1),
}
await endInvitation(
  services,
  { tenantId, accountId: here.owner.accountId },
  people.revoked.things.invitationId,
)
await endInvitation(services, people.returned.owner, people.returned.things.invitationId)
clock.forwardDays(4)

/** The other child of the same parents, of whom this person knows nothing. */
const ofSibling: Things = await (async () => {
  const paid = await paidThings(world, here.tenant, { ...here.owner, children: [sibling] })
  return { ...paid, invitationId: await invite(world, here.tenant, here.owner, sibling.childId) }
})()

type Asked = { status: number; body: string }
const withoutNames = (text: string) =>
  text
    .replace(/name="form" value="[^"]*"/g, 'form')
    .replace(/"requestId":"[^"]*"/, '')
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'id')

async function askPortal(client: PortalClient, form: string, route: string, path: string): Promise<Asked> {
  const address = `/${here.tenant.slug}${path}`
  const { status, text } = route.startsWith('POST')
    ? await client.post(address, { form, email: 'nonna@example.org' })
    : await client.visit(address)
  return { status, body: withoutNames(text) }
}

test('every route that is over a thing is in this matrix, too', () => {
  const over = world.web.routes
    .filter(
      ({ method, path }) => method !== 'ALL' && /^\/(:slug|api\/v1)\/.*:(id|wallet|fileName)/.test(path),
    )
    // A session is a person's own, whomever they were invited for, and so is what they asked the office for: the other
    // matrices ask about them. Lists of classes are for machines.
    .filter(({ path }) => !/\/ufficio|\/sess|\/iscrizioni\/richieste|\/diete\/|\/attendance/.test(path))
    .map(({ method, path }) => `${method} ${path}`)
  const known = [...Object.keys(PORTAL), ...Object.keys(WITHDRAWAL), ...Object.keys(REST), ...LAST]
  expect([...new Set(over)].filter((route) => !known.includes(route))).toEqual([])
})

describe.each(['living', 'revoked', 'returned', 'expired'] as const)('an invited person, %s', (name) => {
  const { person, things } = people[name]
  const phase = name === 'living' ? 'living' : 'over'
  const others = [here.things, ofSibling, elsewhere.things]

  async function answersPortal(route: string, { path, mine }: Rule): Promise<void> {
    const client = await signIn(world, here.tenant, person)
    const form = await client.formOf(`/${here.tenant.slug}/ricarica`)
    const random = await askPortal(client, form, route, path(nothing))
    expect(random.status).toBe(404)
    for (const thing of others) expect(await askPortal(client, form, route, path(thing))).toEqual(random)
    const own = await askPortal(client, form, route, path(things))
    expect(mine[phase]).toContain(own.status)
    if (own.status === 404) expect(own).toEqual(random)
  }

  test.each(Object.entries(PORTAL))('%s', answersPortal)

  test.each(Object.entries(REST))('%s', async (route, { path, json, mine }) => {
    const token = await app.signIn(here.tenant.activationCode, person.username, person.password)
    const ask = async (thing: Things): Promise<Asked> => {
      const call = { token, ...(json && { json: json(thing) }) }
      const { status, text } = await app.call(route.split(' ')[0]!, path(thing), call)
      return { status, body: withoutNames(text) }
    }
    const random = await ask(nothing)
    expect(random.status).toBe(404)
    // Into the child's wallet this person pays as well: there the guardians' is one's own.
    const isOverWallet = json?.(here.things) !== undefined && route.endsWith('/top-ups')
    for (const thing of isOverWallet ? others.slice(1) : others) expect(await ask(thing)).toEqual(random)
    const own = await ask(things)
    expect(mine[phase]).toContain(own.status)
    if (own.status === 404) expect(own).toEqual(random)
  })

  test.each(Object.entries(WITHDRAWAL))('%s', answersPortal)

  test('sees a first name and own payments on every list, and nothing else of the child', async () => {
    const client = await signIn(world, here.tenant, person)
    const base = `/${here.tenant.slug}`
    for (const path of ['/', '/pagamenti', '/ricarica', '/iscrizioni', '/inviti', '/codici-pagamento']) {
      const page = await client.page(base + path)
      for (const hidden of ['Provetti, ', 'Sofia Provetti', 'Primaria Dante', 'Luca', sibling.childId])
        expect(page, `${path} shows ${hidden}`).not.toContain(hidden)
      for (const id of [here.things.topUpId, here.things.receiptId]) expect(page, path).not.toContain(id)
    }
    const home = await client.page(`${base}/`)
    expect(home.includes('Puoi ricaricare Sofia')).toBe(phase === 'living')
    expect(await client.page(`${base}/pagamenti`)).toContain(`${base}/pagamenti/${things.topUpId}`)
    const paid = await client.page(`${base}/carrelli/${things.cartId}`)
    expect(paid).not.toContain('Credito prima e dopo')
    // No amount stands beside the field of the child: the credit is not told there either.
    expect(await client.page(`${base}/ricarica?modo=multi`)).not.toMatch(/class="money">−?\d/)
  })

  test('has by REST a wallet without balance while it holds, and payments that tell none ever', async () => {
    const token = await app.signIn(here.tenant.activationCode, person.username, person.password)
    const { body: wallets } = await app.call('GET', '/wallets', { token })
    expect(wallets.items).toEqual(
      phase === 'over'
        ? []
        : [
            {
              relation: 'invited',
              id: child.walletId,
              child: { id: child.childId, firstName: 'Sofia' },
              category: 'REFEZIONE',
              categoryLabel: expect.any(String),
              until: expect.any(String),
              state: 'active',
            },
          ],
    )
    const { body: payments } = await app.call('GET', '/payments', { token })
    const ids = payments.items.map(({ id }: { id: string }) => id)
    expect(ids).toContain(things.topUpId)
    expect(ids).not.toContain(here.things.topUpId)
    const paid = payments.items.find(({ receipt }: { receipt: unknown }) => receipt !== null)
    expect(paid.receipt).toMatchObject({ balanceAfterCents: null, copyAvailable: true })
    expect(paid.invitedLabel).toBeNull()
  })

  test('starts a top-up online or by notice only while it holds', async () => {
    const client = await signIn(world, here.tenant, person)
    const base = `/${here.tenant.slug}`
    for (const channel of ['pagopa-online', 'psp-notice']) {
      const form = await client.formOf(`${base}/ricarica`)
      const fields = {
        form,
        mode: 'single',
        child: child.childId,
        category: 'REFEZIONE',
        amount: '2500',
        channel,
      }
      const { status } = await client.post(`${base}/ricarica`, fields)
      expect(status, channel).toBe(phase === 'living' ? 303 : 422)
    }
  })

  test('has a copy of the receipt that names the payer and not the credit', async () => {
    const token = await app.signIn(here.tenant.activationCode, person.username, person.password)
    const pdf = await fetch(`${world.url}/api/v1/receipts/${things.receiptId}.pdf`, {
      headers: { authorization: `Bearer ${token}` },
    })
    const text = readText(new Uint8Array(await pdf.arrayBuffer()))
    expect(text).toContain('Sofia')
    expect(text).not.toMatch(/credito dopo/i)
  })
})

describe('the guardians, meanwhile,', () => {
  test('see what the invited person paid under the name that they gave, and not the person', async () => {
    const { things, person } = people.living
    const client = await signIn(world, here.tenant, here.owner)
    const base = `/${here.tenant.slug}`
    const page = await client.page(`${base}/carrelli/${things.cartId}`)
    expect(page).toContain('Ricarica di Nonna Berta')
    expect(page).toContain('Credito prima e dopo')
    expect(page).not.toContain(person.accountId)
    expect((await client.visit(`${base}/ricevute/${things.receiptId}`)).status).toBe(404)
    expect((await client.visit(`${base}/avvisi/${things.topUpId}`)).status).toBe(404)
    const token = await app.signIn(here.tenant.activationCode, here.owner.username, here.owner.password)
    const { body } = await app.call('GET', `/top-ups/${things.topUpId}`, { token })
    expect(body.invitedLabel).toBe('Nonna Berta')
    for (const path of ['notice.pdf', 'attempts'])
      expect(
        (
          await app.call(path === 'attempts' ? 'POST' : 'GET', `/top-ups/${things.topUpId}/${path}`, {
            token,
          })
        ).status,
      ).toBe(404)
  })

  test('do not end an invitation of another family, and the invited person gives back what is theirs alone', async () => {
    const { person, things } = people.living
    for (const thing of [here.things, ofSibling, elsewhere.things, nothing, people.revoked.things]) {
      const client = await signIn(world, here.tenant, person)
      const form = await client.formOf(`/${here.tenant.slug}/inviti/accetta`)
      const asked = await askPortal(client, form, LAST[0]!, `/inviti/${thing.invitationId}/termina`)
      expect(asked.status).toBe(404)
    }
    const token = await app.signIn(here.tenant.activationCode, person.username, person.password)
    expect((await app.call('DELETE', `/invitations/${things.invitationId}`, { token })).status).toBe(204)
    expect((await app.call('DELETE', `/invitations/${things.invitationId}`, { token })).status).toBe(404)
    expect((await app.call('GET', '/wallets', { token })).body.items).toEqual([])
  })
})
