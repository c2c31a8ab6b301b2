import type { Socket } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'

import { checkNoLeaks } from '@net/async/testing'
import { AbortError, NetTimeoutError, type Phase } from '@net/core'
import { operation } from '@net/core/authoring'
import { useFakeClock } from '@net/core/testing'
import * as http from '@net/http'
import { startHttpServer } from '@net/http/testing'
import { tcpDialer, type Dialer } from '@net/socket'
import { describe, expect, test } from 'vitest'

import { answerOf, startRawServer, type RawServer } from './raw-server.ts'

const RUNS = 50

const silent = (): Promise<RawServer> => startRawServer(() => {})
const failure = (promise: PromiseLike<unknown>): Promise<unknown> =>
  Promise.resolve(promise).then(
    () => undefined,
    (error: unknown) => error,
  )

/** A dialer that stays in the phase `connect` until it is told to stop. */
const stuckDialer: Dialer = {
  name: 'stuck',
  dial: (_endpoint, options) =>
    operation(
      { protocol: 'stuck', operation: 'dial', kind: 'session' },
      { ...(options?.signal && { signal: options.signal }), timeout: options?.timeout ?? {} },
      (op) => op.phase('connect', () => new Promise((_resolve, reject) => void op.onAbort(reject))),
    ),
}

interface Stage {
  readonly phase: Phase | undefined
  readonly limit: string
  /** Brings a call into the phase. */
  readonly enter: (options: http.RequestOptions) => Promise<{
    readonly call: Promise<unknown>
    readonly there: () => boolean
    readonly [Symbol.asyncDispose]: () => Promise<void>
  }>
}

async function stage(
  server: RawServer,
  options: http.ClientOptions,
  run: (client: http.HttpClient) => Promise<unknown>,
  there: () => boolean = () => server.heard.length > 0 && server.heard[0]!.length > 0,
): ReturnType<Stage['enter']> {
  const client = http.createClient({ baseUrl: server.url, ...options })
  return {
    call: run(client),
    there,
    async [Symbol.asyncDispose]() {
      await client.close()
      await server[Symbol.asyncDispose]()
    },
  }
}

const stages: Readonly<Record<string, Stage>> = {
  resolve: {
    phase: 'resolve',
    limit: 'NET_TIMEOUT_RESOLVE',
    async enter(options) {
      let asked = false
      const dialer = tcpDialer({
        resolver: () => {
          asked = true
          return new Promise(() => {})
        },
      })
      const server = await silent()
      const baseUrl = 'http://name.test'
      return stage(
        server,
        { dialer, baseUrl },
        async (client) => client.get('/', options),
        () => asked,
      )
    },
  },
  connect: {
    phase: 'connect',
    limit: 'NET_TIMEOUT_CONNECT',
    async enter(options) {
      let turns = 0
      const there = (): boolean => (turns += 1) > 5
      return stage(
        await silent(),
        { dialer: stuckDialer },
        async (client) => client.get('/', options),
        there,
      )
    },
  },
  TLS: {
    phase: 'tls',
    limit: 'NET_TIMEOUT_TLS',
    async enter(options) {
      const server = await silent()
      const baseUrl = server.url.replace('http:', 'https:')
      return stage(server, { baseUrl }, async (client) => client.get('/', options))
    },
  },
  'sending the body': {
    phase: 'send',
    limit: 'NET_TIMEOUT_WRITE',
    async enter(options) {
      const server = await startRawServer((socket) => {
        socket.pause()
      })
      let [made, before, quiet] = [0, 0, 0]
      const block = new Uint8Array(262_144)
      const body = async function* (): AsyncGenerator<Uint8Array> {
        for (;;) {
          made += 1
          yield block
        }
      }
      // The buffers of both systems are full when nothing more is asked for.
      const there = (): boolean => {
        quiet = made > 0 && made === before ? quiet + 1 : 0
        before = made
        return quiet > 20
      }
      return stage(server, {}, async (client) => client.put('/', { ...options, body }), there)
    },
  },
  'waiting for the answer': {
    phase: 'command',
    limit: 'NET_TIMEOUT_REPLY',
    async enter(options) {
      return stage(await silent(), {}, async (client) => client.get('/', options))
    },
  },
  'the body': {
    phase: 'receive',
    limit: 'NET_TIMEOUT_IDLE',
    async enter(options) {
      const server = await startRawServer((socket) => {
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nabc')
      })
      let begun = false
      const read = async (client: http.HttpClient): Promise<void> => {
        const response = await client.get('/', options)
        for await (const chunk of response.body) begun = chunk.length > 0
      }
      return stage(server, {}, read, () => begun)
    },
  },
}

describe.each(Object.entries(stages))('%s', (_name, { phase, limit, enter }) => {
  test('[H-CORE-05] an abort settles within one turn of the event loop and leaves nothing', async () => {
    await http.get('http://127.0.0.1:1/', { retry: false }).catch(() => {})
    await checkNoLeaks(async () => {
      for (let run = 0; run < RUNS; run++) {
        const reason = new Error(`enough ${run}`)
        const controller = new AbortController()
        await using entered = await enter({ signal: controller.signal, retry: false })
        const settled = failure(entered.call)
        let done = false
        void settled.then(() => (done = true))
        while (!entered.there()) await turn()
        controller.abort(reason)
        await turn()
        expect(done).toBe(true)
        const error = await settled
        expect(error).toBeInstanceOf(AbortError)
        expect(error).toMatchObject({
          name: 'AbortError',
          code: 'NET_ABORTED',
          phase,
          cause: reason,
        })
      }
    })
  })

  test('[HTTP-47] the limit of the phase holds, and leaves nothing', async () => {
    using clock = useFakeClock()
    await checkNoLeaks(async () => {
      await using entered = await enter({ retry: false })
      const settled = failure(entered.call)
      await clock.until(entered.there)
      const longest = ['send', 'command', 'receive'].includes(phase!) ? 60_000 : 10_000
      await clock.advance(longest - 1)
      let done = false
      void settled.then(() => (done = true))
      await turn()
      expect(done).toBe(false)
      await clock.advance(1)
      const error = await settled
      expect(error).toBeInstanceOf(NetTimeoutError)
      expect(error).toMatchObject({ name: 'TimeoutError', code: limit, phase, limit: longest })
    })
  })

  test('[HTTP-48] the limit on the whole call applies', async () => {
    using clock = useFakeClock()
    await using entered = await enter({ retry: false, timeout: 5000 })
    const settled = failure(entered.call)
    await clock.until(entered.there)
    await clock.advance(5000)
    expect(await settled).toMatchObject({
      code: 'NET_TIMEOUT_TOTAL',
      phase,
      limit: 5000,
      message: expect.stringContaining('the call did not end within 5000 ms'),
    })
  })
})

test('a body that drips one byte a second is a stall', async () => {
  using clock = useFakeClock()
  await checkNoLeaks(async () => {
    await using server = await startHttpServer()
    await using client = http.createClient({ baseUrl: server.url })
    const failed = failure(client.get('/drip').bytes())
    await clock.until(() => server.received.length === 1)
    await clock.advance(59_000)
    let done = false
    void failed.then(() => (done = true))
    await turn()
    expect(done).toBe(false)
    await clock.advance(2000)
    expect(await failed).toMatchObject({
      code: 'NET_TIMEOUT_IDLE',
      phase: 'receive',
      limit: 60_000,
      expected: 1_000_000,
    })
  })
})

test('an abort settles within one turn while a body arrives slowly, and no event follows', async () => {
  using clock = useFakeClock()
  await using server = await startHttpServer()
  await using client = http.createClient({ baseUrl: server.url })
  const controller = new AbortController()
  const failed = failure(client.get('/drip', { signal: controller.signal }).bytes())
  await clock.until(() => server.received.length === 1)
  await clock.advance(3000)
  controller.abort()
  let done = false
  void failed.then(() => (done = true))
  await turn()
  expect(done).toBe(true)
  expect(await failed).toMatchObject({ code: 'NET_ABORTED', phase: 'receive' })
  await expect.poll(() => server.connections).toBe(0)
  await clock.advance(10_000)
})

test('[H-CORE-05] an abort frees the place in the pool, also while a call waits for one', async () => {
  await using server = await startHttpServer()
  await using client = http.createClient({ baseUrl: server.url, connections: 1 })
  server.fail({ do: 'stall' })
  const [first, second] = [new AbortController(), new AbortController()]
  const stalled = failure(client.get('/json', { signal: first.signal }))
  await expect.poll(() => server.received.length, { interval: 1 }).toBe(1)
  const waiting = failure(client.get('/json', { signal: second.signal }))
  await turn()
  second.abort()
  expect(await waiting).toMatchObject({ code: 'NET_ABORTED' })
  first.abort()
  expect(await stalled).toMatchObject({ code: 'NET_ABORTED', phase: 'command' })
  expect(await client.get('/json').json()).toMatchObject({ id: 1 })
  expect(server.received).toHaveLength(2)
})

test('one signal serves hundreds of calls, and an abort after the end changes nothing', async () => {
  await using server = await startHttpServer()
  await using client = http.createClient({ baseUrl: server.url })
  const controller = new AbortController()
  const { signal } = controller
  await checkNoLeaks(
    async () => {
      for (let round = 0; round < 10; round++) {
        await Promise.all(Array.from({ length: 20 }, () => client.get('/json', { signal }).json()))
      }
      await client.close()
    },
    { listeners: [signal] },
  )
  controller.abort()
  controller.abort()
  await turn()
})

test('[H-CORE-04] a signal that is aborted already sends nothing', async () => {
  await using server = await silent()
  const call = http.get(server.url, { signal: AbortSignal.abort() })
  await expect(call).rejects.toMatchObject({ code: 'NET_ABORTED' })
  expect(server.heard).toHaveLength(0)
})

test('a connection that the server closed meanwhile is replaced without a word', async () => {
  const sockets: Socket[] = []
  await using server = await startRawServer((socket, number) => {
    sockets.push(socket)
    if (number === 2) socket.resetAndDestroy()
    else socket.write(answerOf(`answer ${number}`))
  })
  await using client = http.createClient({ baseUrl: server.url })
  expect(await client.get('/', { retry: false }).text()).toBe('answer 1')
  expect(await client.get('/', { retry: false }).text()).toBe('answer 3')
  expect(server.heard).toHaveLength(2)
})

test('[H-CORE-22] a POST whose connection is lost is never sent twice', async () => {
  await using server = await startRawServer((socket, number) => {
    if (number === 1) socket.write(answerOf('first'))
    else socket.resetAndDestroy()
  })
  await using client = http.createClient({ baseUrl: server.url })
  expect(await client.get('/').text()).toBe('first')
  await expect(client.post('/', { json: {} })).rejects.toMatchObject({
    code: 'NET_CONN_RESET',
    retry: 'idempotent',
    sent: true,
  })
  expect(server.heard).toHaveLength(1)
})

test('a large body that is not read waits for its reader, and is discarded in the end', async () => {
  using clock = useFakeClock()
  await using server = await startHttpServer()
  await using client = http.createClient({ baseUrl: server.url })
  const response = await client.get('/bytes/10000000')
  await clock.until(() => clock.timers > 0)
  expect(server.connections).toBe(1)
  await turn()
  await clock.advance(60_000)
  expect(await response.closed).toMatchObject({ code: 'NET_TIMEOUT_IDLE' })
  await expect(response.bytes()).rejects.toMatchObject({ code: 'NET_TIMEOUT_IDLE' })
  await clock.until(() => server.connections === 0)
})

test('a slow reader stops the limit', async () => {
  using clock = useFakeClock()
  await using server = await startHttpServer()
  await using client = http.createClient({ baseUrl: server.url })
  const response = await client.get('/bytes/10000000')
  let length = 0
  for await (const chunk of response.body) {
    // As long as something is armed it is the server that is waited for.
    if (length === 0) await clock.until(() => clock.timers === 0).then(() => clock.advance(600_000))
    length += chunk.length
  }
  expect(length).toBe(10_000_000)
})

test('a small body frees its connection before it is read', async () => {
  await using server = await startHttpServer()
  await using client = http.createClient({ baseUrl: server.url, connections: 1 })
  const first = await client.get('/json')
  await client.get('/json')
  expect(server.accepted).toBe(1)
  expect(await first.json()).toMatchObject({ id: 1 })
})

test('a disposed body frees its connection: a short rest is received, a long one is not', async () => {
  await using server = await startHttpServer()
  await using client = http.createClient({ baseUrl: server.url, connections: 1 })
  {
    await using response = await client.get('/bytes/60000')
    expect(response.status).toBe(200)
  }
  await client.get('/json').json()
  expect(server.accepted).toBe(1)
  {
    await using response = await client.get('/bytes/10000000')
    expect(response.status).toBe(200)
  }
  await client.get('/json').json()
  expect(server.accepted).toBe(2)
})

test('an answer to HEAD has a length and no body', async () => {
  await using server = await startHttpServer()
  await using client = http.createClient({ baseUrl: server.url })
  const response = await client.head('/bytes/1000')
  expect(response.headers.get('content-length')).toBe('1000')
  expect(await response.bytes()).toHaveLength(0)
})

test('pause and resume carry a large body through a slow reader', async () => {
  await using server = await startHttpServer()
  await using client = http.createClient({ baseUrl: server.url })
  const response = await client.get('/bytes/3000000')
  let length = 0
  for await (const chunk of response.body) {
    length += chunk.length
    await turn()
  }
  expect(length).toBe(3_000_000)
})
