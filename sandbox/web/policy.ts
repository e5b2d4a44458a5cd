// There is no form-action: Checkout's and the identity providers' forms lead to addresses that others choose.
const PLAIN =
  "default-src 'none'; style-src 'self'; img-src 'self'; frame-src 'self'; base-uri 'none'; frame-ancestors 'self'"

/** What a page may load. Scripts only where a page asks for them, and only our own files. */
export const CONTENT_POLICY = { plain: PLAIN, withScript: `${PLAIN}; script-src 'self'` } as const
