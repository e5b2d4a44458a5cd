import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { OPERATOR_PATH } from '../src/operator/context.ts'
import { door } from './support/door.ts'
import { openTestHouse } from './support/house.ts'
import { OPERATOR_PASSWORD as PASSWORD, operatorsOf } from './support/operators.ts'
import { hiddenField } from './support/second-factor.ts'

const world = await openTestHouse()
const { house, url, clock } = world
const { db } = house.services
const gestione = door(url, OPERATOR_PATH)
const { settled, logOf } = operatorsOf(world)

describe('guessing at the operators’ door', () => {
  test('is slowed to ten wrong passwords and ten wrong codes a minute', async () => {
    clock.toNextMinute()
    const [guessed, other] = [await settled(), await settled()]
    for (let n = 0; n < 10; n++)
      expect((await gestione.password(guessed.username, `sbagliata ${n}`)).status).toBe(401)
    expect((await gestione.password(guessed.username, PASSWORD)).status).toBe(429)
    const asked = await gestione.password(other.username, PASSWORD)
    const step = hiddenField(asked.text, 'step')
    const wrong = other.code(9)
    for (let n = 0; n < 10; n++) expect((await gestione.code(step, wrong)).status).toBe(401)
    expect((await gestione.code(step, other.code())).status).toBe(429)
    const refused = (await logOf(other.operatorId)).filter(({ action }) => action === 'sign_in.refused')
    expect(refused.map(({ operator_id }) => operator_id)).toEqual(Array(10).fill(null))
    clock.toNextMinute()
  })

  describe('from elsewhere', () => {
    beforeEach(() => clock.hold())
    afterEach(() => clock.release())
    const from = (address: string) => door(url, OPERATOR_PATH, address)
    /** Wrong passwords, some at once, each from an address of its own; how often each status was the answer. */
    async function guesses(count: number, one: (n: number) => readonly [username: string, address: string]) {
      const statuses: number[] = []
      for (let first = 0; first < count; first += 10) {
        const numbers = Array.from({ length: Math.min(10, count - first) }, (_, index) => first + index)
        const answers = numbers.map((n) => {
          const [username, address] = one(n)
          return from(address).password(username, `sbagliata ${n}`)
        })
        statuses.push(...(await Promise.all(answers)).map(({ status }) => status))
      }
      return Object.fromEntries(
        [...Map.groupBy(statuses, (status) => status)].map(([status, same]) => [status, same.length]),
      )
    }

    test('an IPv6 network is one address, however its owner numbers the machines in it', async () => {
      const { username } = await settled()
      const told = await guesses(13, (n) => [username, `2001:db8:1:2::${n.toString(16)}`])
      expect(told).toEqual({ 401: 10, 429: 3 })
      expect((await from('2001:db8:1:3::1').password(username, PASSWORD)).status).toBe(200)
    })

    test('a hundred wrong passwords in an hour close one name to every address, and no other name', async () => {
      const [guessed, other] = [await settled(), await settled()]
      const told = await guesses(110, (n) => [
        n % 2 ? guessed.username : ` ${guessed.username.toUpperCase()}`,
        `198.51.100.${n}`,
      ])
      expect(told).toEqual({ 401: 100, 429: 10 })
      expect((await from('198.51.100.200').password(guessed.username, PASSWORD)).status).toBe(429)
      expect((await from('198.51.100.200').password(other.username, PASSWORD)).status).toBe(200)
    }, 60_000)

    test('sixty wrong passwords in a minute stop one network at every name, and nobody else', async () => {
      const { username } = await settled()
      const told = await guesses(64, (n) => [`nessuno.${n}`, '203.0.113.9'])
      expect(told).toEqual({ 401: 60, 429: 4 })
      expect((await from('203.0.113.9').password(username, PASSWORD)).status).toBe(429)
      expect((await from('203.0.113.10').password(username, PASSWORD)).status).toBe(200)
    }, 60_000)

    test('who is held back fills no wider count: one stubborn network does not close a name', async () => {
      const { username } = await settled()
      expect(await guesses(120, () => [username, '203.0.113.20'])).toEqual({ 401: 10, 429: 110 })
      expect((await from('203.0.113.21').password(username, PASSWORD)).status).toBe(200)
    }, 60_000)
  })

  test('a wrong password is written down about the operator, by nobody; a name that nobody has leaves no line', async () => {
    const { username, operatorId } = await settled()
    const lines = async () =>
      Number(
        (
          await db
            .selectFrom('operator_audit_log')
            .select((select) => select.fn.countAll<bigint>().as('lines'))
            .executeTakeFirstOrThrow()
        ).lines,
      )
    const before = await lines()
    expect((await gestione.password(username, 'sbagliata')).status).toBe(401)
    expect((await gestione.password('nessuno.qui', 'sbagliata')).status).toBe(401)
    expect(await lines()).toBe(before + 1)
    expect((await logOf(operatorId)).at(-1)).toEqual({ action: 'sign_in.refused', operator_id: null })
  })
})
