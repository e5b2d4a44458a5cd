import type { TestHouse } from './house.ts'

export interface Page {
  readonly status: number
  readonly location: string
  readonly text: string
  readonly headers: Headers
}

/** A browser without a browser in which nobody is signed in, unless it is given a cookie. */
export interface Visitor {
  get(path: string): Promise<Page>
  /** Sends the form of a page to an address, with the token that the page gave. */
  send(pagePath: string, path: string, fields: Record<string, string>): Promise<Page>
  /** Sends a form with a token taken before. */
  post(path: string, fields: Record<string, string>): Promise<Page>
  /** The token of the first form on a page. */
  formOf(path: string): Promise<string>
}

/** @param from the house's own address, or that of another house of the installation */
export function visitor({ url }: Pick<TestHouse, 'url'>, cookie?: string, from = url): Visitor {
  const headers = { origin: url, ...(cookie !== undefined && { cookie }) }
  const read = async (response: Response): Promise<Page> => ({
    status: response.status,
    location: response.headers.get('location') ?? '',
    text: await response.text(),
    headers: response.headers,
  })
  const client: Visitor = {
    get: async (path) => read(await fetch(from + path, { headers, redirect: 'manual' })),
    async formOf(path) {
      const page = await client.get(path)
      const found = /name="form" value="([^"]+)"/.exec(page.text)
      if (!found) throw new Error(`${path}: HTTP ${page.status} without a form`)
      return found[1]!
    },
    async post(path, fields) {
      const body = new URLSearchParams(fields)
      return read(await fetch(from + path, { method: 'POST', headers, body, redirect: 'manual' }))
    },
    async send(pagePath, path, fields) {
      return client.post(path, { form: await client.formOf(pagePath), ...fields })
    },
  }
  return client
}
