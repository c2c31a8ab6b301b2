import { getEventListeners, once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

import { expect, test, vi } from 'vitest'

import { AbortError, NetTimeoutError } from '@net/core'
import {
  clientContext,
  netError,
  operation,
  type Operation,
  type OperationSpec,
} from '@net/core/authoring'
import { useFakeClock } from '@net/core/testing'
import { eventsOff } from '@tools/canary'

const spec: OperationSpec = { protocol: 'test', operation: 'GET', target: '/x', kind: 'exchange' }
const never = (op: Operation): Promise<never> =>
  new Promise((_resolve, reject) => void op.onAbort(reject))

test('[H-CORE-04] an aborted signal ends the call before its work begins', async () => {
  const run = vi.fn(never)
  const promise = operation(spec, { signal: AbortSignal.abort('no') }, run)
  await expect(promise).rejects.toBeInstanceOf(AbortError)
  await expect(promise).rejects.toMatchObject({ cause: 'no', protocol: 'test' })
  expect(run).not.toHaveBeenCalled()
})

test('[H-CORE-05] an abort in a phase settles within one turn, with the phase and the reason', async () => {
  const controller = new AbortController()
  const promise = operation(spec, { signal: controller.signal }, (op) =>
    op.phase('auth', () => never(op)),
  )
  const settled = vi.fn()
  promise.then(settled, settled)
  await turn()
  controller.abort('enough')
  await turn()
  expect(settled).toHaveBeenCalledOnce()
  await expect(promise).rejects.toMatchObject({
    code: 'NET_ABORTED',
    phase: 'auth',
    cause: 'enough',
  })
})

test('[H-CORE-06] aborting after the end has no effect and leaves no listener', async () => {
  const controller = new AbortController()
  for (let call = 0; call < 10; call++) {
    await operation(spec, { signal: controller.signal }, () => Promise.resolve(call))
    expect(getEventListeners(controller.signal, 'abort').length).toBeLessThan(2)
  }
  await turn()
  expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0)
  controller.abort()
  controller.abort()
})

test('[H-CORE-06] a hundred thousand calls on one signal leave the heap as it was', async () => {
  eventsOff()
  const { signal } = new AbortController()
  await calls(1000, signal)
  const before = heapAfterCollection()
  await calls(100_000, signal)
  expect(heapAfterCollection() - before).toBeLessThan(2_000_000)
})

test("a time limit of the caller's signal is a time-out", async () => {
  const controller = new AbortController()
  const promise = operation(spec, { signal: controller.signal }, never)
  controller.abort(new DOMException('too slow', 'TimeoutError'))
  await expect(promise).rejects.toBeInstanceOf(NetTimeoutError)
})

test('[CORE-08] the limit of a phase ends the call with the code, phase and limit', async () => {
  using clock = useFakeClock()
  const promise = operation(spec, { timeout: { tls: 250 } }, (op) =>
    op.phase('tls', () => never(op)),
  )
  const failed = promise.catch((error: unknown) => error)
  await clock.advance(250)
  expect(await failed).toMatchObject({
    code: 'NET_TIMEOUT_TLS',
    phase: 'tls',
    limit: 250,
    elapsed: 250,
    message:
      'test GET /x: the TLS handshake did not end within 250 ms (timeout.tls) (tls, after 250 ms)',
  })
  expect(clock.timers).toBe(0)
})

test('the total limit runs over phases, attempts and what was returned', async () => {
  using clock = useFakeClock()
  const body = Promise.withResolvers<unknown>()
  let stopped: unknown
  await operation(spec, { timeout: 100 }, (op) => {
    op.onAbort((reason) => {
      stopped = reason
      body.resolve(reason)
    })
    op.until(body.promise)
    return Promise.resolve('head')
  })
  await clock.advance(100)
  expect(stopped).toMatchObject({ code: 'NET_TIMEOUT_TOTAL', limit: 100 })
})

test('idle restarts with what moves and ends a drip', async () => {
  using clock = useFakeClock()
  const promise = operation(spec, { timeout: { idle: 100 } }, (op) => {
    op.idle.start()
    clock.after(90, () => op.progress(2048))
    clock.after(180, () => op.progress(2049))
    return never(op)
  })
  const failed = promise.catch((error: unknown) => error)
  await clock.advance(500)
  expect(await failed).toMatchObject({ code: 'NET_TIMEOUT_IDLE', elapsed: 190 })
})

test('a call can be failed from beside', async () => {
  const error = netError('NET_PROTO_LIMIT', { message: 'too much', limit: 5 })
  const promise = operation(spec, {}, (op) => {
    op.fail(error)
    return never(op)
  })
  await expect(promise).rejects.toBe(error)
})

test('the signal is available, and aborts with the error', async () => {
  const controller = new AbortController()
  let seen: AbortSignal | undefined
  const promise = operation(spec, { signal: controller.signal }, (op) => {
    seen = op.signal
    return never(op)
  })
  controller.abort('r')
  await expect(promise).rejects.toBeInstanceOf(AbortError)
  expect(seen?.reason).toBeInstanceOf(AbortError)
})

test('a failure within a call is the failure of that call, with place and phase', async () => {
  using _ = useFakeClock()
  const dial: OperationSpec = {
    protocol: 'tcp',
    operation: 'dial',
    endpoint: 'host:1',
    kind: 'command',
  }
  const promise = operation(spec, {}, (op) =>
    operation({ ...dial, parent: op.id }, {}, (inner) =>
      inner.phase('connect', () =>
        Promise.reject(netError('NET_CONNECT_REFUSED', { message: 'refused' })),
      ),
    ),
  )
  await expect(promise).rejects.toMatchObject({
    protocol: 'test',
    operation: 'GET',
    target: '/x',
    endpoint: 'host:1',
    phase: 'connect',
    message: 'test GET /x: refused (connect, after 0 ms)',
  })
})

test('progress that begins anew does not count against what moves', async () => {
  using clock = useFakeClock()
  const promise = operation(spec, { timeout: { idle: 100 } }, (op) => {
    op.idle.start()
    op.progress(50_000)
    op.progress(0)
    clock.after(90, () => op.progress(1024))
    return never(op)
  })
  const failed = promise.catch((error: unknown) => error)
  await clock.advance(500)
  expect(await failed).toMatchObject({ code: 'NET_TIMEOUT_IDLE', elapsed: 190 })
})

test('[H-CORE-07] what arrived while the program held up the event loop is no time-out', async () => {
  await using server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1')
  const [remote] = (await once(server, 'connection')) as [Socket]
  client.pause()
  const limits = { idle: 100, reply: 100, total: 200 }
  const received = await operation(spec, { timeout: limits }, (op) =>
    op.phase('command', async () => {
      op.idle.start()
      await new Promise((resolve) => remote.write(Buffer.alloc(2048), resolve))
      // The bytes are in the kernel; more than every limit passes before anybody can read them.
      holdUp(300)
      const data = once(client, 'data')
      client.resume()
      const [bytes] = (await data) as [Buffer]
      op.progress(bytes.length)
      return bytes.length
    }),
  )
  expect(received).toBe(2048)
  client.destroy()
  remote.destroy()
})

test('a limit that passes while nothing arrives ends the call, held up or not', async () => {
  const promise = operation(spec, { timeout: 50 }, (op) => {
    holdUp(150)
    return never(op)
  })
  await expect(promise).rejects.toMatchObject({ code: 'NET_TIMEOUT_TOTAL' })
})

async function calls(count: number, signal: AbortSignal): Promise<void> {
  for (let done = 0; done < count; done += 100) {
    const batch = Array.from({ length: 100 }, () =>
      operation(spec, { signal }, () => Promise.resolve()),
    )
    await Promise.all(batch)
  }
  await turn()
}

function heapAfterCollection(): number {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
  return process.memoryUsage().heapUsed
}

/** Keeps the event loop from turning, as a program does that computes. */
function holdUp(milliseconds: number): void {
  const end = performance.now() + milliseconds
  while (performance.now() < end);
}

test('a part of an operation gets its signal, its limits without the total, itself as parent, and its client', async () => {
  const client = clientContext({ log: { write: () => {} } })
  await operation({ ...spec, client }, { timeout: { tls: 7, total: 9000 } }, (op) => {
    const { signal, timeout, parent } = op.within
    expect(signal).toBe(op.signal)
    expect(timeout).toEqual({ ...op.limits, total: Infinity })
    expect(timeout.tls).toBe(7)
    expect([parent, op.within.client]).toEqual([op.id, client])
    return Promise.resolve()
  })
})
