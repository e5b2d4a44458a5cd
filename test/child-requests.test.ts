import { describe, expect, test } from 'vitest'
import { inTenant } from '#core/db/tenant.ts'
import { cents } from '#core/money.ts'
import { checkCharacter } from '#core/fiscal-code.ts'
import { CHILD_REQUESTS_MAX, askForChild, findChildRequest } from '#tenants/people/child-requests.ts'
import { enrolChild } from '#tenants/people/children.ts'
import { childrenLike, childrenNamed } from '#tenants/people/find-children.ts'
import { walletsOfGuardian } from '#tenants/people/wallets.ts'
import { openTestHouse } from './support/house.ts'
import { householdsOf } from './support/households.ts'
import { officeClient } from './support/office.ts'
import { signIn } from './support/portal-client.ts'

const world = await openTestHouse()
const { house, clock } = world
const { services } = house
const { db, pool, vault } = services
const [tenant, elsewhere] = [await world.addTenant(), await world.addTenant()]
const base = `/${tenant.slug}`
const clerks = [
  await officeClient(world, tenant, 'clerk'),
  await officeClient(world, tenant, 'clerk'),
] as const
const fiscalCode = `PRVDAA18A41Z999${checkCharacter('PRVDAA18A41Z999')}`

async function child(firstName: string, lastName: string, code: string | null = null, where = tenant) {
  const service = { category: 'REFEZIONE', schoolYear: '2026/2027', tariffCents: cents(490) }
  const person = { firstName, lastName, fiscalCode: code, school: 'Primaria Dante', className: '1ª A' }
  return (await enrolChild(db, vault, where.id, { ...person, ...service }, undefined, clock.now())).childId
}

const details = (firstName: string, lastName: string, code: string | null = null) => ({
  firstName,
  lastName,
  school: 'Primaria Dante',
  className: '1ª A',
  fiscalCode: code,
  note: '',
})

const { owner, letterTo, auditOf } = householdsOf(world, tenant)

describe('a parent without a code', () => {
  test('asks, sees that it waits, and has the child once a clerk has picked it; a letter says so', async () => {
    const parent = await world.addFamily(tenant, 0)
    const childId = await child('Zoè', 'D’Angelo')
    const client = await signIn(world, tenant, parent)
    const form = await client.formOf(`${base}/iscrizioni/richiesta`)
    const fields = { form, ...details('Zoe', 'dangelo'), fiscalCode: '', note: 'Lettera persa' }
    const sent = await client.post(`${base}/iscrizioni/richiesta`, fields)
    expect(sent.location).toBe(`${base}/iscrizioni?fatto=richiesta`)
    // Sent twice, it is one request.
    await client.post(`${base}/iscrizioni/richiesta`, fields)
    const waiting = await client.page(`${base}/iscrizioni`)
    expect(waiting.match(/In attesa/g)).toHaveLength(1)

    const [clerk] = clerks
    const { text } = await clerk.get('/richieste')
    const path = /ufficio(\/richieste\/[0-9a-f-]{36})/.exec(text)![1]!
    const page = (await clerk.get(path)).text
    for (const told of ['Zoe dangelo', 'Lettera persa', 'Elena Provetti', childId])
      expect(page).toContain(told)
    const approved = await clerk.post(`${path}/approva`, { form: await clerk.formOf(path), child: childId })
    expect(approved.location).toContain('/richieste?fatto=approvata')
    expect((await walletsOfGuardian(pool, tenant.id, parent.accountId)).map((one) => one.child.id)).toEqual([
      childId,
    ])
    expect(await client.page(`${base}/iscrizioni`)).toContain('Collegato')
    const letter = await letterTo(`${parent.username}@example.org`)
    expect(letter).toContain('l’ufficio ha accolto la tua richiesta')
    expect(letter).not.toContain('Zo')
  })

  test('reads why it was refused', async () => {
    const parent = await world.addFamily(tenant, 0)
    const id = await askForChild(services, owner(parent), details('Ugo', 'Inventato'))
    const [clerk] = clerks
    const form = await clerk.formOf(`/richieste/${id}`)
    expect((await clerk.post(`/richieste/${id}/rifiuta`, { form, reason: ' ' })).status).toBe(422)
    const reason = 'Non risulta iscritto: chiama l’ufficio.'
    expect((await clerk.post(`/richieste/${id}/rifiuta`, { form, reason })).status).toBe(303)
    const client = await signIn(world, tenant, parent)
    expect(await client.page(`${base}/iscrizioni`)).toContain(reason)
    expect(await walletsOfGuardian(pool, tenant.id, parent.accountId)).toEqual([])
    expect(await letterTo(`${parent.username}@example.org`)).toContain(
      'Il motivo è scritto nella pagina Iscrizioni',
    )
  })

  test.each(['approva', 'rifiuta'])(
    'is written to only at an address that was confirmed, and reads the answer anyway: %s',
    async (act) => {
      const parent = await world.addFamily(tenant, 0)
      const childId = await child('Irma', `Muta ${act}`)
      await inTenant(db, tenant.id, (tx) =>
        tx
          .updateTable('accounts')
          .set({ email_confirmed_at: null })
          .where('tenant_id', '=', tenant.id)
          .where('id', '=', parent.accountId)
          .execute(),
      )
      const id = await askForChild(services, owner(parent), details('Irma', 'Muta'))
      const [clerk] = clerks
      const form = await clerk.formOf(`/richieste/${id}`)
      const reason = 'Non risulta iscritta.'
      expect((await clerk.post(`/richieste/${id}/${act}`, { form, child: childId, reason })).status).toBe(303)
      const letters = await inTenant(db, tenant.id, (tx) =>
        tx
          .selectFrom('emails')
          .select('kind')
          .where('tenant_id', '=', tenant.id)
          .where('subject_id', '=', id)
          .execute(),
      )
      expect(letters).toEqual([])
      const page = await (await signIn(world, tenant, parent)).page(`${base}/iscrizioni`)
      expect(page).toContain(act === 'approva' ? 'Collegato' : reason)
    },
  )

  test(`has at most ${CHILD_REQUESTS_MAX} requests waiting, also when they are sent together`, async () => {
    const parent = await world.addFamily(tenant, 0)
    const sent = await Promise.allSettled(
      Array.from({ length: CHILD_REQUESTS_MAX + 3 }, () =>
        askForChild(services, owner(parent), details('Ada', 'Inventata')),
      ),
    )
    expect(sent.filter(({ status }) => status === 'fulfilled')).toHaveLength(CHILD_REQUESTS_MAX)
  })

  test('leaves nothing readable of the child in the table', async () => {
    const parent = await world.addFamily(tenant, 0)
    const id = await askForChild(services, owner(parent), details('Leggibile', 'Provetti', fiscalCode))
    const row = await inTenant(db, tenant.id, (tx) =>
      tx
        .selectFrom('child_requests')
        .selectAll()
        .where('tenant_id', '=', tenant.id)
        .where('id', '=', id)
        .executeTakeFirstOrThrow(),
    )
    const stored = [row.details_sealed, row.fiscal_code_hash!].map((bytes) => bytes.toString('latin1')).join()
    for (const word of ['Leggibile', 'Provetti', fiscalCode]) expect(stored).not.toContain(word)
  })
})

describe('the office', () => {
  test.each([
    ['approva', 'approva'],
    ['approva', 'rifiuta'],
  ])('decides a request once when two clerks answer at the same time: %s and %s', async (first, second) => {
    const parent = await world.addFamily(tenant, 0)
    const childId = await child('Marta', `Gara ${first} ${second}`)
    const id = await askForChild(services, owner(parent), details('Marta', 'Gara'))
    const form = await Promise.all(clerks.map((clerk) => clerk.formOf(`/richieste/${id}`)))
    const answers = await Promise.all(
      [first, second].map((act, index) =>
        clerks[index]!.post(`/richieste/${id}/${act}`, { form: form[index]!, child: childId, reason: 'No' }),
      ),
    )
    const told = answers.map(({ location }) => location.split('fatto=')[1])
    expect(told.filter((word) => word === 'gia-decisa')).toHaveLength(1)
    const acts = await auditOf(id)
    expect(acts).toHaveLength(1)
    const linked = await walletsOfGuardian(pool, tenant.id, parent.accountId)
    expect(linked).toHaveLength(acts[0] === 'child_request.approved' ? 1 : 0)
    expect((await clerks[0].get('/richieste?fatto=gia-decisa')).text).toContain('aveva già risposto')
  })

  test('is proposed the child of the fiscal code first, then those of the name, and none of another entity', async () => {
    const parent = await world.addFamily(tenant, 0)
    const byCode = await child('Altra', 'Persona', fiscalCode)
    const byName = await child('Niccolò', 'Dell’Orto')
    await child('Niccolò', 'Dell’Orto', null, elsewhere)
    await child('Niccolò', 'Dell’Ortola')
    const id = await askForChild(services, owner(parent), details('NICCOLO', 'Dell Orto', fiscalCode))
    const found = await childrenLike(db, tenant.id, await findChildRequest(services, tenant.id, id))
    expect(found.map((one) => [one.id, one.by])).toEqual([
      [byCode, 'fiscal-code'],
      [byName, 'name'],
    ])
  })

  test('finds a child by the beginning of a name, and takes no typed sign for a pattern', async () => {
    const childId = await child('Ælia', 'Ünsal-Rossi')
    const ids = async (typed: string) => (await childrenNamed(db, tenant.id, typed)).map(({ id }) => id)
    expect(await ids('unsalr')).toEqual([childId])
    expect(await ids('UNSAL rossi ælia')).toEqual([childId])
    for (const typed of ['%', '_', ' ', '’', '%rossi']) expect(await ids(typed)).toEqual([])
  })

  test('does not approve with a child of another entity', async () => {
    const parent = await world.addFamily(tenant, 0)
    const foreign = await child('Sara', 'Altrove', null, elsewhere)
    const id = await askForChild(services, owner(parent), details('Sara', 'Altrove'))
    const form = await clerks[0].formOf(`/richieste/${id}`)
    expect((await clerks[0].post(`/richieste/${id}/approva`, { form, child: foreign })).status).toBe(404)
    expect((await clerks[0].get(`/richieste/${id}`)).status).toBe(200)
  })
})
