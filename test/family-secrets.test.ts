import postgres from 'postgres'
import { beforeAll, describe, expect, test } from 'vitest'
import { romeDate } from '#core/clock.ts'
import { newId } from '#core/ids.ts'
import type { Tenant } from '#core/tenant.ts'
import { OFFICE_ROUTES, type OfficeRoute } from '../src/backoffice/routes.ts'
import { createApp } from './api/client.ts'
import { CANARY_PASSWORD, type CanaryFamily } from './support/canary-families.ts'
import { openCanaryWorld, tablesOfWork } from './support/canary-world.ts'
import {
  asker,
  crawl,
  getRoutes,
  hasId,
  leaks,
  linksOf,
  routeOf,
  starts,
  unopened,
  type Seen,
} from './support/crawler.ts'
import { machineToken } from './support/machines.ts'
import { hire, officeClient } from './support/office.ts'
import { officePath, ROLES } from './support/office-entity.ts'
import { exportsInLog, FILES, isFile } from './support/office-files.ts'
import { operatorClient, operatorsOf } from './support/operators.ts'

// Two entities with families of which everything that can be written carries a word of their own; then every GET route
// of every face is opened as everybody who may, and whatever anybody has reached is asked for by everybody else. The
// routes are those that the application has mounted: a new one that no link reaches fails the test.
const canaries = await openCanaryWorld()
const { world, entities, families, familyOf, imports, lines, letters, parentHeaders, staffHeaders } = canaries
const { web, url, database } = world
const tenants = [...entities.keys()]

const secretsOf = (some: readonly CanaryFamily[]) => some.flatMap(({ secrets }) => secrets)

describe('pages of families', () => {
  const routes = getRoutes(web, (path) => path.startsWith('/:slug') && !path.startsWith('/:slug/ufficio'))
  const isPortal = (address: string) => /^\/ente-[^/]+/.test(address) && !address.includes('/ufficio')
  const crawled = new Map<CanaryFamily, Seen[]>()
  /** Pages that need nothing in their address, what letters link, and what no page links. */
  const startsOf = async ({ tenant, email, addresses }: CanaryFamily) => [
    ...starts(routes, tenant.slug),
    ...(await letters()).filter(({ to }) => to.endsWith(email)).flatMap(({ text }) => linksOf(text)),
    ...addresses.map((address) => `/${tenant.slug}${address}`),
  ]

  test('show a parent their own family, and no other', async () => {
    for (const family of families) {
      const ask = asker(web, url, await parentHeaders(family))
      const seen = await crawl(ask, routes, await startsOf(family), isPortal)
      crawled.set(family, seen)
      expect(leaks(seen, [family.word]).length).toBeGreaterThan(10)
      const printed = seen.filter(({ status, type }) => status === 200 && type.startsWith('application/pdf'))
      expect(leaks(printed, [family.word]).length).toBeGreaterThan(1)
      expect(leaks(seen, secretsOf(families.filter((other) => other !== family)))).toEqual([])
    }
  })

  test('of another family answer nothing of it, whatever address it has reached', async () => {
    for (const family of families) {
      const ask = asker(web, url, await parentHeaders(family))
      const seen: Seen[] = []
      for (const [other, theirs] of crawled)
        if (other !== family)
          for (const { address } of theirs.filter((one) => hasId(one.address)))
            seen.push(await ask(address.replace(/^\/[^/]+/, `/${family.tenant.slug}`)))
      expect(seen.length).toBeGreaterThan(20)
      expect(leaks(seen, secretsOf(families.filter((other) => other !== family)))).toEqual([])
    }
  })

  test('show nobody any family', async () => {
    // A letter's link opens for whoever holds the letter.
    const addresses = [...crawled.values()]
      .flat()
      .map(({ address }) => address)
      .filter((address) => !address.includes('codice='))
    const ask = asker(web, url, {})
    const seen = await Promise.all(addresses.map(ask))
    expect(leaks(seen, secretsOf(families))).toEqual([])
  })

  test('have all been opened', () => {
    // SPID and CIE, for which nobody is registered here; the end of such a sign-in; the page after the first of them.
    const closed = ['accedi/cie', 'accedi/fine', 'accedi/spid', 'primo-accesso'].map(
      (path) => `/:slug/${path}`,
    )
    expect(unopened(routes, [...crawled.values()].flat())).toEqual(closed)
  })
})

describe('pages of the office', () => {
  // Links without a right code were opened above: whoever guesses links waits.
  beforeAll(() => world.clock.forwardDays(1 / 12))
  const routes = getRoutes(web, (path) => path.startsWith('/:slug/ufficio'))
  const isOffice = (address: string) => /^\/ente-[^/]+\/ufficio/.test(address)
  const crawled = new Map<Tenant, Seen[]>()
  /** Every page of the office's own table, with the entity's things in their places; what invitations link. */
  const startsOf = async (tenant: Tenant) => {
    const table = (Object.keys(OFFICE_ROUTES) as OfficeRoute[]).filter((route) => route.startsWith('GET '))
    const invitations = (await letters()).flatMap(({ text }) => linksOf(text))
    return [
      ...table.map((route) => `/${tenant.slug}/ufficio${officePath(route, entities.get(tenant)!)}`),
      ...invitations.filter((path) => path.startsWith(`/${tenant.slug}/ufficio/`)),
    ]
  }

  test.each(ROLES)(
    'show a %s none of another entity’s families, whatever address its people have reached',
    async (role) => {
      for (const tenant of tenants) {
        const others = secretsOf(families.filter((family) => family.tenant !== tenant))
        const ask = asker(web, url, await staffHeaders(tenant, role))
        const seen = await crawl(ask, routes, await startsOf(tenant), isOffice)
        for (const [other, theirs] of crawled)
          if (other !== tenant)
            for (const { address } of theirs.filter((one) => hasId(one.address)))
              seen.push(await ask(address.replace(/^\/[^/]+/, `/${tenant.slug}`)))
        if (role === 'administrator') crawled.set(tenant, seen)
        expect(leaks(seen, others)).toEqual([])
        expect(leaks(seen, secretsOf(familyOf(tenant))).length).toBeGreaterThan(2)
      }
    },
  )

  test('show nobody and no parent any family', async () => {
    const addresses = [...crawled.values()].flat().map(({ address }) => address)
    for (const headers of [{}, ...(await Promise.all(families.map(parentHeaders)))]) {
      const seen = await Promise.all(addresses.map(asker(web, url, headers)))
      expect(leaks(seen, secretsOf(families))).toEqual([])
    }
  })

  test('have all been opened', () => {
    expect(unopened(routes, [...crawled.values()].flat())).toEqual([])
  })

  test('hand out by an address alone no file with more than one family', () => {
    const files = [...crawled].flatMap(([tenant, seen]) =>
      seen
        .filter(isFile)
        .map((file) => ({ tenant, file, route: `GET ${officeRouteOf(routes, file.address)}` })),
    )
    const several = files.filter(
      ({ tenant, file }) =>
        familyOf(tenant).filter(({ secrets }) => leaks([file], secrets).length > 0).length > 1,
    )
    expect(several.map(({ file }) => file.address)).toEqual([])
    expect(Object.keys(FILES)).toEqual(expect.arrayContaining([...new Set(files.map(({ route }) => route))]))
  })

  test('know of every file whether it holds more than one family', () => {
    const files = Object.keys(OFFICE_ROUTES).filter((route) => /csv|xlsx|pdf|ods|:file/.test(route))
    expect(files.toSorted()).toEqual(Object.keys(FILES).toSorted())
  })

  test.each(Object.entries(FILES).filter(([, holds]) => holds === 'several'))(
    '%s asks for a confirmation first, and leaves a line in the log',
    async (route) => {
      const [tenant] = tenants
      const importId = imports.get(tenant!)!
      const path = route.split(' ')[1]!.replace(':id', importId)
      const office = await officeClient(world, tenant!)
      const form = await office.formOf(`/importazioni/${importId}`)
      const log = () => exportsInLog(world, tenant!, office.accountId)
      const unasked = await office.post(path, { form })
      expect([unasked.status, await log()]).toEqual([422, []])
      expect(unasked.text).toContain('<main')
      const handedOut = await office.post(path, { form, letto: 'si' })
      expect(handedOut.status).toBe(200)
      for (const { word } of familyOf(tenant!)) expect(handedOut.text.toLowerCase()).toContain(word)
      expect(await log()).toEqual(['import.report_read'])
    },
  )
})

function officeRouteOf(routes: readonly string[], address: string): string {
  return routeOf(routes, address)!.slice('/:slug/ufficio'.length)
}

describe('pages of the operators', () => {
  const routes = getRoutes(web, (path) => path.startsWith('/gestione'))
  const isOperators = (address: string) => address.startsWith('/gestione')

  test('show no family', async () => {
    const { operatorId } = await operatorsOf(world).settled()
    const { cookie } = await operatorClient(world, operatorId)
    const ask = asker(web, url, { cookie })
    const begin = [
      ...starts(routes, tenants[0]!.slug),
      ...tenants.map(({ slug }) => `/gestione/enti/${slug}`),
    ]
    const seen = await crawl(ask, routes, [...begin, ...QUEUES], isOperators)
    expect(seen.filter(({ status }) => status === 200).length).toBeGreaterThan(5)
    expect(leaks(seen, secretsOf(families))).toEqual([])
    expect(unopened(routes, seen)).toEqual([])
  })
})

/** What the console of queues shows of jobs, which its script asks for. */
const QUEUES = ['mail', 'documents', 'imports', 'outside', 'upkeep'].map(
  (queue) => `/gestione/code/api/queues?activeQueue=${queue}&status=latest&page=1`,
)

describe('answers to apps', () => {
  const routes = getRoutes(web, (path) => path.startsWith('/api/v1'))
  // Lists and counts of a day, which are machines' alone.
  const ofDays = routes.filter((route) => route.includes('/:category/:day'))
  const plain = routes.filter((route) => !/[:*{]/.test(route))
  const withId = routes.filter((route) => /:(id|fileName)/.test(route) && !ofDays.includes(route))
  const today = romeDate(world.clock.now())
  const filled = (route: string, id: string) =>
    route
      .replace(':category', 'REFEZIONE')
      .replace(':day', today)
      .replace(':id', id)
      .replace(':fileName', `${id}.pdf`)
  const idsIn = (seen: readonly Seen[]) => new Set(seen.flatMap(({ text }) => text.match(UUID) ?? []))

  test('show a parent their own family, and no other, whatever id is asked for', async () => {
    const app = await createApp(world)
    const asAll: ReturnType<typeof asker>[] = []
    const found = new Map<CanaryFamily, Seen[]>()
    for (const family of families) {
      const token = await app.signIn(family.tenant.activationCode, family.username, CANARY_PASSWORD)
      const ask = asker(web, url, { authorization: `Bearer ${token}` })
      asAll.push(ask)
      found.set(family, await Promise.all(plain.map(ask)))
      expect(leaks(found.get(family)!, [family.word]).length).toBeGreaterThan(1)
    }
    const ids = idsIn([...found.values()].flat())
    for (const [place, family] of families.entries()) {
      const seen = [...found.get(family)!]
      for (const route of withId) for (const id of ids) seen.push(await asAll[place]!(filled(route, id)))
      expect(leaks(seen, secretsOf(families.filter((other) => other !== family)))).toEqual([])
      expect(unopened(withId, seen)).toEqual([])
      const refused = await Promise.all(ofDays.map((route) => asAll[place]!(filled(route, newId()))))
      expect(new Set(refused.map(({ status }) => status))).toEqual(new Set([401]))
    }
    const nobody = await Promise.all(plain.map(asker(web, url, {})))
    expect(leaks(nobody, secretsOf(families))).toEqual([])
  })

  test('show a machine its own entity, and no other', async () => {
    const found = new Map<Tenant, Seen[]>()
    const asks = new Map<Tenant, ReturnType<typeof asker>>()
    for (const tenant of tenants) {
      const { accountId } = await hire(world, tenant, 'administrator')
      const { token } = await machineToken(world, tenant, accountId)
      const ask = asker(web, url, { authorization: `Bearer ${token}` })
      asks.set(tenant, ask)
      const days = ofDays.filter((route) => !route.includes(':id'))
      found.set(tenant, await Promise.all(days.map((route) => ask(filled(route, '')))))
    }
    const ids = idsIn([...found.values()].flat())
    for (const tenant of tenants) {
      const seen = [...found.get(tenant)!]
      for (const route of ofDays.filter((one) => one.includes(':id')))
        for (const id of ids) seen.push(await asks.get(tenant)!(filled(route, id)))
      expect(leaks(seen, [familyOf(tenant)[0]!.word]).length).toBeGreaterThan(0)
      expect(leaks(seen, secretsOf(families.filter((family) => family.tenant !== tenant)))).toEqual([])
      expect(unopened(ofDays, seen)).toEqual([])
      const parents = await Promise.all(plain.map(asks.get(tenant)!))
      expect(leaks(parents, secretsOf(families))).toEqual([])
    }
  })
})

const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g

describe('what leaves the house, or stays behind it', () => {
  test('a letter to one family has nothing of another', async () => {
    const messages = await letters()
    for (const family of families) {
      const own = messages.filter(({ to }) => to.endsWith(family.email))
      expect(own.length).toBeGreaterThan(2)
      const others = secretsOf(families.filter((other) => other !== family))
      expect(leaks(own, others)).toEqual([])
    }
    const toNobodyHere = messages.filter(({ to }) => !families.some(({ email }) => to.endsWith(email)))
    expect(leaks(toNobodyHere, secretsOf(families))).toEqual([])
  })

  test('no line of the log, no job’s data and no line of the operators’ log names anybody', async () => {
    expect(lines.length).toBeGreaterThan(100)
    const logged = lines.map((text) => ({ address: 'log', text }))
    expect(leaks(logged, secretsOf(families))).toEqual([])
    const admin = postgres(database.adminUrl, { max: 1 })
    for (const table of await tablesOfWork(admin)) {
      const rows = await admin.unsafe<{ text: string }[]>(`select t::text as text from ${table} t`)
      const told = rows.map(({ text }) => ({ address: table, text }))
      expect(leaks(told, secretsOf(families))).toEqual([])
    }
    await admin.end()
  })
})
