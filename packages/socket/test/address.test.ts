import { connect } from '@net/socket'
import { expect, test } from 'vitest'

import { parseSocketUrl, urlOf } from '../src/address.ts'
import { failure } from './support.ts'

test('an address is of TCP unless it says otherwise', () => {
  const endpoints = ['a.example:1', 'tls://a.example:1', 'unix:/run/x'].map(
    (url) => parseSocketUrl(url).endpoint.scheme,
  )
  expect(endpoints).toEqual(['tcp', 'tls', 'unix'])
  for (const url of ['tcp://[::1]:1', 'tls://a.example:1', 'unix:/run/x'])
    expect(urlOf(parseSocketUrl(url).endpoint)).toBe(url)
})

test('what other packages speak is said to be theirs', async () => {
  for (const [url, text] of [
    ['udp://127.0.0.1:53', 'bindDatagram'],
    ['https://127.0.0.1/', '@net/http'],
    ['smtp://127.0.0.1', '@net/smtp'],
  ] as const) {
    const error = await failure(connect(url))
    expect([error.code, error.operation]).toEqual(['NET_BAD_URL', 'connect'])
    expect(error.message).toContain(text)
  }
})
