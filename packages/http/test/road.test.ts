import { X509Certificate } from 'node:crypto'
import { mkdtempDisposable, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { netError } from '@net/core/authoring'
import { captureEvents } from '@net/core/testing'
import { createClient, netrc } from '@net/http'
import { startHttpServer, type HttpServer } from '@net/http/testing'
import { connectDialer, publicKeyPin, tcpDialer, type Dialer } from '@net/socket'
import {
  createCertificates,
  memoryDialer,
  startConnectServer,
  startSocksServer,
} from '@net/socket/testing'
import { canary, expectNoCanary } from '@tools/canary'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { hostOf } from '../src/road.ts'
import { startRawServer } from './raw-server.ts'

const hosts = { 'shop.test': '127.0.0.1', 'bank.test': '127.0.0.1' }

/** The server under a name that only a proxy knows. */
function named(server: HttpServer, path: string, host = 'shop.test'): string {
  const { protocol, port } = new URL(server.url)
  return `${protocol}//${host}:${port}${path}`
}

beforeEach(() => {
  for (const name of ['http_proxy', 'https_proxy', 'all_proxy', 'no_proxy']) {
    vi.stubEnv(name, undefined)
    vi.stubEnv(name.toUpperCase(), undefined)
  }
})
afterEach(() => {
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
})

test('[HTTP-46] requests go through a SOCKS proxy, which resolves the names', async () => {
  await using server = await startHttpServer()
  await using proxy = await startSocksServer({ hosts, users: { ada: 'lovelace' } })
  const { port } = proxy.address
  for (const scheme of ['socks5', 'socks5h']) {
    await using api = createClient({ proxy: `${scheme}://ada:lovelace@127.0.0.1:${port}` })
    expect(await api.get(named(server, '/json')).json()).toMatchObject({ title: 'Hello' })
  }
  const target = new URL(named(server, '/')).host
  expect(proxy.received).toMatchObject([
    { target, user: 'ada' },
    { target, user: 'ada' },
  ])
})

test('https goes through an HTTP proxy, and through TLS to the proxy', async () => {
  const authority = createCertificates()
  const tls = authority.issue({ names: ['shop.test', '127.0.0.1'] })
  await using server = await startHttpServer({ tls })
  await using plain = await startConnectServer({ hosts })
  await using secured = await startConnectServer({ hosts, tls })
  await using folder = await mkdtempDisposable(join(tmpdir(), 'net-trust-'))
  const file = join(folder.path, 'ca.pem')
  await writeFile(file, authority.ca)
  // The proxy of a URL is verified against what the environment trusts.
  vi.stubEnv('SSL_CERT_FILE', file)
  for (const proxy of [plain, secured]) {
    await using api = createClient({ proxy: proxy.url })
    expect(await api.get(named(server, '/json')).json()).toMatchObject({ title: 'Hello' })
    expect(proxy.received).toHaveLength(1)
  }
})

test('[CORE-23] [HTTP-45] the environment gives proxy, authorities, users and the key log', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'net-environment-'))
  const file = (name: string): string => join(folder.path, name)
  const authority = createCertificates()
  await writeFile(file('ca.pem'), authority.ca)
  await writeFile(file('netrc'), 'machine shop.test login ada password lovelace', { mode: 0o600 })
  await using server = await startHttpServer({
    tls: authority.issue({ names: Object.keys(hosts) }),
  })
  await using proxy = await startConnectServer({ hosts })
  vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
  vi.stubEnv('HTTPS_PROXY', proxy.url)
  vi.stubEnv('SSL_CERT_FILE', file('ca.pem'))
  vi.stubEnv('NETRC', file('netrc'))
  vi.stubEnv('SSLKEYLOGFILE', file('keys'))
  await using api = createClient({ auth: netrc() })
  expect(await api.get(named(server, '/json')).json()).toMatchObject({ title: 'Hello' })
  await api.get(named(server, '/json', 'bank.test'))
  expect(proxy.received).toHaveLength(2)
  const basic = `Basic ${Buffer.from('ada:lovelace').toString('base64')}`
  const sent = server.received.map(({ headers }) => headers.authorization)
  expect(sent).toEqual([basic, undefined])
  expect(await readFile(file('keys'), 'utf8')).toMatch(/^CLIENT_TRAFFIC_SECRET_0 /m)
  // What the caller says wins over all of it.
  vi.stubEnv('NO_PROXY', 'bank.test')
  expect(api.explain('https://bank.test').why).toBe('NO_PROXY')
  expect(api.explain('https://shop.test').why).toBe('HTTPS_PROXY')
  await using direct = createClient({ proxy: false, tls: { ca: createCertificates().ca } })
  const local = named(server, '/json', '127.0.0.1')
  await expect(direct.get(local, { retry: false })).rejects.toMatchObject({
    code: 'NET_TLS_CERT_UNTRUSTED',
  })
  expect(proxy.received).toHaveLength(2)
})

test('[HTTP-44] proxies by scheme and host, with a login, fields and TLS of their own', async () => {
  const authority = createCertificates()
  const tls = authority.issue({ names: ['shop.test', '127.0.0.1'] })
  await using shop = await startHttpServer({ tls })
  await using bank = await startHttpServer()
  const users = { ada: 'lovelace' }
  await using plain = await startConnectServer({ hosts, users })
  await using sealed = await startConnectServer({ hosts, tls })
  const login = plain.url.replace('//', '//ada:lovelace@')
  await using api = createClient({
    proxy: { 'https:': login, 'bank.test': login, '*.bank.test': false },
    tls: { ca: authority.ca },
  })
  expect((await api.get(named(shop, '/json'))).status).toBe(200)
  expect((await api.get(named(bank, '/json', 'bank.test'))).status).toBe(200)
  expect((await api.get(`${bank.url}/json`)).status).toBe(200)
  expect(plain.received).toMatchObject([
    { target: new URL(named(shop, '/')).host, user: 'ada' },
    { target: new URL(named(bank, '/', 'bank.test')).host, user: 'ada' },
  ])
  expect(api.explain(named(bank, '/', 'www.bank.test')).why).toBe('proxy: *.bank.test')
  const dialer = connectDialer(sealed.url, {
    tls: { ca: authority.ca },
    headers: { 'x-team': 'blue' },
  })
  await using through = createClient({ dialer, tls: { ca: authority.ca } })
  expect((await through.get(named(shop, '/json'))).status).toBe(200)
  expect(sealed.received).toMatchObject([{ headers: { 'x-team': 'blue' } }])
})

test('[HTTP-43] an address under the name of a host: SNI, certificate, Host, and its pin', async () => {
  const authority = createCertificates()
  const served = authority.issue({ names: ['shop.test'] })
  await using server = await startHttpServer({ tls: served })
  const pins = [publicKeyPin(new X509Certificate(served.cert))]
  const tls = { ca: authority.ca, servername: 'shop.test' }
  const headers = { host: 'shop.test' }
  await using api = createClient({ baseUrl: server.url, headers, tls: { ...tls, pins } })
  expect((await api.get('/json')).status).toBe(200)
  expect(server.received[0]?.headers.host).toBe('shop.test')
  const other = publicKeyPin(new X509Certificate(authority.issue().cert))
  await using pinned = createClient({ baseUrl: server.url, tls: { ...tls, pins: [other] } })
  await expect(pinned.get('/json')).rejects.toMatchObject({ code: 'NET_TLS_CERT_PIN' })
  await using bare = createClient({ baseUrl: server.url, tls: { ca: authority.ca } })
  await expect(bare.get('/json')).rejects.toMatchObject({ code: 'NET_TLS_CERT_HOST' })
})

test('loopback never goes through the environment’s proxy', async () => {
  await using server = await startHttpServer()
  await using proxy = await startConnectServer()
  vi.stubEnv('http_proxy', proxy.url)
  await using api = createClient()
  await api.get(`${server.url}/json`)
  expect(proxy.received).toEqual([])
  expect(api.explain(server.url)).toEqual({ hops: [], why: 'this machine' })
})

test('explain() describes the proxies without credentials and without connecting', async () => {
  const password = canary('explained-password')
  await using api = createClient({
    baseUrl: 'https://shop.test/v1',
    proxy: [`socks5://ada:${password}@near.test`, 'http://far.test:3128'],
  })
  const road = api.explain('/users')
  expect(road).toEqual({
    hops: [
      { kind: 'socks5', endpoint: { scheme: 'socks5', host: 'near.test', port: 1080 } },
      { kind: 'http-connect', endpoint: { scheme: 'http', host: 'far.test', port: 3128 } },
    ],
    why: 'proxy',
  })
  expectNoCanary(road)
  expect(createClient({ unixSocket: '/x' }).explain('http://docker').why).toBe('unixSocket')
})

test('[H-SOCK-20] the login for a proxy is sent to that proxy only', async () => {
  const password = canary('proxy-only-password')
  await using server = await startHttpServer()
  await using other = await startHttpServer()
  await using proxy = await startConnectServer({ hosts, users: { ada: password } })
  const { port } = proxy.address
  vi.stubEnv('http_proxy', `http://ada:${encodeURIComponent(password)}@127.0.0.1:${port}`)
  await using second = await startConnectServer({ hosts })
  using events = captureEvents()
  // The redirect leads to where no proxy is needed.
  const location = `${other.url}/json`
  server.fail({ do: { reply: { status: 302, headers: { location } } } })
  await using api = createClient()
  await api.get(named(server, '/old'))
  expect(proxy.received).toMatchObject([{ user: 'ada' }])
  vi.stubEnv('http_proxy', second.url)
  await using later = createClient()
  await later.get(named(server, '/json'))
  expect(second.received).toMatchObject([{ target: new URL(named(server, '/')).host }])
  expectNoCanary([server.received, other.received, second.received, events.events])
})

test('a refusal by the proxy is reported as such, and not repeated', async () => {
  await using server = await startHttpServer()
  await using proxy = await startConnectServer({ hosts, users: { ada: 'lovelace' } })
  await using api = createClient({ proxy: proxy.url })
  const error: unknown = await api.get(named(server, '/json')).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({
    name: 'ProxyError',
    code: 'NET_PROXY_AUTH',
    phase: 'proxy',
    operation: 'GET',
    reply: { status: 407 },
  })
  expect(error).not.toHaveProperty('attempts')
})

test('[HTTP-44] a proxy passes plain requests on: each names its whole URL, and the login is for the proxy', async () => {
  const password = canary('passed-on-password')
  const ok = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'
  await using proxy = await startRawServer((socket) => void socket.write(ok))
  const url = proxy.url.replace('//', `//ada:${password}@`)
  await using api = createClient({ proxy: url })
  expect(await api.get('http://shop.test/a?b=c#d').text()).toBe('ok')
  expect(await api.post('http://shop.test/up', { json: [1] }).text()).toBe('ok')
  expect(await api.get('http://shop.test:8080/').text()).toBe('ok')
  expect(proxy.heard).toHaveLength(2)
  const [first = '', second = ''] = proxy.heard.map((bytes) => bytes.toString())
  const basic = Buffer.from(`ada:${password}`).toString('base64')
  expect(first).toMatch(/^GET http:\/\/shop\.test\/a\?b=c HTTP\/1\.1\r\nhost: shop\.test\r\n/)
  expect(first).toMatch(/\r\n\r\nPOST http:\/\/shop\.test\/up HTTP\/1\.1\r\n.*\r\n\r\n\[1\]$/s)
  expect(first.split(`proxy-authorization: Basic ${basic}\r\n`)).toHaveLength(3)
  expect(second).toMatch(/^GET http:\/\/shop\.test:8080\/ HTTP\/1\.1\r\nhost: shop\.test:8080\r\n/)
})

test('a proxy that wants Digest gets it for what it passes on', async () => {
  await using server = await startHttpServer()
  const users = { ada: 'lovelace' }
  await using proxy = await startConnectServer({ hosts, users, login: 'digest' })
  await using api = createClient({ proxy: proxy.url.replace('//', '//ada:lovelace@') })
  for (let calls = 0; calls < 3; calls++) await api.get(named(server, '/json'))
  expect(proxy.received).toMatchObject([{ user: 'ada' }, { user: 'ada' }, { user: 'ada' }])
})

test('a proxy that asks who it is, between two requests, is told as such', async () => {
  const replies = [
    'HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n',
    'HTTP/1.1 407 No\r\nproxy-authenticate: NTLM\r\ncontent-length: 3\r\n\r\nwho',
  ]
  await using proxy = await startRawServer((socket) => void socket.write(replies.shift() ?? ''))
  await using api = createClient({ proxy: proxy.url })
  await api.get('http://shop.test/')
  await expect(api.get('http://shop.test/')).rejects.toMatchObject({
    code: 'NET_PROXY_AUTH',
    phase: 'proxy',
    message: expect.stringContaining('takes only NTLM'),
  })
  await expect.poll(() => proxy.open).toBe(0)
})

test('407 of a server itself is its answer, and no login goes there', async () => {
  const reply = 'HTTP/1.1 407 No\r\nproxy-authenticate: Basic\r\ncontent-length: 0\r\n\r\n'
  await using server = await startRawServer((socket) => void socket.write(reply))
  await using api = createClient({ baseUrl: server.url, user: 'ada', password: 'lovelace' })
  await expect(api.get('/')).rejects.toMatchObject({ name: 'HttpStatusError', status: 407 })
  expect(server.heard.join('')).not.toContain('proxy-authorization')
})

test('407 behind a tunnel is the answer of the server, which hears of no login', async () => {
  const authority = createCertificates()
  const refusal = { status: 407, headers: { 'proxy-authenticate': 'Basic realm="server"' } }
  await using server = await startHttpServer({
    tls: authority.issue({ names: ['shop.test'] }),
    routes: { '/': refusal },
  })
  await using proxy = await startConnectServer({ hosts, users: { ada: 'lovelace' } })
  await using api = createClient({
    proxy: proxy.url.replace('//', '//ada:lovelace@'),
    tls: { ca: authority.ca },
  })
  const error: unknown = await api.get(named(server, '/')).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ name: 'HttpStatusError', status: 407 })
  expect(server.received.map(({ headers }) => headers['proxy-authorization'])).toEqual([undefined])
  expect(proxy.received).toHaveLength(1)
})

test('credentials to what a proxy calls localhost are a warning', async () => {
  await using server = await startHttpServer()
  await using proxy = await startSocksServer()
  using events = captureEvents()
  const headers = { authorization: 'Basic eA==' }
  await using api = createClient({ proxy: proxy.url })
  await api.get(`${server.url}/json`, { headers })
  const told = JSON.stringify(events.events)
  expect(told).toContain('in clear')
})

test('a proxy and a dialer together are a contradiction', () => {
  const proxy = 'http://proxy.test'
  for (const options of [
    { proxy, dialer: memoryDialer() },
    { proxy, unixSocket: '/x' },
    { dialer: memoryDialer(), unixSocket: '/x' },
  ]) {
    expect(() => createClient(options)).toThrow(expect.objectContaining({ code: 'NET_BAD_OPTION' }))
  }
  expect(() => createClient({ proxy: 'proxy.test' })).toThrow(
    expect.objectContaining({ code: 'NET_BAD_URL' }),
  )
})

test.each([
  'http://169.254.1.1/',
  'http://localhost:9/',
  'http://[fe80::1]/',
  'http://inside.test/',
  'http://0xcb.0.113.9/',
])('[H-HTTP-20] a redirect to %s does not get past the guard', async (location) => {
  await using server = await startHttpServer()
  server.fail({ do: { reply: { status: 302, headers: { location } } } })
  const inside = tcpDialer({ resolver: async () => [{ address: '10.0.0.1', family: 4 }] })
  const dialer: Dialer = {
    name: 'public.test is here',
    dial(endpoint, options) {
      if (endpoint.host !== 'public.test') return inside.dial(endpoint, options)
      options?.admit?.({ address: '8.8.8.8', family: 4 }, endpoint)
      return tcpDialer().dial({ ...endpoint, host: '127.0.0.1' })
    },
  }
  await using api = createClient({ dialer, block: 'private' })
  await expect(api.get(named(server, '/', 'public.test'))).rejects.toMatchObject({
    name: 'PolicyError',
    code: 'NET_ADDRESS_BLOCKED',
    retry: 'never',
  })
  await expect(api.get(location)).rejects.toMatchObject({ code: 'NET_ADDRESS_BLOCKED' })
})

test('the host of a URL has no brackets', () => {
  expect(hostOf(new URL('http://[::1]:80/'))).toBe('::1')
  expect(hostOf(new URL('http://shop.test/'))).toBe('shop.test')
})

test('a goodbye of the tunnel to a request that was sent leaves it unknown, and sends it once', async () => {
  await using server = await startRawServer(() => {})
  let dials = 0
  const tunnel: Dialer = {
    name: 'tunnel',
    async dial(endpoint, options) {
      dials += 1
      const transport = await tcpDialer().dial(endpoint, options)
      const left = Promise.withResolvers<never>()
      return {
        info: transport.info,
        read: () => left.promise,
        write: async (chunks) => {
          await transport.write(chunks)
          left.reject(netError('NET_CONN_SHUTDOWN', { message: 'the tunnel closes' }))
        },
        end: () => transport.end(),
        close: () => transport.close(),
        abort: (reason) => transport.abort(reason),
      }
    },
  }
  await using client = createClient({ baseUrl: server.url, dialer: tunnel })
  const error = await client.post('/', { json: { pay: 100 } }).catch((e: unknown) => e)
  expect(error).toMatchObject({ code: 'NET_CONN_SHUTDOWN', sent: true, retry: 'idempotent' })
  expect(dials).toBe(1)
})

test('a percent sign in the password of a proxy of the environment is a plain character', async () => {
  await using server = await startHttpServer()
  await using proxy = await startConnectServer({ hosts, users: { ada: '50%off' } })
  vi.stubEnv('http_proxy', `http://ada:50%off@127.0.0.1:${proxy.address.port}`)
  await using api = createClient()
  const response = await api.get(named(server, '/json'))
  expect(response.status).toBe(200)
})
