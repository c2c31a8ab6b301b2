import { chooseRoad, tcpDialer } from '@net/socket'
import { startConnectServer } from '@net/socket/testing'
import { canary, expectNoCanary } from '@tools/canary'
import { expect, test } from 'vitest'

import { httpProxy } from '../../src/proxy/connect-dialer.ts'
import { forwarderOf, type ForwardingProxy } from '../../src/proxy/forward.ts'
import { failure } from '../support.ts'

const shop = { scheme: 'http', host: 'shop.test', port: 80 }

function dial(url: string): Promise<ForwardingProxy> {
  return forwarderOf(httpProxy(url)).dial(shop)
}

test('connects to the proxy, and says what the proxy alone is to read', async () => {
  const password = canary('forwarding-password')
  await using proxy = await startConnectServer()
  const url = proxy.url.replace('//', `//ada:${password}@`)
  const forwarding = await dial(url)
  const { transport } = forwarding
  expect(transport.info.endpoint).toMatchObject({ port: proxy.address.port })
  const pair = Buffer.from(`ada:${password}`).toString('base64')
  expect(forwarding.fieldsFor('GET', 'http://shop.test/')).toEqual([
    'proxy-authorization',
    `Basic ${pair}`,
  ])
  await transport.close()
  const bare = await dial(proxy.url)
  expect(bare.fieldsFor('GET', 'http://shop.test/')).toEqual([])
  await bare.transport.close()
})

test('407 is the refusal of the proxy, in words that say what it offers', async () => {
  await using proxy = await startConnectServer()
  const password = canary('refused-password')
  const url = proxy.url.replace('//', `//ada:${password}@`)
  const asking = await dial(url)
  expect(asking.answered(200, 'OK', [])).toBeUndefined()
  const refused = asking.answered(407, 'Who are you', ['Basic realm="a"'])
  expect(refused?.again).toBe(false)
  expect(refused?.error).toMatchObject({
    code: 'NET_PROXY_AUTH',
    phase: 'proxy',
    retry: 'never',
    endpoint: proxy.url.replace('http://', ''),
    message: expect.stringContaining('refused user and password'),
    reply: { status: 407, text: 'Who are you' },
  })
  expectNoCanary(refused)
  const bare = await dial(proxy.url)
  for (const [offer, message] of [
    ['Basic realm="a"', 'requires a user and a password'],
    ['NTLM', 'takes only NTLM as login'],
  ] as const)
    expect(bare.answered(407, '', [offer])?.error.message).toContain(message)
  await Promise.all([asking.transport.close(), bare.transport.close()])
})

test('a proxy that asks for Digest gets it with the target of the request, once, and Basic no more', async () => {
  await using proxy = await startConnectServer()
  const forwarder = forwarderOf(httpProxy(proxy.url.replace('//', '//ada:lovelace@')))
  const first = await forwarder.dial(shop)
  expect(first.fieldsFor('GET', 'http://shop.test/a')[1]).toMatch(/^Basic /)
  const offer = ['Digest realm="r", nonce="n", qop="auth"']
  expect(first.answered(407, 'No', offer)).toMatchObject({
    again: true,
    error: { code: 'NET_PROXY_AUTH', retry: 'never' },
  })
  expect(first.fieldsFor('GET', 'http://shop.test/a')[1]).toMatch(
    /^Digest username="ada", realm="r", nonce="n", uri="http:\/\/shop\.test\/a", .*nc=00000001/,
  )
  expect(first.answered(200, 'OK', [])).toBeUndefined()
  const second = await forwarder.dial(shop)
  expect(second.fieldsFor('POST', 'http://shop.test/b')[1]).toMatch(/^Digest .*nc=00000002/)
  // That nonce has been good: it may have ended.
  expect(second.answered(407, 'No', ['Digest nonce="m"'])?.again).toBe(true)
  expect(second.fieldsFor('POST', 'http://shop.test/b')[1]).toMatch(/nonce="m"/)
  const last = second.answered(407, 'No', ['Digest nonce="o"'])
  expect(last?.again).toBe(false)
  expect(last?.error.message).toContain('refused user and password')
  await Promise.all([first.transport.close(), second.transport.close()])
})

test('a proxy that cannot be reached is told as such', async () => {
  const closed = await startConnectServer()
  await closed.close()
  expect(await failure(dial(closed.url))).toMatchObject({
    code: 'NET_PROXY_UNREACHABLE',
    retry: 'safe',
  })
})

test('only requests of plain HTTP whose road ends with an HTTP proxy are passed on', () => {
  const far = 'http://far.test:3128'
  const forwards = (proxy: Parameters<typeof chooseRoad>[0]['proxy'], scheme = 'http'): boolean =>
    chooseRoad({ proxy }).forwarder({ ...shop, scheme }) !== undefined
  expect(forwards(far)).toBe(true)
  expect(forwards(['socks5://near.test', far])).toBe(true)
  expect(forwards({ 'shop.test': far })).toBe(true)
  expect(forwards(far, 'https')).toBe(false)
  expect(forwards(far, 'ws')).toBe(false)
  expect(forwards('socks5://near.test')).toBe(false)
  expect(forwards({ 'bank.test': far })).toBe(false)
  expect(forwards(false)).toBe(false)
  expect(chooseRoad({ proxy: far, block: 'private' }).forwarder(shop)).toBeUndefined()
  expect(chooseRoad({ dialer: tcpDialer() }).forwarder(shop)).toBeUndefined()
})
