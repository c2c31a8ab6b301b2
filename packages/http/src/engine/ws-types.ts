/* What we use of ws: what takes frames apart, what makes them, and their compression. */

import type { Writable } from 'node:stream'

/** The parts of ws that make and read frames. */
export interface Engine {
  readonly Receiver: ReceiverClass
  readonly Sender: SenderClass
  readonly PerMessageDeflate: DeflateClass
}

/** Takes frames apart: bytes are written to it, and it tells events. */
type ReceiverClass = new (options: {
  readonly extensions: Extensions
  readonly isServer: boolean
  readonly maxPayload: number
  readonly maxBufferedChunks: number
  readonly maxFragments: number
}) => Writable

/** Makes frames, and writes them to what it takes for a socket. */
export interface WsSender {
  send(data: string | Uint8Array, options: FrameOptions, done: Done): void
  ping(data: Uint8Array, mask: boolean, done: Done): void
  pong(data: Uint8Array, mask: boolean, done: Done): void
  close(code: number | undefined, reason: string, mask: boolean, done: Done): void
}

/** How a message is sent. */
export interface FrameOptions {
  readonly binary: boolean
  readonly compress: boolean
  readonly fin: boolean
  readonly mask: boolean
}

/** Called once the frame has been written. */
export type Done = (error?: Error | null) => void

/** What a sender takes for a socket. */
export interface FrameSocket {
  readonly destroyed: boolean
  cork(): void
  uncork(): void
  write(chunk: Uint8Array | string, done?: Done): void
}

type SenderClass = new (socket: FrameSocket, extensions: Extensions) => WsSender

/** The compression of one connection. */
export interface Deflate {
  accept(offers: readonly Readonly<Record<string, readonly (string | true)[]>>[]): unknown
  cleanup(): void
}

interface DeflateClass {
  readonly extensionName: string
  new (options: {
    readonly isServer: boolean
    readonly maxPayload: number
    readonly serverNoContextTakeover?: boolean
    readonly clientNoContextTakeover?: boolean
  }): Deflate
}

/** Extensions in force, by name. */
export type Extensions = Readonly<Record<string, Deflate>>
