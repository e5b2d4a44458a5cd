import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Store } from './store.ts'
import type { CollectionLimits } from './store.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sandbox-store-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const record = (id: string, second: number, held = false) => ({
  id,
  held,
  createdAt: `2026-01-01T00:00:0${second}.000Z`,
})
const limits: CollectionLimits<ReturnType<typeof record>> = { most: 2, holds: ({ held }) => held }

test('what one run kept the next one finds, in order of arrival', () => {
  const first = new Store(folder).collection('things', { most: 10 })
  for (const [id, second] of [
    ['b', 1],
    ['a', 2],
    ['c', 3],
  ] as const)
    first.put(record(id, second))
  first.delete('a')
  const second = new Store(folder).collection('things', { most: 10 })
  expect(second.all().map(({ id }) => id)).toEqual(['b', 'c'])
  expect(readdirSync(join(folder, 'things')).toSorted()).toEqual(['b.json', 'c.json'])
})

test('beyond its limit the oldest go, but never what is held', () => {
  const things = new Store(folder).collection('things', limits)
  things.put(record('held', 1, true))
  for (const [id, second] of [
    ['x', 2],
    ['y', 3],
    ['z', 4],
  ] as const)
    things.put(record(id, second))
  expect(things.all().map(({ id }) => id)).toEqual(['held', 'z'])
  expect(readdirSync(join(folder, 'things')).toSorted()).toEqual(['held.json', 'z.json'])
})

test('an id that would leave the folder is refused', () => {
  expect(() => new Store(folder).collection('things', limits).put(record('../x', 1))).toThrow(
    'cannot name a record',
  )
})
