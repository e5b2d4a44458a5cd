import { BlockList, isIP } from 'node:net'
import type { Context } from 'hono'

/** Addresses and networks, by which a caller is recognised. */
export interface AddressList {
  has(address: string): boolean
}

/**
 * Reads addresses and networks (`10.0.0.0/8`, `fc00::/7`) that stand one after another, with commas or white space
 * between them.
 * @throws Error that quotes what is none, or says that there is nothing
 */
export function addressList(text: string): AddressList {
  const block = new BlockList()
  const entries = text.split(/[\s,]+/).filter((entry) => entry !== '')
  if (entries.length === 0) throw new Error('names no address')
  for (const entry of entries) {
    const [, address = '', bits] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(entry) ?? []
    const family = isIP(address)
    const most = family === 6 ? 128 : 32
    const length = bits === undefined ? most : Number(bits)
    if (!family || length > most) throw new Error(`is no list of addresses or networks: ${entry}`)
    block.addSubnet(address, length, family === 6 ? 'ipv6' : 'ipv4')
  }
  return {
    has(address) {
      const family = isIP(address)
      return family !== 0 && block.check(address, family === 6 ? 'ipv6' : 'ipv4')
    },
  }
}

/** Where proxies of our own stand: nobody out there can have such an address. */
const NEAR = addressList('127.0.0.0/8 10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 ::1 fc00::/7')

type Asked = Pick<Context, 'env' | 'req'>

/**
 * Where a request comes from. Behind a proxy of our own it is what that proxy saw, the last entry of X-Forwarded-For;
 * from anywhere else the header is the caller's own invention.
 */
export function remoteAddress(context: Asked): string {
  const peer = peerAddress(context)
  const forwarded = forwardedAddress(context)
  return forwarded !== '' && NEAR.has(peer) ? forwarded : peer
}

/** The other end of the connection itself, which no header can change; empty where there is no connection. */
export function peerAddress({ env }: Pick<Asked, 'env'>): string {
  const bindings = env as { incoming?: { socket?: { remoteAddress?: string } } } | undefined
  return bindings?.incoming?.socket?.remoteAddress?.replace(/^::ffff:/i, '') ?? ''
}

/** The last entry of X-Forwarded-For, which the peer wrote, if it is a proxy; empty where it is no address. */
export function forwardedAddress({ req }: Pick<Asked, 'req'>): string {
  const last = req.header('x-forwarded-for')?.split(',').at(-1)?.trim() ?? ''
  return isIP(last) ? last : ''
}

/**
 * Whose an address is, for counting: an IPv4 address itself, and of an IPv6 one the network of 64 bits that a household or
 * a server is given (RFC 6177), within which it may choose its address anew for every call.
 */
export function networkOf(address: string): string {
  const bare = address.replace(/^::ffff:(?=\d+\.)/i, '')
  if (isIP(bare) !== 6) return bare
  const [left = [], right = []] = bare
    .replace(/(\d+\.){3}\d+/, '0:0')
    .split('::')
    .map((half) => half.split(':').filter((group) => group !== ''))
  const middle = Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => '0')
  const network = [...left, ...middle, ...right]
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
  return `${network.join(':')}::/64`
}
