/* Roads that damage one bit of what the server says in its handshake, for tests of what must never pass. */

import type { Dialer, Transport } from '@net/socket'
import { tcpDialer } from '@net/socket'

/** What the server said, as far as it was heard. */
export interface Recording {
  readonly dialer: Dialer
  bytes(): Buffer
}

/** A dialer that keeps what is received. */
export function recording(): Recording {
  const chunks: Uint8Array[] = []
  const dialer = changed((chunk) => {
    chunks.push(chunk)
    return chunk
  })
  return { dialer, bytes: () => Buffer.concat(chunks) }
}

/** A dialer that turns one bit of the byte at this place of what is received. */
export function flipping(place: number): Dialer {
  let seen = 0
  return changed((chunk) => {
    const at = place - seen
    seen += chunk.length
    if (at < 0 || at >= chunk.length) return chunk
    const copy = Uint8Array.from(chunk)
    copy[at] = (copy[at] ?? 0) ^ 1
    return copy
  })
}

/** A dialer that gives what is received byte by byte. */
export function byteByByte(): Dialer {
  return splitting(() => 1)
}

/** A dialer that cuts what is received once, at this place. */
export function cuttingAt(place: number): Dialer {
  let seen = 0
  return splitting((length) => {
    const room = place - seen
    const size = room > 0 && room < length ? room : length
    seen += size
    return size
  })
}

/** The places of a recorded handshake at which a change must be noticed: all but the padding, which nothing covers before there are keys. */
export function coveredPlaces(bytes: Buffer): readonly number[] {
  const places: number[] = []
  let at = bytes.indexOf(10) + 1
  for (let place = 0; place < at; place++) places.push(place)
  for (let type = 0; type !== NEWKEYS && at + 5 < bytes.length;) {
    const length = bytes.readUInt32BE(at)
    const padding = bytes[at + 4] ?? 0
    type = bytes[at + 5] ?? 0
    for (let place = at; place < at + 4 + length - padding; place++) places.push(place)
    at += 4 + length
  }
  return places
}

function splitting(sizeOf: (length: number) => number): Dialer {
  const tcp = tcpDialer()
  return {
    name: 'splitting',
    async dial(endpoint, options) {
      const inner = await tcp.dial(endpoint, options)
      let rest: Uint8Array = new Uint8Array(0)
      return passing(inner, async () => {
        const chunk = rest.length > 0 ? rest : await inner.read()
        if (chunk === null) return null
        const size = sizeOf(chunk.length)
        rest = chunk.subarray(size)
        return chunk.subarray(0, size)
      })
    },
  }
}

function changed(change: (chunk: Uint8Array) => Uint8Array): Dialer {
  const tcp = tcpDialer()
  return {
    name: 'changed',
    async dial(endpoint, options): Promise<Transport> {
      const inner = await tcp.dial(endpoint, options)
      return passing(inner, async () => {
        const chunk = await inner.read()
        return chunk === null ? null : change(chunk)
      })
    },
  }
}

function passing(inner: Transport, read: Transport['read']): Transport {
  return {
    info: inner.info,
    ...(inner.closed === undefined ? {} : { closed: inner.closed }),
    read,
    write: (chunks) => inner.write(chunks),
    end: () => inner.end(),
    close: () => inner.close(),
    abort: (reason) => inner.abort(reason),
  }
}

const NEWKEYS = 21
