import {
  connectDialer,
  isProtected,
  overTransport,
  secure,
  socksDialer,
  tcpDialer,
} from '@net/socket'
import {
  checkDialer,
  createCertificates,
  startConnectServer,
  startEchoServer,
  startSocksServer,
} from '@net/socket/testing'
import { canary, expectNoCanary } from '@tools/canary'
import { captureEvents, useFakeClock } from '@net/core/testing'
import { expect, test } from 'vitest'

import { failure, thrown } from '../support.ts'
import { nobody } from './nobody.ts'

test.each(['socks5', 'socks4a'])('[SOCK-09] %s: the dialer conforms', async (scheme) => {
  await checkDialer(async () => {
    const resources = new AsyncDisposableStack()
    const echo = resources.use(await startEchoServer())
    const proxy = resources.use(await startSocksServer())
    const { port } = proxy.address
    return {
      dialer: socksDialer(`${scheme}://127.0.0.1:${port}`),
      echo: echo.address,
      // SOCKS4 has one word for everything that may have gone wrong.
      ...(scheme.startsWith('socks4') ? {} : { nobody: await nobody() }),
      [Symbol.asyncDispose]: () => resources.disposeAsync(),
    }
  })
})

test.each([
  ['socks5h', 'socks5'],
  ['socks', 'socks5'],
  ['socks4', 'socks4a'],
])('%s: is another word for %s:', async (scheme, kind) => {
  await using echo = await startEchoServer()
  await using proxy = await startSocksServer({ hosts: { 'db.test': '127.0.0.1' } })
  const dialer = socksDialer(`${scheme}://127.0.0.1:${proxy.address.port}`)
  expect(dialer.name).toBe(kind)
  await (await dialer.dial({ ...echo.address, host: 'db.test' })).close()
  expect(proxy.received).toMatchObject([{ target: `db.test:${echo.address.port}` }])
})

test('the proxy resolves names, and the hops are recorded', async () => {
  await using echo = await startEchoServer()
  await using proxy = await startSocksServer({ hosts: { 'db.test': '127.0.0.1' } })
  const endpoint = { ...echo.address, host: 'db.test' }
  const transport = await socksDialer(proxy.url).dial(endpoint)
  expect(transport.info).toMatchObject({
    endpoint,
    hops: [{ kind: 'socks5', endpoint: { scheme: 'socks5', ...hostAndPort(proxy.address) } }],
    remote: hostAndPort(proxy.address),
    encrypted: false,
  })
  expect(proxy.received).toEqual([{ target: `db.test:${echo.address.port}`, headers: {} }])
  await transport.close()
})

test('through a proxy the exemption of loopback does not apply', async () => {
  await using echo = await startEchoServer()
  await using proxy = await startSocksServer()
  const transport = await socksDialer(proxy.url).dial(echo.address)
  expect(isProtected(transport.info)).toBe(false)
  transport.abort()
})

test('user and password come from the URL or the options, and are in no error and no event', async () => {
  const password = canary('socks-password')
  const wrong = canary('wrong-socks-password')
  await using echo = await startEchoServer()
  await using proxy = await startSocksServer({ users: { ada: password } })
  const { port } = proxy.address
  using events = captureEvents()
  const fromUrl = socksDialer(`socks5://ada:${encodeURIComponent(password)}@127.0.0.1:${port}`)
  await (await fromUrl.dial(echo.address)).close()
  await (await socksDialer(proxy.url, { user: 'ada', password }).dial(echo.address)).close()
  expect(proxy.received.map(({ user }) => user)).toEqual(['ada', 'ada'])
  const refused = await failure(
    socksDialer(proxy.url, { user: 'ada', password: wrong }).dial(echo.address),
  )
  expect(refused).toMatchObject({ code: 'NET_PROXY_AUTH', phase: 'proxy', retry: 'never' })
  const missing = await failure(socksDialer(proxy.url).dial(echo.address))
  expect(missing).toMatchObject({ code: 'NET_PROXY_AUTH' })
  expectNoCanary([refused, missing, events.events])
})

test('a callback is asked once, and once more after the proxy refused its answer', async () => {
  await using echo = await startEchoServer()
  await using proxy = await startSocksServer({ users: { ada: 'second' } })
  const asked: unknown[] = []
  const dialer = socksDialer(proxy.url, {
    user: 'ada',
    password: ({ rejected, endpoint }) => {
      asked.push({ rejected, endpoint })
      return rejected ? 'second' : 'first'
    },
  })
  expect(await failure(dialer.dial(echo.address))).toMatchObject({ code: 'NET_PROXY_AUTH' })
  await (await dialer.dial(echo.address)).close()
  await (await dialer.dial(echo.address)).close()
  const endpoint = `127.0.0.1:${proxy.address.port}`
  expect(asked).toEqual([{ endpoint }, { endpoint, rejected: true }])
})

test('an unreachable proxy differs from an unreachable endpoint', async () => {
  await using proxy = await startSocksServer()
  const away = await nobody()
  const proxyAway = await failure(socksDialer(`socks5://127.0.0.1:${away.port}`).dial(away))
  expect(proxyAway).toMatchObject({
    code: 'NET_PROXY_UNREACHABLE',
    phase: 'connect',
    retry: 'safe',
  })
  expect(proxyAway.cause).toMatchObject({ code: 'NET_CONNECT_REFUSED' })
  const endpointAway = await failure(socksDialer(proxy.url).dial(away))
  expect(endpointAway).toMatchObject({
    code: 'NET_CONNECT_REFUSED',
    phase: 'connect',
    endpoint: `127.0.0.1:${away.port}`,
  })
  const forbidden = await failure(socksDialer(proxy.url).dial({ ...away, host: 'away.test' }))
  expect(forbidden).toMatchObject({
    code: 'NET_PROXY_REFUSED',
    reply: { status: 2 },
    target: `away.test:${away.port}`,
    endpoint: `127.0.0.1:${proxy.address.port}`,
  })
})

test.each(['drop', 'reset', 'half-close'] as const)('a proxy may %s', async (what) => {
  await using echo = await startEchoServer()
  await using proxy = await startSocksServer()
  proxy.fail({ do: what })
  const error = await failure(socksDialer(proxy.url).dial(echo.address))
  expect(error).toMatchObject({ code: 'NET_PROXY_UNREACHABLE', phase: 'proxy', retry: 'safe' })
})

test('a silent proxy times out after its limit, and the connection is closed', async () => {
  using clock = useFakeClock()
  await using echo = await startEchoServer()
  await using proxy = await startSocksServer()
  proxy.fail({ do: 'stall' })
  using events = captureEvents()
  const error = failure(socksDialer(proxy.url).dial(echo.address))
  await events.waitFor((event) => event.type === 'phase' && event.phase === 'proxy')
  await clock.advance(10_000)
  expect(await error).toMatchObject({ code: 'NET_TIMEOUT_PROXY', limit: 10_000 })
  await expect.poll(() => proxy.connections).toBe(0)
})

test('an abort in the middle ends the dial at once, and the connection to the proxy', async () => {
  await using echo = await startEchoServer()
  await using proxy = await startSocksServer()
  proxy.fail({ do: 'stall' })
  const controller = new AbortController()
  const error = failure(socksDialer(proxy.url).dial(echo.address, { signal: controller.signal }))
  await expect.poll(() => proxy.received.length).toBe(1)
  controller.abort()
  expect(await error).toMatchObject({ code: 'NET_ABORTED', phase: 'proxy' })
  await expect.poll(() => proxy.connections).toBe(0)
})

test('TLS to the endpoint works through a proxy', async () => {
  const authority = createCertificates()
  await using echo = await startEchoServer({ tls: authority.issue({ names: ['db.test'] }) })
  await using proxy = await startSocksServer({ hosts: { 'db.test': '127.0.0.1' } })
  const plain = await socksDialer(proxy.url).dial({ ...echo.address, host: 'db.test' })
  const transport = await secure(plain, { ca: authority.ca })
  expect(transport.info).toMatchObject({ encrypted: true, hops: [{ kind: 'socks5' }] })
  expect(isProtected(transport.info)).toBe(true)
  await using connection = overTransport(transport)
  await connection.write('in private\n')
  expect(await connection.readLine()).toBe('in private')
})

test('proxies can be lined up', async () => {
  await using echo = await startEchoServer()
  await using near = await startConnectServer()
  await using far = await startSocksServer()
  const dialer = socksDialer(far.url, { via: connectDialer(near.url) })
  const transport = await dialer.dial(echo.address)
  expect(transport.info.hops.map(({ kind }) => kind)).toEqual(['http-connect', 'socks5'])
  expect(near.received[0]?.target).toBe(`127.0.0.1:${far.address.port}`)
  expect(far.received[0]?.target).toBe(`127.0.0.1:${echo.address.port}`)
  await using connection = overTransport(transport)
  await connection.write('far\n')
  expect(await connection.readLine()).toBe('far')
})

test('the connection to the proxy gets the options of the dial', async () => {
  await using echo = await startEchoServer()
  await using proxy = await startSocksServer()
  const tcp = tcpDialer()
  const seen: unknown[] = []
  const via = {
    name: 'watched',
    dial: (...[endpoint, options]: Parameters<typeof tcp.dial>) => {
      seen.push({
        localAddress: options?.localAddress,
        resolve: options?.timeout,
        admit: options?.admit,
      })
      return tcp.dial(endpoint, options)
    },
  }
  const options = { localAddress: '127.0.0.1', timeout: { resolve: 77 }, admit: () => true }
  await (await socksDialer(proxy.url, { via }).dial(echo.address, options)).close()
  expect(seen).toMatchObject([{ localAddress: '127.0.0.1', resolve: { resolve: 77 } }])
  expect(seen).toMatchObject([{ admit: undefined }])
})

test('an address that is not admitted is not asked for', async () => {
  await using echo = await startEchoServer()
  await using proxy = await startSocksServer()
  const admit = () => false
  const error = await failure(socksDialer(proxy.url).dial(echo.address, { admit }))
  expect(error).toMatchObject({ code: 'NET_ADDRESS_BLOCKED' })
  expect(proxy.received).toEqual([])
})

test('a wrong SOCKS proxy is an error at once, without a word of the URL', () => {
  const hidden = canary('url-password')
  for (const url of [
    `ftp://ada:${hidden}@127.0.0.1:1080`,
    `socks5://ada:${hidden}@127.0.0.1:1080/path`,
    `socks5://ada:${hidden}@127.0.0.1:0`,
    `socks5://ada:${hidden}@`,
  ]) {
    const error = thrown(() => socksDialer(url))
    expect(error).toMatchObject({ code: 'NET_BAD_URL' })
    expectNoCanary([error])
  }
})

function hostAndPort({ host, port }: { readonly host: string; readonly port: number }) {
  return { host, port }
}
