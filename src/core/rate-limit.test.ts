import { expect, test } from 'vitest'
import { createRateLimiter } from './rate-limit.ts'

function movable(start: number) {
  let now = start
  return { now: () => new Date(now), forward: (ms: number) => (now += ms) }
}

test('a key is refused after its limit and allowed again in the next window', () => {
  const clock = movable(60_000 * 100)
  const limiter = createRateLimiter(clock, 3)
  const outcomes = [1, 2, 3, 4].map(() => limiter.take('a').allowed)
  expect(outcomes).toEqual([true, true, true, false])
  clock.forward(60_000)
  expect(limiter.take('a')).toMatchObject({ allowed: true, remaining: 2 })
})

test('one key’s counts are not another’s', () => {
  const limiter = createRateLimiter(movable(0), 1)
  limiter.take('a')
  expect(limiter.take('a').allowed).toBe(false)
  expect(limiter.take('b').allowed).toBe(true)
})

test('what is given back can be taken again', () => {
  const limiter = createRateLimiter(movable(0), 1)
  limiter.take('a')
  limiter.giveBack('a')
  expect(limiter.take('a').allowed).toBe(true)
})

test('the reset counts the seconds that are left of the window', () => {
  const clock = movable(60_000 * 7 + 45_000)
  expect(createRateLimiter(clock, 5).take('a')).toEqual({
    allowed: true,
    limit: 5,
    remaining: 4,
    resetSeconds: 15,
  })
})

test('a flood of keys does not grow without bound', () => {
  const limiter = createRateLimiter(movable(0), 1)
  limiter.take('first')
  for (let index = 0; index < 100_000; index++) limiter.take(`key ${index}`)
  expect(limiter.take('first').allowed).toBe(true)
  expect(limiter.take('key 99999').allowed).toBe(false)
})
