/** What a browser tells about where a request comes from. */
export interface RequestOrigin {
  origin: string | undefined
  /** Sec-Fetch-Site. */
  site: string | undefined
  host: string | undefined
}

/**
 * True for a request that a page of another site makes. Programs, and very old browsers, send neither header: they
 * are no page of another site.
 */
export function isForeignOrigin({ origin, site, host }: RequestOrigin, publicUrl: string): boolean {
  if (site === 'cross-site' || site === 'same-site') return true
  if (origin === undefined) return false
  const from = URL.canParse(origin) ? new URL(origin).host : undefined
  return from === undefined || (from !== new URL(publicUrl).host && from !== host)
}
