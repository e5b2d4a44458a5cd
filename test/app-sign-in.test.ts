import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { Tenant } from '#core/tenant.ts'
import { openTestHouse, TEST_FAMILY_PASSWORD, type TestFamily } from './support/house.ts'

const LINK = 'https://app.example.org/accesso'
const OWN_SCHEME = 'org.example.borsellino:/accesso?da=browser'
const world = await openTestHouse({ APP_LINKS: `${LINK} ${OWN_SCHEME}` })
const { house, clock, url, addTenant, addFamily } = world
const MINUTE = 1 / 1_440
const challenge = createHash('sha256').update('v'.repeat(43)).digest('base64url')

const asking = (tenant: Tenant, change: Record<string, string> = {}) => ({
  activation_code: tenant.activationCode,
  redirect_uri: LINK,
  code_challenge: challenge,
  code_challenge_method: 'S256',
  state: 'abc',
  ...change,
})

/** A browser's cookies, and what it asks. */
function browser() {
  const jar = new Map<string, string>()
  async function ask(path: string, form?: Record<string, string>) {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
    const response = await fetch(new URL(path, url), {
      ...(form && { method: 'POST', body: new URLSearchParams(form) }),
      headers: { cookie, origin: url },
      redirect: 'manual',
    })
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      if (value === '' || /max-age=0/i.test(line)) jar.delete(name)
      else jar.set(name, value)
    }
    const text = await response.text()
    return {
      status: response.status,
      location: response.headers.get('location') ?? '',
      text,
      headers: response.headers,
    }
  }
  const open = (query: Record<string, string>) => ask(`/app/accedi?${new URLSearchParams(query)}`)
  async function submit(path: string, action: string, fields: Record<string, string>) {
    const form = /name="form" value="([^"]+)"/.exec((await ask(path)).text)![1]!
    return ask(action, { form, ...fields })
  }
  const signIn = ({ slug }: Tenant, { username }: TestFamily) =>
    submit(`/${slug}/accedi`, `/${slug}/accedi`, { username, password: TEST_FAMILY_PASSWORD })
  return { jar, ask, open, submit, signIn }
}

async function place() {
  const tenant = await addTenant()
  return { tenant, family: await addFamily(tenant, 1), base: `/${tenant.slug}` }
}

describe('what an app may ask is refused with a page, before a cookie and without a redirect, when', () => {
  test.each([
    ['its address is listed nowhere', { redirect_uri: 'https://elsewhere.example.org/' }],
    ['its address only begins as a listed one', { redirect_uri: `${LINK}/altro` }],
    ['its address has something added', { redirect_uri: `${LINK}?x=1` }],
    ['it has no address', { redirect_uri: '' }],
    ['its challenge is plain', { code_challenge_method: 'plain' }],
    ['it does not say what its challenge is', { code_challenge_method: '' }],
    ['its challenge is none', { code_challenge: 'short' }],
    ['it wants a token in the address', { response_type: 'token' }],
    ['its word is too long', { state: 's'.repeat(513) }],
  ])('%s', async (_, change) => {
    const { tenant } = await place()
    const { jar, open } = browser()
    const answer = await open(asking(tenant, change))
    expect([answer.status, answer.location, jar.size]).toEqual([400, '', 0])
    expect(answer.text).toContain('L’app non ha aperto bene questa pagina')
    expect(answer.text).not.toContain('elsewhere.example.org')
  })

  test('something stands twice', async () => {
    const { tenant } = await place()
    const query = `${new URLSearchParams(asking(tenant))}&redirect_uri=${encodeURIComponent(LINK)}`
    expect((await browser().ask(`/app/accedi?${query}`)).status).toBe(400)
  })

  test('the entity is unknown', async () => {
    const { tenant } = await place()
    const answer = await browser().open(asking(tenant, { activation_code: '0000000000' }))
    expect([answer.status, answer.location]).toEqual([404, ''])
  })
})

describe('a browser that an app has sent', () => {
  test.each(['', 'abc', 'a b&c=d#e/ü?+%20'.replace('ü', 'u')])(
    'comes back with the app’s word as it was: "%s"',
    async (state) => {
      const { tenant, family } = await place()
      const { open, signIn, jar } = browser()
      await open(asking(tenant, { state }))
      const { status, location } = await signIn(tenant, family)
      expect(status).toBe(303)
      const back = new URL(location)
      expect(back.origin + back.pathname).toBe(LINK)
      expect(back.searchParams.get('state')).toBe(state)
      expect(location).toContain(`&state=${encodeURIComponent(state)}`)
      expect([...jar.keys()]).toEqual([])
    },
  )

  test('comes back to an app’s own scheme, beside what its address already says', async () => {
    const { tenant, family } = await place()
    const { open, signIn } = browser()
    await open(asking(tenant, { redirect_uri: OWN_SCHEME }))
    expect((await signIn(tenant, family)).location).toMatch(
      /^org\.example\.borsellino:\/accesso\?da=browser&code=[\w%.-]+&state=abc$/,
    )
  })

  test('keeps the request sealed, out of scripts’ reach, and for its entity alone', async () => {
    const { tenant } = await place()
    const elsewhere = await place()
    const { ask, open, jar } = browser()
    const answer = await open(asking(tenant, { state: 'segreto' }))
    expect(answer.location).toBe(`/${tenant.slug}/accedi`)
    const cookie = answer.headers.getSetCookie().find((line) => line.startsWith('borsellino_app-'))!
    expect(cookie).toMatch(/HttpOnly/i)
    expect(cookie).toMatch(/SameSite=Lax/i)
    const [name, value] = [...jar][0]!
    expect(Buffer.from(value, 'base64url').toString('latin1')).not.toMatch(/segreto|example/)
    expect((await ask(`/${tenant.slug}/accedi`)).text).toContain('Stai accedendo all’app')
    jar.set(name.replace(tenant.slug, elsewhere.tenant.slug), value)
    expect((await ask(`${elsewhere.base}/accedi`)).text).not.toContain('Stai accedendo all’app')
    jar.set(name, `${value.slice(0, -4)}AAAA`)
    expect((await ask(`/${tenant.slug}/accedi`)).text).not.toContain('Stai accedendo all’app')
  })

  test('signs in for itself once the app has waited for a quarter of an hour', async () => {
    const { tenant, family, base } = await place()
    const { open, signIn } = browser()
    await open(asking(tenant))
    clock.forwardDays(16 * MINUTE)
    expect((await signIn(tenant, family)).location).toBe(`${base}/`)
  })

  test('signs in for itself when its person prefers the site', async () => {
    const { tenant, family, base } = await place()
    const { open, signIn, submit } = browser()
    await open(asking(tenant))
    expect((await submit(`${base}/accedi`, `${base}/accedi/app`, { choice: 'cancel' })).location).toBe(
      `${base}/accedi`,
    )
    expect((await signIn(tenant, family)).location).toBe(`${base}/`)
  })

  test('is asked when somebody is signed in there: yes, no, or somebody else', async () => {
    const { tenant, family, base } = await place()
    const { open, signIn, submit, ask, jar } = browser()
    await signIn(tenant, family)
    const session = jar.get(`borsellino-${tenant.slug}`)!
    await open(asking(tenant))
    const shown = await ask(`${base}/accedi`)
    expect([shown.status, shown.text]).toEqual([200, expect.stringContaining('Continua come Elena')])
    const choose = (choice: string) => submit(`${base}/accedi`, `${base}/accedi/app`, { choice })
    expect((await choose('continue')).location).toMatch(/^https:\/\/app\.example\.org\/accesso\?code=/)
    expect(jar.get(`borsellino-${tenant.slug}`)).toBe(session)
    await open(asking(tenant))
    await choose('other')
    expect(await house.sessions.find(tenant.id, session, 'portal')).toBeUndefined()
    expect((await ask(`${base}/accedi`)).text).toContain('Stai accedendo all’app')
    expect((await signIn(tenant, family)).location).toContain(LINK)
    await signIn(tenant, family)
    await open(asking(tenant))
    await choose('cancel')
    expect((await ask(`${base}/accedi`)).location).toBe(`${base}/`)
  })

  test('cannot be made to say yes by another page’s form, nor without a form of ours', async () => {
    const { tenant, family, base } = await place()
    const { open, signIn, ask } = browser()
    await signIn(tenant, family)
    await open(asking(tenant))
    expect((await ask(`${base}/accedi/app`, { form: 'x', choice: 'continue' })).status).toBe(409)
  })

  test('may end a form where apps wait, and nowhere else besides Checkout', async () => {
    const { base } = await place()
    const policy = (await browser().ask(`${base}/accedi`)).headers.get('content-security-policy')!
    const ends = /form-action ([^;]+)/.exec(policy)![1]!.split(' ')
    expect(ends).toEqual(["'self'", world.sandboxUrl, 'https://app.example.org', 'org.example.borsellino:'])
  })
})

test('an entity tells its app where to open the browser', async () => {
  const { tenant } = await place()
  const answer = await fetch(`${url}/api/v1/tenants/${tenant.activationCode}`)
  expect(await answer.json()).toMatchObject({
    signIn: { browserUrl: `${url}/app/accedi?activation_code=${tenant.activationCode}` },
  })
})
