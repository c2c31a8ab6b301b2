/*
 * What a user holds: a connection with reads, writes, lines, TLS and an orderly end. The same over every road;
 * see `stream-connection.ts` for how.
 */

import type { Socket } from 'node:net'
import type { ReadableStream, WritableStream } from 'node:stream/web'

import type { CloseOptions, FileSource, NetError, Timeout } from '@net/core'

import type { FrameCodec } from './framing/frame-codec.ts'
import type { TlsOptions } from './tls/options.ts'
import type { ConnectionInfo } from './transport.ts'

/**
 * A connection of bytes. A read that times out, is aborted or passes a limit consumes nothing, and the connection
 * stays usable. One read at a time; writes keep their order and may be many. After `close`, `abort` or `toSocket`
 * every call but `info`, `closed` and `close` rejects with `NET_CLOSED`.
 */
export interface Connection extends AsyncDisposable {
  /**
   * The next bytes, as many as there are; null once the peer has ended. They are yours; the ArrayBuffer behind them is
   * not, as it may have bytes of later reads.
   */
  read(options?: ReadSomeOptions): Promise<Uint8Array | null>
  /** Exactly so many bytes; `NET_PROTO_INCOMPLETE` with `partial`, `received` and `expected` if the peer ends before. */
  readExactly(size: number, options?: WaitOptions): Promise<Uint8Array>
  /**
   * Reads into memory of yours, as many bytes as there are and fit, and resolves to how many; 0 once the peer has ended.
   * The memory is yours again when this settles.
   */
  readInto(memory: Uint8Array, options?: WaitOptions): Promise<number>
  /** A copy of the next bytes, which the next read gets as well; fewer than `size` only if the peer ends before. */
  peek(size: number, options?: WaitOptions): Promise<Uint8Array>
  /** The next line without its LF or CRLF; null once the peer has ended, `NET_PROTO_INCOMPLETE` in the middle of a line. */
  readLine(options?: ReadLineOptions): Promise<string | null>
  /** The bytes up to the delimiter and with it; null once the peer has ended, `NET_PROTO_INCOMPLETE` without a delimiter. */
  readUntil(delimiter: string | Uint8Array, options?: ReadLimitOptions): Promise<Uint8Array | null>
  /** Everything until the peer ends. The default limit is 100 MiB. */
  readAll(options?: ReadLimitOptions): Promise<Uint8Array>
  /** Everything until the peer ends, as text. The default limit is 100 MiB. */
  readText(options?: ReadTextOptions): Promise<string>
  /** Puts bytes back, so that the next read gets them first; they are copied. Throws `NET_CLOSED`. */
  unread(bytes: Uint8Array): void
  /**
   * The lines until the peer ends, each read when it is asked for. Any byte begins `timeout.idle` anew. Leaving the loop
   * closes nothing.
   */
  lines(options?: ReadLineOptions): AsyncIterable<string>
  /**
   * The messages of a codec until the peer ends, such as those of `lengthPrefixed()`. Any byte begins `timeout.idle` anew.
   * Rejects with what the codec throws. Leaving the loop closes nothing; what the codec has taken stays with this result, so
   * that a second loop over it goes on there.
   */
  frames<T>(codec: FrameCodec<T>, options?: WaitOptions): AsyncIterable<T>
  /** The chunks until the peer ends; any byte begins `timeout.idle` anew. Leaving the loop closes nothing. */
  [Symbol.asyncIterator](): AsyncIterator<Uint8Array>

  /**
   * Sends; text as UTF-8. Resolves when there is room for more; from then on the bytes may be used again. The peer may
   * leave us waiting for `timeout.write` (60 s by default), which begins anew with every 64 KiB that it takes. A write
   * that is aborted or times out in the middle ends the connection, because how much of it has left is unknown.
   */
  write(data: string | Uint8Array | readonly Uint8Array[], options?: WaitOptions): Promise<void>
  /**
   * Sends a file, or the part of it that `fromFile` names, in order with other writes; resolves to how many bytes. Limits as
   * for `write`. Rejects with `NET_LOCAL_IO` where the file cannot be read or changes its size meanwhile; if a part
   * of it has left by then, the connection ends.
   */
  sendFile(file: FileSource, options?: WaitOptions): Promise<number>
  /** Resolves when the kernel has all that was written. */
  flush(options?: WaitOptions): Promise<void>
  /** Sends what was written, then the end; reading goes on. Resolves when the kernel has it. */
  end(options?: WaitOptions): Promise<void>

  /** Sends what was written and ends; what is not done within `grace` (2,000 ms by default) is cut off. Never rejects. */
  close(options?: CloseOptions): Promise<void>
  /** Ends at once; the peer sees a reset where the road has such a thing. */
  abort(reason?: unknown): void
  /** Settles once the connection has ended, with what took it, or undefined after an orderly end; never rejects. */
  readonly closed: Promise<NetError | undefined>
  /** What is known about the road. */
  readonly info: ConnectionInfo

  /**
   * Goes on with TLS, as a client where we dialed and as a server where we accepted. Rejects with
   * `NET_PROTO_UNEXPECTED` if the peer has sent a byte already that would be read as if TLS protected it.
   */
  startTls(tls?: TlsOptions, options?: StartTlsOptions): Promise<void>
  /**
   * Ends TLS and goes on without it, as FTP's CCC wants it: says our end of TLS (close_notify), waits for the peer's, and leaves what
   * comes before that to be read. TLS must have begun with `startTls(tls, { mayStop: true })`, else it is `NET_UNSUPPORTED`. The limit is `timeout.tls`, 10 s by
   * default; the connection is gone if this rejects otherwise.
   */
  stopTls(options?: WaitOptions): Promise<void>
  /** The real socket, with nothing of ours left on it, or one that works over the transport if there is no real socket. Throws `NET_CLOSED` or `NET_BUSY`. */
  toSocket(): Socket
  /**
   * The connection as Web streams, for code that takes these: reads and writes of this connection, under its limits. Throws
   * `NET_CLOSED`.
   */
  toWeb(): WebStreams
}

/** A connection as Web streams. */
export interface WebStreams {
  /** A stream of bytes, which can be read into memory of the reader's (BYOB). Cancelling it reads no more. */
  readonly readable: ReadableStream<Uint8Array>
  /** Closing it ends our direction; aborting it aborts the connection. */
  readonly writable: WritableStream<Uint8Array>
}

/** How long a single call waits. */
export interface WaitOptions {
  /** Aborting it ends this call with an AbortError. */
  readonly signal?: AbortSignal | undefined
  /** Limits of this call in milliseconds: `idle` for reads, `write` for writes, `tls`; a number is the whole call's. */
  readonly timeout?: Timeout | undefined
}

/** How TLS begins. */
export interface StartTlsOptions extends WaitOptions {
  /** Whether `stopTls` may end it again, which makes large data cost more. Default false. */
  readonly mayStop?: boolean | undefined
}

/** How a chunk is read. */
export interface ReadSomeOptions extends WaitOptions {
  /** At most so many bytes; default as many as there are. */
  readonly max?: number | undefined
}

/** How something of unknown length is read. */
export interface ReadLimitOptions extends WaitOptions {
  /** At most so many bytes, else `NET_PROTO_LIMIT`; default 64 KiB up to a delimiter. */
  readonly limit?: number | undefined
}

/** How text is read. */
export interface ReadTextOptions extends ReadLimitOptions {
  /** Default UTF-8. */
  readonly encoding?: BufferEncoding | undefined
}

/** How lines are read. `limit` counts the bytes of a line without its end. */
export interface ReadLineOptions extends ReadTextOptions {}
