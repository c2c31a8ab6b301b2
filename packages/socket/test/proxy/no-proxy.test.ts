import { expect, test } from 'vitest'

import { noProxy } from '../../src/proxy/no-proxy.ts'

const cases: readonly (readonly [list: string, host: string, matches: boolean])[] = [
  ['*', 'anything.test', true],
  ['', 'anything.test', false],
  ['example.com', 'example.com', true],
  ['example.com', 'www.example.com', true],
  ['example.com', 'badexample.com', false],
  ['example.com', 'example.com.evil.test', false],
  ['.example.com', 'example.com', true],
  ['.example.com', 'www.example.com', true],
  ['*.example.com', 'www.example.com', true],
  ['*.example.com', 'example.com', false],
  ['EXAMPLE.com', 'www.example.COM', true],
  ['example.com.', 'example.com', true],
  ['example.com', 'example.com.', true],
  ['one.test, two.test three.test', 'two.test', true],
  ['one.test, two.test three.test', 'three.test', true],
  ['bücher.test', 'xn--bcher-kva.test', true],
  ['10.1.2.3', '10.1.2.3', true],
  ['10.1.2.3', '10.1.2.30', false],
  ['10.1.2.3', 'x.10.1.2.3', false],
  ['0xa.1.2.3', '10.1.2.3', true],
  ['10.0.0.0/8', '10.200.3.4', true],
  ['10.0.0.0/8', '11.0.0.1', false],
  ['10.0.0.0/8', '::ffff:10.0.0.1', true],
  ['10.0.0.0/8', '10.test', false],
  ['192.168.1.7/24', '192.168.1.200', true],
  ['0.0.0.0/0', '8.8.8.8', true],
  ['10.0.0.0/33', '10.0.0.1', false],
  ['10.0.0.0/x', '10.0.0.1', false],
  ['2001:db8::1', '2001:db8:0::1', true],
  ['[2001:db8::1]', '2001:db8::1', true],
  ['2001:db8::/32', '2001:db8:9::1', true],
  ['[2001:db8::]/32', '2001:db8:9::1', true],
  ['2001:db8::/32', '2001:db9::1', false],
  ['fe80::1', 'fe80::1%eth0', true],
  ['fe80::/10', 'fe80::1%eth0', true],
  ['http://example.com', 'example.com', false],
  ['ex ample..com', 'example.com', false],
  ['a b%zz', 'example.com', false],
]

test.each(cases)('[H-SOCK-21] %j and %s: %j', (list, host, matches) => {
  expect(noProxy(list)({ scheme: 'http', host, port: 80 })).toBe(matches)
})

test('[H-SOCK-21] an entry with a port is about this port only', () => {
  const matches = noProxy('example.com:8080, 10.0.0.1:81, [::1]:82')
  const at = (host: string, port: number): boolean => matches({ scheme: 'http', host, port })
  expect([at('example.com', 8080), at('www.example.com', 8080)]).toEqual([true, true])
  expect([at('10.0.0.1', 81), at('::1', 82)]).toEqual([true, true])
  expect([at('example.com', 80), at('10.0.0.1', 80), at('::1', 80)]).toEqual([false, false, false])
})
