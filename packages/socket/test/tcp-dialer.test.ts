import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect as connectPlain, createServer, type Socket } from 'node:net'

import { useFakeClock } from '@net/core/testing'
import { listen, overTransport, tcpDialer, type ResolvedAddress } from '@net/socket'
import { startEchoServer } from '@net/socket/testing'
import { expect, test } from 'vitest'

import { failure } from './support.ts'

const v4: ResolvedAddress = { address: '127.0.0.1', family: 4 }
const other: ResolvedAddress = { address: '127.0.0.2', family: 4 }
const v6: ResolvedAddress = { address: '::1', family: 6 }
const isNode22 = process.versions.node.startsWith('22.')

test('[SOCK-01] the addresses of a name are tried until one connects', async () => {
  await using server = await startEchoServer()
  const { port } = server.address
  const dialer = tcpDialer({ resolver: async () => [v6, other, v4] })
  const transport = await dialer.dial({ scheme: 'tcp', host: 'echo.example', port })
  expect([transport.info.remote?.host, transport.info.endpoint.host]).toEqual([
    '127.0.0.1',
    'echo.example',
  ])
  await transport.close()
})

test('[SOCK-03] when every address fails, each failure is kept', async () => {
  const port = await unusedPort()
  const dialer = tcpDialer({ resolver: async () => [v4, other] })
  const error = await failure(dialer.dial({ scheme: 'tcp', host: 'a.example', port }))
  expect([error.code, error.phase, error.retry]).toEqual([
    'NET_CONNECT_ALL_FAILED',
    'connect',
    'safe',
  ])
  expect(
    error.errors?.map((each) => [Reflect.get(each, 'code'), Reflect.get(each, 'endpoint')]),
  ).toEqual([
    ['NET_CONNECT_REFUSED', `127.0.0.1:${port}`],
    ['NET_CONNECT_REFUSED', `127.0.0.2:${port}`],
  ])
})

test('a name without addresses does not exist', async () => {
  const dialer = tcpDialer({ resolver: async () => [] })
  const error = await failure(dialer.dial({ scheme: 'tcp', host: 'a.example', port: 1 }))
  expect([error.code, error.phase]).toEqual(['NET_DNS_NOT_FOUND', 'resolve'])
})

test('[SOCK-05] it connects from the address and port that were asked for', async () => {
  await using server = await startEchoServer()
  const localPort = await unusedPort('127.0.0.3')
  const transport = await tcpDialer().dial(server.address, { localAddress: '127.0.0.3', localPort })
  expect([transport.info.local?.host, transport.info.local?.port]).toEqual(['127.0.0.3', localPort])
  transport.abort()
})

test('addresses of another family than the local one are not tried', async () => {
  const dialer = tcpDialer({ resolver: async () => [v6] })
  const endpoint = { scheme: 'tcp', host: 'a.example', port: 1 }
  const error = await failure(dialer.dial(endpoint, { localAddress: '127.0.0.1' }))
  expect(error.code).toBe('NET_CONNECT_UNREACHABLE')
})

test('an address that is not admitted is not connected to', async () => {
  await using server = await startEchoServer()
  const { port } = server.address
  const asked: string[] = []
  const admit = ({ address }: ResolvedAddress) => {
    asked.push(address)
    return address !== '127.0.0.1'
  }
  const error = await failure(tcpDialer().dial(server.address, { admit }))
  expect([error.code, error.retry, asked, server.connections.size]).toEqual([
    'NET_ADDRESS_BLOCKED',
    'never',
    ['127.0.0.1'],
    0,
  ])
  const dialer = tcpDialer({ resolver: async () => [v4, v4] })
  const all = await failure(dialer.dial({ scheme: 'tcp', host: 'a.example', port }, { admit }))
  expect(all.code).toBe('NET_ADDRESS_BLOCKED')
})

test('what the caller’s own check throws comes back as it is', async () => {
  const mistake = new TypeError('my own mistake')
  const call = tcpDialer().dial(
    { scheme: 'tcp', host: '127.0.0.1', port: 1 },
    {
      admit: () => {
        throw mistake
      },
    },
  )
  await expect(call).rejects.toBe(mistake)
})

test('[SOCK-32] small writes leave at once and keep-alive is on, by default', async () => {
  await using peer = createServer((socket) => void socket.resume()).listen(0, '127.0.0.1')
  await once(peer, 'listening')
  const port = Reflect.get(peer.address() as object, 'port') as number
  const calls: unknown[][] = []
  // Where Node hands the options of a TCP socket to the system, once it is connected.
  const handle = Object.getPrototypeOf(Reflect.get(peer, '_handle')) as object
  using _noDelay = spy(handle, 'setNoDelay', (enabled) => calls.push(['noDelay', enabled]))
  using _keepAlive = spy(handle, 'setKeepAlive', (...args) =>
    calls.push(['keepAlive', ...args.filter((arg) => arg !== undefined)]),
  )
  const endpoint = { scheme: 'tcp', host: '127.0.0.1', port }
  const usual = await tcpDialer().dial(endpoint)
  expect(calls).toEqual([
    ['noDelay', true],
    ['keepAlive', true, 60],
  ])
  calls.length = 0
  const plain = await tcpDialer().dial(endpoint, { noDelay: false, keepAlive: false })
  expect(calls).toEqual([])
  const keepAlive = { idle: 10_000, interval: 2000, count: 3 }
  const tuned = await tcpDialer().dial(endpoint, { noDelay: false, keepAlive })
  // Node 22 hands on the silence alone.
  expect(calls).toEqual([['keepAlive', true, 10, ...(isNode22 ? [] : [2, 3])]])
  await Promise.all([usual.close(), plain.close(), tuned.close()])
})

test('a dial that succeeds leaves no timer', async () => {
  using clock = useFakeClock()
  const dialer = tcpDialer({ resolver: async () => [v4, other] })
  await using listener = await dialer.listen!({ scheme: 'tcp', host: '127.0.0.1', port: 0 })
  const transport = await dialer.dial({ ...listener.address, host: 'a.example' })
  expect(clock.timers).toBe(0)
  transport.abort()
})

test('a path is not an endpoint of TCP', async () => {
  const call = tcpDialer().dial({ scheme: 'unix', host: '', port: 0, path: '/run/app.sock' })
  expect((await failure(call)).code).toBe('NET_BAD_URL')
})

test('it listens on a free port and gives the connections out one by one', async () => {
  const dialer = tcpDialer()
  await using listener = await dialer.listen!({ scheme: 'tcp', host: '127.0.0.1', port: 0 })
  expect(listener.address.port).toBeGreaterThan(0)
  const dialed = await dialer.dial(listener.address)
  const accepted = await listener.accept()
  await using ours = overTransport(dialed)
  await using theirs = overTransport(accepted!)
  await theirs.write('welcome\n')
  expect(await ours.readLine()).toBe('welcome')
})

async function unusedPort(host = '127.0.0.1'): Promise<number> {
  await using server = await listen(`tcp://${host}:0`, () => {})
  return server.address.port
}

function spy(on: object, name: string, seen: (...args: unknown[]) => void): Disposable {
  const original = Reflect.get(on, name) as (this: Socket, ...args: unknown[]) => unknown
  Reflect.set(on, name, function (this: Socket, ...args: unknown[]) {
    seen(...args)
    return original.apply(this, args)
  })
  return { [Symbol.dispose]: () => void Reflect.set(on, name, original) }
}

test('[H-SOCK-02] a host that answers to nothing ends with the limit of connecting', async () => {
  await using hole = await blackHole()
  using clock = useFakeClock()
  const at = { scheme: 'tcp', host: '127.0.0.1', port: hole.port }
  const waiting = tcpDialer().dial(at)
  const ended = failure(waiting)
  await clock.advance(10_000)
  expect(await ended).toMatchObject({
    code: 'NET_TIMEOUT_CONNECT',
    phase: 'connect',
    limit: 10_000,
    retry: 'safe',
  })
})

test('[H-SOCK-04] a thousand addresses that refuse are told as one failure, with each of them', async () => {
  const port = await unusedPort()
  const addresses = Array.from({ length: 1000 }, (_, at): ResolvedAddress => {
    return { address: `127.0.${at >> 8}.${at & 0xff}`, family: 4 }
  })
  const dialer = tcpDialer({ resolver: async () => addresses })
  const error = await failure(dialer.dial({ scheme: 'tcp', host: 'many.test', port }))
  expect([error.code, error.errors?.length]).toEqual(['NET_CONNECT_ALL_FAILED', 1000])
})

test('[H-SOCK-04] a name of 300 characters is not found', async () => {
  const host = `${'a'.repeat(60)}.`.repeat(5).slice(0, 300)
  const error = await failure(tcpDialer().dial({ scheme: 'tcp', host, port: 1 }))
  expect([error.code, error.phase]).toEqual(['NET_DNS_NOT_FOUND', 'resolve'])
})

/** A listener whose queue is full, so that the system drops further attempts: its process waits for ever. */
async function blackHole(): Promise<AsyncDisposable & { readonly port: number }> {
  const script = `
    const server = require('node:net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
      require('node:fs').writeSync(1, String(server.address().port))
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
    })`
  const child = spawn(process.execPath, ['-e', script])
  const [said] = (await once(child.stdout, 'data')) as [Buffer]
  const port = Number(said.toString())
  // As many as there is room for connect, and those behind them do not.
  const queued = Array.from({ length: 8 }, () =>
    connectPlain(port, '127.0.0.1').on('error', () => {}),
  )
  await once(queued[0] as Socket, 'connect')
  return {
    port,
    async [Symbol.asyncDispose]() {
      for (const socket of queued) socket.destroy()
      child.kill('SIGKILL')
      await once(child, 'exit')
    },
  }
}
