/*
 * Reads of a TLS socket into memory of ours. By itself Node makes memory for each record of 16 KiB, and a large transfer
 * spends more on collecting it than on deciphering. Node has this, as `onread`, only for the sockets that it connects itself.
 */

import type { TLSSocket } from 'node:tls'

import { DirectReads } from '../direct-reads.ts'

/** Makes the socket read as if it had been created with `onread`; undefined if this version of Node keeps that option elsewhere. */
export function memoryReads(socket: TLSSocket): DirectReads | undefined {
  const handle: unknown = Reflect.get(socket, '_handle')
  const places = placesIn(socket)
  if (!isReadable(handle) || places === undefined) return undefined
  const reads = new DirectReads()
  const { onread } = reads
  const first = reads.next()
  Reflect.set(socket, places.memory, first)
  Reflect.set(socket, places.next, () => reads.next())
  Reflect.set(socket, places.filled, (size: number, memory: Uint8Array) =>
    onread.callback(size, memory),
  )
  handle.useUserBuffer(first)
  reads.belongTo(socket)
  return reads
}

/** The keys under which a socket keeps its `onread` option. */
interface Places {
  readonly memory: symbol
  readonly next: symbol
  readonly filled: symbol
}

function placesIn(socket: object): Places | undefined {
  const symbols = Object.getOwnPropertySymbols(socket)
  const place = (name: string): symbol | undefined =>
    symbols.find((symbol) => symbol.description === name && Reflect.get(socket, symbol) === null)
  const [memory, next, filled] = ['kBuffer', 'kBufferGen', 'kBufferCb'].map(place)
  if (memory === undefined || next === undefined || filled === undefined) return undefined
  return { memory, next, filled }
}

interface Handle {
  useUserBuffer(memory: Uint8Array): unknown
}

function isReadable(handle: unknown): handle is Handle {
  return typeof handle === 'object' && handle !== null && 'useUserBuffer' in handle
}
