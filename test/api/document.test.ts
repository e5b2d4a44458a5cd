import { describe, expect, test } from 'vitest'
import { openTestHouse } from '../support/house.ts'
import { createApp } from './client.ts'
import type { Schema } from './fits-document.ts'

const house = await openTestHouse()
const { document, call } = await createApp(house)
const operations = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => ({ name: `${method} ${path}`, path, method, operation })),
)

/** Every schema, wherever it stands in the document, with the path to it. */
function schemasWithin(value: unknown, path = '#'): [string, Schema][] {
  if (typeof value !== 'object' || value === null) return []
  const here: [string, Schema][] = 'type' in value && !('scheme' in value) ? [[path, value as Schema]] : []
  const inner = Object.entries(value).flatMap(([key, one]) =>
    key === 'example' ? [] : schemasWithin(one, `${path}/${key}`),
  )
  return [...here, ...inner]
}

describe('the OpenAPI document keeps what the checker of Italian public APIs asks', () => {
  test('it is of version 3.1 and says who we are', () => {
    expect(document.openapi).toBe('3.1.0')
    expect(document.info).toMatchObject({
      'x-summary': expect.any(String) as string,
      contact: { name: 'Borsellino' },
      termsOfService: expect.stringContaining('/api/docs#terms') as string,
      version: expect.stringMatching(/^\d+\.\d+\.\d+$/) as string,
    })
    for (const server of document.servers) {
      expect(server.description).not.toBe('')
      expect(server).toMatchObject(server.url.startsWith('https:') ? {} : { 'x-sandbox': true })
    }
    expect(document.components.securitySchemes).toMatchObject({
      session: { type: 'http', scheme: 'bearer' },
      staffToken: { type: 'http', scheme: 'bearer' },
    })
  })

  test('it has every operation that the contract names', () => {
    expect(operations.map(({ name }) => name).toSorted()).toEqual(
      [
        'delete /children/{id}/absences/{category}/{day}',
        'delete /invitations/{id}',
        'delete /sessions/current',
        'delete /sessions/{id}',
        'delete /top-ups/{id}',
        'get /absences',
        'get /attendance/{category}/{day}',
        'get /attendance/{category}/{day}/classes/{id}',
        'get /invitations',
        'get /kitchen/{category}/{day}',
        'get /me',
        'get /payments',
        'get /receipts/{fileName}',
        'get /sessions',
        'get /status',
        'get /tenants/{activationCode}',
        'get /tenants/{activationCode}/menus',
        'get /top-ups/{id}',
        'get /top-ups/{id}/notice.pdf',
        'get /wallets',
        'get /wallets/{id}/menu',
        'get /wallets/{id}/movements',
        'get /wallets/{id}/payment-code',
        'post /accounts',
        'post /attendance/records',
        'post /children',
        'post /password-resets',
        'post /children/claims',
        'post /invitations',
        'post /invitations/acceptances',
        'post /sessions',
        'post /sessions/exchange',
        'post /sessions/refresh',
        'post /till/entries',
        'post /top-ups',
        'post /top-ups/{id}/attempts',
        'post /top-ups/{id}/notice-emails',
        'post /wallets/{id}/payment-code',
        'put /attendance/{category}/{day}/classes/{id}',
        'put /children/{id}/absences/{category}/{day}',
      ].toSorted(),
    )
  })

  test.each(operations)('$name tells its answers, its problems and its limits', ({ path, operation }) => {
    expect(path).toMatch(/^(\/[a-z0-9-.]+|\/\{\w+\})+$/)
    expect(operation.operationId).not.toMatch(/^(get|post|put|delete|patch|head)/i)
    expect(operation.security).toHaveLength(1)
    const statuses = Object.keys(operation.responses)
    expect(statuses).toEqual(expect.arrayContaining(['429', '500', '503']))
    for (const [status, response] of Object.entries(operation.responses)) {
      const headers = Object.keys(response.headers ?? {})
      const limits = ['RateLimit-Limit', 'RateLimit-Remaining', 'RateLimit-Reset']
      if (Number(status) < 500) expect(headers).toEqual(expect.arrayContaining(limits))
      if (status === '429' || status === '503') expect(headers).toContain('Retry-After')
      if (Number(status) >= 400) expect(Object.keys(response.content!)).toEqual(['application/problem+json'])
    }
  })

  test('no operation is open but those for who has no session yet', () => {
    const open = operations.filter(({ operation }) => Object.keys(operation.security[0]!).length === 0)
    expect(open.map(({ name }) => name)).toEqual([
      'get /status',
      'get /tenants/{activationCode}',
      'post /sessions',
      'post /sessions/refresh',
      'post /sessions/exchange',
      'post /accounts',
      'post /password-resets',
      'get /tenants/{activationCode}/menus',
    ])
  })

  test('every text, number, list and object has its bounds', () => {
    const schemas = schemasWithin(document)
    expect(schemas.length).toBeGreaterThan(100)
    const unbounded = schemas.filter(([, schema]) => {
      const types = [schema.type].flat()
      if (types.includes('object')) return schema.additionalProperties !== false
      if (types.includes('array')) return schema.minItems === undefined || schema.maxItems === undefined
      if (types.includes('integer'))
        return !schema.format || schema.minimum === undefined || schema.maximum === undefined
      return types.includes('string') && !schema.enum && !schema.format && schema.maxLength === undefined
    })
    expect(unbounded.map(([path]) => path)).toEqual([])
  })
})

test('who asks for the service’s state gets it, with what is left of the quota', async () => {
  const { status, headers, body } = await call('GET', '/status')
  expect(status).toBe(200)
  expect(body.status).toBe('ok')
  const [limit, remaining] = ['ratelimit-limit', 'ratelimit-remaining'].map((name) =>
    Number(headers.get(name)),
  )
  expect(limit).toBe(600)
  const after = await call('GET', '/status')
  const left = Number(after.headers.get('ratelimit-remaining'))
  expect(left === remaining! - 1 || left === limit! - 1).toBe(true)
  expect(headers.get('x-content-type-options')).toBe('nosniff')
})

test('more than the quota of a minute is refused until it is over', async () => {
  const answers = []
  for (let count = 0; count < 1_250; count++)
    answers.push(await house.web.request(`${house.url}/api/v1/status`))
  const refused = answers.find(({ status }) => status === 429)
  expect(refused?.headers.get('retry-after')).toMatch(/^\d+$/)
  expect(refused?.headers.get('ratelimit-remaining')).toBe('0')
})

test('the reader shows every operation without a script, under a strict policy', async () => {
  house.clock.forwardDays(1)
  const response = await house.web.request(`${house.url}/api/docs`)
  const html = await response.text()
  expect(response.headers.get('content-security-policy')).toContain("default-src 'none'")
  expect(html).not.toMatch(/<script|style=|https?:\/\/(?!127)/)
  for (const { operation } of operations) {
    expect(html).toContain(`id="${operation.operationId}"`)
    expect(html).toContain(operation.summary)
  }
  for (const name of Object.keys(document.components.schemas)) expect(html).toContain(`id="schema-${name}"`)
  const targets = [...html.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id!)
  for (const id of targets) expect(html).toContain(`id="${id}"`)
  const css = await house.web.request(`${house.url}/api/docs.css`)
  expect(css.headers.get('content-type')).toContain('text/css')
})
