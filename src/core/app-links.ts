/** Schemes that are no app's: a redirect there would run, read or send something else. */
const FOREIGN = new Set(
  ['http', 'javascript', 'data', 'file', 'blob', 'about', 'ws', 'wss', 'ftp', 'mailto', 'tel', 'sms'].map(
    (name) => `${name}:`,
  ),
)

/**
 * Reads the addresses at which apps take a sign-in back (RFC 8252 §7): https links that an app has claimed, and
 * schemes of an app's own, with white space between them. They are compared character by character.
 * @param options `loopback`: http addresses of this very machine are taken too
 * @throws Error that quotes what is none
 */
export function appLinks(text: string, { loopback }: { loopback: boolean }): readonly string[] {
  const links = text.split(/\s+/).filter((link) => link !== '')
  const wrong = links.filter((link) => !isAppLink(link, loopback))
  if (wrong.length > 0) throw new Error(`has no link of an app in ${wrong.join(' ')}`)
  return links
}

function isAppLink(link: string, loopback: boolean): boolean {
  if (link.length > 500 || link.includes('#') || !URL.canParse(link)) return false
  const { protocol, hostname, username, password } = new URL(link)
  if (username !== '' || password !== '') return false
  if (protocol === 'http:') return loopback && hostname === '127.0.0.1'
  return protocol === 'https:' || !FOREIGN.has(protocol)
}

/** How a Content-Security-Policy names the place: an origin, or an app's own scheme. */
export function policySource(link: string): string {
  const { protocol, origin } = new URL(link)
  return protocol === 'https:' || protocol === 'http:' ? origin : protocol
}
