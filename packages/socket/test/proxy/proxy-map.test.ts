import { expect, test } from 'vitest'

import { ProxyMap } from '../../src/proxy/proxy-map.ts'

const at = (scheme: string, host: string, port: number) => ({ scheme, host, port })

test('the entry that says most of an endpoint counts', () => {
  const keys = [
    '*',
    'https:',
    '*.example',
    '*.api.example',
    'http://*.example',
    'api.example',
    'api.example:8443',
    'https://api.example',
    '[::1]',
    '*:2525',
  ]
  const map = new ProxyMap(Object.fromEntries(keys.map((key) => [key, key])))
  for (const [endpoint, key] of [
    [at('ftp', 'other.test', 21), '*'],
    [at('https', 'other.test', 443), 'https:'],
    [at('https', 'www.example', 443), '*.example'],
    [at('http', 'www.example', 80), 'http://*.example'],
    [at('http', 'a.api.example', 80), '*.api.example'],
    [at('http', 'API.example.', 80), 'api.example'],
    [at('https', 'api.example', 443), 'https://api.example'],
    [at('http', 'api.example', 8443), 'api.example:8443'],
    [at('http', '::1', 80), '[::1]'],
    [at('smtp', 'mail.test', 2525), '*:2525'],
    // The host itself is not below itself.
    [at('https', 'example', 443), 'https:'],
  ] as const)
    expect(map.for(endpoint)).toMatchObject({ key, value: key })
})

test.each([
  ['bücher.example', 'xn--bcher-kva.example'],
  ['*.bücher.example', 'a.xn--bcher-kva.example'],
  ['xn--bcher-kva.example', 'bücher.example'],
  ['api.example.', 'api.example'],
  ['*.Example.', 'a.example'],
  ['127.1', '127.0.0.1'],
  ['127.0.0.1', '127.1'],
  ['[0:0::1]', '::1'],
  ['[::1]', '0:0:0:0:0:0:0:1'],
  ['[::ffff:127.0.0.1]', '::ffff:7f00:1'],
  ['ａpi.example', 'api.example'],
])('[H-SOCK-06] the key %s fits %s, however the two are spelled', (key, host) => {
  expect(new ProxyMap({ [key]: 1 }).for(at('http', host, 80))).toMatchObject({ key })
})

test('an endpoint that no entry is for', () => {
  expect(new ProxyMap({ 'https:': 1 }).for(at('http', 'a.test', 80))).toBeUndefined()
})

test.each([
  '',
  'a b',
  'http://',
  '*.*.example',
  'user@host',
  'host:port',
  'host/path',
  'host?',
  'host#a',
  '256.1.1.1',
])('the key %j is none', (key) => {
  expect(() => new ProxyMap({ [key]: 1 })).toThrow(
    expect.objectContaining({ code: 'NET_BAD_OPTION' }),
  )
})
