import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { expect, test } from 'vitest'

import { abortError } from '@net/core/authoring'
import { captureEvents, useFakeClock, type CapturedEvents } from '@net/core/testing'
import { tcpDialer, type Dialer } from '@net/socket'
import { faulty, memoryPair } from '@net/socket/testing'
import {
  acceptNew,
  connect,
  dangerouslyAcceptAnyHostKey,
  knownHosts,
  type HostKeyPolicy,
} from '@net/ssh'
import { createSshKey, startSshServer, type SshFault } from '@net/ssh/testing'

import { failureOf, logInTo, turnsUntil } from './embedded.ts'

function phaseBegins(events: CapturedEvents, phase: string): Promise<unknown> {
  return events.waitFor(
    (event) => event.type === 'phase' && event.state === 'start' && event.phase === phase,
  )
}

test('[SSH-01] connects with user and password from the URL, or from the options', async () => {
  await using server = await startSshServer()
  const { host, port } = server.address
  const hostKeys = dangerouslyAcceptAnyHostKey()
  await using first = await connect(`ssh://ada:lovelace@${host}:${port}`, { hostKeys })
  expect(first.info).toMatchObject({ user: 'ada', encrypted: true, endpoint: { host, port } })
  expect(JSON.stringify(first.info)).not.toContain('lovelace')
  await using second = await connect(server.url, {
    user: 'ada',
    password: () => 'lovelace',
    hostKeys,
  })
  expect(second.info.user).toBe('ada')
})

test('[SSH-13] describes the server, its key, and the negotiated algorithms', async () => {
  await using server = await startSshServer({ banner: 'Be kind.', greeting: 'Hello' })
  await using host = await logInTo(server)
  expect(host.info).toMatchObject({
    serverSoftware: expect.stringMatching(/^ssh2js/),
    banner: 'Be kind.\r\n',
    hostKey: { type: 'ssh-ed25519', fingerprint: server.hostKey.fingerprint },
    algorithms: { kex: 'curve25519-sha256', cipherIn: 'aes128-gcm@openssh.com' },
  })
})

test('[SSH-04] runs over every dialer', async () => {
  await using server = await startSshServer({ exec: { ls: 'a' } })
  const inner = tcpDialer()
  // A road without a real socket, which moves everything by its own reads and writes.
  const dialer: Dialer = {
    name: 'wrapped',
    dial: (endpoint, options) => faulty(inner, []).dial(endpoint, options),
  }
  await using host = await logInTo(server, { dialer })
  expect((await host.exec('ls')).stdout).toBe('a')
})

test('[H-SSH-01] [SSH-24] an unknown key is refused when no policy is given, and nothing of a login is sent', async () => {
  await using server = await startSshServer()
  const error = await failureOf(connect(server.url, { user: 'ada', password: 'lovelace' }))
  expect(error).toMatchObject({
    code: 'NET_HOSTKEY_UNKNOWN',
    name: 'SshHostKeyError',
    phase: 'kex',
    retry: 'never',
    fingerprint: server.hostKey.fingerprint,
  })
  expect(error.message).toContain(server.hostKey.fingerprint)
  await server.idle()
  expect(server.received).toEqual([])
})

test('[H-SSH-02] a changed and a revoked key are refused before a login', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'net-ssh-'))
  const file = join(folder, 'known_hosts')
  await using server = await startSshServer()
  const { host, port } = server.address
  const other = createSshKey()
  const hostKeys = knownHosts({ files: [file] })
  await writeFile(file, `[${host}]:${port} ${other.publicKey}\n`)
  expect(await failureOf(logInTo(server, { hostKeys }))).toMatchObject({
    code: 'NET_HOSTKEY_CHANGED',
    fingerprint: server.hostKey.fingerprint,
    known: [other.fingerprint],
  })
  await writeFile(file, `${server.knownHostsLine}@revoked * ${server.hostKey.publicKey}\n`)
  expect(await failureOf(logInTo(server, { hostKeys }))).toMatchObject({
    code: 'NET_HOSTKEY_REVOKED',
  })
  await writeFile(file, `@cert-authority * ${server.hostKey.publicKey}\n`)
  expect(await failureOf(logInTo(server, { hostKeys }))).toMatchObject({
    code: 'NET_HOSTKEY_UNKNOWN',
  })
  expect(server.received).toEqual([])
  await writeFile(file, server.knownHostsLine)
  await using client = await logInTo(server, { hostKeys })
  expect(client.info.hostKey.fingerprint).toBe(server.hostKey.fingerprint)
  await rm(folder, { recursive: true })
})

test('acceptNew remembers the key of the first time, and the alias names it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'net-ssh-'))
  const file = join(folder, 'known_hosts')
  await using server = await startSshServer()
  using events = captureEvents()
  for (let round = 0; round < 2; round++) {
    await using client = await logInTo(server, {
      hostKeys: acceptNew({ file }),
      hostKeyAlias: 'box',
    })
    expect(client.info.user).toBe('ada')
  }
  expect(await readFile(file, 'utf8')).toBe(`box ${server.hostKey.publicKey}\n`)
  const warnings = events.of('operation').filter(({ state }) => state === 'warning')
  expect(warnings.map(({ message }) => message)).toEqual([
    expect.stringContaining(server.hostKey.fingerprint),
  ])
  await rm(folder, { recursive: true })
})

test('a policy of the caller is asked, and its error passes', async () => {
  await using server = await startSshServer()
  const asked: string[] = []
  const policy: HostKeyPolicy = {
    name: 'own',
    open: async ({ name }) => ({
      types: ['ssh-ed25519'],
      async check({ fingerprint }) {
        asked.push(`${name} ${fingerprint}`)
        throw abortError('no')
      },
    }),
  }
  expect(await failureOf(logInTo(server, { hostKeys: policy }))).toMatchObject({
    code: 'NET_ABORTED',
  })
  const { host, port } = server.address
  expect(asked).toEqual([`[${host}]:${port} ${server.hostKey.fingerprint}`])
})

test('arguments that are wrong reject before a byte is sent', async () => {
  const dialed: unknown[] = []
  const dialer: Dialer = {
    name: 'none',
    dial: async (endpoint) => {
      dialed.push(endpoint)
      throw new Error('dialed')
    },
  }
  const cases: readonly (readonly [string, object, string])[] = [
    ['ftp://a', {}, 'NET_BAD_URL'],
    ['ssh://a/path', {}, 'NET_BAD_URL'],
    ['ssh://a', { user: 'a\r\nb' }, 'NET_INJECTION'],
    ['ssh://a', { hostKeyAlias: 'a\nb' }, 'NET_INJECTION'],
    ['ssh://a', { auth: 'password' }, 'NET_BAD_OPTION'],
    ['ssh://a', { timeout: -1 }, 'NET_BAD_OPTION'],
    ['ssh://a', { hostKeys: 'any' }, 'NET_BAD_OPTION'],
    ['ssh://a', { keepAlive: { interval: 0 } }, 'NET_BAD_OPTION'],
    ['ssh://a', { keepAlive: { count: -1 } }, 'NET_BAD_OPTION'],
    ['ssh://a', { password: 7 }, 'NET_BAD_OPTION'],
  ]
  for (const [url, options, code] of cases) {
    await expect(connect(url, { dialer, ...options })).rejects.toMatchObject({ code })
  }
  expect(dialed).toEqual([])
})

test('options are read as own properties only', async () => {
  await using server = await startSshServer()
  const inherited = Object.create({ hostKeys: dangerouslyAcceptAnyHostKey() }) as object
  expect(await failureOf(connect(server.url, { ...inherited, user: 'ada' }))).toMatchObject({
    code: 'NET_HOSTKEY_UNKNOWN',
  })
})

const STALLS: readonly (readonly [string, SshFault, number, string])[] = [
  ['greeting', { on: 'greeting', do: 'stall' }, 30_000, 'NET_TIMEOUT_GREETING'],
  ['kex', { on: 'kex', do: 'stall' }, 10_000, 'NET_TIMEOUT_TLS'],
  ['auth', { on: 'auth', do: 'stall' }, 30_000, 'NET_TIMEOUT_AUTH'],
]

test.each(STALLS)(
  '[SSH-03] a server that stalls in %s is a time-out of that phase',
  async (phase, fault, limit, code) => {
    await using server = await startSshServer()
    using events = captureEvents()
    using clock = useFakeClock()
    server.fail(fault)
    const failure = failureOf(logInTo(server))
    await phaseBegins(events, phase)
    for (let turn = 0; turn < 50; turn++) await clock.advance(0)
    await clock.advance(limit)
    expect(await failure).toMatchObject({ name: 'TimeoutError', code, phase, limit, retry: 'safe' })
    await server.idle()
    expect(clock.timers).toBeLessThan(3)
  },
)

test.each(STALLS)(
  'an abort in %s settles at once and leaves nothing open',
  async (phase, fault) => {
    await using server = await startSshServer()
    using events = captureEvents()
    server.fail(fault)
    const controller = new AbortController()
    const failure = failureOf(logInTo(server, { signal: controller.signal }))
    await phaseBegins(events, phase)
    controller.abort('enough')
    expect(await turnsUntil(failure)).toBeLessThanOrEqual(1)
    expect(await failure).toMatchObject({
      name: 'AbortError',
      code: 'NET_ABORTED',
      phase,
      cause: 'enough',
    })
    await server.idle()
  },
)

test('a time-out and an abort while connecting', async () => {
  using clock = useFakeClock()
  const resolver = (): Promise<never> => new Promise(() => {})
  const options = { dialer: tcpDialer({ resolver }), hostKeys: dangerouslyAcceptAnyHostKey() }
  const failure = failureOf(connect('ssh://ada@host.invalid', options))
  await clock.advance(10_000)
  expect(await failure).toMatchObject({
    code: 'NET_TIMEOUT_RESOLVE',
    phase: 'resolve',
    retry: 'safe',
  })
  const controller = new AbortController()
  const aborted = failureOf(
    connect('ssh://ada@host.invalid', { ...options, signal: controller.signal }),
  )
  await clock.advance(1)
  controller.abort()
  expect(await aborted).toMatchObject({ code: 'NET_ABORTED' })
  expect(clock.timers).toBe(0)
})

test('a signal that is aborted already ends the call before a dial', async () => {
  const dialer: Dialer = { name: 'none', dial: () => Promise.reject(new Error('dialed')) }
  const options = { dialer, signal: AbortSignal.abort() }
  expect(await failureOf(connect('ssh://ada@127.0.0.1', options))).toMatchObject({
    code: 'NET_ABORTED',
  })
})

test('a total limit runs over all phases', async () => {
  await using server = await startSshServer()
  using events = captureEvents()
  using clock = useFakeClock()
  server.fail({ on: 'auth', do: 'stall' })
  const failure = failureOf(logInTo(server, { timeout: 5000 }))
  await phaseBegins(events, 'auth')
  await clock.advance(5000)
  expect(await failure).toMatchObject({ code: 'NET_TIMEOUT_TOTAL', phase: 'auth', limit: 5000 })
})

test('a port without a listener is a refusal', async () => {
  const server = await startSshServer()
  const { url } = server
  await server.close()
  const options = { user: 'ada', hostKeys: dangerouslyAcceptAnyHostKey() }
  expect(await failureOf(connect(url, options))).toMatchObject({
    code: 'NET_CONNECT_REFUSED',
    retry: 'safe',
  })
})

test('a peer that speaks something else is reported by its words', async () => {
  const [ours, theirs] = memoryPair()
  void theirs.write([Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')])
  const dialer: Dialer = { name: 'memory', dial: async () => ours }
  const options = { dialer, user: 'ada', hostKeys: dangerouslyAcceptAnyHostKey() }
  expect(await failureOf(connect('ssh://127.0.0.1', options))).toMatchObject({
    code: 'NET_PROTO_MALFORMED',
    phase: 'greeting',
    message: expect.stringContaining('HTTP/1.1 400 Bad Request'),
  })
})

test('[H-SSH-06] a line of 8 MiB before the identification is refused early', async () => {
  const [ours, theirs] = memoryPair()
  const piece = Buffer.alloc(64 * 1024, 'x')
  let sent = 0
  const sending = (async () => {
    for (; sent < 8 * 1024 * 1024; sent += piece.length) await theirs.write([piece])
  })()
  sending.catch(() => {})
  const dialer: Dialer = { name: 'memory', dial: async () => ours }
  const options = { dialer, user: 'ada', hostKeys: dangerouslyAcceptAnyHostKey() }
  expect(await failureOf(connect('ssh://127.0.0.1', options))).toMatchObject({
    code: 'NET_PROTO_LIMIT',
    phase: 'greeting',
  })
  expect(sent).toBeLessThan(4 * 1024 * 1024)
})

test('[H-SSH-07] an end or a reset after any number of bytes of the handshake rejects', async () => {
  await using server = await startSshServer()
  for (const action of ['drop', 'reset'] as const) {
    for (let after = 0; after < 1100; after += 61) {
      server.fail({ after, do: action })
      const error = await failureOf(logInTo(server))
      expect(error).toMatchObject({ protocol: 'ssh', operation: 'connect', retry: 'safe' })
      expect(['NET_CONN_CLOSED', 'NET_CONN_RESET', 'NET_PROTO_MALFORMED']).toContain(error['code'])
    }
  }
  expect(server.received).toEqual([])
})

test('[SSH-02] the client closes at the end of its block, and reports when it was lost', async () => {
  await using server = await startSshServer({ exec: { ls: 'a' } })
  let closed: Promise<unknown>
  {
    await using host = await logInTo(server)
    closed = host.closed
    expect(server.connections).toBe(1)
  }
  expect(await closed).toBeUndefined()
  await server.idle()
  server.fail({ on: 'exec', do: 'drop' })
  const host = await logInTo(server)
  await failureOf(host.exec('ls'))
  expect(await host.closed).toMatchObject({ code: 'NET_CONN_CLOSED' })
})

test('the operation is reported phase by phase, with the lines of both sides and without the password', async () => {
  await using server = await startSshServer()
  using events = captureEvents()
  await using host = await logInTo(server)
  expect(host.info.user).toBe('ada')
  const own = events.of('phase').filter(({ protocol }) => protocol === 'ssh')
  expect(own.map(({ phase, state }) => `${phase} ${state}`)).toEqual([
    'greeting start',
    'greeting end',
    'kex start',
    'kex end',
    'auth start',
    'auth end',
    'auth start',
    'auth end',
  ])
  const lines = events.of('wire').map(({ direction, text }) => `${direction} ${text}`)
  expect(lines).toEqual([
    expect.stringMatching(/^receive SSH-2\.0-ssh2js/),
    'send userauth none ada',
    'receive userauth failure, can continue: password',
    'send userauth password ada',
    'receive userauth success',
  ])
  expect(JSON.stringify(events.events)).not.toContain('lovelace')
})

test('[SSH-03] each call has limits of its own, and the client may have others', async () => {
  await using server = await startSshServer({ exec: { ls: 'a' } })
  using clock = useFakeClock()
  const commands = (): number => server.received.filter(({ what }) => what === 'exec').length
  await using host = await logInTo(server, {
    keepAlive: false,
    defaults: { timeout: { reply: 50 } },
  })
  server.fail({ on: 'exec', do: 'stall', times: 2 })
  const first = failureOf(host.exec('ls'))
  await clock.until(() => commands() === 1)
  await clock.advance(50)
  expect(await first).toMatchObject({ code: 'NET_TIMEOUT_REPLY', limit: 50 })
  const second = failureOf(host.exec('ls', { timeout: { reply: 20 } }))
  await clock.until(() => commands() === 2)
  await clock.advance(20)
  expect(await second).toMatchObject({ code: 'NET_TIMEOUT_REPLY', limit: 20 })
  expect((await host.exec('ls')).stdout).toBe('a')
  await host.close()
})

test('the stack of an error names the line that waited for the call', async () => {
  const error = (await connect('ssh://ada@127.0.0.1:1').catch((thrown: unknown) => thrown)) as Error
  expect(error.stack?.split('\n')[1]).toContain('connect.test.ts')
})

test.each(['host', 'hostname', 'port'])(
  '%s stands in the URL, and its refusal says so',
  async (name) => {
    const options = { [name]: '127.0.0.1' } as object
    await expect(connect('ssh://127.0.0.1:1', options)).rejects.toThrow(
      `the options have no ${name}; use the URL, as in ssh://host:22`,
    )
  },
)
