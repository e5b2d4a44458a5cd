import { expect, test } from 'vitest'
import { addDays, romeInstant } from '#core/clock.ts'
import { endingCertificates, type CertificateKey } from '../src/meals/diet-certificates.ts'
import { openCanteen } from './support/canteen-entity.ts'
import { openTestHouse } from './support/house.ts'
import { officeClient } from './support/office.ts'
import { recordedDiet } from './support/things.ts'

const world = await openTestHouse()
const { services } = world.house
const DAY = '2026-11-24'
world.clock.setTo(romeInstant(`${DAY}T10:00:00`))
const NOTE = 'Reazione grave anche alle tracce'

const tenant = await world.addTenant()
const family = await world.addFamily(tenant, 2)
const [sofia, luca] = family.children.map(({ childId }) => childId) as [string, string]
await openCanteen(world, tenant, [sofia], DAY)

const dated = [
  ['no-beef', addDays(DAY, -1)],
  ['gluten-free', addDays(DAY, 30)],
  ['vegetarian', addDays(DAY, 31)],
  ['milk-free', DAY],
  ['vegan', undefined],
] as const
for (const [kind, certificateUntil] of dated)
  await recordedDiet(world, tenant, family, sofia, { kind, certificateUntil, note: NOTE })
// Over since yesterday: nobody cooks it any more.
const yesterday = addDays(DAY, -1)
const over = { validFrom: addDays(DAY, -9), validUntil: yesterday, certificateUntil: yesterday }
await recordedDiet(world, tenant, family, sofia, { ...over, kind: 'legume-free' })

test('certificates that have ended or end within thirty days are listed by their day, notes stay closed', async () => {
  const clerk = await officeClient(world, tenant, 'clerk')
  const { text } = await clerk.get('/certificati')
  const rows = text.match(/<tr>\s*<th class="cell-main"[\s\S]*?<\/tr>/g)!
  expect(rows.map((row) => row.replace(/<[^>]+>|\s+/g, ' '))).toEqual([
    expect.stringMatching(/Provetti Sofia +Primaria Dante +3ª B +Senza manzo .*23\/11\/2026 +Scaduto/),
    expect.stringMatching(/Senza latte e derivati .*24\/11\/2026 +In scadenza/),
    expect.stringMatching(/Senza glutine .*24\/12\/2026 +In scadenza/),
  ])
  expect(text).toContain(`/alunni/${sofia}/dieta"`)
  expect(text).not.toMatch(/tracce|Vegetariana|Vegana|Senza legumi/)
  expect((await clerk.get(`/alunni/${sofia}/dieta`)).text).toMatch(/\/certificati">Certificati in scadenza/)
})

test.each(['school', 'accountant'] as const)(
  'the list is none of %s’s, who may open no child’s diets',
  async (role) => {
    const client = await officeClient(world, tenant, role)
    expect((await client.get('/certificati')).status).toBe(403)
    expect((await client.get('/')).text).not.toContain('/certificati')
  },
)

test('a long list goes on where it stopped, also among certificates of one day and of a child in no class', async () => {
  for (const kind of ['fish-free', 'egg-free'] as const)
    await recordedDiet(world, tenant, family, luca, { kind, certificateUntil: DAY })
  const span = { today: DAY, until: addDays(DAY, 30) }
  const listed: string[] = []
  let after: CertificateKey | undefined
  do {
    const page = await endingCertificates(services.db, tenant.id, span, { after, limit: 2 })
    expect(page.total).toBe(5)
    listed.push(...page.rows.map(({ certificateUntil, className }) => `${certificateUntil} ${className}`))
    after = page.next
  } while (after)
  expect(listed.toSorted()).toEqual([
    '2026-11-23 3ª B',
    '2026-11-24 3ª B',
    '2026-11-24 undefined',
    '2026-11-24 undefined',
    '2026-12-24 3ª B',
  ])
})
