import { optionsDoor } from '@net/core/authoring'
import { roadOption, type RoadShapes } from '@net/socket'
import { expect, test } from 'vitest'

import { thrown } from './support.ts'

const { block, dialer, keepAlive, proxy, proxyLogin, tls } = roadOption
const door = optionsDoor<{ readonly [K in keyof RoadShapes]?: unknown }>(
  { protocol: 'imap', call: 'connect' },
  { block, dialer, keepAlive, proxy, proxyLogin, tls },
)

test('other protocols use the same shapes for the options of their connections', () => {
  for (const options of [
    { proxy: 'socks5://127.0.0.1:1' },
    { proxy: [new URL('http://127.0.0.1:1')] },
    { proxy: false, proxyLogin: 'asked' },
    { keepAlive: false },
    { keepAlive: 5 },
    { keepAlive: { idle: 5, count: 1 } },
    { tls: { ca: ['x', Buffer.of(1)], pins: [] } },
    { block: 'private', dialer: undefined },
  ]) {
    expect(door(options)).toMatchObject(options.dialer === undefined ? {} : options)
  }
})

test.each([
  [
    { proxy: true },
    "proxy must be the URL of a proxy, a list of these with the nearest first, 'environment' or false",
  ],
  [{ keepAlive: 0 }, 'keepAlive must be a number of milliseconds above 0'],
  [{ keepAlive: { idel: 5 } }, 'did you mean idle?'],
  [{ dialer: 'tcp' }, 'dialer must be a dialer, such as tcpDialer()'],
  [{ block: true }, "block must be 'private'"],
])('%j is none of them', (options, text) => {
  const error = thrown(() => door(options))
  expect([error.code, error.protocol]).toEqual(['NET_BAD_OPTION', 'imap'])
  expect(error.message).toContain(text)
})
