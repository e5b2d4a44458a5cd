import { hiddenField } from './second-factor.ts'

/** What a door of ours answered to a posted form. */
export interface Answered {
  readonly status: number
  readonly location: string
  /** The session's cookie, as it is sent back; empty where none was given. */
  readonly cookie: string
  /** The whole header that gave it. */
  readonly flags: string
  readonly text: string
}

/**
 * Posts to a sign-in door as a browser without script would: each form with its own token, no redirect followed.
 * @param from the address that the proxy in front has seen; left out, this machine's own
 */
export function door(url: string, base: string, from?: string) {
  const post = async (path: string, fields: Record<string, string>): Promise<Answered> => {
    const response = await fetch(`${url}${base}${path}`, {
      method: 'POST',
      body: new URLSearchParams(fields),
      headers: { origin: url, ...(from !== undefined && { 'x-forwarded-for': from }) },
      redirect: 'manual',
    })
    return {
      status: response.status,
      location: response.headers.get('location') ?? '',
      cookie: (response.headers.get('set-cookie') ?? '').split(';')[0]!,
      flags: response.headers.get('set-cookie') ?? '',
      text: await response.text(),
    }
  }
  const formToken = async () => hiddenField(await (await fetch(`${url}${base}/accedi`)).text(), 'form')
  return {
    /** The first step. */
    async password(username: string, password: string, next = ''): Promise<Answered> {
      return post('/accedi', { form: await formToken(), username, password, ...(next && { next }) })
    },
    /** The code, with the step that the page before carries. */
    async code(step: string, code: string): Promise<Answered> {
      return post('/accedi/codice', { form: await formToken(), step, code })
    },
    /** Sets a second factor up, with whatever else the page asks for. */
    async setUp(step: string, code: string, more: Record<string, string> = {}): Promise<Answered> {
      return post('/accedi/secondo-fattore', { form: await formToken(), step, code, ...more })
    },
    /** Opens a page with a session. */
    open: (path: string, cookie: string) =>
      fetch(`${url}${base}${path}`, { headers: { cookie }, redirect: 'manual' }),
  }
}
