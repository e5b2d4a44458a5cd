import { describe, expect, test } from 'vitest'
import { inTenant } from '#core/db/tenant.ts'
import { announceCopies } from '#core/receipts/copy.ts'
import { emailAddressOf } from '#tenants/people/email-address.ts'
import { openTestHouse } from './support/house.ts'
import { letterTo, lettersTo, linkIn } from './support/mailbox.ts'
import { furnishedEntity } from './support/things.ts'
import { visitor } from './support/visitor.ts'

const world = await openTestHouse()
const { house, clock, database } = world
const { db } = house.services
let serial = 0

/** A parent who has registered by the form, in a browser of their own. */
async function newcomer() {
  const tenant = await world.addTenant()
  const base = `/${tenant.slug}`
  const email = `nuova.${++serial}@example.org`
  const fields = {
    firstName: 'Rosa',
    lastName: 'Provetti',
    email,
    username: `rosa.${serial}`,
    password: 'quattro gatti viola',
    consent: 'yes',
  }
  const registered = await visitor(world).send(`${base}/registrati`, `${base}/registrati`, fields)
  expect(registered.status).toBe(303)
  const cookie = registered.headers.get('set-cookie')!.split(';')[0]!
  const { id } = await database.owner
    .selectFrom('accounts')
    .select('id')
    .where('tenant_id', '=', tenant.id)
    .executeTakeFirstOrThrow()
  return { tenant, base, email, accountId: id, browser: visitor(world, cookie) }
}

const codeIn = (path: string) => new URLSearchParams(path.split('?')[1]).get('codice')!

describe('an address of e-mail', () => {
  test('is the account’s once its owner presses the button behind a link, and the banner goes', async () => {
    const { tenant, base, email, accountId, browser } = await newcomer()
    const letter = await letterTo(world, email)
    expect(letter.text).not.toMatch(/Rosa|Provetti/)
    const path = linkIn(letter)
    expect((await browser.get(`${base}/`)).text).toContain('Invia di nuovo')
    const guest = visitor(world)
    // A program that looks into mail opens links, and presses nothing.
    expect((await guest.get(path)).text).toContain(email)
    expect(await emailAddressOf(db, tenant.id, accountId)).toEqual({ address: email, confirmed: false })
    const form = await guest.formOf(path)
    const press = () => guest.post(`${base}/email/conferma`, { form, codice: codeIn(path) })
    expect(await press()).toMatchObject({ status: 303, location: `${base}/email/conferma?fatto=1` })
    expect((await guest.get(`${base}/email/conferma?fatto=1`)).text).toContain('Indirizzo confermato')
    expect(await emailAddressOf(db, tenant.id, accountId)).toEqual({ address: email, confirmed: true })
    expect((await press()).status).toBe(404)
    expect((await browser.get(`${base}/`)).text).not.toContain('Invia di nuovo')
    const log = await database.owner
      .selectFrom('audit_log')
      .selectAll()
      .where('tenant_id', '=', tenant.id)
      .execute()
    expect(log.filter(({ action }) => action === 'email.confirmed')).toMatchObject([
      { subject_id: accountId },
    ])
  })

  test('is replaced only once the new one is confirmed; the old one is told, and only the last link works', async () => {
    const { tenant, base, email, accountId, browser } = await newcomer()
    const first = linkIn(await letterTo(world, email))
    const again = await browser.send(`${base}/`, `${base}/email`, { email })
    expect(again).toMatchObject({ status: 303, location: `${base}/email?fatto=inviata` })
    const path = linkIn(await letterTo(world, email, 2))
    expect((await browser.get(first)).status).toBe(404)
    await browser.send(path, `${base}/email/conferma`, { codice: codeIn(path) })
    const next = `altra.${serial}@example.org`
    await browser.send(`${base}/email`, `${base}/email`, { email: next })
    expect((await letterTo(world, email, 3)).subject).toBe('Il tuo indirizzo e-mail sta per cambiare')
    const toNext = linkIn(await letterTo(world, next))
    expect(await emailAddressOf(db, tenant.id, accountId)).toEqual({ address: email, confirmed: true })
    await browser.send(toNext, `${base}/email/conferma`, { codice: codeIn(toNext) })
    expect(await emailAddressOf(db, tenant.id, accountId)).toEqual({ address: next, confirmed: true })
  })

  test('is no more confirmed by a link from before all sessions ended', async () => {
    const { tenant, base, email, accountId, browser } = await newcomer()
    const path = linkIn(await letterTo(world, email))
    await browser.send(path, `${base}/email/conferma`, { codice: codeIn(path) })
    const theirs = `intrusa.${serial}@example.org`
    await browser.send(`${base}/email`, `${base}/email`, { email: theirs })
    const planted = linkIn(await letterTo(world, theirs))
    await house.sessions.endAll(tenant.id, accountId)
    expect((await browser.get(planted)).status).toBe(404)
    expect(await emailAddressOf(db, tenant.id, accountId)).toEqual({ address: email, confirmed: true })
  })

  test('has a link for a day, of its own entity alone', async () => {
    const { base, email, browser } = await newcomer()
    const path = linkIn(await letterTo(world, email))
    const elsewhere = await world.addTenant()
    expect((await browser.get(`/${elsewhere.slug}/email/conferma?codice=${codeIn(path)}`)).status).toBe(404)
    clock.forwardDays(1)
    const late = await browser.get(path)
    expect([late.status, late.text.includes('24 ore')]).toEqual([404, true])
    expect((await browser.get(`${base}/email/conferma`)).status).toBe(404)
  })

  test('is not flooded: five letters an hour, from wherever they are asked', async () => {
    const { base, browser } = await newcomer()
    const email = `sommersa.${serial}@example.org`
    const form = await browser.formOf(`${base}/email`)
    clock.hold()
    const answers = await Promise.all(
      Array.from({ length: 7 }, () => browser.post(`${base}/email`, { form, email })),
    )
    clock.release()
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
      303, 303, 303, 303, 303, 429, 429,
    ])
    expect((await browser.post(`${base}/email`, { form, email: 'nessun indirizzo' })).status).toBe(422)
  })
})

test('nothing is sent by itself to an address that nobody has confirmed', async () => {
  const { tenant, owner } = await furnishedEntity(world)
  await database.owner
    .updateTable('accounts')
    .set({ email_confirmed_at: null })
    .where('tenant_id', '=', tenant.id)
    .execute()
  clock.forwardDays(4)
  const told: string[] = []
  // Here or by the house's own work, which may have come first: whose letter would be in the mailbox.
  await inTenant(db, tenant.id, (tx) =>
    announceCopies(tx, tenant.id, clock.now(), ({ address }) => Promise.resolve(told.push(address))),
  )
  const copies = await database.owner
    .selectFrom('receipt_copies')
    .select('announced_at')
    .where('tenant_id', '=', tenant.id)
    .execute()
  expect([copies, told]).toEqual([[{ announced_at: expect.any(Date) }], []])
  expect(await lettersTo(world, `${owner.username}@example.org`)).toEqual([])
})
