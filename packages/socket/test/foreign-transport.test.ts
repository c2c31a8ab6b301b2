import {
  connect,
  listen,
  overTransport,
  secure,
  tcpDialer,
  toSocket,
  type Transport,
} from '@net/socket'
import { expect, test } from 'vitest'

import { foreignTransport } from '../src/foreign-transport.ts'

const endpoint = { scheme: 'tcp', host: 'mine', port: 1 }

/** A transport that gives `first` and then the end, but for what it does in its own way. */
function transport(own: object): Transport {
  const chunks: (Uint8Array | null)[] = [Buffer.from('first')]
  return {
    info: { endpoint, hops: [], encrypted: false },
    read: async () => chunks.shift() ?? null,
    write: async () => {},
    end: async () => {},
    close: async () => {},
    abort() {},
    ...own,
  }
}

function mistaken(): never {
  throw new Error('a mistake in a transport')
}

/** A `read` that gives one chunk, and then does something else. */
function reading(then: () => unknown): object {
  let reads = 0
  return { read: () => (++reads === 1 ? Promise.resolve(Buffer.from('first')) : then()) }
}

const readings = {
  'throws in place of rejecting': mistaken,
  'gives nothing for an end': () => Promise.resolve(undefined),
  'gives a text': () => Promise.resolve('text'),
  'gives no promise': () => undefined,
}

test.for(Object.entries(readings))('a read that %s fails the read', async ([, then]) => {
  const connection = overTransport(transport(reading(then)))
  await expect(connection.readText()).rejects.toMatchObject({ operation: 'readText' })
  const dialer = { name: 'mine', dial: async () => transport(reading(then)) }
  const dialed = await connect('tcp://mine:1', { dialer })
  await expect(dialed.readText()).rejects.toMatchObject({ operation: 'readText' })
})

test('a write, flush or end that throws in place of rejecting fails that call', async () => {
  const own = { write: mistaken, flush: mistaken, end: mistaken }
  const connection = overTransport(transport(own))
  const calls = [connection.write('x'), connection.flush(), connection.end()]
  for (const call of calls) await expect(call).rejects.toThrow('a mistake in a transport')
  await expect(secure(transport(own), {}, { timeout: 1000 })).rejects.toThrow()
})

const partings = {
  'close that rejects': { close: async () => mistaken() },
  'close that throws': { close: mistaken },
  'abort that rejects': { abort: async () => mistaken() },
  'abort that throws': { abort: mistaken },
  'closed that rejects': () => ({ closed: Promise.reject(new Error('lost')) }),
}

test.for(Object.entries(partings))('a %s ends nothing but the transport', async ([, own]) => {
  const made = (): Transport => transport(typeof own === 'function' ? own() : own)
  await overTransport(made()).close()
  overTransport(made()).abort()
  const socket = toSocket(made())
  const gone = new Promise((resolve) => socket.on('close', resolve))
  socket.on('error', () => {}).resume()
  socket.end()
  await gone
  const { promise: served, resolve } = Promise.withResolvers<void>()
  const accepted = [made()]
  const listener = {
    address: endpoint,
    accept: () => Promise.resolve(accepted.shift() ?? new Promise<null>(() => {})),
    close: async () => {},
    [Symbol.asyncDispose]: async () => {},
  }
  const dialer = { name: 'mine', dial: async () => made(), listen: async () => listener }
  const server = await listen('tcp://mine:1', () => resolve(), { dialer })
  await served
  await server.close()
  expect(server.connections.size).toBe(0)
})

/** One of our transports with a `close` that fails, in the ways in which one may be made of it. */
const decorated: Readonly<Record<string, (ours: Transport) => Transport>> = {
  'a proxy': (ours) =>
    new Proxy(ours, {
      get(inner, name) {
        if (name === 'close') return async () => mistaken()
        const value: unknown = Reflect.get(inner, name, inner)
        return typeof value === 'function' ? value.bind(inner) : value
      },
    }),
  'a method of its own': (ours) => Object.assign(ours, { close: async () => mistaken() }),
}

test.for(Object.entries(decorated))(
  '%s over a transport of ours is no transport of ours',
  async ([, wrapped]) => {
    await using server = await listen('tcp://127.0.0.1:0', (connection) => connection.close())
    const { host, port } = server.address
    const ours = await tcpDialer().dial({ scheme: 'tcp', host, port })
    expect(foreignTransport(ours)).toBe(ours)
    const safe = foreignTransport(wrapped(ours))
    expect(foreignTransport(safe)).toBe(safe)
    await expect(safe.close()).resolves.toBeUndefined()
  },
)
