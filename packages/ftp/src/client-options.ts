/* The options of `connect` and of each call. Types only. */

import type { CallDefaults, CallOptions, Credential, LogOption } from '@net/core'
import type { FtpEncoding } from './wire-text.ts'
import type { BlockOption, Dialer, ProxyOption, TlsOptions } from '@net/socket'

/**
 * How TLS is negotiated: with AUTH TLS or not at all (`required`), from the first byte (`implicit`), with AUTH TLS
 * where the server offers it (`opportunistic`), or never (`off`). None of them sends a password over an unprotected
 * connection to another machine (RFC 4217).
 */
export type FtpSecurity = 'required' | 'implicit' | 'opportunistic' | 'off'

/** Options of `connect`. `timeout` limits connecting and nothing else. */
export interface FtpConnectOptions extends CallOptions {
  /** The user to log in as. Default the user of the URL, else `anonymous`. */
  readonly user?: string | undefined
  /** The password, or a callback that is asked for it when it is needed, and once more after a refusal. Default the password of the URL. */
  readonly password?: Credential | undefined
  /** The account, for servers that ask for one after the password (ACCT). Default none. */
  readonly account?: string | undefined
  /**
   * How TLS is negotiated. Default `required` for `ftp:` and `implicit` for `ftps:`; `opportunistic` where the server is
   * on this machine, and for anonymous logins.
   */
  readonly security?: FtpSecurity | undefined
  /** TLS options of the control connection and of every data connection. Default: certificates are verified against the system's authorities. */
  readonly tls?: TlsOptions | undefined
  /**
   * How the server writes names. Default `'utf8'`; a name that is no UTF-8 can be used all the same, and its entry has
   * `nameBytes`. `'latin1'` is for servers of which all names are ISO 8859-1.
   */
  readonly encoding?: FtpEncoding | undefined
  /** Opens control and data connections. Default TCP. Not together with `proxy`. */
  readonly dialer?: Dialer | undefined
  /** A proxy for control and data connections, or a chain of them, nearest first; `'environment'` for ALL_PROXY. Default false. */
  readonly proxy?: ProxyOption | undefined
  /** `'private'` lets addresses of the public internet pass and no others: else `NET_ADDRESS_BLOCKED`. Default none. */
  readonly block?: BlockOption | undefined
  /** Where this client's events are written. Default nowhere. */
  readonly log?: LogOption | undefined
  /** Time limits and retry policy of the client's later calls. Default those of each kind of call. */
  readonly defaults?: CallDefaults | undefined
  /** `true` sends the password without TLS to servers on other machines too, `false` not even to this machine. Default: this machine only. */
  readonly dangerouslyAllowPlaintextAuth?: boolean | undefined
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

/** Options of `close`. */
export interface CloseOptions {
  /** How long to wait for the running call and the server's goodbye, in milliseconds. Default 2,000. */
  readonly grace?: number | undefined
}
