import { describe, expect, test } from 'vitest'
import { addressList, forwardedAddress, networkOf, peerAddress, remoteAddress } from './remote-address.ts'

const asked = (remote: string | undefined, forwarded?: string) =>
  ({
    env: { incoming: { socket: { remoteAddress: remote } } },
    req: { header: (name: string) => (name === 'x-forwarded-for' ? forwarded : undefined) },
  }) as unknown as Parameters<typeof remoteAddress>[0]

describe('where a request comes from', () => {
  test.each([
    ['a stranger who invents a header', '203.0.113.9', '10.0.0.1', '203.0.113.9'],
    ['a proxy of ours', '10.0.0.5', '198.51.100.7', '198.51.100.7'],
    ['a proxy of ours that appends', '::ffff:127.0.0.1', 'evil, 6.6.6.6, 198.51.100.7', '198.51.100.7'],
    ['a proxy of ours by IPv6', 'fd00::1', '2001:db8::7', '2001:db8::7'],
    ['a proxy of ours that says nothing', '192.168.1.1', undefined, '192.168.1.1'],
    ['a proxy of ours that says what is no address', '192.168.1.1', '198.51.100.7, x', '192.168.1.1'],
    ['nowhere', undefined, '198.51.100.7', ''],
  ])('%s: %s with %s is %s', (_, peer, forwarded, told) => {
    expect(remoteAddress(asked(peer, forwarded))).toBe(told)
  })

  test('the peer is the connection’s, whatever headers say', () => {
    expect(peerAddress(asked('::FFFF:203.0.113.9', '10.0.0.1'))).toBe('203.0.113.9')
    expect(forwardedAddress(asked('203.0.113.9', '10.0.0.1'))).toBe('10.0.0.1')
  })
})

test.each([
  ['203.0.113.9', '203.0.113.9'],
  ['::ffff:203.0.113.9', '203.0.113.9'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:0DB8:1:2::9', '2001:db8:1:2::/64'],
  ['2001:db8::1:2:3:4', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['64:ff9b::203.0.113.9', '64:ff9b:0:0::/64'],
  ['', ''],
])('%s is counted as %s', (address, network) => {
  expect(networkOf(address)).toBe(network)
})

describe('a list of addresses', () => {
  test('holds its addresses and networks, of both families, and no others', () => {
    const list = addressList('20.86.139.154, 10.1.0.0/16\n2001:db8::/32 ::1')
    for (const one of ['20.86.139.154', '10.1.255.255', '2001:db8:ffff::1', '::1'])
      expect(list.has(one)).toBe(true)
    for (const one of ['20.86.139.155', '10.2.0.0', '2001:db9::', '::2', '', 'localhost'])
      expect(list.has(one)).toBe(false)
  })

  test.each([
    ['', 'names no address'],
    [' , ', 'names no address'],
    ['10.0.0.1 pagopa.it', 'is no list of addresses or networks: pagopa.it'],
    ['10.0.0.0/33', 'is no list of addresses or networks: 10.0.0.0/33'],
    ['10.0.0.0/', 'is no list of addresses or networks: 10.0.0.0/'],
    ['10.0.0.0/8/8', 'is no list of addresses or networks: 10.0.0.0/8/8'],
  ])('that says "%s" is refused: %s', (list, told) => {
    expect(() => addressList(list)).toThrow(told)
  })
})
