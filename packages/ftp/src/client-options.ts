/* The options of `connect` and of each call. Types only. */

import type { CallOptions } from '@net/core'
import type { SessionConnectOptions } from '@net/socket/authoring'

import type { FtpEncoding } from './wire-text.ts'

/** Options of `connect`. `timeout` limits connecting and nothing else. */
export interface FtpConnectOptions extends SessionConnectOptions {
  /** The account, for servers that ask for one after the password (ACCT). Default none. */
  readonly account?: string | undefined
  /**
   * How the server writes names. Default `'utf8'`; a name that is no UTF-8 can be used all the same, and its entry has
   * `nameBytes`. `'latin1'` is for servers of which all names are ISO 8859-1.
   */
  readonly encoding?: FtpEncoding | undefined
}

/** Options of `download`. */
export interface DownloadOptions extends CallOptions {
  /** Continues behind the bytes that an earlier call left in `path.part` (see `keepPart` of `toFile`). Default false. */
  readonly resume?: boolean | undefined
}

/** Options of `readFile`. */
export interface ReadFileOptions extends CallOptions {
  /** The most bytes that the file may have; a larger one is `NET_PROTO_LIMIT`. Default 100 MiB. */
  readonly maxBytes?: number | undefined
}

/** Options of `list`. */
export interface ListOptions extends CallOptions {
  /** The most bytes that the server may send for the listing; more is `NET_PROTO_LIMIT`. Default 16 MiB, about 110,000 entries. */
  readonly maxBytes?: number | undefined
}

/** Options of `mkdir`. */
export interface MkdirOptions extends CallOptions {
  /** Makes the missing folders above it too; a folder that exists already, or a link to one, is fine. Default false. */
  readonly recursive?: boolean | undefined
}

/** Options of `rename`. */
export interface RenameOptions extends CallOptions {
  /** Replaces what has the new name already. Default false: that is `NET_EXISTS`, and `NET_UNSUPPORTED` where the server cannot say whether the name is free. */
  readonly replace?: boolean | undefined
}
