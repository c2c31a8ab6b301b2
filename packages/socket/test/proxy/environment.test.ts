import { expect, test } from 'vitest'

import { environmentProxy, variableUrl } from '../../src/proxy/environment.ts'

const http = { scheme: 'http', host: 'shop.test', port: 80 }
const https = { scheme: 'https', host: 'shop.test', port: 443 }
const tcp = { scheme: 'tcp', host: 'shop.test', port: 7 }

test('the scheme chooses the variable, and ALL_PROXY is for the rest', () => {
  const env = { HTTP_PROXY: 'http://a', HTTPS_PROXY: 'http://b', ALL_PROXY: 'socks5://c' }
  expect(environmentProxy(http, env)).toEqual({ proxy: 'http://a', why: 'HTTP_PROXY' })
  expect(environmentProxy(https, env)).toEqual({ proxy: 'http://b', why: 'HTTPS_PROXY' })
  expect(environmentProxy(tcp, env)).toEqual({ proxy: 'socks5://c', why: 'ALL_PROXY' })
  expect(environmentProxy(https, { all_proxy: 'x' })).toEqual({ proxy: 'x', why: 'all_proxy' })
  expect(environmentProxy(http, {})).toEqual({ why: 'no variable' })
})

test('lower case wins, also where it is empty, which means no proxy', () => {
  const env = { http_proxy: 'http://a', HTTP_PROXY: 'http://b', https_proxy: ' ', HTTPS_PROXY: 'c' }
  expect(environmentProxy(http, env)).toEqual({ proxy: 'http://a', why: 'http_proxy' })
  expect(environmentProxy(https, env)).toEqual({ why: 'https_proxy' })
})

test('[H-SOCK-21] in a CGI program HTTP_PROXY is what a stranger wrote', () => {
  const env = { REQUEST_METHOD: 'GET', HTTP_PROXY: 'http://evil', HTTPS_PROXY: 'http://ours' }
  expect(environmentProxy(http, env)).toEqual({ why: 'no variable' })
  expect(environmentProxy(https, env)).toEqual({ proxy: 'http://ours', why: 'HTTPS_PROXY' })
  expect(environmentProxy(http, { ...env, http_proxy: 'http://ours' })).toMatchObject({
    proxy: 'http://ours',
  })
})

test('NO_PROXY keeps endpoints away, in either case', () => {
  const env = { HTTP_PROXY: 'http://a', NO_PROXY: '.test' }
  expect(environmentProxy(http, env)).toEqual({ why: 'NO_PROXY' })
  const lower = { ...env, no_proxy: 'other' }
  expect(environmentProxy(http, lower)).toMatchObject({ why: 'HTTP_PROXY' })
})

test('loopback and sockets of this machine never go through a proxy', () => {
  const env = { ALL_PROXY: 'http://a' }
  for (const host of ['localhost', '127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1']) {
    expect(environmentProxy({ ...tcp, host }, env)).toEqual({ why: 'this machine' })
  }
  const socket = { scheme: 'unix', host: '', port: 0, path: '/run/x' }
  expect(environmentProxy(socket, env)).toEqual({ why: 'this machine' })
})

test('http:// may be left out of a variable', () => {
  expect(variableUrl('proxy.test:3128')).toBe('http://proxy.test:3128')
  expect(variableUrl('socks5://proxy.test')).toBe('socks5://proxy.test')
})
