import { expect, test } from 'vitest'

import { isNetError } from '@net/core'
import { connect } from '@net/ftp'
import { startFtpServer, type FtpServer } from '@net/ftp/testing'
import { tcpDialer, type Dialer, type Resolver, type Transport } from '@net/socket'
import { createCertificates, startSocksServer } from '@net/socket/testing'

import { openSession, users, type TestSession } from './open-session.ts'

const open = (test: TestSession): Promise<void> =>
  test.use(async (dialog, session) => {
    const data = await session.data.open(dialog)
    data.abort()
  })

/** A port of this machine on which nobody listens. */
async function closedPort(): Promise<number> {
  const listener = await tcpDialer().listen?.({ scheme: 'tcp', host: '127.0.0.1', port: 0 })
  await listener?.close()
  return listener?.address.port ?? 0
}

test('asks EPSV first, and falls back to PASV for good', async () => {
  await using server = await startFtpServer({ users, without: ['EPSV'] })
  await using test = await openSession(server)
  await open(test)
  await open(test)
  expect(server.received.slice(-3)).toEqual(['EPSV', 'PASV', 'PASV'])
})

test.each(['(10,0,0,1,195,80)', '(169,254,169,254,195,80)'])(
  '[H-FTP-07] PASV that names %s leads to the host of the control connection only',
  async (address) => {
    await using server = await startFtpServer({ users, without: ['EPSV'] })
    await using test = await openSession(server)
    server.fail({ on: 'PASV', do: { reply: `227 Entering ${address}` } })
    const error = await open(test).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'NET_CONNECT_REFUSED', target: '127.0.0.1:50000' })
  },
)

test.each([
  '229 Entering (|||0|)',
  '229 Entering (|||70000|)',
  '229 Entering (|||22|)',
  '202 Superfluous',
  '350 Go on',
  '425 Not now',
])('[H-FTP-07] after %j to EPSV, PASV is asked, for good', async (reply) => {
  await using server = await startFtpServer({ users })
  await using test = await openSession(server)
  server.fail({ on: 'EPSV', do: { reply } })
  await open(test)
  await open(test)
  expect(server.received.slice(-3)).toEqual(['EPSV', 'PASV', 'PASV'])
})

test('[H-FTP-07] where neither names a port that can be, nothing is dialled, and the session goes on', async () => {
  await using server = await startFtpServer({ users })
  await using test = await openSession(server)
  server.fail({ on: 'EPSV', do: { reply: '229 Entering (|||0|)' } })
  server.fail({ on: 'PASV', do: { reply: '227 Entering (127,0,0,1,0,22)' } })
  await expect(open(test)).rejects.toMatchObject({ code: 'NET_PROTO_MALFORMED' })
  await open(test)
  expect(server.received.slice(-3)).toEqual(['EPSV', 'PASV', 'EPSV'])
})

test('a port of EPSV that cannot be reached leads to PASV, for good', async () => {
  await using server = await startFtpServer({ users })
  await using test = await openSession(server)
  server.fail({ on: 'EPSV', do: { reply: `229 Entering (|||${await closedPort()}|)` } })
  await open(test)
  await open(test)
  expect(server.received.slice(-3)).toEqual(['EPSV', 'PASV', 'PASV'])
})

test('what has worked by EPSV is not tried by PASV when it breaks', async () => {
  await using server = await startFtpServer({ users })
  await using test = await openSession(server)
  await open(test)
  server.fail({ on: 'EPSV', do: { reply: `229 Entering (|||${await closedPort()}|)` } })
  await expect(open(test)).rejects.toMatchObject({ code: 'NET_CONNECT_REFUSED' })
  await open(test)
  expect(server.received.slice(-3)).toEqual(['EPSV', 'EPSV', 'EPSV'])
})

test('a call that is stopped while the port of EPSV is dialled asks for nothing more', async () => {
  await using server = await startFtpServer({ users })
  const abort = new AbortController()
  const road = tcpDialer()
  const dialer: Dialer = {
    name: 'stopping',
    dial(endpoint, options) {
      if (server.received.at(-1) === 'EPSV') abort.abort()
      return road.dial(endpoint, options)
    },
  }
  await using client = await connect(server.url, { user: 'joe', password: 'open sesame', dialer })
  await expect(client.readFile('a', { signal: abort.signal })).rejects.toMatchObject({
    code: 'NET_ABORTED',
  })
  expect(server.received.at(-1)).toBe('EPSV')
})

test('over IPv6 there is no PASV to fall back to', async () => {
  await using server = await startFtpServer({ users, without: ['EPSV'], host: '::1' }).catch(
    (error: unknown) => {
      // A machine without IPv6 cannot show it.
      if (isNetError(error) && error.code === 'NET_BIND_DENIED') return startFtpServer({ users })
      throw error
    },
  )
  await using test = await openSession(server)
  if (!server.url.includes('[')) return
  await expect(open(test)).rejects.toMatchObject({ code: 'NET_UNSUPPORTED' })
  expect(server.received.at(-1)).toBe('EPSV')
})

test.each(['TLSv1.2', 'TLSv1.3'] as const)(
  '[FTP-13] with %s a data connection resumes the session of the control connection',
  async (version) => {
    const certificates = createCertificates()
    await using server = await startFtpServer({
      users,
      tls: certificates.issue(),
      requireSessionReuse: true,
      files: { '/a': 'hello' },
    })
    await using test = await openSession(server, { ca: certificates.ca, maxVersion: version })
    const text = await test.use(async (dialog, session) => {
      const raw = (await session.data.open(dialog)) as Transport
      const exchange = dialog.begin('RETR a')
      await exchange.first
      const data = await session.data.protect(dialog, raw)
      const chunk = await data.read()
      // Over TLS the server waits for our end.
      await data.end()
      await exchange.final
      await data.close()
      return Buffer.from(chunk ?? []).toString()
    })
    expect(text).toBe('hello')
    expect(server.resumed).toBe(1)
  },
)

test('data connections fill their packets, the control connection waits for nothing', async () => {
  await using server = await startFtpServer({ users, files: { '/a': 'text' } })
  const tcp = tcpDialer()
  const asked: (boolean | undefined)[] = []
  const dialer: Dialer = {
    name: 'tcp',
    dial(endpoint, options) {
      asked.push(options?.noDelay)
      return tcp.dial(endpoint, options)
    },
  }
  await using client = await connect(server.url, { user: 'joe', password: 'open sesame', dialer })
  await client.download('/a', () => {})
  expect(asked).toEqual([undefined, false])
})

test('of a name with several addresses a session uses the one that it reached', async () => {
  const road = tcpDialer()
  const servers: FtpServer[] = []
  await using stack = new AsyncDisposableStack()
  let port = 0
  for (const host of ['127.0.0.2', '127.0.0.3']) {
    let first = port
    const dialer: Dialer = {
      ...road,
      async listen(endpoint, options) {
        const listener = await road.listen!({ ...endpoint, port: first }, options)
        first = 0
        port ||= listener.address.port
        return listener
      },
    }
    servers.push(stack.use(await startFtpServer({ files: { [`/${host}`]: '' }, host, dialer })))
  }
  let asked = 0
  const resolver: Resolver = async () => [{ address: `127.0.0.${2 + (asked++ % 2)}`, family: 4 }]
  const dialer = tcpDialer({ resolver })
  for (const host of ['127.0.0.2', '127.0.0.3']) {
    await using client = await connect(`ftp://ftp.example.com:${port}`, {
      dialer,
      security: 'off',
    })
    for (let time = 0; time < 20; time++) {
      const names = await Array.fromAsync(client.list())
      expect(names.map(({ name }) => name)).toEqual([host])
    }
  }
  expect(asked).toBe(2)
  expect(servers.map(({ received }) => received.filter((line) => line === 'EPSV').length)).toEqual([
    20, 20,
  ])
})

test('a data port that a hop cannot reach by name may be at another address of it, which is said', async () => {
  await using server = await startFtpServer({ files: { '/a': 'hello' } })
  await using proxy = await startSocksServer()
  const port = await closedPort()
  const ask = async (host: string): Promise<unknown> => {
    await using client = await connect(server.url.replace('127.0.0.1', host), {
      proxy: proxy.url,
      security: 'off',
      retry: false,
    })
    server.fail({ on: 'EPSV', do: { reply: `229 Entering (|||${port}|)` } })
    const reply = `227 Entering (127,0,0,1,${port >> 8},${port & 255})`
    server.fail({ on: 'PASV', do: { reply } })
    return await client.readFile('a', { retry: false }).catch((error: unknown) => error)
  }
  const refused = expect.objectContaining({ code: expect.stringMatching(/^NET_(CONNECT|PROXY)_/) })
  const [byName, byAddress] = [await ask('localhost'), await ask('127.0.0.1')]
  expect([byName, byAddress]).toEqual([refused, refused])
  expect(String(byName)).toContain('localhost may have several addresses')
  expect(String(byAddress)).not.toContain('several addresses')
})

test('[FTP-17] passive is the default, and active mode is one option away', async () => {
  await using server = await startFtpServer({ files: { '/a': 'hello' } })
  for (const mode of [undefined, 'passive', 'active'] as const) {
    await using client = await connect(server.url, { data: { mode } })
    expect(Buffer.from(await client.readFile('a')).toString()).toBe('hello')
  }
  const ways = server.received.filter((line) => /^(EPSV|EPRT)/.test(line))
  expect(ways.map((line) => line.slice(0, 4))).toEqual(['EPSV', 'EPSV', 'EPRT'])
})

test('[FTP-20] the order of EPSV and PASV can be chosen, and what has worked is kept', async () => {
  await using server = await startFtpServer({ files: { '/a': 'hello' } })
  await using client = await connect(server.url, { data: { passive: ['PASV', 'EPSV'] } })
  server.fail({ on: 'PASV', do: { reply: '502 No.' } })
  await client.readFile('a')
  await client.readFile('a')
  await using only = await connect(server.url, { data: { passive: ['PASV'] } })
  await only.readFile('a')
  const ways = server.received.filter((line) => /^(EPSV|PASV)/.test(line))
  expect(ways).toEqual(['PASV', 'EPSV', 'EPSV', 'PASV'])
  await using none = await connect(server.url, { data: { passive: [] } })
  await expect(none.readFile('a')).rejects.toMatchObject({ code: 'NET_UNSUPPORTED' })
})

test('[FTP-19] the address of a PASV reply is believed only where the caller says so', async () => {
  await using server = await startFtpServer({ files: { '/a': 'hello' }, without: ['EPSV'] })
  const dialed: string[] = []
  const road = tcpDialer()
  const dialer: Dialer = {
    name: 'watched',
    dial(endpoint, options) {
      dialed.push(endpoint.host)
      return road.dial({ ...endpoint, host: '127.0.0.1' }, options)
    },
  }
  for (const dangerouslyTrustAddress of [undefined, true]) {
    await using client = await connect(server.url, { dialer, data: { dangerouslyTrustAddress } })
    server.fail({ on: 'PASV', do: { reply: '227 Entering passive mode (127,0,0,9,195,80).' } })
    await client.readFile('a', { retry: false }).catch(() => {})
  }
  expect(dialed).toEqual(['127.0.0.1', '127.0.0.1', '127.0.0.1', '127.0.0.9'])
})
