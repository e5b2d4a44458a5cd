import { afterAll, beforeAll, expect, test } from 'vitest'
import { declaration, setStage } from '../testing/stage.ts'
import type { Stage } from '../testing/stage.ts'

/** The secret of RFC 6238's own examples, "12345678901234567890", in base32. */
const SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'
let stage: Stage
let now = new Date(59_000)
beforeAll(async () => {
  stage = await setStage({ now: () => now })
})
afterAll(() => stage.close())

const codeOf = (secret: string) => stage.call('GET', `/api/phone/code?secret=${encodeURIComponent(secret)}`)

test('shows the codes of RFC 6238, by the sandbox’s clock', async () => {
  // Appendix B, the last six of eight digits.
  for (const [seconds, code, secondsLeft] of [
    [59, '287082', 1],
    [1_111_111_109, '081804', 1],
    [1_234_567_890, '005924', 30],
    [20_000_000_000, '353130', 10],
  ] as const) {
    now = new Date(seconds * 1000)
    expect((await codeOf(SECRET)).body).toEqual({ code, secondsLeft })
  }
})

test('takes a secret as people copy it, and refuses what is none', async () => {
  now = new Date(59_000)
  const typed = SECRET.toLowerCase().replace(/(.{4})/g, '$1 ')
  expect((await codeOf(typed)).body.code).toBe('287082')
  for (const wrong of ['', 'ABC', 'non-una-chiave-1890']) expect((await codeOf(wrong)).status).toBe(422)
  const page = await (await stage.submit('/telefono', { secret: typed })).text()
  expect(page).toContain('287 082')
  const refused = await stage.submit('/telefono', { secret: 'ABC' })
  expect([refused.status, await refused.text()]).toEqual([422, expect.stringContaining('non è una chiave')])
})

test('has everybody who was introduced with a secret, and nobody else', async () => {
  now = new Date(59_000)
  const person = { role: 'staff', username: 'ada', password: 'una-password', name: 'Ada Uffici' }
  const path = '/api/creditors/00000000035/02'
  const introduce = (people: object[]) =>
    stage.call('PUT', path, { ...declaration(''), endpoint: undefined, people })
  await introduce([{ ...person, totpSecret: SECRET }, person])
  expect((await stage.call('GET', '/api/phone/codes')).body.codes).toEqual([
    { entity: 'Comune di Prova', name: 'Ada Uffici', username: 'ada', code: '287082', secondsLeft: 1 },
  ])
  const page = await (await fetch(`${stage.sandbox.url}/telefono`)).text()
  expect(page).toContain('287 082')
  expect(page).not.toContain(SECRET)
  expect((await introduce([{ ...person, totpSecret: 'breve' }])).status).toBe(400)
})
