import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'

import { isAbort, NetTimeoutError, onEvent, type LogRecord } from '@net/core'
import { useFakeClock } from '@net/core/testing'
import { connect, listen, tcpDialer, type ConnectOptions, type Resolver } from '@net/socket'
import { createCertificates } from '@net/socket/testing'
import { expect, test } from 'vitest'

import { failure, withinOneTurn } from './support.ts'

test('[SOCK-12] a server greets and a client reads until the end', async () => {
  await using server = await listen('tcp://127.0.0.1:0', async (connection) => {
    await connection.write('Hello from server!')
  })
  await using connection = await connect(server.url)
  expect(await connection.readText()).toBe('Hello from server!')
  expect(await connection.read()).toBeNull()
})

test('[SOCK-39] tls:// verifies the certificate against the authority and the host', async () => {
  const certificates = createCertificates()
  await using server = await listen(
    'tls://127.0.0.1:0',
    (connection) => connection.write('secret'),
    {
      tls: certificates.issue(),
    },
  )
  await using connection = await connect(`tls://localhost:${server.address.port}`, {
    tls: { ca: certificates.ca },
  })
  expect(await connection.readText()).toBe('secret')
  const { encrypted, tls } = connection.info
  expect([encrypted, tls?.protocol, tls?.servername, tls?.authorized]).toEqual([
    true,
    'TLSv1.3',
    'localhost',
    true,
  ])
})

test('[H-CORE-04] a signal that is aborted already ends the call before any resolver is asked', async () => {
  let asked = 0
  const resolver: Resolver = async () => {
    asked += 1
    return []
  }
  const signal = AbortSignal.abort('no')
  const error = await failure(
    connect('tcp://a.example:1', { signal, dialer: tcpDialer({ resolver }) }),
  )
  expect([isAbort(error), error.code, asked]).toEqual([true, 'NET_ABORTED', 0])
})

test('[H-CORE-05] an abort while the name is resolved settles at once, with the phase', async () => {
  const { dialer, asked } = silentResolver()
  const controller = new AbortController()
  const call = failure(connect('tcp://a.example:1', { signal: controller.signal, dialer }))
  await asked
  const reason = new Error('changed my mind')
  controller.abort(reason)
  const error = await withinOneTurn(call)
  expect([error.code, error.phase, error.cause]).toEqual(['NET_ABORTED', 'resolve', reason])
})

test('[H-CORE-05] an abort while it connects settles at once, with the phase, and no socket is left', async () => {
  await using server = await listen('tcp://127.0.0.1:0', () => {})
  const controller = new AbortController()
  using _ = onEvent('phase', (event) => {
    if (event.phase === 'connect' && event.state === 'start') {
      queueMicrotask(() => controller.abort())
    }
  })
  const error = await failure(connect(server.url, { signal: controller.signal }))
  expect([isAbort(error), error.phase]).toEqual([true, 'connect'])
})

test('a name that is not resolved in time is a time-out of the phase resolve', async () => {
  using clock = useFakeClock()
  const { dialer, asked } = silentResolver()
  const call = failure(connect('tcp://a.example:1', { dialer }))
  await asked
  await clock.advance(10_000)
  const error = await withinOneTurn(call)
  expect(error).toBeInstanceOf(NetTimeoutError)
  expect([error.code, error.phase, error.limit]).toEqual(['NET_TIMEOUT_RESOLVE', 'resolve', 10_000])
  expect(clock.timers).toBe(0)
})

test('[SOCK-02] a number limits connecting as a whole and nothing after it', async () => {
  using clock = useFakeClock()
  const { dialer, asked } = silentResolver()
  const call = failure(connect('tcp://a.example:1', { dialer, timeout: 700 }))
  await asked
  await clock.advance(700)
  const error = await withinOneTurn(call)
  expect([error.code, error.limit]).toEqual(['NET_TIMEOUT_TOTAL', 700])

  await using server = await listen('tcp://127.0.0.1:0', async (connection) => {
    await connection.readLine()
    await connection.write('late but welcome')
  })
  await using connection = await connect(server.url, { timeout: 700 })
  const reply = connection.readText()
  await clock.advance(10_000)
  await connection.write('go on\n')
  expect(await reply).toBe('late but welcome')
})

test('[H-CORE-16] [SOCK-48] a peer that never answers the TLS handshake is a time-out of the phase tls', async () => {
  using clock = useFakeClock()
  await using peer = await silentServer()
  const call = failure(connect(`tls://127.0.0.1:${peer.port}`))
  await peer.firstBytes
  await clock.advance(10_000)
  const error = await withinOneTurn(call)
  expect([error.code, error.phase, error.limit]).toEqual(['NET_TIMEOUT_TLS', 'tls', 10_000])
  await peer.gone
  expect(clock.timers).toBe(0)
})

test('[H-CORE-16] a handshake that drips is limited like one that stalls', async () => {
  using clock = useFakeClock()
  await using peer = await silentServer()
  const call = failure(connect(`tls://127.0.0.1:${peer.port}`))
  const socket = await peer.firstBytes
  // A TLS record of 5,000 bytes, a byte a second.
  for (const byte of [22, 3, 3, 0x13, 0x88, 2, 0, 0, 9]) {
    socket.write(Uint8Array.of(byte))
    await clock.advance(1000)
  }
  await clock.advance(1000)
  const error = await withinOneTurn(call)
  expect([error.code, error.phase]).toEqual(['NET_TIMEOUT_TLS', 'tls'])
  await peer.gone
})

test('[H-CORE-05] an abort during the TLS handshake settles at once and lets the peer go', async () => {
  await using peer = await silentServer()
  const controller = new AbortController()
  const call = failure(connect(`tls://127.0.0.1:${peer.port}`, { signal: controller.signal }))
  await peer.firstBytes
  controller.abort()
  const error = await withinOneTurn(call)
  expect([isAbort(error), error.phase]).toEqual([true, 'tls'])
  await peer.gone
})

test('the phases of the dial and the handshake are reported within the operation', async () => {
  const certificates = createCertificates()
  await using server = await listen('tls://127.0.0.1:0', () => {}, { tls: certificates.issue() })
  const phases: string[] = []
  using _ = onEvent('phase', (event) => {
    if (event.state === 'end') phases.push(`${event.operation} ${event.phase}`)
  })
  await using connection = await connect(`tls://localhost:${server.address.port}`, {
    tls: { ca: certificates.ca },
  })
  expect(connection.info.encrypted).toBe(true)
  expect(phases).toEqual(['dial resolve', 'dial connect', 'secure tls'])
})

test('[H-SOCK-01] a refused connection keeps its errno and comes within 100 ms', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  const took: number[] = []
  for (let round = 0; round < 10; round++) {
    const before = performance.now()
    await failure(connect(`tcp://127.0.0.1:${port}`))
    took.push(performance.now() - before)
  }
  // The best of them: the machine may be busy with something else in between.
  expect(Math.min(...took)).toBeLessThan(100)
  const error = await failure(connect(`tcp://127.0.0.1:${port}`))
  expect([
    error.code,
    error.phase,
    error.retry,
    Reflect.get(error.cause as object, 'code'),
  ]).toEqual(['NET_CONNECT_REFUSED', 'connect', 'safe', 'ECONNREFUSED'])
})

test('wrong arguments reject and say which', async () => {
  expect((await failure(connect('ftp://127.0.0.1:1'))).code).toBe('NET_BAD_URL')
  expect((await failure(connect('tcp://127.0.0.1'))).code).toBe('NET_BAD_URL')
  const call = connect('tcp://127.0.0.1:1', { localAddress: 'here' })
  expect((await failure(call)).code).toBe('NET_BAD_OPTION')
})

function silentResolver() {
  const { promise: asked, resolve } = Promise.withResolvers<void>()
  const resolver: Resolver = () => {
    resolve()
    return new Promise(() => {})
  }
  return { dialer: tcpDialer({ resolver }), asked }
}

async function silentServer() {
  const first = Promise.withResolvers<Socket>()
  const gone = Promise.withResolvers<void>()
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', () => first.resolve(socket))
    socket.on('close', () => gone.resolve())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    firstBytes: first.promise,
    gone: gone.promise,
    async [Symbol.asyncDispose]() {
      server.close()
      await once(server, 'close')
    },
  }
}

test('log is a sink, as everywhere', async () => {
  await using server = await listen('tcp://127.0.0.1:0', (connection) => connection.write('hi'))
  const records: LogRecord[] = []
  const log = { sink: { write: (record: LogRecord) => void records.push(record) }, level: 'debug' }
  await using connection = await connect(server.url, { log } as ConnectOptions)
  expect(await connection.readText()).toBe('hi')
  expect(records.map(({ operation }) => operation)).toContain('connect')
})

test.each([
  [{ rejectUnauthorized: false }, /rejectUnauthorized.*tls\.?.*dangerouslySkipVerification/],
  [{ tls: { rejectUnauthorized: false } }, /tls has no rejectUnauthorized; use dangerouslySkip/],
  [{ tls: { ca: 5 } }, /tls\.ca must be PEM or DER/],
  [{ timout: 5 }, /did you mean timeout\?/],
  [{ keepAlive: 'yes' }, /keepAlive must be a number of milliseconds/],
  [{ block: 'public' }, /block must be 'private'/],
  [{ dialer: {} }, /dialer must be a dialer/],
  [{ log: () => {} }, /log must be/],
  [{ localPort: 70_000 }, /localPort must be a whole number from 0 to 65535/],
])(
  'an option that is not one is refused, and what was meant is said: %j',
  async (options, text) => {
    const error = await failure(connect('tcp://127.0.0.1:1', options as ConnectOptions))
    expect([error.code, error.operation]).toEqual(['NET_BAD_OPTION', 'connect'])
    expect(error.message).toMatch(text)
  },
)

test('options that are undefined are left out', async () => {
  await using server = await listen('tcp://127.0.0.1:0', (connection) => connection.write('hi'), {
    tls: undefined,
    accept: undefined,
    log: undefined,
  })
  const options = { tls: undefined, dialer: undefined, keepAlive: undefined, timeout: undefined }
  await using connection = await connect(server.url, options)
  expect(await connection.readText({ limit: undefined })).toBe('hi')
})

test('the stack of an error names the line that waited for the call', async () => {
  const error = (await connect('tcp://127.0.0.1:1').catch((thrown: unknown) => thrown)) as Error
  expect(error.stack?.split('\n')[1]).toContain('connect.test.ts')
})

test.each(['host', 'port'])('%s stands in the URL, and its refusal says so', async (name) => {
  const options = { [name]: '127.0.0.1' } as object
  await expect(connect('tcp://127.0.0.1:1', options)).rejects.toThrow(
    `the options have no ${name}; use the URL, as in tcp://host:80`,
  )
})
