import { addressUse, ipNetwork } from '@net/socket'
import { expect, test } from 'vitest'

import { thrown } from './support.ts'

test('[SOCK-38] a network has its addresses, and knows which are in it', () => {
  const network = ipNetwork('10.1.2.3/20')
  expect([network.first, network.last, network.size, String(network)]).toEqual([
    '10.1.0.0',
    '10.1.15.255',
    4096n,
    '10.1.0.0/20',
  ])
  expect(
    ['10.1.0.0', '10.1.15.255', '::ffff:10.1.2.3'].every((each) => network.contains(each)),
  ).toBe(true)
  expect(
    ['10.1.16.0', '10.0.255.255', '::1', 'host', ''].some((each) => network.contains(each)),
  ).toBe(false)
})

test('[SOCK-38] networks of IPv6, and networks within others', () => {
  const network = ipNetwork('2001:db8:ffff::/33')
  expect([network.family, network.first, network.last]).toEqual([
    6,
    '2001:db8:8000::',
    '2001:db8:ffff:ffff:ffff:ffff:ffff:ffff',
  ])
  expect(network.contains('2001:db8:8000::1%eth0')).toBe(true)
  expect(network.contains(ipNetwork('2001:db8:9000::/40'))).toBe(true)
  expect(network.contains(ipNetwork('2001:db8::/32'))).toBe(false)
  expect(ipNetwork('0.0.0.0/0').contains(ipNetwork('192.0.2.1'))).toBe(true)
})

test('an address alone is a network of one', () => {
  const { first, last, prefix, size } = ipNetwork('192.0.2.1')
  expect([first, last, prefix, size]).toEqual(['192.0.2.1', '192.0.2.1', 32, 1n])
  expect(ipNetwork('::1').size).toBe(1n)
})

test.each([
  '',
  'host',
  '10.0.0.0/33',
  '10.0.0.0/-1',
  '10.0.0.0/8/8',
  '10.0.0.0/',
  '::/129',
  '10.0.0/8',
  'fe80::1%eth0/64',
])('%j is no network', (text) => {
  expect(thrown(() => ipNetwork(text)).code).toBe('NET_BAD_OPTION')
})

test.each([
  ['8.8.8.8', 'public'],
  ['2606:4700::1', 'public'],
  ['10.1.2.3', 'private'],
  ['172.31.0.1', 'private'],
  ['192.168.1.1', 'private'],
  ['fd00::1', 'private'],
  ['127.8.8.8', 'loopback'],
  ['::1', 'loopback'],
  ['::ffff:127.0.0.1', 'loopback'],
  ['169.254.1.1', 'link-local'],
  ['fe80::1%eth0', 'link-local'],
  ['224.0.0.1', 'multicast'],
  ['ff02::1', 'multicast'],
  ['0.0.0.0', 'unspecified'],
  ['::', 'unspecified'],
  ['100.64.0.1', 'reserved'],
  ['198.51.100.1', 'reserved'],
  ['255.255.255.255', 'reserved'],
])('[SOCK-38] %s is %s', (address, use) => {
  expect(addressUse(address)).toBe(use)
})

test('what is no address has no use', () => {
  expect(thrown(() => addressUse('localhost')).code).toBe('NET_BAD_OPTION')
})
