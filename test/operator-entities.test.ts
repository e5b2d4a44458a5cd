import { describe, expect, test } from 'vitest'
import { inTenant } from '#core/db/tenant.ts'
import { noteRun } from '#core/jobs/recurring-runs.ts'
import { enqueue, park } from '#core/jobs/outbox.ts'
import type { Tenant } from '#core/tenant.ts'
import { listEntities } from '#tenants/operators/entities.ts'
import { openTestHouse } from './support/house.ts'
import { letterTo, linkIn } from './support/mailbox.ts'
import { hire } from './support/office.ts'
import { operatorClient, operatorsOf } from './support/operators.ts'
import { hiddenField } from './support/second-factor.ts'
import { furnishedEntity } from './support/things.ts'

const world = await openTestHouse()
const { house, url, clock } = world
const { services, registry } = house
const { db, relay } = services
const { settled } = operatorsOf(world)
const operator = await settled()
const gestione = await operatorClient(world, operator.operatorId)
let serial = 0

/** Posts the page of a new entity. */
function create(change: Record<string, string> = {}) {
  const number = ++serial
  const fields = {
    name: `Comune di Prova ${number}`,
    creditorFiscalCode: '02346730373',
    segregationCode: `${20 + number}`,
    email: `sindaca.${number}@example.org`,
    ...change,
  }
  return { fields, answer: gestione.post('/enti/nuovo', fields, '/enti/nuovo') }
}

/** Puts work aside, as a worker does that has failed for the last time. */
async function parked(tenant: Tenant, job: string, error: string): Promise<string> {
  const now = clock.now()
  const { id } = await inTenant(db, tenant.id, async (tx) => {
    const later = new Date(now.getTime() + 3_600_000)
    await enqueue(tx, { tenantId: tenant.id, job, data: { tenantId: tenant.id }, dueAt: later }, later)
    return tx
      .selectFrom('outbox')
      .select('id')
      .where('tenant_id', '=', tenant.id)
      .where('job', '=', job)
      .orderBy('id', 'desc')
      .executeTakeFirstOrThrow()
  })
  await park(db, tenant.id, id, error, now)
  return id
}

describe('a new entity', () => {
  test('is a draft with a code and an address of its own, and its first administrator comes in by the letter', async () => {
    const { fields, answer } = create()
    const made = await answer
    const slug = `prova-${serial}`
    expect([made.status, made.location]).toEqual([303, `/gestione/enti/${slug}?fatto=creato`])
    const tenant = (await registry.bySlug(slug))!
    expect(tenant).toMatchObject({ state: 'draft', name: fields.name })
    expect(tenant.activationCode).toMatch(/^[1-9]\d{9}$/)
    expect(tenant.creditor).toMatchObject({
      brokerFiscalCode: '02346730373',
      stationId: '02346730373_01',
      iban: '',
    })
    const path = linkIn(await letterTo(world, fields.email))
    expect(path).toMatch(new RegExp(`^/${slug}/ufficio/invito/`))
    const page = await gestione.get(`/enti/${slug}`)
    expect(page.text).toContain(fields.email)
    const form = hiddenField(await (await fetch(`${url}/${slug}/ufficio/accedi`)).text(), 'form')
    const person = { firstName: 'Nina', lastName: 'Neri', username: 'nina', password: 'una frase tutta mia' }
    const joined = await fetch(url + path, {
      method: 'POST',
      body: new URLSearchParams({ form, ...person }),
      headers: { origin: url },
    })
    expect(joined.status).toBe(200)
    const after = await gestione.get(`/enti/${slug}`)
    expect(after.text).toContain('almeno un amministratore attivo')
    expect(after.text).not.toContain('Nina')
    const log = await gestione.get('/registro')
    expect(log.text).toContain('Ente creato')
    expect(log.text).not.toContain(fields.email)
  })

  test('is not made from a code whose last digit is wrong, nor under names that are taken; what was typed stays', async () => {
    const { fields, answer } = create()
    expect((await answer).status).toBe(303)
    const cases: [Record<string, string>, number, string][] = [
      [{ creditorFiscalCode: '02346730374' }, 422, 'l’ultima controlla le altre'],
      [{ broker: '12345678901' }, 422, 'dell’intermediario non è giusto'],
      [{ iban: 'IT60X05428' }, 422, 'L’IBAN non è giusto'],
      [{ email: 'sindaca' }, 422, 'indirizzo e-mail completo'],
      [{ segregationCode: '7' }, 422, 'ha 2 cifre'],
      [{ serviceId: '00009' }, 422, 'va insieme'],
      [{ slug: `prova-${serial}` }, 409, 'è già di un altro ente'],
      [{ slug: 'gestione' }, 409, 'è già di un altro ente'],
      [{ segregationCode: fields.segregationCode }, 409, 'questo codice di segregazione'],
    ]
    for (const [change, status, words] of cases) {
      const wrong = create(change)
      const { status: told, text } = await wrong.answer
      expect([change, told]).toEqual([change, status])
      expect(text).toContain(words)
      expect(text).toContain(`value="${wrong.fields.name}"`)
      expect(await registry.search(wrong.fields.name)).toEqual([])
    }
  })
})

describe('an entity’s page', () => {
  test('changes its state with a reason, which families read, and tells what is missing before it goes live', async () => {
    const tenant = await world.addTenant({ state: 'draft' })
    const page = `/enti/${tenant.slug}`
    const move = (to: string, reason = '') =>
      gestione.post(`${page}/stato`, { to, reason }, `${page}/stato?a=${to}`)
    expect((await move('rehearsal')).location).toBe(`/gestione${page}?fatto=stato`)
    const notYet = await gestione.get(`${page}/stato?a=live`)
    expect(notYet.text).toContain('Un amministratore dell’ente')
    expect(notYet.text).not.toContain('type="submit">Attiva')
    const forced = await gestione.post(`${page}/stato`, { to: 'live' }, page)
    expect([forced.status, forced.text.includes('Prima serve questo')]).toEqual([409, true])
    const shut = await move('closed')
    expect([shut.status, shut.text.includes('Scrivi il motivo')]).toEqual([422, true])
    expect((await move('closed', 'Ha scelto un altro servizio')).status).toBe(303)
    expect((await gestione.get(page)).text).toContain('Ha scelto un altro servizio')
    expect((await gestione.get(`${page}/stato?a=live`)).status).toBe(409)
    expect((await gestione.get(`${page}/stato?a=inventato`)).status).toBe(404)
    expect((await gestione.get('/registro')).text).toContain('In prova → Chiuso')
  })

  test('shows use in counts, and neither a family nor an amount', async () => {
    const { tenant } = await furnishedEntity(world)
    const { text } = await gestione.get(`/enti/${tenant.slug}`)
    expect(text).toMatch(/Alunni<\/span><span class="tile-value">[1-9]/)
    expect(text).toMatch(/Ricariche in 30 giorni<\/span><span class="tile-value">[1-9]/)
    for (const secret of ['Provetti', 'Elena', 'Sofia', '€', '@']) expect(text).not.toContain(secret)
  })

  test('lets operators invite an administrator only while there is none, and handle their own invitations alone', async () => {
    const tenant = await world.addTenant()
    const page = `/enti/${tenant.slug}`
    const email = 'prima.amministratrice@example.org'
    const invite = (to: string) => gestione.post(`${page}/inviti`, { email: to }, page)
    expect((await invite('nessuna')).status).toBe(422)
    expect((await invite(email)).location).toBe(`/gestione${page}?fatto=invitato`)
    expect((await invite(email)).status).toBe(409)
    const first = linkIn(await letterTo(world, email))
    const own = /action="\/gestione(\/enti\/[^"]+\/inviti\/[0-9a-f-]{36})\/ancora"/.exec(
      (await gestione.get(page)).text,
    )![1]!
    expect((await gestione.post(`${own}/ancora`, {}, page)).status).toBe(303)
    expect(linkIn(await letterTo(world, email, 2))).not.toBe(first)
    await hire(world, tenant, 'administrator')
    expect((await invite('altra@example.org')).status).toBe(409)
    expect((await gestione.post(`${own}/ancora`, {}, page)).status).toBe(409)
    expect((await gestione.post(`${own}/revoca`, {}, page)).status).toBe(303)
    expect((await gestione.post(`${own}/revoca`, {}, page)).status).toBe(404)
  })
})

describe('the list', () => {
  test('finds by name, address and activation code, by state, and by work that waits', async () => {
    const tenant = await world.addTenant({ name: 'Comune di Vattelapesca' })
    const other = await world.addTenant({ name: 'Comune di Altrove', state: 'draft' })
    await parked(tenant, 'prova.ferma', 'UpstreamError: la posta non risponde')
    const found = async (query: string) => (await gestione.get(`/?${query}`)).text
    for (const query of [
      'cerca=vattela',
      `cerca=${tenant.slug}`,
      `cerca=${tenant.activationCode}`,
      'fermi=si',
    ]) {
      const text = await found(query)
      expect(text, query).toContain('Comune di Vattelapesca')
      expect(text, query).not.toContain('Comune di Altrove')
    }
    expect(await found('fermi=si')).toContain('la posta non risponde')
    expect(await found('stato=draft')).toContain(other.name)
    expect(await found('stato=draft')).not.toContain('Vattelapesca')
    expect(await found('cerca=%25_')).toContain('Nessun ente')
  })

  test('is read a page at a time, each entity once, by two queries whatever their number', async () => {
    const model = await db.selectFrom('tenants').selectAll().limit(1).executeTakeFirstOrThrow()
    const rows = Array.from({ length: 120 }, (_, n) => ({
      ...model,
      id: `0190${String(n).padStart(4, '0')}-0000-7000-8000-000000000000`,
      slug: `mille-${n}`,
      name: `Mille ${String(n % 40).padStart(2, '0')}`,
      activation_code: String(9_000_000_000 + n),
      ipa_code: null,
      service_subject_id: null,
      creditor_fiscal_code: String(50_000_000_000 + n),
      creditor: JSON.stringify(model.creditor),
      branding: JSON.stringify(model.branding),
      policies: JSON.stringify(model.policies),
    }))
    await db.insertInto('tenants').values(rows).execute()
    const seen: string[] = []
    let after: string | undefined
    let pages = 0
    do {
      const { items, next } = await listEntities({ db, relay }, { search: 'Mille' }, after)
      seen.push(...items.map(({ id }) => id))
      after = next
      pages++
    } while (after)
    expect([pages, seen.length, new Set(seen).size]).toEqual([3, 120, 120])
  })

  test('tells the day of an entity’s last receipt', async () => {
    const { tenant } = await furnishedEntity(world)
    const { items } = await listEntities({ db, relay }, { search: tenant.slug })
    expect(items[0]!.lastReceiptOn).toMatch(/^\d{4}-\d{2}-\d{2}$/)
  })
})

describe('work', () => {
  test('that was set aside is replayed by one or by kind, in the log, and the page tells what recurring work did', async () => {
    const tenant = await world.addTenant()
    const first = await parked(tenant, 'prova.una', 'Error: uno')
    await parked(tenant, 'prova.tutte', 'Error: due')
    await parked(tenant, 'prova.tutte', 'Error: tre')
    await noteRun(db, 'prova.periodica', clock.now(), 'Error: non riuscita')
    const { text } = await gestione.get('/lavori')
    for (const shown of ['prova.una', 'Error: due', tenant.name, 'prova.periodica', 'Error: non riuscita'])
      expect(text).toContain(shown)
    const isParked = async () =>
      (
        await relay
          .selectFrom('outbox')
          .select('job')
          .where('tenant_id', '=', tenant.id)
          .where('parked_at', 'is not', null)
          .execute()
      ).map(({ job }) => job)
    expect((await gestione.post('/lavori', { id: first }, '/lavori')).location).toBe(
      '/gestione/lavori?ripresi=1',
    )
    expect(await isParked()).toEqual(['prova.tutte', 'prova.tutte'])
    expect((await gestione.post('/lavori', { job: 'prova.tutte' }, '/lavori')).location).toContain(
      'ripresi=2',
    )
    expect(await isParked()).toEqual([])
    expect((await gestione.post('/lavori', { id: first }, '/lavori')).status).toBe(404)
    expect((await gestione.post('/lavori', { id: 'x' }, '/lavori')).status).toBe(404)
    const lines = await db
      .selectFrom('operator_audit_log')
      .select('details')
      .where('operator_id', '=', operator.operatorId)
      .where('action', '=', 'job.replayed')
      .orderBy('id')
      .execute()
    expect(lines.map(({ details }) => details)).toEqual([
      { job: null, count: 1 },
      { job: 'prova.tutte', count: 2 },
    ])
  })
})

test('the queues can be looked into, and nothing there can be changed', async () => {
  const page = await gestione.get('/code')
  expect([page.status, page.text.includes('__UI_CONFIG__')]).toEqual([200, true])
  const script = /src="(static\/js\/main[^"]+)"/.exec(page.text)![1]!
  expect((await gestione.get(`/code/${script}`)).status).toBe(200)
  const { queues } = JSON.parse((await gestione.get('/code/api/queues')).text) as {
    queues: { name: string; readOnlyMode: boolean }[]
  }
  expect(queues.map(({ name, readOnlyMode }) => `${name} ${readOnlyMode}`)).toEqual([
    'documents true',
    'imports true',
    'mail true',
    'outside true',
    'upkeep true',
  ])
  for (const path of ['/code/api/queues/mail/pause', '/code/api/queues/mail/clean/failed']) {
    const response = await fetch(`${url}/gestione${path}`, {
      method: 'PUT',
      headers: { cookie: gestione.cookie, origin: url },
    })
    expect(response.status).toBe(404)
  }
})
