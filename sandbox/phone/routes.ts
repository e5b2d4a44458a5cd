import { Hono } from 'hono'
import { readForm, RequestError } from '../web/request.ts'
import type { Registry } from '../world/registry.ts'
import { codeAt, codesOf } from './codes.ts'
import { phonePage } from './view.ts'

/** The simulated phone's page, `/telefono`. A typed secret is posted, so that it stands in no address. */
export function phonePages(registry: Registry, now: () => Date): Hono {
  const app = new Hono()
  app.get('/', (c) => c.html(phonePage(codesOf(registry, now()))))
  app.post('/', async (c) => {
    const { secret } = await readForm(c, 'secret')
    const own = codeAt(secret, now())
    return c.html(phonePage(codesOf(registry, now()), { secret, own }), own ? 200 : 422)
  })
  return app
}

/** The phone's JSON twin, below `/api/phone`. */
export function phoneApi(registry: Registry, now: () => Date): Hono {
  const app = new Hono()
  app.get('/codes', (c) => c.json({ codes: codesOf(registry, now()) }))
  app.get('/code', (c) => {
    const code = codeAt(c.req.query('secret') ?? '', now())
    if (code) return c.json(code)
    throw new RequestError(
      422,
      'No secret',
      'secret must be base32, 16 to 128 characters of A to Z and 2 to 7',
    )
  })
  return app
}
