import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { NetTimeoutError, AbortError, type TimeoutOptions } from '@net/core'
import { captureEvents, useFakeClock } from '@net/core/testing'
import { connect } from '@net/smtp'
import { startSmtpServer, type SmtpFault, type SmtpServer } from '@net/smtp/testing'
import { tcpDialer, type Dialer } from '@net/socket'
import { createCertificates, startConnectServer, startSocksServer } from '@net/socket/testing'
import { describe, expect, test } from 'vitest'

import { failureOf, startPeer, until } from './scripted-peer.ts'

const certificates = createCertificates()
const tls = certificates.issue()
const options = { tls: { ca: certificates.ca }, user: 'ada', password: 'a-password-of-ours' }

function start(): Promise<SmtpServer> {
  return startSmtpServer({ tls, users: { ada: options.password } })
}

/** Where the server falls silent, and what the call is told then. */
const silences = [
  {
    phase: 'greeting',
    code: 'NET_TIMEOUT_GREETING',
    limit: 30_000,
    fault: { on: 'greeting', do: 'stall' },
  },
  {
    phase: 'command',
    code: 'NET_TIMEOUT_REPLY',
    limit: 30_000,
    fault: { on: 'EHLO', do: 'stall' },
  },
  { phase: 'tls', code: 'NET_TIMEOUT_TLS', limit: 10_000, fault: { on: 'STARTTLS', do: 'stall' } },
  { phase: 'tls', code: 'NET_TIMEOUT_TLS', limit: 10_000, fault: { on: 'tls', do: 'stall' } },
  { phase: 'auth', code: 'NET_TIMEOUT_AUTH', limit: 30_000, fault: { on: 'AUTH', do: 'stall' } },
] as const satisfies readonly { fault: SmtpFault; [key: string]: unknown }[]

test('[SMTP-01] connects, publishes its phases and leaves nothing behind', async () => {
  await using server = await start()
  using captured = captureEvents()
  {
    await using client = await connect(server.url, options)
    expect(client.encrypted).toBe(true)
  }
  const phases = captured
    .of('phase')
    .filter(({ state, protocol }) => state === 'start' && protocol === 'smtp')
    .map(({ phase }) => phase)
  expect(phases).toEqual(['greeting', 'command', 'tls', 'command', 'auth', 'close'])
  expect(server.received.at(-1)).toBe('QUIT')
})

describe('[H-CORE-16] [H-SMTP-06] a server that falls silent', () => {
  for (const { phase, code, limit, fault } of silences) {
    test(`${phase === 'tls' ? '[H-SMTP-02] ' : ''}at ${fault.on}`, async () => {
      await using server = await start()
      using clock = useFakeClock()
      server.fail(fault)
      using captured = captureEvents()
      const failed = failureOf(connect(server.url, options))
      await clock.until(() =>
        fault.on === 'greeting' ? server.connections > 0 : isHeard(server, fault.on),
      )
      await captured.waitFor(
        (event) => event.type === 'phase' && event.phase === phase && event.protocol === 'smtp',
      )
      await clock.advance(limit)
      expect(await failed).toMatchObject({
        code,
        phase,
        limit,
        protocol: 'smtp',
      })
      await clock.until(() => server.connections === 0)
      expect(clock.timers).toBe(0)
    })
  }
})

function isHeard(server: SmtpServer, what: string): boolean {
  const line = what === 'tls' ? 'STARTTLS' : what
  return server.received.some((each) => each.startsWith(line))
}

describe('[H-CORE-05] an abort', () => {
  for (const { phase, fault } of silences) {
    test(`at ${fault.on}`, async () => {
      await using server = await start()
      server.fail(fault)
      using captured = captureEvents()
      const controller = new AbortController()
      const reason = new Error('enough')
      const connecting = connect(server.url, { ...options, signal: controller.signal })
      const failed = failureOf(connecting)
      await captured.waitFor(
        (event) => event.type === 'phase' && event.phase === phase && event.protocol === 'smtp',
      )
      if (fault.on !== 'greeting') await until(() => isHeard(server, fault.on))
      controller.abort(reason)
      expect(await failed).toMatchObject({
        code: 'NET_ABORTED',
        phase,
        cause: reason,
      })
      await until(() => server.connections === 0)
    })
  }

  test('before anything', async () => {
    await using server = await start()
    await expect(connect(server.url, { signal: AbortSignal.abort() })).rejects.toBeInstanceOf(
      AbortError,
    )
    expect(server.received).toEqual([])
  })

  test('while connecting', async () => {
    const controller = new AbortController()
    const never: Dialer = {
      name: 'never',
      dial: (_endpoint, dial) =>
        new Promise((_resolve, reject) => {
          dial?.signal?.addEventListener('abort', () => reject(dial.signal?.reason as Error))
          queueMicrotask(() => controller.abort())
        }),
    }
    const connecting = connect('smtp://mail.example.com', {
      dialer: never,
      signal: controller.signal,
    })
    await expect(connecting).rejects.toBeInstanceOf(AbortError)
  })
})

test('the limits of the dial are those of the call', async () => {
  using clock = useFakeClock()
  const resolver = (): Promise<never> => new Promise(() => {})
  const failed = failureOf(
    connect('smtp://mail.example.com', {
      dialer: tcpDialer({ resolver }),
      timeout: { resolve: 500 },
    }),
  )
  await clock.until(() => clock.timers > 0)
  await clock.advance(500)
  expect(await failed).toMatchObject({ code: 'NET_TIMEOUT_RESOLVE', phase: 'resolve', limit: 500 })
})

test('every limit of connecting that the caller gives holds', async () => {
  const never: Dialer['dial'] = () => new Promise(() => {})
  const cases = [
    ['greeting', { on: 'greeting', do: 'stall' }],
    ['reply', { on: 'EHLO', do: 'stall' }],
    ['tls', { on: 'tls', do: 'stall' }],
    ['auth', { on: 'AUTH', do: 'stall' }],
    ['total', { on: 'EHLO', do: 'stall' }],
  ] as const satisfies readonly (readonly [keyof TimeoutOptions, SmtpFault])[]
  for (const [key, fault] of cases) {
    await using server = await start()
    using clock = useFakeClock()
    using captured = captureEvents()
    server.fail(fault)
    const failed = failureOf(connect(server.url, { ...options, timeout: { [key]: 700 } }))
    await clock.until(() =>
      fault.on === 'greeting' ? server.connections > 0 : isHeard(server, fault.on),
    )
    if (fault.on === 'greeting' || fault.on === 'tls') {
      await captured.waitFor(
        (event) => event.type === 'phase' && event.phase === fault.on && event.protocol === 'smtp',
      )
    }
    await clock.advance(700)
    expect(await failed).toMatchObject({ code: `NET_TIMEOUT_${key.toUpperCase()}`, limit: 700 })
  }
  using clock = useFakeClock()
  const dialing = failureOf(
    connect('smtp://mail.example.com', { dialer: { name: 'never', dial: never }, timeout: 700 }),
  )
  await clock.until(() => clock.timers > 0)
  await clock.advance(700)
  expect(await dialing).toMatchObject({ code: 'NET_TIMEOUT_TOTAL' })
})

test('[H-SMTP-05] a reply that drips in without an end has the limit of one reply', async () => {
  let drip = async (): Promise<void> => {}
  await using peer = await startPeer(async ({ say, hear }) => {
    await say('220 peer\r\n')
    await hear()
    drip = () => say('250-more\r\n')
  })
  using clock = useFakeClock()
  const failed = failureOf(connect(peer.url))
  await clock.until(() => peer.lines.length > 0)
  for (let n = 0; n < 3; n++) {
    await drip()
    await clock.advance(9999)
  }
  await drip()
  await clock.advance(10)
  expect(await failed).toMatchObject({
    code: 'NET_TIMEOUT_REPLY',
    phase: 'command',
  })
})

test('[H-SMTP-04] a greeting that drips has the limit of a greeting', async () => {
  let drip = async (): Promise<void> => {}
  await using peer = await startPeer(async ({ say }) => {
    drip = () => say('220-more\r\n')
    await drip()
  })
  using clock = useFakeClock()
  using captured = captureEvents()
  const failed = failureOf(connect(peer.url))
  // The server may have the connection before its client knows.
  await captured.waitFor(
    (event) => event.type === 'phase' && event.phase === 'greeting' && event.protocol === 'smtp',
  )
  for (let n = 0; n < 4; n++) {
    await drip()
    await clock.advance(9000)
  }
  expect(await failed).toBeInstanceOf(NetTimeoutError)
})

test('[H-SMTP-07] a server that leaves or resets, at every step', async () => {
  const at = ['greeting', 'EHLO', 'STARTTLS', 'tls', 'AUTH'] as const
  for (const on of at) {
    for (const fault of ['drop', 'reset', 'half-close'] as const) {
      await using server = await start()
      server.fail({ on, do: fault })
      await expect(connect(server.url, options)).rejects.toMatchObject({
        code: expect.stringMatching(/^NET_CONN_(CLOSED|RESET)$/),
        retry: 'safe',
      })
    }
  }
})

test('replies cut at any byte lead to the same connection', async () => {
  const script = '220 peer\r\n|250-peer\r\n250-PIPELINING\r\n250 SIZE 77\r\n'
  for (let at = 1; at < script.length; at++) {
    await using peer = await startPeer(async ({ connection, hear }) => {
      let position = 0
      for (const [turn, part] of script.split('|').entries()) {
        if (turn > 0) await hear()
        const cut = Math.min(Math.max(at - position, 0), part.length)
        position += part.length + 1
        if (cut > 0) await connection.write(part.slice(0, cut))
        await connection.flush()
        if (cut < part.length) await connection.write(part.slice(cut))
      }
    })
    await using client = await connect(peer.url)
    expect(client.capabilities.maxSize).toBe(77)
    expect(client.capabilities.extensions.has('PIPELINING')).toBe(true)
    await client.close({ grace: 0 })
  }
})

test('over a Unix socket, which never leaves this machine', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'net-smtp-'))
  await using peer = await startPeer(
    async ({ say, hear }) => {
      await say('220 peer\r\n')
      await hear()
      await say('250-peer\r\n250 AUTH PLAIN\r\n')
      await hear()
      await say('235 fine\r\n')
    },
    undefined,
    `unix:${join(folder, 'mail')}`,
  )
  await using client = await connect(peer.url, { user: 'ada', password: 'a-password-of-ours' })
  expect(client.encrypted).toBe(false)
  expect(peer.lines[0]).toBe('EHLO localhost')
  await client.close({ grace: 0 })
  await rm(folder, { recursive: true })
})

test('arguments are checked before anything is sent', async () => {
  const cases = [
    ['ftp://x', {}, 'NET_BAD_URL'],
    ['smtp://x/path', {}, 'NET_BAD_URL'],
    ['imap://x', {}, 'NET_BAD_URL'],
    ['smtp://x\r\n', {}, 'NET_INJECTION'],
    ['smtp://x', { user: 'ada' }, 'NET_BAD_OPTION'],
    ['smtp://x', { password: 'x' }, 'NET_BAD_OPTION'],
    ['smtp://x', { user: 'a\0b', password: 'x' }, 'NET_INJECTION'],
    ['smtp://x', { user: 'a', password: 5 as never }, 'NET_BAD_OPTION'],
    ['smtp://x', { user: 'a', password: 'x', auth: [] }, 'NET_BAD_OPTION'],
    ['smtp://x', { security: 'none' as never }, 'NET_BAD_OPTION'],
  ] as const
  for (const [url, given, code] of cases) {
    await expect(connect(url, given)).rejects.toMatchObject({ code })
  }
})

test('the retry policy that was given repeats a connection that was lost early', async () => {
  await using server = await start()
  server.fail({ on: 'EHLO', do: 'reset' })
  await using client = await connect(server.url, {
    ...options,
    retry: { delay: ({ attempt }) => (attempt < 2 ? 1 : undefined) },
  })
  expect(client.encrypted).toBe(true)
})

test('[SMTP-10] connects through a proxy', async () => {
  await using server = await start()
  await using socks = await startSocksServer()
  await using http = await startConnectServer()
  for (const proxy of [socks, http]) {
    await using relay = await connect(server.url, { ...options, proxy: proxy.url })
    await relay.noop()
    expect(proxy.received).toHaveLength(1)
  }
})

test('through a proxy no password is sent in clear, also not to localhost', async () => {
  await using server = await startSmtpServer({ users: { ada: options.password } })
  await using proxy = await startSocksServer()
  const call = connect(server.url, { ...options, proxy: proxy.url })
  await expect(call).rejects.toMatchObject({ code: 'NET_TLS_UNAVAILABLE' })
  expect(server.received.join()).not.toContain('AUTH')
})

test('through a proxy localhost is another machine, so that TLS is required unless the caller says otherwise', async () => {
  await using server = await startSmtpServer()
  await using proxy = await startSocksServer()
  const call = connect(server.url, { proxy: proxy.url })
  await expect(call).rejects.toMatchObject({ code: 'NET_TLS_UNAVAILABLE' })
  await using relay = await connect(server.url, { proxy: proxy.url, security: 'opportunistic' })
  expect(relay.encrypted).toBe(false)
})

test('a proxy beside a dialer is a contradiction', async () => {
  const call = connect('smtp://127.0.0.1', { dialer: tcpDialer(), proxy: 'http://127.0.0.1:1' })
  await expect(call).rejects.toMatchObject({ code: 'NET_BAD_OPTION' })
})

test('the stack of an error names the line that waited for the call', async () => {
  const error = (await connect('smtp://127.0.0.1:1').catch((thrown: unknown) => thrown)) as Error
  expect(error.stack?.split('\n')[1]).toContain('connect.test.ts')
})

test.each(['host', 'hostname', 'port'])(
  '%s stands in the URL, and its refusal says so',
  async (name) => {
    const options = { [name]: '127.0.0.1' } as object
    await expect(connect('smtp://127.0.0.1:1', options)).rejects.toThrow(
      `the options have no ${name}; use the URL, as in smtp://host:587`,
    )
  },
)
