import type { Socket } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'

import { onEvent, type PoolEvent } from '@net/core'
import { operation, type Operation } from '@net/core/authoring'
import { useFakeClock } from '@net/core/testing'
import * as http from '@net/http'
import { startHttpServer } from '@net/http/testing'
import { expect, test } from 'vitest'

import type { ConnectionEvents, HttpConnection, SharedConnection } from '../src/connection.ts'
import { Connections, type Lessee } from '../src/connections.ts'
import { answerOf, startRawServer } from './raw-server.ts'

class FakeConnection implements HttpConnection {
  readonly protocol = 'http/1.1'
  exchanges = 0
  destroyed = false
  isHeld = false
  readonly events: ConnectionEvents

  constructor(events: ConnectionEvents) {
    this.events = events
  }

  send(): void {}
  pause(): void {}
  resume(): void {}

  destroy(): void {
    if (this.destroyed) return
    this.destroyed = true
    this.events.gone(this)
  }
}

const inOperation = <T>(
  run: (op: Operation) => Promise<T>,
  options: http.RequestOptions = {},
): Promise<T> => operation({ protocol: 'http', operation: 'GET', kind: 'exchange' }, options, run)

const lessee = (op: Operation, fresh = false): Lessee => ({
  op,
  operation: 'GET',
  fresh,
  connect: async (events) => new FakeConnection(events),
})

test('a free connection is used again, the one used last first', async () => {
  const pool = new Connections(4, { id: 1 })
  await inOperation(async (op) => {
    const first = (await pool.lease('a', lessee(op))) as FakeConnection
    const second = (await pool.lease('a', lessee(op))) as FakeConnection
    first.events.free(first)
    second.events.free(second)
    expect(await pool.lease('a', lessee(op))).toBe(second)
    expect(await pool.lease('a', lessee(op))).toBe(first)
    expect(await pool.lease('b', lessee(op))).not.toBe(first)
  })
})

test('beyond the limit calls wait in line', async () => {
  const pool = new Connections(1, { id: 1 })
  await inOperation(async (op) => {
    const first = (await pool.lease('a', lessee(op))) as FakeConnection
    const order: number[] = []
    const waiting = [1, 2].map(async (number) => {
      const connection = (await pool.lease('a', lessee(op))) as FakeConnection
      order.push(number)
      return connection
    })
    await turn()
    expect(order).toEqual([])
    first.events.free(first)
    expect(await waiting[0]).toBe(first)
    first.destroy()
    expect(await waiting[1]).not.toBe(first)
    expect(order).toEqual([1, 2])
  })
})

test('a call that needs a fresh connection gets one, at the cost of an idle one', async () => {
  const pool = new Connections(1, { id: 1 })
  await inOperation(async (op) => {
    const first = (await pool.lease('a', lessee(op))) as FakeConnection
    first.events.free(first)
    const second = await pool.lease('a', lessee(op, true))
    expect(second).not.toBe(first)
    expect(first.destroyed).toBe(true)
  })
})

test('a call that waits for a fresh connection gets one, at the cost of the one that becomes free', async () => {
  const pool = new Connections(1, { id: 1 })
  await inOperation(async (op) => {
    const first = (await pool.lease('a', lessee(op))) as FakeConnection
    const waiting = pool.lease('a', lessee(op, true))
    const behind = pool.lease('a', lessee(op))
    first.events.free(first)
    const second = (await waiting) as FakeConnection
    expect(second).not.toBe(first)
    expect(first.destroyed).toBe(true)
    second.events.free(second)
    expect(await behind).toBe(second)
  })
})

test('kept connections that the server has closed cost no call, also where the pool is full', async () => {
  const asked = new WeakSet<Socket>()
  await using server = await startRawServer((socket) => {
    if (asked.has(socket)) socket.destroy()
    else socket.write(answerOf('ok'))
    asked.add(socket)
  })
  await using api = http.createClient({ baseUrl: server.url, connections: 2 })
  const calls = Array.from({ length: 30 }, () => api.get('/', { retry: false }).text())
  expect(new Set(await Promise.all(calls))).toEqual(new Set(['ok']))
})

test('a connection that could not be made leaves its place to the next', async () => {
  const pool = new Connections(1, { id: 1 })
  await inOperation(async (op) => {
    const { promise, reject } = Promise.withResolvers<HttpConnection>()
    const failed = pool.lease('a', { ...lessee(op), connect: () => promise })
    const next = pool.lease('a', lessee(op))
    reject(new Error('refused'))
    await expect(failed).rejects.toThrow('refused')
    expect(await next).toBeInstanceOf(FakeConnection)
  })
})

test('waiting has a limit, and an aborted call takes nothing', async () => {
  using clock = useFakeClock()
  const pool = new Connections(1, { id: 1 })
  let first: FakeConnection | undefined
  await inOperation(async (op) => {
    first = (await pool.lease('a', lessee(op))) as FakeConnection
  })
  const late = inOperation(async (op) => pool.lease('a', lessee(op)), { timeout: { pool: 500 } })
  const failed = late.catch((error: unknown) => error)
  const controller = new AbortController()
  const { signal } = controller
  const aborted = inOperation(async (op) => pool.lease('a', lessee(op)), { signal }).catch(
    (error: unknown) => error,
  )
  await clock.advance(500)
  expect(await failed).toMatchObject({ code: 'NET_TIMEOUT_POOL', limit: 500, retry: 'safe' })
  controller.abort()
  expect(await aborted).toMatchObject({ code: 'NET_ABORTED' })
  first!.events.free(first!)
  await inOperation(async (op) => {
    expect(await pool.lease('a', lessee(op))).toBe(first)
  })
})

test('a call that was aborted before it comes to wait is granted nothing', async () => {
  const pool = new Connections(1, { id: 1 })
  await inOperation(async (op) => {
    const first = (await pool.lease('a', lessee(op))) as FakeConnection
    const controller = new AbortController()
    const late = inOperation(
      async (stopped) => {
        controller.abort()
        return pool.lease('a', lessee(stopped))
      },
      { signal: controller.signal },
    )
    await expect(late).rejects.toMatchObject({ code: 'NET_ABORTED' })
    first.events.free(first)
    expect(pool.lease('a', lessee(op))).toBe(first)
  })
})

test('a connection that only the program can free takes no place', async () => {
  const pool = new Connections(1, { id: 1 })
  await inOperation(async (op) => {
    const first = (await pool.lease('a', lessee(op))) as FakeConnection
    first.isHeld = true
    const second = (await pool.lease('a', lessee(op))) as FakeConnection
    expect(second).not.toBe(first)
    second.events.free(second)
    expect(await pool.lease('a', lessee(op))).toBe(second)
    // Read at last: one of the two is too many.
    first.isHeld = false
    first.events.free(first)
    expect([first.destroyed, second.destroyed]).toEqual([true, false])
  })
})

test('a call that waits already gets a connection once the others are held', async () => {
  using time = useFakeClock()
  const pool = new Connections(1, { id: 1 })
  await inOperation(async (op) => {
    const first = (await pool.lease('a', lessee(op))) as FakeConnection
    const waiting = pool.lease('a', lessee(op))
    await time.advance(100)
    first.isHeld = true
    await time.advance(100)
    expect(await waiting).not.toBe(first)
  })
})

test('held connections have a limit as well, and the error says what to do', async () => {
  using time = useFakeClock()
  const pool = new Connections(1, { id: 1 })
  await inOperation(async (op) => {
    for (let count = 0; count < 16; count++) {
      const held = (await pool.lease('a', lessee(op))) as FakeConnection
      held.isHeld = true
    }
    const late = inOperation(async (other) => pool.lease('a', lessee(other)), {
      timeout: { pool: 500 },
    })
    const failed = late.catch((error: unknown) => error)
    await time.advance(500)
    expect(await failed).toMatchObject({
      code: 'NET_TIMEOUT_POOL',
      message: expect.stringContaining(
        '16 are held by answers that the program has not read: read them, or dispose of them',
      ),
    })
  })
})

test('a shared connection of which all calls are held is followed by another', async () => {
  await inOperation(async (op) => {
    const { made, lease } = sharing(op, (events) => new FakeShared(events, 2), 1)
    await Promise.all([lease(), lease()])
    made[0]!.isHeld = true
    await lease()
    expect(made).toHaveLength(2)
  })
})

test('closing closes unused connections', async () => {
  const pool = new Connections(2, { id: 1 })
  await inOperation(async (op) => {
    const idle = (await pool.lease('a', lessee(op))) as FakeConnection
    const busy = (await pool.lease('a', lessee(op))) as FakeConnection
    idle.events.free(idle)
    pool.closeIdle()
    expect([idle.destroyed, busy.destroyed]).toEqual([true, false])
  })
})

test('a client has a limited number of connections to an origin, and publishes events about them', async () => {
  const events: PoolEvent[] = []
  using listening = onEvent('pool', (event) => events.push(event))
  expect(listening).toBeDefined()
  await using server = await startHttpServer()
  await using client = http.createClient({ baseUrl: server.url, connections: 2 })
  await Promise.all(Array.from({ length: 6 }, () => client.get('/json').json()))
  expect(server.accepted).toBe(2)
  const actions = events.map(({ action }) => action)
  expect(actions.filter((action) => action === 'create')).toHaveLength(2)
  expect(actions.filter((action) => action === 'wait')).toHaveLength(4)
  expect(events.every(({ size, busy }) => size <= 2 && busy <= size)).toBe(true)
  expect(new Set(events.map(({ endpoint }) => endpoint))).toEqual(
    new Set([new URL(server.url).host]),
  )
})

class FakeShared implements SharedConnection {
  open = true
  busy = 0
  isHeld = false
  readonly most: number
  readonly events: ConnectionEvents

  constructor(events: ConnectionEvents, most: number) {
    this.events = events
    this.most = most
  }

  lane(): HttpConnection | undefined {
    if (!this.open || this.busy >= this.most) return undefined
    this.busy += 1
    return new FakeConnection({ free: () => {}, gone: () => this.left() })
  }

  left(): void {
    this.busy -= 1
    this.events.free(this)
  }

  destroy(): void {
    if (!this.open) return
    this.open = false
    this.events.gone(this)
  }
}

interface Sharing {
  readonly pool: Connections
  readonly made: (FakeShared | FakeConnection)[]
  lease(fresh?: boolean): Promise<HttpConnection>
}

/** A pool whose connections are made by `make` once a turn of the event loop has passed. */
function sharing(
  op: Operation,
  make: (events: ConnectionEvents) => FakeShared | FakeConnection,
  limit = 4,
): Sharing {
  const pool = new Connections(limit, { id: 1 })
  const made: (FakeShared | FakeConnection)[] = []
  const connect = async (events: ConnectionEvents): Promise<FakeShared | FakeConnection> => {
    await turn()
    const connection = make(events)
    made.push(connection)
    return connection
  }
  const lease = async (fresh = false): Promise<HttpConnection> =>
    pool.lease('a', { op, operation: 'GET', fresh, mayShare: true, connect })
  return { pool, made, lease }
}

test('calls that come before it is known what the server speaks wait for one connection, and share it', async () => {
  await inOperation(async (op) => {
    const { made, lease } = sharing(op, (events) => new FakeShared(events, 3))
    const leased = [1, 2, 3, 4, 5].map(() => lease())
    const lanes = await Promise.all(leased.slice(0, 3))
    expect(new Set(lanes).size).toBe(3)
    expect(made).toHaveLength(1)
    lanes[0]?.destroy()
    lanes[1]?.destroy()
    await Promise.all(leased)
    expect(made).toHaveLength(1)
  })
})

test('if the connection cannot be shared, the waiting calls connect too, up to the limit', async () => {
  await inOperation(async (op) => {
    const { made, lease } = sharing(op, (events) => new FakeConnection(events), 2)
    const leased = [1, 2, 3].map(() => lease())
    const [first] = await Promise.all(leased.slice(0, 2))
    expect(made).toHaveLength(2)
    made[0]?.events.free(first!)
    expect(await leased[2]).toBe(first)
  })
})

test('a full shared connection is followed by another', async () => {
  await inOperation(async (op) => {
    const { pool, made, lease } = sharing(op, (events) => new FakeShared(events, 3))
    await lease()
    made[0]?.destroy()
    await lease()
    expect(made).toHaveLength(2)
    await lease(true)
    expect(made).toHaveLength(3)
    pool.closeIdle()
    expect(made.map((one) => one instanceof FakeShared && one.open)).toEqual([false, true, true])
  })
})

test('calls that need a fresh connection share one where the pool has no room for more', async () => {
  await inOperation(async (op) => {
    const { made, lease } = sharing(op, (events) => new FakeShared(events, 4), 1)
    // All of a connection that was lost.
    await Promise.all([1, 2, 3].map(() => lease(true)))
    await lease(true)
    expect(made).toHaveLength(1)
  })
})

test('when connecting fails, all waiting calls connect at once', async () => {
  await inOperation(async (op) => {
    let tries = 0
    const { made, lease } = sharing(op, (events) => {
      tries += 1
      if (tries === 1) throw new Error('refused')
      return new FakeShared(events, 1)
    })
    const [failed, ...others] = [1, 2, 3].map(() => lease())
    await expect(failed).rejects.toThrow('refused')
    await Promise.all(others)
    expect(made).toHaveLength(2)
  })
})

test('a connection that accepts no request is an error', async () => {
  await inOperation(async (op) => {
    const { lease } = sharing(op, (events) => new FakeShared(events, 0))
    await expect(lease()).rejects.toMatchObject({ code: 'NET_CONN_SHUTDOWN', retry: 'safe' })
  })
})
