import { afterAll, describe, expect, test } from 'vitest'
import { inTenant } from '#core/db/tenant.ts'
import { newId } from '#core/ids.ts'
import type { Tenant } from '#core/tenant.ts'
import type { ImportKind } from '#tenants/imports/kind.ts'
import { ensureSchool } from '#tenants/schools/schools.ts'
import { bringFile } from '../../test/support/bring-file.ts'
import { testDatabase } from '../../test/support/database.ts'
import { appPool, bareTenant } from '../../test/support/entities.ts'
import { canteen } from '../../test/support/canteens.ts'
import { calendarImport } from './calendar-import.ts'
import { chargeDay } from './charges.ts'
import { tariffsImport } from './tariffs-import.ts'
import { readWeekdays } from './weekdays.ts'

const database = await testDatabase()
const { pool, db } = appPool(database.urls.app)
afterAll(() => pool.end())
const now = new Date('2026-09-01T08:00:00Z')

async function entity() {
  const { id } = await bareTenant(db)
  await inTenant(db, id, (tx) => ensureSchool(tx, id, { code: 'DANTE', name: 'Primaria Dante' }, now))
  return id
}

const bring = (kind: ImportKind, tenantId: string, text: string) =>
  bringFile(db, kind, text, {
    now,
    tenant: { id: tenantId } as Tenant,
    by: { accountId: newId(), role: 'clerk' },
  })

describe('tariffs', () => {
  const header = 'Servizio;Valida dal;Scuola;ISEE fino a;Dal fratello;Prezzo;Delibera'
  const rows = ['REFEZIONE;01/09/2026;;8.000,00;;2,10;n. 12', 'REFEZIONE;01/09/2026;DANTE;;2;4,40;n. 12']

  test('become a plan with its prices; the same file changes nothing, another price changes one', async () => {
    const id = await entity()
    const first = await bring(tariffsImport, id, [header, ...rows].join('\n'))
    expect([first.counts, first.plan.news]).toEqual([
      [2, 0, 0],
      [{ what: 'plan', name: 'Mensa scolastica, 01/09/2026' }],
    ])
    expect((await bring(tariffsImport, id, [header, ...rows].join('\n'))).counts).toEqual([0, 0, 2])
    const dearer = await bring(tariffsImport, id, [header, rows[0]!.replace('2,10', '2,30')].join('\n'))
    expect(dearer.counts).toEqual([0, 1, 0])
    const prices = await inTenant(db, id, (tx) =>
      tx
        .selectFrom('tariff_prices')
        .select(['school_id', 'isee_up_to_cents', 'sibling_from', 'price_cents'])
        .where('tenant_id', '=', id)
        .orderBy('price_cents')
        .execute(),
    )
    expect(prices).toEqual([
      { school_id: null, isee_up_to_cents: 800_000n, sibling_from: 1, price_cents: 230n },
      { school_id: expect.any(String), isee_up_to_cents: null, sibling_from: 2, price_cents: 440n },
    ])
  })

  test('change at once what an ordinary day costs the children who are enrolled', async () => {
    const { id, childId } = await bareTenant(db)
    const enrolment = { id: newId(), child_id: childId, category: 'REFEZIONE', school_year: '2026/2027' }
    await inTenant(db, id, (tx) =>
      tx
        .insertInto('enrolments')
        .values({ ...enrolment, tenant_id: id, tariff_cents: 450n, created_at: now })
        .execute(),
    )
    await bring(tariffsImport, id, [header, 'REFEZIONE;01/09/2026;;;;5,20;n. 12'].join('\n'))
    const { tariff_cents } = await inTenant(db, id, (tx) =>
      tx
        .selectFrom('enrolments')
        .select('tariff_cents')
        .where('tenant_id', '=', id)
        .executeTakeFirstOrThrow(),
    )
    expect(tariff_cents).toBe(520n)
  })

  test('with mistakes are told by row and column', async () => {
    const wrong = [
      'NUOTO;01/09/2026;;;;2,10;',
      'REFEZIONE;;;;;2,10;',
      'REFEZIONE;01/09/2026;MANZONI;;;2,10;',
      'REFEZIONE;01/09/2026;;abc;;2,10;',
      'REFEZIONE;01/09/2026;;;0;2,10;',
      'REFEZIONE;01/09/2026;;;;;',
      'REFEZIONE;01/09/2026;;;;1.000,00;',
      'REFEZIONE;01/09/2026;;;;3,00;',
      'REFEZIONE;1/9/2026;;;1;3,10;',
    ]
    expect((await bring(tariffsImport, await entity(), [header, ...wrong].join('\n'))).wrong).toEqual([
      '2 service unknown-service',
      '3 valid_from required',
      '4 school unknown-school',
      '5 isee_up_to amount',
      '6 sibling_from number',
      '7 price required',
      '8 price amount-range',
      '10 null twice',
    ])
  })
})

describe('the calendar', () => {
  const header = 'Tipo;Servizio;Scuola;Dal;Al;Giorni;Motivo'
  const rows = [
    'periodo;REFEZIONE;;14/09/2026;30/06/2027;lun-ven;',
    'chiusura;;;23/12/2026;06/01/2027;;Vacanze di Natale',
    'chiusura;;DANTE;02/11/2026;;;Elezioni',
  ]

  test('takes periods and closures once', async () => {
    const id = await entity()
    expect((await bring(calendarImport, id, [header, ...rows].join('\n'))).counts).toEqual([3, 0, 0])
    expect((await bring(calendarImport, id, [header, ...rows].join('\n'))).counts).toEqual([0, 0, 3])
    const [period] = await inTenant(db, id, (tx) =>
      tx.selectFrom('service_periods').selectAll().where('tenant_id', '=', id).execute(),
    )
    expect(period).toMatchObject({
      first_day: '2026-09-14',
      last_day: '2027-06-30',
      weekdays: 31,
      day_type: '',
    })
    const closures = await inTenant(db, id, (tx) =>
      tx.selectFrom('closures').selectAll().where('tenant_id', '=', id).orderBy('first_day').execute(),
    )
    expect(closures.map(({ last_day, reason }) => [last_day, reason])).toEqual([
      ['2026-11-02', 'Elezioni'],
      ['2027-01-06', 'Vacanze di Natale'],
    ])
  })

  test('with mistakes is told by row and column', async () => {
    const wrong = [
      'festa;;;23/12/2026;;;x',
      'periodo;REFEZIONE;;14/09/2026;01/09/2026;lun;',
      'periodo;REFEZIONE;;14/09/2026;;forse;',
      'chiusura;;;23/12/2026;;;',
      'chiusura;;MANZONI;;;;x',
    ]
    expect((await bring(calendarImport, await entity(), [header, ...wrong].join('\n'))).wrong).toEqual([
      '2 entry entry',
      '3 last_day before-first',
      '4 weekdays weekdays',
      '5 reason required',
      '6 school unknown-school',
      '6 first_day required',
    ])
  })
})

test.each([
  ['lun-ven', 0b11111],
  ['', 0b11111],
  ['Lunedì, mercoledì e venerdì', 0b10101],
  ['Mon–Thu', 0b01111],
  ['1-5', 0b11111],
  ['lun mar gio', 0b01011],
  ['sab', 0b100000],
  ['ven-lun', undefined],
  ['forse', undefined],
  ['8', undefined],
  ['lun-', undefined],
  ['1-3-5', undefined],
])('days of the week “%s” are %s', (text, days) => {
  expect(readWeekdays(text)).toBe(days)
})

test('prices and closures of days that were charged ask for their charges anew', async () => {
  const entity = await canteen(db, 1)
  const meal = { category: 'REFEZIONE', day: '2026-09-15' }
  await entity.attend(meal.day, { [entity.childIds[0]!]: 'present' })
  await chargeDay({ db, clock: { now: () => new Date('2026-09-15T16:00:00Z') } }, entity.id, meal, {
    kind: 'system',
  })
  const asked = () =>
    inTenant(db, entity.id, (tx) =>
      tx
        .selectFrom('outbox')
        .select(['job', 'data'])
        .where('tenant_id', '=', entity.id)
        .orderBy('id')
        .execute(),
    )
  const day = { job: 'meals.charge', data: { tenantId: entity.id, ...meal } }
  await bring(tariffsImport, entity.id, 'Servizio;Valida dal;Prezzo\nREFEZIONE;01/09/2026;5,20')
  expect(await asked()).toEqual([day])
  await bring(
    calendarImport,
    entity.id,
    'Voce;Dal;Motivo\nchiusura;14/09/2026;Sciopero\nchiusura;15/09/2026;Neve',
  )
  expect(await asked()).toEqual([day, day])
})
