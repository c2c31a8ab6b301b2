import { mkdtempSync, rmSync } from 'node:fs'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import type { TLSSocket } from 'node:tls'

import { TlsError } from '@net/core'
import { useFakeClock } from '@net/core/testing'
import * as http from '@net/http'
import { startHttpServer } from '@net/http/testing'
import { secureServer, tcpDialer, type Dialer } from '@net/socket'
import {
  createCertificates,
  faulty,
  memoryDialer,
  type FaultPlan,
  type IssueOptions,
} from '@net/socket/testing'
import { expect, test } from 'vitest'

import {
  ACK,
  END_HEADERS,
  END_STREAM,
  GOAWAY,
  HEADERS,
  OK,
  PING,
  SETTINGS,
  startFrameServer,
  trusted,
} from './http2-server.ts'

const authority = createCertificates()

test('[HTTP-42] a certificate of an authority that we trust is accepted', async () => {
  await using server = await startHttpServer({ tls: authority.issue() })
  await using client = http.createClient({ baseUrl: server.url, tls: { ca: authority.ca } })
  expect(server.url).toMatch(/^https:/)
  expect(await client.get('/json').json()).toMatchObject({ title: 'Hello' })
})

test.each<[string, IssueOptions, string]>([
  ['a self-signed certificate', { selfSigned: true }, 'NET_TLS_CERT_UNTRUSTED'],
  ['an expired certificate', { expired: true }, 'NET_TLS_CERT_EXPIRED'],
  ['a certificate for another host', { names: ['other.test'] }, 'NET_TLS_CERT_HOST'],
])('%s is refused before a byte of the request is sent', async (_name, options, code) => {
  await using server = await startHttpServer({ tls: authority.issue(options) })
  await using client = http.createClient({ baseUrl: server.url, tls: { ca: authority.ca } })
  const error: unknown = await client.get('/json').catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(TlsError)
  expect(error).toMatchObject({ code, phase: 'tls', retry: 'never' })
  expect(server.received).toHaveLength(0)
  await expect.poll(() => server.connections).toBe(0)
})

test('[HTTP-42] an unknown authority is refused, unless a dangerously… option allows it', async () => {
  await using server = await startHttpServer({ tls: authority.issue() })
  await using careful = http.createClient({ baseUrl: server.url })
  await expect(careful.get('/json')).rejects.toMatchObject({ code: 'NET_TLS_CERT_UNTRUSTED' })
  await using careless = http.createClient({
    baseUrl: server.url,
    tls: { dangerouslySkipVerification: true },
  })
  expect(await careless.get('/json').json()).toMatchObject({ id: 1 })
})

test('[HTTP-42] [H-HTTP-15] TLS for one call, whose connection no other call uses', async () => {
  await using server = await startHttpServer({ tls: authority.issue() })
  await using client = http.createClient({ baseUrl: server.url })
  const tls = { ca: authority.ca }
  expect((await client.get('/json', { tls })).status).toBe(200)
  await expect(client.get('/json', { retry: false })).rejects.toMatchObject({
    code: 'NET_TLS_CERT_UNTRUSTED',
  })
  const same = await client.get('/json', { tls: { ca: authority.ca } })
  expect(same.timings.reused).toBe(true)
  const skipping = { dangerouslySkipVerification: true }
  const other = await client.get('/json', { tls: { ...tls, ...skipping } })
  expect(other.timings.reused).toBe(false)
})

test('a server that does not speak TLS has an error of its own', async () => {
  await using plain = await startHttpServer()
  await using client = http.createClient()
  const url = plain.url.replace('http:', 'https:')
  await expect(client.get(url)).rejects.toMatchObject({ code: 'NET_TLS_NOT_TLS', phase: 'tls' })
})

test('the error of a refused connection has its phase', async () => {
  const server = await startHttpServer()
  const { url } = server
  await server.close()
  await expect(http.get(url, { retry: false })).rejects.toMatchObject({
    code: 'NET_CONNECT_REFUSED',
    phase: 'connect',
    retry: 'safe',
  })
})

test('[HTTP-51] any dialer will do, and it is asked for the endpoint of the URL', async () => {
  await using server = await startHttpServer()
  const port = Number(new URL(server.url).port)
  const asked: unknown[] = []
  const tcp = tcpDialer()
  const dialer: Dialer = {
    name: 'detour',
    dial(endpoint, options) {
      asked.push(endpoint)
      return tcp.dial({ scheme: 'tcp', host: '127.0.0.1', port }, options)
    },
  }
  await using client = http.createClient({ dialer })
  expect(await client.get('http://shop.test/json').json()).toMatchObject({ id: 1 })
  expect(asked).toEqual([{ scheme: 'http', host: 'shop.test', port: 80 }])
  expect(server.received[0]!.headers.host).toBe('shop.test')
})

test('[HTTP-51] a Unix socket replaces the address of every server', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'net-'))
  const path = join(folder, 'app.sock')
  const server = createServer((request, response) => response.end(request.headers.host))
  try {
    await new Promise<void>((resolve) => {
      server.listen(path, resolve)
    })
    await using client = http.createClient({ unixSocket: path })
    expect(await client.get('http://docker/version').text()).toBe('docker')
  } finally {
    server.close()
    rmSync(folder, { recursive: true })
  }
})

test('a dialer and a Unix socket cannot be used together', () => {
  expect(() => http.createClient({ unixSocket: '/x', dialer: tcpDialer() })).toThrow(
    expect.objectContaining({ code: 'NET_BAD_OPTION' }),
  )
})

test('a dialer in memory works, with TLS too', async () => {
  const dialer = memoryDialer()
  const listener = await dialer.listen!({ scheme: 'tcp', host: 'memory.test', port: 443 })
  const serving = (async () => {
    const transport = await listener.accept()
    const tls = authority.issue({ names: ['memory.test'] })
    const secured = await secureServer(transport!, tls)
    await secured.read()
    await secured.write([Buffer.from('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi')])
    return secured
  })()
  await using client = http.createClient({ dialer, tls: { ca: authority.ca } })
  expect(await client.get('https://memory.test/').text()).toBe('hi')
  const secured = await serving
  secured.abort()
  await listener.close()
})

const faults: readonly (readonly [FaultPlan, string])[] = [
  [{ do: 'drop' }, 'NET_CONN_'],
  [{ do: 'reset' }, 'NET_CONN_RESET'],
  [{ do: 'half-close' }, 'NET_CONN_CLOSED'],
  [{ do: 'garbage' }, 'NET_PROTO_MALFORMED'],
  [{ do: 'drop', after: 5000 }, 'NET_PROTO_INCOMPLETE'],
  [{ do: 'reset', after: 5000 }, 'NET_PROTO_INCOMPLETE'],
  [{ do: 'half-close', after: 5000 }, 'NET_PROTO_INCOMPLETE'],
]

test.each(faults)('over a connection with %j it is %s', async (plan, code) => {
  await using server = await startHttpServer()
  const dialer = faulty(tcpDialer(), plan)
  await using client = http.createClient({
    baseUrl: server.url,
    dialer,
    defaults: { retry: false },
  })
  await expect(client.get('/bytes/1000000').bytes()).rejects.toMatchObject({
    code: expect.stringContaining(code),
  })
  expect(await client.get('/bytes/1000000').bytes()).toHaveLength(1_000_000)
  await client.close()
  await expect.poll(() => server.connections).toBe(0)
})

/** A server that keeps whose certificate it was shown, and redirects where it is asked to. */
async function startAsking(
  shown: string[],
): Promise<AsyncDisposable & { readonly url: string; to: string | undefined }> {
  const server = createSecureServer(
    { ...authority.issue(), ca: authority.ca, requestCert: true, rejectUnauthorized: false },
    (request, response) => {
      shown.push(String((request.socket as TLSSocket).getPeerCertificate().subject?.CN))
      const { to } = asking
      asking.to = undefined
      response
        .writeHead(to === undefined ? 200 : 302, to === undefined ? {} : { location: to })
        .end()
    },
  )
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const asking = {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    to: undefined as string | undefined,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
  return asking
}

test('[HTTP-42] a certificate for one call, beside the rest of the client’s TLS, is shown for that call alone', async () => {
  const shown: string[] = []
  await using home = await startAsking(shown)
  await using other = await startAsking(shown)
  const { cert, key } = authority.issue({ names: ['call.test'] })
  await using client = http.createClient({ tls: { ca: authority.ca } })
  home.to = other.url
  await client.get(home.url, { tls: { cert, key } })
  await client.get(home.url)
  await client.get(home.url, { tls: { cert, key } })
  const mine = expect.stringContaining('call.test') as string
  expect(shown).toEqual([mine, 'undefined', 'undefined', mine])
})

test('the certificate of a client is shown to nobody that a redirect to another origin leads to', async () => {
  const shown: string[] = []
  await using home = await startAsking(shown)
  await using other = await startAsking(shown)
  const { cert, key } = authority.issue({ names: ['client.test'] })
  await using client = http.createClient({ tls: { ca: authority.ca, cert, key } })
  // Away, and home again.
  home.to = other.url
  other.to = home.url
  await client.get(home.url)
  await client.get(other.url)
  home.to = '/within'
  await client.get(home.url)
  const mine = expect.stringContaining('client.test')
  expect(shown).toEqual([mine, 'undefined', 'undefined', mine, mine, mine])
})

test('[H-HTTP-15] clients that reach a server in other ways share no connection', async () => {
  await using server = await startHttpServer({ tls: authority.issue({ names: ['localhost'] }) })
  const { cert, key } = authority.issue({ names: ['client.test'] })
  const { ca } = authority
  const ways: readonly http.ClientOptions[] = [
    { tls: { ca } },
    { tls: { ca, servername: 'localhost' } },
    { tls: { ca, cert, key } },
    { tls: { ca, minVersion: 'TLSv1.3' } },
    { tls: { ca }, dialer: tcpDialer() },
    { tls: { ca }, dialer: faulty(tcpDialer(), []) },
  ]
  const url = `${server.url.replace('127.0.0.1', 'localhost')}/json`
  for (const [before, way] of ways.entries()) {
    await using client = http.createClient(way)
    for (let call = 0; call < 2; call++) await client.get(url).json()
    expect(server.accepted).toBe(before + 1)
  }
})

test('[HTTP-42] the certificate of a client with a base is shown to no other origin', async () => {
  const shown: string[] = []
  const certificate = authority.issue()
  await using stranger = createSecureServer(
    { ...certificate, ca: authority.ca, requestCert: true, rejectUnauthorized: false },
    (request, response) => {
      shown.push(String((request.socket as TLSSocket).getPeerCertificate().subject?.CN))
      response.end('ok')
    },
  )
  stranger.listen(0, '127.0.0.1')
  await once(stranger, 'listening')
  const own = authority.issue({ names: ['client.test'] })
  const tls = { ca: authority.ca, cert: own.cert, key: own.key }
  const url = `https://127.0.0.1:${(stranger.address() as AddressInfo).port}`
  await using home = http.createClient({ baseUrl: url, tls })
  await home.get('/').text()
  await using elsewhere = http.createClient({ baseUrl: 'https://api.test', tls })
  await elsewhere.get(url).text()
  expect(shown).toEqual([expect.stringContaining('client.test'), 'undefined'])
})

test('a server that wants calm is asked for signs of life no more, over later connections too', async () => {
  let pings = 0
  let requests = 0
  const calm = { type: GOAWAY, payload: Buffer.from([0, 0, 0, 1, 0, 0, 0, 11]) }
  await using server = await startFrameServer(({ type, flags, stream }, send) => {
    if (type === SETTINGS && flags !== ACK) send({ type: SETTINGS })
    if (type === PING && flags !== ACK) {
      pings += 1
      send(calm)
    }
    if (type !== HEADERS) return
    requests += 1
    send({ type: HEADERS, flags: END_HEADERS | END_STREAM, stream, payload: OK })
  })
  using clock = useFakeClock()
  await using client = http.createClient({ baseUrl: server.url, tls: trusted, http2: true })
  const get = async (): Promise<number> => {
    const call = client.get('/')
    while ((await Promise.race([call, turn('waiting')])) === 'waiting') await clock.advance(10)
    return (await call).status
  }
  await get()
  await clock.advance(10_000)
  expect(await get()).toBe(200)
  expect(pings).toBe(1)
  for (let quiet = 0; quiet < 2; quiet++) {
    await clock.advance(10_000)
    expect(await get()).toBe(200)
  }
  expect(pings).toBe(1)
  expect(requests).toBeGreaterThan(3)
})
