import type { Hono } from 'hono'
import { readText, readWritten } from '#core/documents/reading.ts'

/** What an address answered. */
export interface Seen {
  readonly address: string
  readonly status: number
  readonly type: string
  readonly disposition: string
  /** Entities of HTML undone; of a PDF file what is printed on it. */
  readonly text: string
}

/** How many addresses of one route a visitor opens: things of a kind are shown by the same page. */
const PER_ROUTE = 3

/** Every GET route under a path, as the application has mounted them. */
export function getRoutes(web: Hono, isPart: (path: string) => boolean): string[] {
  const mounted = web.routes.filter(({ method, path }) => method === 'GET' && isPart(path))
  return [...new Set(mounted.map(({ path }) => (path.endsWith('/') ? path.slice(0, -1) : path)))].toSorted()
}

/** The route of the table that serves an address; the more literal first. */
export function routeOf(routes: readonly string[], address: string): string | undefined {
  const [path] = address.split(/[?#]/)
  const bare = path!.endsWith('/') ? path!.slice(0, -1) : path!
  return patternsOf(routes).find(([pattern]) => pattern.test(bare))?.[1]
}

const known = new WeakMap<readonly string[], (readonly [RegExp, string])[]>()

function patternsOf(routes: readonly string[]): (readonly [RegExp, string])[] {
  const found = known.get(routes)
  if (found) return found
  const literal = (route: string) => -(route.match(/[:*]/g)?.length ?? 0)
  const made = routes
    .toSorted((one, other) => literal(other) - literal(one))
    .map((route) => {
      const pattern = route
        .replaceAll(/[.()]/g, (mark) => (route.includes('{') ? mark : `\\${mark}`))
        .replaceAll(/:\w+(?:\{([^/]+)\})?/g, (_, own?: string) => own ?? '[^/]+')
        .replaceAll('*', '.*')
      return [new RegExp(`^${pattern}$`), route] as const
    })
  known.set(routes, made)
  return made
}

/** Asks the application itself, without the network, as somebody with these headers. */
export function asker(web: Hono, url: string, headers: Record<string, string>) {
  return async (address: string): Promise<Seen & { location: string }> => {
    const response = await web.request(url + address, {
      headers: { origin: url, ...headers },
      redirect: 'manual',
    })
    const type = response.headers.get('content-type') ?? ''
    return {
      address,
      status: response.status,
      type,
      disposition: response.headers.get('content-disposition') ?? '',
      location: response.headers.get('location') ?? '',
      text: type.startsWith('application/pdf') ? await printed(response) : unescaped(await response.text()),
    }
  }
}

/** As it reads, and without the spaces that part the digits of numbers. */
async function printed(response: Response): Promise<string> {
  const pdf = new Uint8Array(await response.arrayBuffer())
  return `${readText(pdf)}\n${readWritten(pdf)}`
}

/**
 * Follows every link from some addresses on, as a person could by clicking; of each route a few addresses.
 * @param isOurs whether an address belongs to the face that is crawled
 */
export async function crawl(
  ask: ReturnType<typeof asker>,
  routes: readonly string[],
  starts: readonly string[],
  isOurs: (address: string) => boolean,
): Promise<Seen[]> {
  const waiting = [...starts]
  const met = new Set(starts)
  const opened = new Map<string, number>()
  const seen: Seen[] = []
  for (let address = waiting.shift(); address !== undefined; address = waiting.shift()) {
    const route = routeOf(routes, address)
    const count = opened.get(route ?? '') ?? 0
    if (route === undefined || count >= PER_ROUTE) continue
    opened.set(route, count + 1)
    const answer = await ask(address)
    seen.push(answer)
    for (const link of [...linksIn(answer.text), answer.location]) {
      if (!link.startsWith('/') || met.has(link) || !isOurs(link)) continue
      met.add(link)
      waiting.push(link)
    }
  }
  return seen
}

function linksIn(text: string): string[] {
  return [...text.matchAll(/ (?:href|action)="([^"]+)"/g)].map(([, link]) => link!.split('#')[0]!)
}

function unescaped(text: string): string {
  return text
    .replaceAll('&#x3D;', '=')
    .replaceAll('&#x27;', "'")
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&')
}

/** The addresses in a letter, as paths. */
export function linksOf(letter: string): string[] {
  return [...letter.matchAll(/https?:\/\/[^/\s]+(\/[^\s"<>]+)/g)].map(([, path]) => path!)
}

/** The routes of which no address was opened; a page that refuses is not open. */
export function unopened(routes: readonly string[], seen: readonly Seen[]): string[] {
  const opened = new Set(
    seen.filter(({ status }) => status < 400).map(({ address }) => routeOf(routes, address)),
  )
  return routes.filter((route) => !opened.has(route))
}

/** The pages that need nothing in their address. */
export function starts(routes: readonly string[], slug: string): string[] {
  return routes.map((route) => route.replace('/:slug', `/${slug}`)).filter((path) => !/[:*]/.test(path))
}

export function hasId(address: string): boolean {
  return /[0-9a-f]{8}-[0-9a-f]{4}/.test(address)
}

/** Which secrets somebody reads who may not, each with where. */
export function leaks(seen: readonly Pick<Seen, 'address' | 'text'>[], secrets: readonly string[]): string[] {
  return seen.flatMap(({ address, text }) => {
    const plain = text.toLowerCase()
    return secrets.filter((secret) => plain.includes(secret)).map((secret) => `${address}: ${secret}`)
  })
}
