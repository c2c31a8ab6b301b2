import { chooseRoad, tcpDialer } from '@net/socket'
import { startConnectServer } from '@net/socket/testing'
import { canary, expectNoCanary } from '@tools/canary'
import { expect, test } from 'vitest'

import { httpForwarder } from '../../src/proxy/forward.ts'
import { failure, thrown } from '../support.ts'

const shop = { scheme: 'http', host: 'shop.test', port: 80 }

test('connects to the proxy, and says what the proxy alone is to read', async () => {
  const password = canary('forwarding-password')
  await using proxy = await startConnectServer()
  const url = proxy.url.replace('//', `//ada:${password}@`)
  const { transport, fields } = await httpForwarder(url, tcpDialer()).dial(shop)
  expect(transport.info.endpoint).toMatchObject({ port: proxy.address.port })
  const pair = Buffer.from(`ada:${password}`).toString('base64')
  expect(fields).toEqual(['proxy-authorization', `Basic ${pair}`])
  await transport.close()
  const bare = await httpForwarder(proxy.url, tcpDialer()).dial(shop)
  expect(bare.fields).toEqual([])
  await bare.transport.close()
})

test('407 is the refusal of the proxy, in words that say what it offers', async () => {
  await using proxy = await startConnectServer()
  const password = canary('refused-password')
  const url = proxy.url.replace('//', `//ada:${password}@`)
  const asking = await httpForwarder(url, tcpDialer()).dial(shop)
  asking.answered(200, 'OK', [])
  const refused = thrown(() => asking.answered(407, 'Who are you', ['Basic realm="a"']))
  expect(refused).toMatchObject({
    code: 'NET_PROXY_AUTH',
    phase: 'proxy',
    retry: 'never',
    endpoint: proxy.url.replace('http://', ''),
    message: expect.stringContaining('refused user and password'),
    reply: { status: 407, text: 'Who are you' },
  })
  expectNoCanary(refused)
  const bare = await httpForwarder(proxy.url, tcpDialer()).dial(shop)
  for (const [offer, message] of [
    ['Basic realm="a"', 'requires a user and a password'],
    ['NTLM', 'takes only NTLM as login'],
  ] as const)
    expect(thrown(() => bare.answered(407, '', [offer])).message).toContain(message)
  await Promise.all([asking.transport.close(), bare.transport.close()])
})

test('a proxy that cannot be reached is told as such', async () => {
  const closed = await startConnectServer()
  await closed.close()
  expect(await failure(httpForwarder(closed.url, tcpDialer()).dial(shop))).toMatchObject({
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
