/** A parent at a browser without JavaScript: keeps cookies, follows nothing, posts forms as pages give them. */
export class Parent {
  readonly #url: string
  readonly #cookies = new Map<string, string>()

  constructor(url: string) {
    this.#url = url
  }

  async get(path: string): Promise<Response> {
    return this.#remember(await fetch(this.#url + path, { redirect: 'manual', headers: this.#headers() }))
  }

  /** Opens a page and posts a form with its token. */
  async submit(page: string, action: string, fields: Record<string, string>): Promise<Response> {
    const form = /name="form" value="([^"]+)"/.exec(await (await this.get(page)).text())?.[1]
    if (!form) throw new Error(`${page} has no form`)
    const body = new URLSearchParams({ form, ...fields })
    const sent = fetch(this.#url + action, {
      method: 'POST',
      redirect: 'manual',
      headers: this.#headers(),
      body,
    })
    return this.#remember(await sent)
  }

  signIn(slug: string, username: string, password: string): Promise<Response> {
    return this.submit(`/${slug}/accedi`, `/${slug}/accedi`, { username, password })
  }

  #headers(): Record<string, string> {
    return { cookie: [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ') }
  }

  #remember(response: Response): Response {
    for (const cookie of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie)!
      this.#cookies.set(name!, value!)
    }
    return response
  }
}
