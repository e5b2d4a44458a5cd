import type { Context, MiddlewareHandler } from 'hono'

/** The subscription key of a call: by header, or as the published interfaces also allow by query. */
export function subscriptionKeyOf(c: Context): string | undefined {
  return c.req.header('ocp-apim-subscription-key') || c.req.query('subscription-key') || undefined
}

/** True for a key that is there and, when the sandbox was started with keys, is one of them. */
export function isSubscribed(key: string | undefined, keys: readonly string[] | undefined): key is string {
  return key !== undefined && (keys === undefined || keys.includes(key))
}

/** Lets only subscribers pass; the 401 is worded as pagoPA's API gateway words it (protocol §8). */
export function subscribersOnly(keys: readonly string[] | undefined): MiddlewareHandler {
  return async (c, next) => {
    const key = subscriptionKeyOf(c)
    if (isSubscribed(key, keys)) return next()
    const message =
      key === undefined
        ? 'Access denied due to missing subscription key. Make sure to include subscription key when making requests to an API.'
        : 'Access denied due to invalid subscription key. Make sure to provide a valid key for an active subscription.'
    return c.json({ statusCode: 401, message }, 401)
  }
}
