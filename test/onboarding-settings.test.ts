import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { inTenant } from '#core/db/tenant.ts'
import type { Tenant } from '#core/tenant.ts'
import { settingFields } from '#tenants/onboarding/channel-settings.ts'
import { hasMessage } from '#core/i18n.ts'
import { openTestHouse } from './support/house.ts'
import { officeClient } from './support/office.ts'
import { fieldsOf, formAt, freshTenant, neverLive } from './support/onboarding.ts'

const world = await openTestHouse()
const { house, database } = world

const fresh = (tenant: Tenant) => freshTenant(world, tenant.id)
const logOf = (tenant: Tenant, action: string) =>
  database.owner
    .selectFrom('audit_log')
    .select(['actor_id', 'details'])
    .where('tenant_id', '=', tenant.id)
    .where('action', '=', action)
    .orderBy('id')
    .execute()

test('a page of the settings saves what was typed, and the log tells each field before and after', async () => {
  const tenant = await world.addTenant()
  const office = await officeClient(world, tenant)
  const form = await formAt(office, '/avvio/contatti')
  const saved = await office.post('/avvio/contatti', { ...form, phone: '06 1234567' })
  expect([saved.status, saved.location]).toEqual([
    303,
    `/${tenant.slug}/ufficio/avvio/contatti?fatto=salvato`,
  ])
  expect((await fresh(tenant)).branding).toEqual({ ...tenant.branding, phone: '06 1234567' })
  expect((await office.get('/avvio/contatti?fatto=salvato')).text).toContain('Salvato.')
  expect(await logOf(tenant, 'settings.changed')).toEqual([
    {
      actor_id: office.accountId,
      details: { section: 'contacts', 'phone.before': tenant.branding.phone, 'phone.after': '06 1234567' },
    },
  ])
})

test('of two administrators who save the same page the second is shown both words, and loses none', async () => {
  const tenant = await world.addTenant()
  const [one, two] = [await officeClient(world, tenant), await officeClient(world, tenant)]
  const [first, second] = [await formAt(one, '/avvio/testi'), await formAt(two, '/avvio/testi')]
  expect((await one.post('/avvio/testi', { ...first, officeName: 'Ufficio Primo' })).status).toBe(303)
  const late = await two.post('/avvio/testi', { ...second, officeName: 'Ufficio Secondo' })
  expect(late.status).toBe(409)
  expect(late.text).toContain('Ufficio Primo')
  expect((await fresh(tenant)).branding.officeName).toBe('Ufficio Primo')
  const again = fieldsOf(late.text, '/avvio/testi')
  expect(again.officeName).toBe('Ufficio Secondo')
  expect((await two.post('/avvio/testi', again)).status).toBe(303)
  expect((await fresh(tenant)).branding.officeName).toBe('Ufficio Secondo')
  // Another page is no conflict.
  const contacts = await formAt(one, '/avvio/contatti')
  await two.post('/avvio/testi', { ...(await formAt(two, '/avvio/testi')), officeHours: 'mai' })
  expect((await one.post('/avvio/contatti', contacts)).status).toBe(303)
})

test('twenty saves of one page at once leave one of them and nineteen told so', async () => {
  const tenant = await world.addTenant()
  const office = await officeClient(world, tenant)
  const form = await formAt(office, '/avvio/contatti')
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, n) => office.post('/avvio/contatti', { ...form, phone: `06 00${n}` })),
  )
  expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
    303,
    ...Array<number>(19).fill(409),
  ])
  expect(await logOf(tenant, 'settings.changed')).toHaveLength(1)
})

test.each([
  ['/avvio/creditore', { iban: 'IT61X0542811101000000123456' }, 'cifre di controllo'],
  ['/avvio/creditore', { iban: '' }, 'Serve un valore'],
  ['/avvio/creditore', { postalIban: 'IT60X0542811101000000123456' }, 'non è di Poste'],
  ['/avvio/creditore', { postalHolder: 'Ente' }, 'le parole di Poste'],
  ['/avvio/creditore', { serviceId: '', serviceSubjectId: 'AB123' }, 'vanno insieme'],
  ['/avvio/contatti', { website: 'javascript:alert(1)' }, 'indirizzo intero'],
  ['/avvio/contatti', { email: 'nessuno' }, 'indirizzo e-mail'],
  ['/avvio/contatti', { municipalityCode: 'Roma' }, 'tre cifre'],
  ['/avvio/contatti', { name: 'x'.repeat(101) }, 'troppo lungo'],
  ['/avvio/testi', { 'languages-it': '', 'languages-en': '' }, 'Serve un valore'],
  ['/avvio/regole', { minimumCents: '10', maximumCents: '5' }, 'minore del minimo'],
  ['/avvio/regole', { suggestedCents: '1; 25' }, 'tra il minimo e il massimo'],
  ['/avvio/regole', { noticeValidityDays: '0' }, 'Da 1 a 365'],
  ['/avvio/regole', { passwordLoginUntil: '31/02/2027' }, 'un giorno'],
] as const)('%s refuses %j, keeps what was typed and writes nothing', async (path, typed, reason) => {
  const tenant = await neverLive(world, await world.addTenant())
  const office = await officeClient(world, tenant)
  const form = await formAt(office, path)
  const answer = await office.post(path, { ...form, ...typed })
  expect(answer.status).toBe(422)
  expect(answer.text.includes(reason), reason).toBe(true)
  const [name, value] = Object.entries(typed).at(-1)!
  if (!name.startsWith('languages')) expect(fieldsOf(answer.text, path)[name]).toBe(value)
  expect(await fresh(tenant)).toEqual(tenant)
})

describe('what routes payments', () => {
  test('changes while the entity has never been live, except to a creditor that another entity has', async () => {
    const [other, tenant] = [await world.addTenant(), await neverLive(world, await world.addTenant())]
    const office = await officeClient(world, tenant)
    const form = await formAt(office, '/avvio/creditore')
    const right = {
      ...form,
      creditorFiscalCode: '66666666666',
      segregationCode: '42',
      stationId: '66666666666_09',
    }
    expect((await office.post('/avvio/creditore', right)).status).toBe(303)
    const now = await fresh(tenant)
    expect([now.creditorFiscalCode, now.segregationCode, now.creditor.stationId]).toEqual([
      '66666666666',
      '42',
      '66666666666_09',
    ])
    const again = await formAt(office, '/avvio/creditore')
    const taken = await office.post('/avvio/creditore', {
      ...again,
      creditorFiscalCode: other.creditorFiscalCode,
      creditorName: 'Altro',
    })
    expect(taken.status).toBe(409)
    expect(await fresh(tenant)).toEqual(now)
  })

  test('stands still once its money is real: the form does not ask, a forged form, the function and the table refuse', async () => {
    const tenant = await world.addTenant()
    const office = await officeClient(world, tenant)
    const form = await formAt(office, '/avvio/creditore')
    expect(form).not.toHaveProperty('creditorFiscalCode')
    expect(form).not.toHaveProperty('stationId')
    const forged = { ...form, creditorFiscalCode: '66666666666', stationId: 'ALTRA_01', cbill: 'ZZ999' }
    expect((await office.post('/avvio/creditore', forged)).status).toBe(303)
    const now = await fresh(tenant)
    expect(now).toEqual({ ...tenant, creditor: { ...tenant.creditor, cbill: 'ZZ999' } })
    const routing = (fiscal: string, service: string | null) =>
      inTenant(database.app, tenant.id, async (tx) => {
        const { rows } = await sql<{ refused: string | null }>`
          select set_routing(${tenant.id}, ${fiscal}, ${tenant.segregationCode}, ${service}, ${tenant.serviceSubjectId}) as refused`.execute(
          tx,
        )
        return rows[0]!.refused
      })
    expect(await routing('66666666666', tenant.serviceId)).toBe('live')
    expect(await routing(tenant.creditorFiscalCode, 'ZZZZZ')).toBe('live')
    expect(await routing(tenant.creditorFiscalCode, tenant.serviceId)).toBe(null)
    for (const column of ['creditor_fiscal_code', 'segregation_code', 'live_since'])
      await expect(
        inTenant(database.app, tenant.id, (tx) =>
          sql`update tenants set ${sql.ref(column)} = null where id = ${tenant.id}`.execute(tx),
        ),
      ).rejects.toMatchObject({ code: '42501' })
  })
})

describe('rules', () => {
  test('are saved only as their effect was shown', async () => {
    const tenant = await world.addTenant()
    const office = await officeClient(world, tenant)
    const path = '/avvio/regole'
    const form = await formAt(office, path)
    const typed = { ...form, azione: 'effetto', lowCreditMeals: '7' }
    const shown = await office.post(path, typed)
    expect([shown.status, (await fresh(tenant)).policies.lowCreditMeals]).toEqual([200, 3])
    expect(shown.text).toContain('Con la soglia di 7 pasti')
    const seen = { ...fieldsOf(shown.text, path), azione: 'salva' }
    // Other values than those that were looked at are looked at first.
    const other = await office.post(path, { ...seen, lowCreditMeals: '9' })
    expect([other.status, (await fresh(tenant)).policies.lowCreditMeals]).toEqual([200, 3])
    expect((await office.post(path, seen)).status).toBe(303)
    expect((await fresh(tenant)).policies).toEqual({ ...tenant.policies, lowCreditMeals: 7 })
  })

  test('that nobody feels are said so, and looking them through is a step done', async () => {
    const tenant = await neverLive(world, await world.addTenant())
    const office = await officeClient(world, tenant)
    const shown = await office.post('/avvio/regole', await formAt(office, '/avvio/regole'))
    expect(shown.text).toContain('Nessuno e nessun pagamento')
    expect((await office.get('/avvio')).text).toContain('Le regole, lette e salvate')
    await office.post('/avvio/regole', fieldsOf(shown.text, '/avvio/regole'))
    expect((await office.get('/avvio')).text).not.toContain('Le regole, lette e salvate')
    expect(await logOf(tenant, 'settings.confirmed')).toHaveLength(1)
  })
})

describe('services', () => {
  test('are changed and added with a code of the taxonomy', async () => {
    const tenant = await world.addTenant()
    const office = await officeClient(world, tenant)
    const path = '/avvio/servizi'
    const { form, version } = await formAt(office, path)
    const added = {
      form: form!,
      version: version!,
      servizio: 'nuovo',
      'code-nuovo': 'trasporto',
      'label-nuovo': 'Scuolabus',
      'paymentDescription-nuovo': 'Ricarica trasporto scolastico',
      'taxonomyCode-nuovo': '9/0107102TS',
    }
    const wrong = await office.post(path, added)
    expect(wrong.status).toBe(422)
    expect(wrong.text).toContain('9/0107101TS/.')
    const right = { ...added, 'taxonomyCode-nuovo': '9/0107102TS/' }
    expect((await office.post(path, right)).status).toBe(303)
    // The list is another one now: the same form again is told so.
    expect((await office.post(path, { ...right, 'code-nuovo': 'ALTRO' })).status).toBe(409)
    expect((await office.post(path, right)).text).toContain('C’è già un servizio')
    const rows = await inTenant(database.app, tenant.id, (tx) =>
      tx
        .selectFrom('service_categories')
        .select(['code', 'label', 'taxonomy_code'])
        .where('tenant_id', '=', tenant.id)
        .orderBy('code')
        .execute(),
    )
    expect(rows).toContainEqual({ code: 'TRASPORTO', label: 'Scuolabus', taxonomy_code: '9/0107102TS/' })
  })
})

describe('ways to pay', () => {
  test('are opened, closed and set by a form drawn from their own schema', async () => {
    const tenant = await world.addTenant()
    const office = await officeClient(world, tenant)
    const path = '/avvio/canali/puntolis-qr'
    const form = await formAt(office, path)
    expect(Object.keys(form)).toEqual(['form', 'version', 'shown', 'attivo', 'qrTemplate', 'noticeMinutes'])
    for (const [typed, reason] of [
      [{ noticeMinutes: '4' }, 'tra 5 e 1440'],
      [{ noticeMinutes: 'tanti' }, 'tra 5 e 1440'],
      [{ qrTemplate: 'niente' }, 'seguire l’indicazione'],
    ] as const) {
      const answer = await office.post(path, { ...form, ...typed })
      expect([answer.status, answer.text.includes(reason)]).toEqual([422, true])
    }
    expect((await office.post(path, { ...form, noticeMinutes: '90' })).status).toBe(303)
    house.registry.forget()
    expect(await house.registry.channelSettings(tenant.id, 'puntolis-qr')).toMatchObject({
      settings: { noticeMinutes: 90 },
    })
    const { attivo: _, ...closed } = await formAt(office, path)
    expect((await office.post(path, closed)).status).toBe(303)
    house.registry.forget()
    expect(await house.registry.channelSettings(tenant.id, 'puntolis-qr')).toBeUndefined()
    expect(await logOf(tenant, 'settings.channel_changed')).toMatchObject([
      { details: { channel: 'puntolis-qr', 'noticeMinutes.after': '90', 'enabled.before': true } },
      { details: { 'enabled.before': true, 'enabled.after': false } },
    ])
    expect((await office.get('/avvio/canali/inventato')).status).toBe(404)
  })

  test('that are open and not shown say why', async () => {
    const base = { serviceId: undefined, serviceSubjectId: undefined } as never
    const tenant = await world.addTenant(base)
    const office = await officeClient(world, tenant)
    const { text } = await office.get('/avvio/canali')
    expect(text).toContain('Questo ente non ha ancora attivato il servizio dal tabaccaio.')
  })

  test.each(house.cashier.channels.map((channel) => [channel.id, channel] as const))(
    '%s has words for each of its settings',
    (id, channel) => {
      const keys = settingFields(channel).map(({ name }) => `channel.${id}.setting.${name}`)
      expect(keys.filter((key) => !hasMessage(key) || !hasMessage(`${key}.hint`))).toEqual([])
    },
  )
})
