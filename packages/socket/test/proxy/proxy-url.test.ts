import { expect, test } from 'vitest'

import { parseProxyUrl } from '../../src/proxy/proxy-url.ts'
import { thrown } from '../support.ts'

const ports = { http: 80, socks5: 1080 }

test('the scheme gives the port, the URL the login', async () => {
  expect(parseProxyUrl('http://proxy.test/', ports)).toEqual({
    endpoint: { scheme: 'http', host: 'proxy.test', port: 80 },
  })
  const { endpoint, login } = parseProxyUrl(new URL('socks5://a%40b:p%3Aq@[::1]'), ports)
  expect(endpoint).toEqual({ scheme: 'socks5', host: '::1', port: 1080 })
  expect(login?.user).toBe('a@b')
  expect((await login?.password.get())?.reveal()).toBe('p:q')
})

test('options win over the URL; a user alone has an empty password', async () => {
  const both = parseProxyUrl('http://ada:x@proxy.test', ports, { user: 'bob', password: 'y' })
  expect(both.login?.user).toBe('bob')
  expect((await both.login?.password.get())?.reveal()).toBe('y')
  const alone = parseProxyUrl('http://ada@proxy.test', ports)
  expect((await alone.login?.password.get())?.reveal()).toBe('')
})

test('a URL with a path, or without a usable port, is not a proxy', () => {
  for (const url of ['http://proxy.test/x', 'http://proxy.test:0', 'tcp://proxy.test:1']) {
    expect(thrown(() => parseProxyUrl(url, ports))).toMatchObject({ code: 'NET_BAD_URL' })
  }
})
