import { afterAll, expect, test } from 'vitest'
import { testDatabase } from '../../../test/support/database.ts'
import { newId } from '../ids.ts'
import { openPool } from './connect.ts'

const database = await testDatabase()
const pool = openPool(database.urls.app, { max: 1 })
const unprepared = openPool(database.urls.app, { max: 1, prepare: false })
afterAll(() => Promise.all([pool.end(), unprepared.end()]))

/* What goes through the driver of the hot functions comes back as it was. */

test.each([
  ['no text', []],
  [
    'texts that look like the list’s own signs',
    ['a,b', '{c}', '"d"', 'e\\f', '', ' g ', 'NULL', 'h\ni', 'perché'],
  ],
])('%s', async (_, texts) => {
  for (const one of [pool, unprepared]) {
    const [row] = await one`select ${texts}::text[] as texts, cardinality(${texts}::text[]) as count`
    expect(row).toEqual({ texts, count: texts.length })
  }
})

test('ids', async () => {
  const ids = [newId(), newId()]
  expect(await pool`select ${ids}::uuid[] as ids`).toEqual([{ ids }])
})

test('whole numbers of 64 bits, and days', async () => {
  const row = { cents: 9_007_199_254_740_993n, day: '2026-11-28' }
  expect(await pool`select ${row.cents}::bigint as cents, ${row.day}::date as day`).toEqual([row])
})

test.each([
  ['bytea', Buffer.from([0, 255, 92, 120])],
  ['boolean', true],
  ['text[]', ['a', 'b']],
])(
  'a %s is written once: a forgotten statement is refused, and prepared by the next',
  async (type, value) => {
    const ask = () => pool.unsafe(`select $1::${type} as value`, [value], { prepare: true })
    expect(await ask()).toEqual([{ value }])
    await pool.unsafe('deallocate all')
    await expect(ask()).rejects.toThrow('DATABASE_PREPARE=false')
    expect(await ask()).toEqual([{ value }])
  },
)
