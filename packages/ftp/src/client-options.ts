/* What a client and its calls can be told. Types only. */

import type { CallDefaults, CallOptions, Credential, LogOption } from '@net/core'
import type { FtpEncoding } from './wire-text.ts'
import type { BlockOption, Dialer, ProxyOption, TlsOptions } from '@net/socket'

/**
 * How TLS is negotiated: with AUTH TLS or not at all (`required`), from the first byte (`implicit`), with AUTH TLS
 * where the server offers it (`opportunistic`), or never (`off`). None of them sends a password in clear.
 */
export type FtpSecurity = 'required' | 'implicit' | 'opportunistic' | 'off'

/** Options of `connect`. `timeout` limits connecting and nothing else. */
export interface FtpConnectOptions extends CallOptions {
  /** Default the URL's, else `anonymous`. */
  readonly user?: string | undefined
  /** Default the URL's; asked for by a callback, once, and once more after the server refused it. */
  readonly password?: Credential | undefined
  /** What the server may ask for besides (ACCT); rarely needed. */
  readonly account?: string | undefined
  /**
   * Default `required` for `ftp:` and `implicit` for `ftps:`; `opportunistic` for an endpoint that is this machine, and
   * without a user.
   */
  readonly security?: FtpSecurity | undefined
  /** How the server's certificate is verified, of the control connection and of every data connection. */
  readonly tls?: TlsOptions | undefined
  /**
   * How the server writes names. Default `'utf8'`; a name that is no UTF-8 can be used all the same, and its entry has
   * `nameBytes`. `'latin1'` is for servers of which all names are ISO 8859-1.
   */
  readonly encoding?: FtpEncoding | undefined
  /** The road to the server, for control and data connections. Default TCP. Excludes `proxy`. */
  readonly dialer?: Dialer | undefined
  /** A proxy for control and data connections, or a chain of them, nearest first; `'environment'` for ALL_PROXY. Default false. */
  readonly proxy?: ProxyOption | undefined
  /** `'private'` lets addresses of the public internet pass and no others: else `NET_ADDRESS_BLOCKED`. Default none. */
  readonly block?: BlockOption | undefined
  /** Gets this client's events. */
  readonly log?: LogOption | undefined
  /** Limits and retry policy of the client's later calls. */
  readonly defaults?: CallDefaults | undefined
  /** true tells a password to servers on other machines in clear; false does not even on this machine. */
  readonly dangerouslyAllowPlaintextAuth?: boolean | undefined
}

/** Options of `download`. */
export interface DownloadOptions extends CallOptions {
  /** Goes on behind what an earlier call left in `path.part` (see `keepPart` of `toFile`). Default false. */
  readonly resume?: boolean | undefined
}

/** Options of `readFile`. */
export interface ReadFileOptions extends CallOptions {
  /** How many bytes the file may have, else `NET_PROTO_LIMIT`. Default 100 MiB. */
  readonly maxBytes?: number | undefined
}

/** Options of `list`. */
export interface ListOptions extends CallOptions {
  /** How many bytes the server may send for the listing, else `NET_PROTO_LIMIT`. Default 16 MiB, about 110,000 entries. */
  readonly maxBytes?: number | undefined
}

/** Options of `mkdir`. */
export interface MkdirOptions extends CallOptions {
  /** Makes the folders above it as well, and takes it as done if it is there. Default false. */
  readonly recursive?: boolean | undefined
}

/** Options of `rename`. */
export interface RenameOptions extends CallOptions {
  /** Replaces what has the name already. Default false: `NET_EXISTS`, as far as the server can be asked before. */
  readonly replace?: boolean | undefined
}

/** Options of `close`. */
export interface CloseOptions {
  /** Milliseconds for the call that is running and for the goodbye; default 2,000. */
  readonly grace?: number | undefined
}
