import { expect, test } from 'vitest'

import { netError } from '@net/core/authoring'
import { useFakeClock } from '@net/core/testing'
import { listen, tcpDialer, type Dialer, type Transport } from '@net/socket'
import { connect } from '@net/ssh'
import { startSshServer, type SshServer } from '@net/ssh/testing'

import { offer } from '../../src/algorithms.ts'
import { sendMessage } from '../../src/engine/ssh2-internals.ts'
import { fields, uint32 } from '../../src/identity/wire.ts'
import type { SessionOptions } from '../../src/engine/session-options.ts'
import { startSession, type SshSession } from '../../src/engine/ssh2.ts'
import { noneRequest, readAuthReply } from '../../src/login/user-auth.ts'
import { logInTo } from '../embedded.ts'
import { byteByByte, coveredPlaces, cuttingAt, flipping, recording } from './handshake-damage.ts'
import { anyKey, rawServer } from './raw-server.ts'

const plainOptions: SessionOptions = {
  user: 'ada',
  algorithms: offer({ types: [] }),
  keepAlive: false,
  checkHostKey: async () => {},
  onBanner() {},
}

async function started(
  server: SshServer,
  options: Partial<SessionOptions> = {},
): Promise<SshSession> {
  const transport = await tcpDialer().dial(server.address)
  return startSession(transport, { ...plainOptions, ...options })
}

test('the steps of the handshake come one after the other, and a login waits to be asked for', async () => {
  await using server = await startSshServer()
  const session = await started(server)
  expect((await session.identified).line).toMatch(/^SSH-2\.0-/)
  const { hostKey, negotiated } = await session.exchanged
  expect(hostKey.fingerprint).toBe(server.hostKey.fingerprint)
  expect(negotiated.hostKey).toBe('ssh-ed25519')
  expect(server.received).toEqual([])
  expect(readAuthReply(await session.authenticate(noneRequest('ada')), 'none')).toEqual({
    kind: 'failure',
    partial: false,
    methods: ['password'],
  })
  expect([session.sessionId.length, session.signatures?.includes('ssh-ed25519')]).toEqual([
    32,
    true,
  ])
  session.end()
  expect(await session.closed).toBeUndefined()
  expect(session.alive).toBe(false)
})

test('a host key that is not trusted ends the connection before a login', async () => {
  await using server = await startSshServer()
  const refused = netError('NET_HOSTKEY_UNKNOWN', { message: 'who is that' })
  const session = await started(server, { checkHostKey: () => Promise.reject(refused) })
  await expect(session.exchanged).rejects.toMatchObject({ code: 'NET_HOSTKEY_UNKNOWN' })
  await expect(session.authenticate(noneRequest('ada'))).rejects.toMatchObject({
    code: 'NET_HOSTKEY_UNKNOWN',
  })
  await session.closed
  expect(server.received).toEqual([])
})

test('algorithms that the server does not have are a failed negotiation', async () => {
  await using server = await startSshServer()
  const algorithms = { ...offer({ types: [] }), hostKeys: ['ecdsa-sha2-nistp521'] }
  const session = await started(server, { algorithms })
  await expect(session.exchanged).rejects.toMatchObject({ code: 'NET_PROTO_NEGOTIATION' })
  await session.closed
})

test('an abort lets the connection go at once, and every wait with it', async () => {
  await using server = await startSshServer()
  const session = await started(server)
  await session.exchanged
  server.fail({ on: 'auth', do: 'stall' })
  const login = session.authenticate(noneRequest('ada'))
  session.abort(netError('NET_ABORTED', { message: 'enough' }))
  await expect(login).rejects.toMatchObject({ code: 'NET_ABORTED' })
  expect(await session.closed).toMatchObject({ code: 'NET_ABORTED' })
  await server.idle()
})

test('what the server says may be split at any place, and is the same', async () => {
  await using server = await startSshServer({
    banner: 'Be kind.',
    greeting: 'Hello',
    exec: { ls: { stdout: 'a\nb\n', stderr: 'c\n', exit: 3 } },
  })
  const whole = recording()
  const conversation = async (dialer: Dialer): Promise<unknown> => {
    await using host = await logInTo(server, { dialer })
    return [await host.exec('ls'), host.info.banner, host.info.serverSoftware]
  }
  const expected = await conversation(whole.dialer)
  expect(await conversation(byteByByte())).toEqual(expected)
  const { length } = whole.bytes()
  expect(length).toBeGreaterThan(1500)
  for (let place = 1; place < length; place += 53) {
    expect(await conversation(cuttingAt(place))).toEqual(expected)
  }
})

test('[H-SSH-07] one bit turned anywhere in the handshake is noticed, and nothing of a login is sent', async () => {
  await using server = await startSshServer()
  const whole = recording()
  const first = await logInTo(server, { dialer: whole.dialer })
  await first.close()
  const places = coveredPlaces(whole.bytes())
  expect(places.length).toBeGreaterThan(900)
  const logins = server.received.length
  using clock = useFakeClock()
  for (let at = 0; at < places.length; at += 17) {
    const dialer = flipping(places[at] ?? 0)
    const outcomes: unknown[] = []
    void logInTo(server, { dialer }).then(
      () => outcomes.push('ready'),
      (error: unknown) => outcomes.push(error),
    )
    for (let turn = 0; turn < 300 && outcomes.length === 0; turn++) await clock.advance(0)
    // A length that has grown leaves us waiting for bytes that never come.
    if (outcomes.length === 0) await clock.advance(30_000)
    await clock.until(() => outcomes.length > 0)
    expect(outcomes, `at ${places[at]}`).toMatchObject([{ protocol: 'ssh', operation: 'connect' }])
    expect(outcomes, `at ${places[at]}`).not.toMatchObject([{ code: 'NET_INTERNAL' }])
  }
  expect(server.received.length).toBe(logins)
})

test.each([21, 30, 31, 33, 49])(
  'a packet of type %i that comes before its time is the fault of the server',
  async (type) => {
    // Of the length that any cipher takes, with 10 bytes of padding.
    const packet = Buffer.from([0, 0, 0, 12, 10, type, ...Buffer.alloc(10)])
    await using server = await listen('tcp://127.0.0.1:0', async (connection) => {
      await connection.write(Buffer.concat([Buffer.from('SSH-2.0-early\r\n'), packet]))
      await connection.readText().catch(() => {})
    })
    const session = await startSession(await tcpDialer().dial(server.address), plainOptions)
    await expect(session.exchanged).rejects.toMatchObject({ code: 'NET_PROTO_MALFORMED' })
  },
)

test('a server that proves another key than the one it shows is refused', async () => {
  // The key that the server shows is replaced on the way.
  await using server = await startSshServer()
  const whole = recording()
  const first = await logInTo(server, { dialer: whole.dialer })
  await first.close()
  const logins = server.received.length
  const place = whole.bytes().indexOf(server.hostKey.blob) + server.hostKey.blob.length - 1
  const seen: string[] = []
  const session = await startSession(await flipping(place).dial(server.address), {
    user: 'ada',
    algorithms: offer({ types: [] }),
    keepAlive: false,
    checkHostKey: async ({ fingerprint }) => void seen.push(fingerprint),
    onBanner() {},
  })
  await expect(session.exchanged).rejects.toMatchObject({ code: 'NET_PROTO_MALFORMED' })
  expect(seen).toHaveLength(1)
  expect(seen).not.toContain(server.hostKey.fingerprint)
  expect(server.received.length).toBe(logins)
})

test('[SSH-10] new keys after so many bytes, or so much time, while commands run', async () => {
  const text = 'x'.repeat(300_000)
  await using server = await startSshServer({
    exec: {
      big: text,
      async cat(_, { stdin, stdout }) {
        for await (const chunk of stdin) await stdout.write(chunk)
      },
    },
  })
  {
    await using host = await logInTo(server, { rekey: { bytes: 100_000 } })
    expect((await host.exec('big')).stdout).toBe(text)
    expect((await host.exec('big')).stdout).toBe(text)
    await server.waitFor(() => server.received.filter(({ what }) => what === 'rekey').length > 1)
  }
  {
    await using host = await logInTo(server, { rekey: { bytes: 100_000 } })
    // Input makes them due while a packet of ours is written.
    expect((await host.exec('cat', { input: text })).stdout).toBe(text)
  }
  const before = server.received.filter(({ what }) => what === 'rekey').length
  expect(before).toBeGreaterThanOrEqual(2)
  using clock = useFakeClock()
  await using host = await logInTo(server, { rekey: { time: 60_000 }, keepAlive: false })
  await clock.advance(60_000)
  expect((await host.exec('big')).stdout).toBe(text)
  expect(server.received.filter(({ what }) => what === 'rekey')).toHaveLength(before + 1)
})

test('[SSH-09] what is sent is compressed where that is asked for', async () => {
  const text = 'x'.repeat(100_000)
  await using server = await startSshServer({ exec: { big: text } })
  const sizes: number[] = []
  for (const compress of [true, false]) {
    let received = 0
    const tcp = tcpDialer()
    const dialer: Dialer = {
      name: 'counting',
      async dial(endpoint, options) {
        const transport = await tcp.dial(endpoint, options)
        return {
          ...methodsOf(transport),
          async read() {
            const chunk = await transport.read()
            received += chunk?.length ?? 0
            return chunk
          },
        }
      },
    }
    await using host = await logInTo(server, { compress, dialer })
    expect(host.info.algorithms.compression).toBe(compress ? 'zlib@openssh.com' : 'none')
    expect((await host.exec('big')).stdout).toBe(text)
    sizes.push(received)
  }
  expect(sizes[0]).toBeLessThan(20_000)
  expect(sizes[1]).toBeGreaterThan(100_000)
})

/** A transport without the socket below it, so that each byte comes through `read`. */
function methodsOf(transport: Transport): Omit<Transport, 'read'> {
  return {
    info: transport.info,
    write: (chunks) => transport.write(chunks),
    end: () => transport.end(),
    close: () => transport.close(),
    abort: (reason) => transport.abort(reason),
  }
}

test('[H-SSH-20] channels that nobody asked for are refused: agent, X11, forwards, sessions', async () => {
  const { promise: refused, resolve } = Promise.withResolvers<readonly number[]>()
  const kinds = ['auth-agent@openssh.com', 'x11', 'forwarded-tcpip', 'session', 'odd@example.com']
  using server = await rawServer((client) => {
    const ids: number[] = []
    client._protocol._handlers['CHANNEL_OPEN_FAILURE'] = (_: never, id: number) => {
      if (ids.push(id) === kinds.length) resolve(ids)
    }
    for (const [id, kind] of kinds.entries()) {
      const rest = [uint32(id), uint32(1000), uint32(1000)]
      // Where it comes from, and where it was to arrive.
      const place = [fields('127.0.0.1'), uint32(80)]
      const open = [Buffer.of(90), fields(kind), ...rest, ...place, ...place]
      sendMessage(client, Buffer.concat(open))
    }
  })
  await using host = await connect(server.url, anyKey)
  expect(new Set(await refused)).toEqual(new Set(kinds.keys()))
  expect(host.info.user).toBe('ada')
})

test('[H-SSH-25] a flood of requests and of what says nothing is answered one by one, and kept nowhere', async () => {
  const { promise: answered, resolve } = Promise.withResolvers<number>()
  const most = 2000
  using server = await rawServer((client) => {
    let failures = 0
    client._protocol._handlers['REQUEST_FAILURE'] = () => {
      failures += 1
      if (failures === most) resolve(failures)
    }
    const request = Buffer.concat([Buffer.of(80), fields('odd@example.com'), Buffer.of(1)])
    const nothing = Buffer.concat([Buffer.of(2), fields('nothing')])
    for (let at = 0; at < most; at++) {
      sendMessage(client, request)
      sendMessage(client, nothing)
    }
  })
  await using host = await connect(server.url, anyKey)
  expect(await answered).toBe(most)
  expect(host.info.user).toBe('ada')
})
