import { BlockList, isIP } from 'node:net'
import type { Context } from 'hono'

/** Where proxies of our own stand: nobody out there can have such an address. */
const NEAR = new BlockList()
for (const [net, bits] of [
  ['127.0.0.0', 8],
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
] as const)
  NEAR.addSubnet(net, bits)
NEAR.addAddress('::1', 'ipv6')
NEAR.addSubnet('fc00::', 7, 'ipv6')

/**
 * Where a request comes from. Behind a proxy of our own it is what that proxy saw, the last entry of X-Forwarded-For;
 * from anywhere else the header is the caller's own invention.
 */
export function remoteAddress(context: Pick<Context, 'env' | 'req'>): string {
  const bindings = context.env as { incoming?: { socket?: { remoteAddress?: string } } } | undefined
  const peer = bindings?.incoming?.socket?.remoteAddress?.replace(/^::ffff:/, '') ?? ''
  const forwarded = context.req.header('x-forwarded-for')?.split(',').at(-1)?.trim() ?? ''
  const family = isIP(peer)
  if (isIP(forwarded) && family && NEAR.check(peer, family === 6 ? 'ipv6' : 'ipv4')) return forwarded
  return peer
}
