import { connect as connectPlain } from 'node:net'

import type { LogRecord } from '@net/core'
import { useFakeClock } from '@net/core/testing'
import {
  connect,
  listen,
  overTransport,
  pipe,
  type Connection,
  type ConnectionInfo,
  type Dialer,
} from '@net/socket'
import { createCertificates, memoryDialer, memoryPair } from '@net/socket/testing'
import { expect, test } from 'vitest'

import { failure } from './support.ts'

const certificates = createCertificates()

test('[SOCK-52] a handler that fails is reported, and the other connections go on', async () => {
  const reported: unknown[] = []
  const handler = async (connection: Connection) => {
    for await (const line of connection.lines()) {
      if (line === 'fail') throw new Error('my own mistake')
      await connection.write(`${line}\n`)
    }
  }
  await using server = await listen('tcp://127.0.0.1:0', handler, {
    onError: (error, info) => reported.push((error as Error).message, info.endpoint),
  })
  await using good = await connect(server.url)
  await using bad = await connect(server.url)
  await bad.write('fail\n')
  expect((await failure(bad.readLine())).code).toBe('NET_CONN_RESET')
  await good.write('still here\n')
  expect(await good.readLine()).toBe('still here')
  expect(reported).toEqual(['my own mistake', server.address])
})

test('without onError the first mistake of a handler is a process warning', async () => {
  const { promise, resolve } = Promise.withResolvers<Error>()
  process.once('warning', resolve)
  await using server = await listen('tcp://127.0.0.1:0', () => {
    throw new Error('my own mistake')
  })
  await failure(connect(server.url).then((connection) => connection.readExactly(1)))
  expect((await promise).message).toContain('my own mistake')
})

test('port 0 is a free one, which url and address contain', async () => {
  await using server = await listen('tcp://127.0.0.1:0', () => {})
  expect(server.address).toMatchObject({ scheme: 'tcp', host: '127.0.0.1' })
  expect(server.url).toBe(`tcp://127.0.0.1:${server.address.port}`)
  expect(server.address.port).toBeGreaterThan(0)
})

test('close does not pass off as the whole what a joined connection has brought by then', async () => {
  const stage = async () => {
    const [near, far] = memoryPair()
    const source = overTransport(far)
    const handler = async (connection: Connection): Promise<void> => {
      await pipe(connection, overTransport(near))
    }
    const server = await listen('tcp://127.0.0.1:0', handler, { onError: () => {} })
    const client = await connect(server.url)
    await source.write('the beginning')
    expect(Buffer.from(await client.readExactly(13)).toString()).toBe('the beginning')
    return { source, server, client }
  }
  const cut = await stage()
  await cut.server.close({ grace: 0 })
  expect((await failure(cut.client.read())).code).toBe('NET_CONN_RESET')
  expect((await failure(cut.source.read())).code).toBe('NET_CONN_RESET')
  const whole = await stage()
  const closing = whole.server.close()
  await whole.source.write(', and the rest')
  await whole.source.close()
  expect(await whole.client.readText()).toBe(', and the rest')
  await whole.client.close()
  await closing
})

test('close takes no connection for idle whose peer has not taken all of what it is sent', async () => {
  const sent = Promise.withResolvers<void>()
  const handler = async (connection: Connection): Promise<void> => {
    void connection.read().catch(() => {})
    const first = connection.write(Buffer.alloc(20_000_000))
    sent.resolve()
    await first
    await connection.write('the rest')
  }
  const server = await listen('tcp://127.0.0.1:0', handler)
  const client = await connect(server.url)
  await sent.promise
  const closing = server.close()
  expect((await client.readText({ limit: 30_000_000 })).endsWith('the rest')).toBe(true)
  await client.close()
  await closing
})

test('[SOCK-56] close ends idle connections at once and lets a handler at work finish', async () => {
  const begun = Promise.withResolvers<void>()
  const finish = Promise.withResolvers<void>()
  const handler = async (connection: Connection) => {
    const line = await connection.readLine()
    if (line === 'work') {
      begun.resolve()
      await finish.promise
      await connection.write('done\n')
    }
  }
  const server = await listen('tcp://127.0.0.1:0', handler)
  await using idle = await connect(server.url)
  await using busy = await connect(server.url)
  await busy.write('work\n')
  await begun.promise
  expect(server.connections.size).toBe(2)
  const closing = server.close()
  expect(await idle.read()).toBeNull()
  expect((await failure(connect(server.url))).code).toBe('NET_CONNECT_REFUSED')
  finish.resolve()
  expect(await busy.readLine()).toBe('done')
  await closing
  expect([server.connections.size, await server.closed]).toEqual([0, undefined])
})

test('[SOCK-56] [H-SOCK-16] after its grace close cuts off what does not end', async () => {
  using clock = useFakeClock()
  const begun = Promise.withResolvers<void>()
  const server = await listen('tcp://127.0.0.1:0', async (connection) => {
    begun.resolve()
    await connection.closed
  })
  await using connection = await connect(server.url)
  const reading = failure(connection.read())
  await begun.promise
  const closing = server.close({ grace: 300 })
  await clock.advance(300)
  await closing
  expect((await reading).code).toBe('NET_CONN_RESET')
})

test('[SOCK-57] connections beyond the limit, or not accepted, are reset', async () => {
  let welcome = true
  await using server = await listen(
    'tcp://127.0.0.1:0',
    (connection) => connection.closed.then(() => {}),
    {
      maxConnections: 1,
      accept: (info) => welcome && info.remote?.host === '127.0.0.1',
    },
  )
  // The reset may come while we connect, or after.
  const readOnce = () => connect(server.url).then((connection) => connection.readExactly(1))
  const first = await connect(server.url)
  expect((await failure(readOnce())).code).toBe('NET_CONN_RESET')
  first.abort()
  while (server.connections.size > 0) await new Promise((resolve) => setImmediate(resolve))
  welcome = false
  expect((await failure(readOnce())).code).toBe('NET_CONN_RESET')
})

test('[H-SOCK-15] an accepted peer that stays silent is let go after 120 s', async () => {
  using clock = useFakeClock()
  const reported = Promise.withResolvers<unknown>()
  const waiting = Promise.withResolvers<void>()
  await using server = await listen(
    'tcp://127.0.0.1:0',
    async (connection) => {
      const line = connection.readLine()
      waiting.resolve()
      await line
    },
    { onError: (error) => reported.resolve(error) },
  )
  await using connection = await connect(server.url)
  await waiting.promise
  await clock.advance(120_000)
  expect(await reported.promise).toMatchObject({ code: 'NET_TIMEOUT_IDLE', limit: 120_000 })
  expect((await failure(connection.read())).code).toBe('NET_CONN_RESET')
})

test('[H-CORE-16] [SOCK-48] an accepted peer that does not finish its handshake is let go after 10 s', async () => {
  using clock = useFakeClock()
  const reported = Promise.withResolvers<unknown>()
  const tls = createCertificates().issue()
  await using server = await listen('tls://127.0.0.1:0', () => {}, {
    tls,
    onError: (e) => reported.resolve(e),
  })
  await using connection = await connect(`tcp://127.0.0.1:${server.address.port}`)
  await connection.write(Uint8Array.of(22, 3, 1))
  await clock.until(() => clock.timers > 0)
  await clock.advance(10_000)
  expect(await reported.promise).toMatchObject({
    code: 'NET_TIMEOUT_TLS',
    phase: 'tls',
    limit: 10_000,
  })
})

test('any dialer that can listen will do, and one that cannot is refused', async () => {
  const dialer = memoryDialer()
  await using server = await listen('tcp://memory:0', (connection) => connection.write('hello'), {
    dialer,
  })
  await using connection = await connect(server.url, { dialer })
  expect(await connection.readText()).toBe('hello')
  const deaf = { name: 'deaf', dial: dialer.dial.bind(dialer) }
  expect((await failure(listen('tcp://memory:0', () => {}, { dialer: deaf }))).code).toBe(
    'NET_UNSUPPORTED',
  )
})

test('a TLS server without a certificate, or with one that cannot be used, is refused before it listens', async () => {
  expect((await failure(listen('tls://127.0.0.1:0', () => {}))).code).toBe('NET_BAD_OPTION')
  const tls = { cert: 'no certificate', key: 'no key' }
  expect((await failure(listen('tls://127.0.0.1:0', () => {}, { tls }))).code).toBe(
    'NET_BAD_OPTION',
  )
})

test('[ASYNC-39] a server reads lines within a limit, upgrades to TLS and goes on', async () => {
  const authority = createCertificates()
  const handler = async (connection: Connection) => {
    for (;;) {
      const line = await connection.readLine({ limit: 16 })
      if (line === null) return
      await connection.write(`${line.length}\n`)
      if (line === 'STARTTLS') await connection.startTls(authority.issue())
    }
  }
  const reported: unknown[] = []
  await using server = await listen('tcp://127.0.0.1:0', handler, {
    onError: (error) => reported.push(error),
  })
  await using connection = await connect(server.url, { tls: { ca: authority.ca } })
  await connection.write('STARTTLS\n')
  expect(await connection.readLine()).toBe('8')
  await connection.startTls()
  expect(connection.info.encrypted).toBe(true)
  await connection.write('hello\n')
  expect(await connection.readLine()).toBe('5')
  await connection.write(`${'x'.repeat(17)}\n`)
  expect((await failure(connection.readLine())).code).toBe('NET_CONN_RESET')
  expect(reported).toMatchObject([{ code: 'NET_PROTO_LIMIT' }])
})

test.each([
  [
    'throws',
    () => {
      throw new Error('a mistake in accept')
    },
    'a mistake in accept',
  ],
  ['gives a promise', () => Promise.resolve(true), 'what accept returns must be true or false'],
])(
  'an accept that %s closes the connection and is reported to onError',
  async (_, accept, message) => {
    const told = Promise.withResolvers<readonly [unknown, ConnectionInfo]>()
    await using server = await listen('tcp://127.0.0.1:0', () => {}, {
      accept: accept as unknown as () => boolean,
      onError: (error, info) => told.resolve([error, info]),
    })
    const client = connectPlain(server.address.port, '127.0.0.1').on('error', () => {})
    await new Promise((resolve) => {
      client.on('close', resolve)
    })
    const [error, info] = await told.promise
    expect((error as Error).message).toContain(message)
    // It was this connection, and no other.
    expect(info.remote?.host).toBe('127.0.0.1')
    expect(server.connections.size).toBe(0)
  },
)

test('log is a sink, as everywhere', async () => {
  const records: string[] = []
  const sink = { write: (record: LogRecord) => void records.push(record.message) }
  await using server = await listen('tcp://127.0.0.1:0', (connection) => connection.write('hi'), {
    log: { sink, level: 'trace' },
  })
  await using connection = await connect(server.url)
  await connection.readText()
  expect(records.length).toBeGreaterThan(0)
})

test('a handler that does not end with its connection holds no server that closes', async () => {
  using clock = useFakeClock()
  const entered = Promise.withResolvers<void>()
  const server = await listen('tcp://127.0.0.1:0', () => {
    entered.resolve()
    return new Promise(() => {})
  })
  const client = await connect(server.url)
  await entered.promise
  const closing = server.close({ grace: 300 })
  // The listener closes first.
  await clock.until(() => clock.timers > 0)
  await clock.advance(1300)
  await closing
  expect(await server.closed).toBeUndefined()
  client.abort()
})

test('a listener that fails again and again leaves others their turn', async () => {
  const memory = memoryDialer()
  let failures = 0
  const dialer: Dialer = {
    name: 'failing',
    dial: memory.dial.bind(memory),
    async listen(endpoint, options) {
      const listener = await memory.listen!(endpoint, options)
      const accept = (): Promise<never> => {
        failures += 1
        return Promise.reject(new Error('no more'))
      }
      return Object.assign(listener, { accept })
    },
  }
  const server = await listen('tcp://127.0.0.1:0', () => {}, { dialer, onError: () => {} })
  await new Promise((turn) => setImmediate(turn))
  expect(failures).toBeLessThan(10)
  await server.close()
})

test('[SOCK-33] two listeners share a port if both say so', async () => {
  await using first = await listen('tcp://127.0.0.1:0', () => {}, { reusePort: true })
  await using second = await listen(first.url, () => {}, { reusePort: true })
  expect(second.url).toBe(first.url)
  expect((await failure(listen(first.url, () => {}))).code).toBe('NET_BIND_IN_USE')
})

test('[SOCK-33] all addresses are those of IPv4 as well, unless it is IPv6 only', async () => {
  const hello = (connection: Connection): Promise<void> => connection.write('hello')
  await using both = await listen('tcp://[::]:0', hello)
  await using four = await connect(`tcp://127.0.0.1:${both.address.port}`)
  await using six = await connect(`tcp://[::1]:${both.address.port}`)
  expect([await four.readText(), await six.readText()]).toEqual(['hello', 'hello'])
  await using only = await listen('tcp://[::]:0', hello, { ipv6Only: true })
  const refused = failure(connect(`tcp://127.0.0.1:${only.address.port}`))
  expect((await refused).code).toBe('NET_CONNECT_REFUSED')
})

test('[SOCK-54] one server listens at several addresses, each with its own port', async () => {
  const server = await listen(
    ['tcp://127.0.0.1:0', 'tcp://[::1]:0', 'tls://127.0.0.1:0'],
    (connection) => connection.write(connection.info.encrypted ? 'secret' : 'hello'),
    { tls: certificates.issue(), backlog: 16 },
  )
  expect(server.urls).toHaveLength(3)
  expect(server.url).toBe(server.urls[0])
  expect(new Set(server.addresses.map(({ port }) => port > 0)).has(false)).toBe(false)
  const texts = server.urls.map(async (url) => {
    await using connection = await connect(url, { tls: { ca: certificates.ca } })
    return await connection.readText()
  })
  expect(await Promise.all(texts)).toEqual(['hello', 'hello', 'secret'])
  await server.close()
  for (const url of server.urls) {
    expect((await failure(connect(url))).code).toBe('NET_CONNECT_REFUSED')
  }
})

test('[SOCK-54] if one address cannot be had, none is held', async () => {
  await using taken = await listen('tcp://127.0.0.1:0', () => {})
  await using free = await listen('tcp://127.0.0.1:0', () => {})
  await free.close()
  expect((await failure(listen([free.url, taken.url], () => {}))).code).toBe('NET_BIND_IN_USE')
  await using again = await listen(free.url, () => {})
  expect(again.url).toBe(free.url)
  expect((await failure(listen([], () => {}))).code).toBe('NET_BAD_OPTION')
})
