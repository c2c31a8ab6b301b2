import { chooseRoad, connect, tcpDialer, type Dialer } from '@net/socket'
import { startConnectServer, startEchoServer, startSocksServer } from '@net/socket/testing'
import { canary, expectNoCanary } from '@tools/canary'
import { afterEach, expect, test, vi } from 'vitest'

import { failure, thrown } from '../support.ts'

const shop = { scheme: 'https', host: 'shop.test', port: 443 }

afterEach(() => {
  vi.unstubAllEnvs()
})

test('a dialer is the road; a proxy beside it is a contradiction', async () => {
  await using echo = await startEchoServer()
  const dialed: unknown[] = []
  const dialer: Dialer = {
    name: 'mine',
    dial(endpoint, options) {
      dialed.push(endpoint)
      return tcpDialer().dial(endpoint, options)
    },
  }
  const road = chooseRoad({ dialer }, 'environment')
  expect(road.explain(shop)).toEqual({ hops: [], why: 'dialer' })
  for (const { dialer: chosen } of [road, chooseRoad({ dialer, proxy: false })]) {
    expect(chosen.name).toBe('mine')
    const transport = await chosen.dial(echo.address)
    transport.abort()
  }
  expect(dialed).toEqual([echo.address, echo.address])
  for (const proxy of ['environment', 'http://127.0.0.1:1'] as const) {
    const error = thrown(() => chooseRoad({ dialer, proxy }))
    expect(error).toMatchObject({ name: 'ArgumentError', code: 'NET_BAD_OPTION' })
  }
})

test('a chain goes through its proxies in order, and says so beforehand', async () => {
  await using echo = await startEchoServer()
  await using near = await startSocksServer()
  await using far = await startConnectServer()
  const road = chooseRoad({ proxy: [near.url, new URL(far.url)] })
  const transport = await road.dialer.dial(echo.address)
  expect(near.received).toMatchObject([{ target: `127.0.0.1:${far.address.port}` }])
  expect(far.received).toMatchObject([{ target: `127.0.0.1:${echo.address.port}` }])
  const { hops, why } = road.explain(echo.address)
  expect(hops).toEqual(transport.info.hops)
  expect(why).toBe('proxy')
  await transport.close()
})

test('proxies by where the road leads', async () => {
  await using echo = await startEchoServer()
  await using near = await startSocksServer({ hosts: { 'shop.test': '127.0.0.1' } })
  await using far = await startConnectServer()
  const road = chooseRoad({
    proxy: {
      'https:': near.url,
      '*.internal': false,
      'echo.test': [near.url, far.url],
      '127.0.0.1': false,
    },
  })
  const why = (host: string, scheme = 'http'): unknown => {
    const { hops, why } = road.explain({ scheme, host, port: 80 })
    return [hops.map(({ kind }) => kind), why]
  }
  expect(why('shop.test', 'https')).toEqual([['socks5'], 'proxy: https:'])
  expect(why('a.internal', 'https')).toEqual([[], 'proxy: *.internal'])
  expect(why('echo.test')).toEqual([['socks5', 'http-connect'], 'proxy: echo.test'])
  expect(why('other.test')).toEqual([[], 'nothing'])
  const { port } = echo.address
  const straight = await road.dialer.dial({ ...echo.address, scheme: 'https' })
  expect(straight.info.hops).toEqual([])
  const around = await road.dialer.dial({ scheme: 'https', host: 'shop.test', port })
  expect(around.info.hops).toMatchObject([{ kind: 'socks5' }])
  await Promise.all([straight.close(), around.close()])
  expect(thrown(() => chooseRoad({ proxy: { 'a b': near.url } }))).toMatchObject({
    code: 'NET_BAD_OPTION',
  })
  expect(thrown(() => chooseRoad({ proxy: { '*': 'gopher://127.0.0.1:1' } }))).toMatchObject({
    code: 'NET_BAD_URL',
  })
})

test('false, and nothing at all, is a direct connection, also to Unix sockets', async () => {
  await using echo = await startEchoServer()
  for (const choice of [{}, { proxy: false } as const]) {
    const road = chooseRoad(choice)
    expect(road.explain(shop)).toEqual({ hops: [], why: 'nothing' })
    const transport = await road.dialer.dial(echo.address)
    expect(transport.info.hops).toEqual([])
    await transport.close()
  }
  const away = { scheme: 'unix', host: '', port: 0, path: '/nowhere/at-all' }
  const error = await failure(chooseRoad({}).dialer.dial(away))
  expect(error).toMatchObject({ code: 'NET_CONNECT_REFUSED', protocol: 'unix' })
  await using listener = await chooseRoad({}).dialer.listen?.({ ...echo.address, port: 0 })
  expect(listener?.address.port).toBeGreaterThan(0)
})

test('the environment is looked at with every dial', async () => {
  await using echo = await startEchoServer()
  await using proxy = await startConnectServer({ hosts: { 'shop.test': '127.0.0.1' } })
  const { dialer, explain } = chooseRoad({ proxy: 'environment' })
  const endpoint = { ...shop, port: echo.address.port }
  vi.stubEnv('https_proxy', `ada:lovelace@127.0.0.1:${proxy.address.port}`)
  expect(explain(endpoint)).toEqual({
    hops: [{ kind: 'http-connect', endpoint: { ...proxy.address, scheme: 'http' } }],
    why: 'https_proxy',
  })
  for (let times = 0; times < 2; times++) await (await dialer.dial(endpoint)).close()
  expect(proxy.received).toMatchObject([{ user: 'ada' }, { user: 'ada' }])
  vi.stubEnv('no_proxy', 'shop.test')
  expect(explain(endpoint)).toEqual({ hops: [], why: 'no_proxy' })
  // Loopback is not the proxy's either.
  await (await dialer.dial({ ...echo.address, scheme: 'https' })).close()
  expect(proxy.received).toHaveLength(2)
})

test('the error of a variable without a proxy URL has its name only', async () => {
  const hidden = canary('environment-password')
  vi.stubEnv('https_proxy', `gopher://ada:${hidden}@127.0.0.1:1`)
  const { dialer, explain } = chooseRoad({}, 'environment')
  for (const error of [await failure(dialer.dial(shop)), thrown(() => explain(shop))]) {
    expect(error).toMatchObject({ name: 'ArgumentError', code: 'NET_BAD_CONFIG' })
    expect(error.message).toContain('https_proxy')
    expectNoCanary([error])
  }
})

test('a wrong proxy is refused before anything is connected', async () => {
  expect(thrown(() => chooseRoad({ proxy: [] }))).toMatchObject({ code: 'NET_BAD_OPTION' })
  expect(thrown(() => chooseRoad({ proxy: 'proxy.test:1' }))).toMatchObject({ code: 'NET_BAD_URL' })
  const call = failure(connect('tcp://127.0.0.1:1', { proxy: 'gopher://127.0.0.1:1' }))
  expect(await call).toMatchObject({ code: 'NET_BAD_URL' })
})

test('connect() uses the proxy, and none by default', async () => {
  await using echo = await startEchoServer()
  await using proxy = await startSocksServer({ hosts: { 'shop.test': '127.0.0.1' } })
  const { port } = echo.address
  await using connection = await connect(`tcp://shop.test:${port}`, { proxy: proxy.url })
  await connection.write('hello\n')
  expect(await connection.readLine()).toBe('hello')
  expect(connection.info.hops).toMatchObject([{ kind: 'socks5' }])
  vi.stubEnv('ALL_PROXY', proxy.url)
  await using other = await connect(`tcp://shop.test:${port}`, { proxy: 'environment' })
  expect(other.info.hops).toHaveLength(1)
  await using straight = await connect(echo.url)
  expect(straight.info.hops).toEqual([])
})

test('options that do not exist, and others of the wrong shape, are refused', () => {
  const wrong: readonly [unknown, unknown, RegExp][] = [
    [{ proxies: 'socks5://a:1' }, undefined, /no proxies; use proxy/],
    [{ dialer: {} }, undefined, /dialer must be/],
    [{ block: 'all' }, undefined, /block must be/],
    [{}, 5, /otherwise must be the URL of a proxy/],
  ]
  for (const [choice, otherwise, message] of wrong) {
    expect(() => chooseRoad(choice as never, otherwise as never)).toThrow(
      expect.objectContaining({ code: 'NET_BAD_OPTION', message: expect.stringMatching(message) }),
    )
  }
})
