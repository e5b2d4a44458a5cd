import { describe, expect, test } from 'vitest'
import { inTenant } from '#core/db/tenant.ts'
import { addDays, romeDate } from '#core/clock.ts'
import { findTopUp } from '#core/top-ups/read.ts'
import { acceptInvitation, endInvitation, INVITATIONS_MAX } from '#tenants/people/invitations.ts'
import { householdOf } from '#tenants/people/read-invitations.ts'
import { walletsNear, walletsOfGuardian } from '#tenants/people/wallets.ts'
import { cents } from '#core/money.ts'
import { payAtCounter } from './support/counter.ts'
import { openTestHouse, type TestFamily } from './support/house.ts'
import { householdsOf, refusal } from './support/households.ts'
import { signIn } from './support/portal-client.ts'

const world = await openTestHouse()
const { house, clock, sandboxUrl } = world
const { services } = house
const { db, pool } = services
const tenant = await world.addTenant()
const { owner, invitation, auditOf, letterTo } = householdsOf(world, tenant)
const base = `/${tenant.slug}`

describe('an invitation', () => {
  test('is made on the page, told once, sent by letter without a name, accepted, and pays', async () => {
    const parent = await world.addFamily(tenant, 1)
    const grandparent = await world.addFamily(tenant, 0)
    const [child] = parent.children as [TestFamily['children'][0]]
    const client = await signIn(world, tenant, parent)
    const form = await client.formOf(`${base}/inviti`)
    const address = `nonna.${grandparent.username}@example.org`
    const fields = { form, child: child.childId, label: 'Nonna Berta', email: address }
    const day = addDays(romeDate(clock.now()), 60)
    const made = await client.post(`${base}/inviti`, { ...fields, until: day })
    expect(made.status).toBe(303)
    // Sent twice, it is done once, and the code is the same.
    expect((await client.post(`${base}/inviti`, { ...fields, until: day })).location).toBe(made.location)
    const code = /id="invitation-code">([0-9A-Z]{5}-[0-9A-Z]{5})</.exec(await client.page(made.location))![1]!
    expect(await client.page(`${base}/inviti`)).not.toContain(code)
    expect(made.location).not.toContain(code)
    const letter = await letterTo(address)
    expect(letter).toContain(code)
    expect(letter).toContain(`${base}/inviti/accetta`)
    for (const name of ['Sofia', 'Elena', 'Provetti']) expect(letter).not.toContain(name)

    const invited = await signIn(world, tenant, grandparent)
    const entry = { form: await invited.formOf(`${base}/inviti/accetta`), code: ` ${code.toLowerCase()} ` }
    expect((await invited.post(`${base}/inviti/accetta`, entry)).location).toBe(
      `${base}/inviti?fatto=accettato`,
    )
    expect(await invited.page(`${base}/`)).toContain('Puoi ricaricare Sofia')
    const topUp = await invited.post(`${base}/ricarica`, {
      form: await invited.formOf(`${base}/ricarica`),
      mode: 'single',
      child: child.childId,
      category: 'REFEZIONE',
      amount: '2500',
      channel: 'psp-notice',
    })
    const id = topUp.location.split('/').at(-1)!
    const { noticeNumber } = (await findTopUp(db, tenant.id, id))!
    await payAtCounter(sandboxUrl, tenant.creditorFiscalCode, noticeNumber)
    const [wallet] = await walletsOfGuardian(pool, tenant.id, parent.accountId)
    expect(wallet!.balanceCents).toBe(2_500n)
    const seen = await client.page(`${base}/pagamenti`)
    expect(seen).toContain('Ricarica di Nonna Berta')
    expect(await client.page(`${base}/movimenti/${child.walletId}`)).toContain('25,00')
    expect(await client.page(`${base}/inviti`)).toContain('Accettato da EP')
    const { children } = await householdOf(db, owner(parent), clock.now())
    expect(await auditOf(children[0]!.invitations[0]!.id)).toEqual([
      'invitation.created',
      'invitation.accepted',
    ])
  })

  test('is accepted by one of many who enter the code at once; twice by the same is once', async () => {
    const parent = await world.addFamily(tenant, 1)
    const people = await Promise.all(Array.from({ length: 8 }, () => world.addFamily(tenant, 0)))
    const { id, code } = await invitation(parent)
    const answers = await Promise.all(
      people.map((person) => refusal(acceptInvitation(services, owner(person), code))),
    )
    expect(answers.toSorted()).toEqual([
      'done',
      ...Array.from({ length: 7 }, () => 'invitation.unknown_code'),
    ])
    const winner = people[answers.indexOf('done')]!
    expect(await acceptInvitation(services, owner(winner), code)).toBe(id)
    expect(await auditOf(id)).toEqual(['invitation.created', 'invitation.accepted'])
  })

  test('opens nothing for the child’s own guardian, a suspended account, a late code, or one that was revoked', async () => {
    const parent = await world.addFamily(tenant, 1)
    const person = await world.addFamily(tenant, 0)
    const own = await invitation(parent)
    expect(await refusal(acceptInvitation(services, owner(parent), own.code))).toBe('invitation.own_child')
    await endInvitation(services, owner(parent), own.id)
    await endInvitation(services, owner(parent), own.id)
    expect(await refusal(acceptInvitation(services, owner(person), own.code))).toBe('invitation.unknown_code')
    expect(await auditOf(own.id)).toEqual(['invitation.created', 'invitation.revoked'])

    const suspended = await world.addFamily(tenant, 0)
    await inTenant(db, tenant.id, (tx) =>
      tx
        .updateTable('accounts')
        .set({ disabled_at: clock.now() })
        .where('tenant_id', '=', tenant.id)
        .where('id', '=', suspended.accountId)
        .execute(),
    )
    const late = await invitation(parent)
    expect(await refusal(acceptInvitation(services, owner(suspended), late.code))).toBe(
      'invitation.unknown_code',
    )
    clock.forwardDays(15)
    try {
      expect(await refusal(acceptInvitation(services, owner(person), late.code))).toBe(
        'invitation.unknown_code',
      )
    } finally {
      clock.reset()
    }
    expect(await refusal(acceptInvitation(services, owner(person), late.code))).toBe('done')
  })

  test('lasts to the end of its last day in Rome, and what was opened before is credited after', async () => {
    const parent = await world.addFamily(tenant, 1)
    const person = await world.addFamily(tenant, 0)
    const [child] = parent.children as [TestFamily['children'][0]]
    const { code } = await invitation(parent, { days: 2 })
    await acceptInvitation(services, owner(person), code)
    const payer = { accountId: person.accountId, email: null, language: 'it' } as const
    const draft = {
      walletId: child.walletId,
      drafts: [{ walletId: child.walletId, amountCents: cents(1_000) }],
    }
    const step = await house.cashier.start(tenant, 'psp-notice', payer, draft)
    if (step.kind !== 'document') throw new Error('a notice is a document')
    const near = () => walletsNear(pool, tenant.id, person.accountId, clock.now())
    clock.forwardDays(2)
    try {
      expect(await near()).toMatchObject([{ relation: 'invited' }])
      clock.forwardDays(1)
      expect(await near()).toMatchObject([{ relation: 'former' }])
      expect(await refusal(house.cashier.start(tenant, 'psp-notice', payer, draft))).toBe(
        'resource.not_found',
      )
      await payAtCounter(sandboxUrl, tenant.creditorFiscalCode, step.noticeNumber)
      const [wallet] = await walletsOfGuardian(pool, tenant.id, parent.accountId)
      expect(wallet!.balanceCents).toBe(1_000n)
    } finally {
      clock.reset()
    }
  })

  test('ends between two clicks: an attempt begun online is not taken up again', async () => {
    const parent = await world.addFamily(tenant, 1)
    const person = await world.addFamily(tenant, 0)
    const [child] = parent.children as [TestFamily['children'][0]]
    const { id, code } = await invitation(parent)
    await acceptInvitation(services, owner(person), code)
    const payer = { accountId: person.accountId, email: null, language: 'it' } as const
    const draft = {
      walletId: child.walletId,
      drafts: [{ walletId: child.walletId, amountCents: cents(1_000) }],
    }
    const begin = () => house.cashier.startOrResume(tenant, 'pagopa-online', payer, draft)
    expect(await begin()).toMatchObject({ kind: 'redirect' })
    await endInvitation(services, owner(parent), id)
    expect(await refusal(begin())).toBe('resource.not_found')
    expect(await refusal(house.cashier.start(tenant, 'puntolis-qr', payer, { ...draft, drafts: [] }))).toBe(
      'resource.not_found',
    )
  })

  test('does not give the counter’s code, also while it holds', async () => {
    const parent = await world.addFamily(tenant, 1)
    const person = await world.addFamily(tenant, 0)
    const { walletId } = parent.children[0]!
    await acceptInvitation(services, owner(person), (await invitation(parent)).code)
    const payer = (family: TestFamily) =>
      ({ accountId: family.accountId, email: null, language: 'it' }) as const
    const code = (family: TestFamily) =>
      refusal(house.cashier.start(tenant, 'puntolis-qr', payer(family), { walletId, drafts: [] }))
    expect([await code(parent), await code(person)]).toEqual(['done', 'resource.not_found'])
  })

  test(`can be given at most ${INVITATIONS_MAX} times a child, for a year at most, and only for one’s own child`, async () => {
    const [parent, stranger] = [await world.addFamily(tenant, 1), await world.addFamily(tenant, 1)]
    const { childId } = parent.children[0]!
    expect(await refusal(invitation(parent, { days: 366 }))).toBe('invitation.wrong_day')
    expect(await refusal(invitation(parent, { days: -1 }))).toBe('invitation.wrong_day')
    expect(await refusal(invitation(stranger, { childId }))).toBe('resource.not_found')
    const many = await Promise.all(
      Array.from({ length: INVITATIONS_MAX + 2 }, () => refusal(invitation(parent))),
    )
    expect(many.filter((one) => one === 'invitation.too_many')).toHaveLength(2)
  })

  test('floods no mailbox: five letters an hour, also when each invitation ends at once, by portal and app', async () => {
    const [parent, other] = [await world.addFamily(tenant, 1), await world.addFamily(tenant, 1)]
    const email = `sommersa.${parent.username}@example.org`
    const until = addDays(romeDate(clock.now()), 30)
    const { token } = await house.sessions.begin(tenant.id, other.accountId, 'app')
    const byApp = (key: string, more: { email?: string } = {}) =>
      fetch(`${world.url}/api/v1/invitations`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${token}`,
          'content-type': 'application/json',
          'idempotency-key': key,
        },
        body: JSON.stringify({ childId: other.children[0]!.childId, label: 'Zio', until, ...more }),
      })
    const client = await signIn(world, tenant, parent)
    const byPage = async (address: string) =>
      client.post(`${base}/inviti`, {
        form: await client.formOf(`${base}/inviti`),
        child: parent.children[0]!.childId,
        label: 'Nonna Berta',
        email: address,
        until,
      })
    clock.hold()
    try {
      for (let n = 0; n < 3; n++) {
        const { location } = await byPage(n % 2 ? email : email.toUpperCase())
        await endInvitation(services, owner(parent), new URL(location, world.url).searchParams.get('nuovo')!)
      }
      for (let n = 0; n < 2; n++) expect((await byApp(`letter-${n}`, { email })).status).toBe(201)
      // The same request again is the same letter.
      expect((await byApp('letter-1', { email })).status).toBe(201)
      const full = await byApp('letter-2', { email })
      expect([full.status, Number(full.headers.get('retry-after')) > 0]).toEqual([429, true])
      const page = await byPage(email)
      expect(page.status).toBe(429)
      for (const kept of ['Nonna Berta', email, until, 'consegna tu il codice'])
        expect(page.text).toContain(kept)
      // Other mailboxes, and invitations without a letter, are not held back.
      expect((await byApp('letter-3')).status).toBe(201)
      expect((await byPage(`altra.${email}`)).status).toBe(303)
    } finally {
      clock.release()
    }
    const { children } = await householdOf(db, owner(other), clock.now())
    expect(children[0]!.invitations).toHaveLength(3)
  })

  test('guessed at is slowed down, whichever face the guesses come by', async () => {
    const person = await world.addFamily(tenant, 0)
    const client = await signIn(world, tenant, person)
    const form = await client.formOf(`${base}/inviti/accetta`)
    clock.toNextMinute()
    const answers = []
    for (let guess = 0; guess < 12; guess++)
      answers.push(
        (await client.post(`${base}/inviti/accetta`, { form, code: `ABCDE-2345${guess % 10}` })).status,
      )
    expect(answers).toEqual([...Array.from({ length: 10 }, () => 404), 429, 429])
    const { token } = await house.sessions.begin(tenant.id, person.accountId, 'app')
    const byApp = await fetch(`${world.url}/api/v1/invitations/acceptances`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        'idempotency-key': 'guess-13',
      },
      body: JSON.stringify({ code: 'ABCDE-23456' }),
    })
    expect(byApp.status).toBe(429)
  })
})
