/* One road out of a stream to read and another one to write, such as the output and the input of a process. */

import { Duplex, type Readable, type Writable } from 'node:stream'
import type { ReadableStream, WritableStream } from 'node:stream/web'

import { argument, inCall, option, shape, type Shape } from '@net/core/authoring'

import { fromSocket, type FromSocketOptions } from './from-socket.ts'
import type { Transport } from './transport.ts'

/** A stream for each direction, of Node or of the Web. */
export interface StreamHalves {
  readonly readable: Readable | ReadableStream<Uint8Array>
  readonly writable: Writable | WritableStream<Uint8Array>
}

/**
 * A Transport that reads one stream and writes the other, which must not be used otherwise from then on: each half ends by itself, and a
 * failure of one ends both. Throws `NET_BAD_OPTION`.
 */
export function fromStreams(halves: StreamHalves, options?: FromSocketOptions): Transport {
  const { readable, writable } = inCall({ protocol: 'socket', call: 'fromStreams' }, () =>
    argument('the streams', bothHalves, halves),
  )
  const duplex = Duplex.from({ readable, writable } as Parameters<typeof Duplex.from>[0])
  const endpoint = { scheme: 'stream', host: 'stream', port: 0 }
  return fromSocket(duplex, { endpoint, ...options })
}

const bothHalves: Shape<StreamHalves> = shape('{ readable, writable }, both streams', (value) => {
  if (!option.isObject(value)) return false
  const { readable, writable } = value as Partial<StreamHalves>
  return isStream(readable, 'read', 'getReader') && isStream(writable, 'write', 'getWriter')
})

function isStream(value: unknown, ...methods: readonly string[]): boolean {
  return (
    option.isObject(value) && methods.some((each) => typeof Reflect.get(value, each) === 'function')
  )
}
