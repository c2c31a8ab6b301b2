/*
 * The seam on which everything of these packages stands: a road for bytes. TCP, a Unix socket, TLS, a proxy, an
 * SSH tunnel, memory and a fault injector all look like this. It must not know what the bytes mean.
 */

import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'

import type { Endpoint, NetError } from '@net/core'

import type { TlsInfo } from './tls/info.ts'
import type { TlsOptions } from './tls/options.ts'
import type { SecureOptions } from './tls/secure-options.ts'

/**
 * A two-way road for bytes, connected already. One `read` is outstanding at a time; writes may be many.
 * Nothing here waits for ever by itself: limits and signals belong to those who use it.
 */
export interface Transport {
  /**
   * The next chunk, which is the reader's from then on; null once the peer has ended. Rejects with a NetError once the
   * road is lost.
   */
  read(): Promise<Uint8Array | null>
  /**
   * Sends in order; resolves when there is room for more and the bytes may be used again: they have been copied, or the
   * kernel has them. Rejects with a NetError once the road is lost.
   */
  write(chunks: readonly Uint8Array[]): Promise<void>
  /** As `write`, for text each character of which is a byte. Where it is absent, `write` does the same. */
  writeText?(text: string): Promise<void>
  /** Resolves when the kernel has all that was written. Where it is absent, `write` with no chunks must do. */
  flush?(): Promise<void>
  /** Sends what was written, then the end; reading goes on. */
  end(): Promise<void>
  /** Sends what was written, ends, and lets the road go. Never rejects; the second call waits for the first. */
  close(): Promise<void>
  /** Lets the road go at once, with a reset where there is such a thing. */
  abort(reason?: unknown): void
  /** What is known about the road. */
  readonly info: ConnectionInfo
  /** The real socket or channel, where there is one: to ask, not to read from or write to; see `release`. */
  readonly duplex?: Duplex
  /**
   * Gives the real socket away with what was read ahead put back, and nothing of the transport left on it; undefined if
   * there is none, or if it cannot be given any more. The transport must not be used after it has.
   */
  release?(): Socket | undefined
  /**
   * Hands what arrives to the receiver, in place of `read`, until it is stopped; what was read ahead comes first, within
   * the call. Throws `NET_BUSY` while a read waits. Where it is absent, `read` does the same, with a promise per chunk.
   */
  deliver?(receiver: ByteReceiver): Inflow
  /**
   * Speaks TLS over this road in place of `secure`, as a client: for a road that has to see what TLS protects, such as a recorder. Absent
   * on all others.
   */
  secure?(tls: TlsOptions, options: SecureOptions): Promise<Transport>
  /** Settles once the road is gone, with what took it; never rejects. Absent where the transport cannot know by itself. */
  readonly closed?: Promise<NetError | undefined>
}

/** Takes what arrives on a transport, as it arrives. Nothing of it may throw. */
export interface ByteReceiver {
  /** More has arrived, which is the receiver's from then on. Returns whether there is room for more. */
  arrived(chunk: Uint8Array): boolean
  /** The peer has ended; nothing follows. */
  ended(): void
  /** The road is lost; nothing follows. */
  lost(error: NetError): void
  /**
   * Where a plain socket may read the next bytes to, of memory that is not in use; asked for after each of them, also when
   * there was no more room. What then arrives begins where this memory begins, or is somewhere else.
   */
  memory?(): Uint8Array | undefined
}

/** What comes in from a transport that delivers. */
export interface Inflow {
  /** There is room again. */
  resume(): void
  /** Nothing more is handed over; `read` gives what comes next. Returns a read that is under way, if there is one. */
  stop(): Promise<Uint8Array | null> | undefined
}

/** What is known about a connection. */
export interface ConnectionInfo {
  /** The endpoint that was asked for. */
  readonly endpoint: Endpoint
  /** The proxies and tunnels on the road, nearest first. */
  readonly hops: readonly Hop[]
  /** Our own address, where the road has one. */
  readonly local?: Endpoint
  /** The address at the other end, which behind a hop is the hop's. */
  readonly remote?: Endpoint
  /** Whether TLS, or a tunnel that is encrypted up to the endpoint, protects the bytes. */
  readonly encrypted: boolean
  /** What the TLS handshake agreed on. */
  readonly tls?: TlsInfo
}

/** One proxy or tunnel on the road. */
export interface Hop {
  /** What it is, such as `socks5`, `http-connect` or `ssh`. */
  readonly kind: string
  /** Where it is, without credentials. */
  readonly endpoint: Endpoint
}
