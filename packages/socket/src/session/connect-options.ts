/* The options that every `connect` to a server with a login has: one type, one document for each, one table for its door. */

import type { CallDefaults, CallOptions, Credential, LogOption } from '@net/core'
import { option, type OptionTable } from '@net/core/authoring'

import type { BlockOption } from '../admit.ts'
import type { Dialer } from '../dialer.ts'
import type { ProxyOption } from '../proxy/choose.ts'
import { roadOption } from '../road-options.ts'
import type { TlsOptions } from '../tls/options.ts'
import { security, type Security } from './security.ts'

/** Options of every `connect` to a server that people log in to. `timeout` and `signal` limit connecting and nothing else. */
export interface LoginConnectOptions extends CallOptions {
  /** The user to log in as. Default the user of the URL; without one `anonymous` in FTP, who runs this process in SSH, and no login in mail. */
  readonly user?: string | undefined
  /** The password, or a callback that is asked for it when it is needed, and once more after a refusal. Default the password of the URL. */
  readonly password?: Credential | undefined
  /** Opens the connections to the server. Default TCP, or a Unix socket for `unix:`. Not together with `proxy`. */
  readonly dialer?: Dialer | undefined
  /** A proxy for the connections, or a chain of them, nearest first; `'environment'` for ALL_PROXY. Default false. */
  readonly proxy?: ProxyOption | undefined
  /** `'private'` lets addresses of the public internet pass and no others: else `NET_ADDRESS_BLOCKED`. Default none. */
  readonly block?: BlockOption | undefined
  /** Where this client's events are written. Default nowhere. */
  readonly log?: LogOption | undefined
  /** Time limits and retry policy of the client's later calls. Default those of each kind of call. */
  readonly defaults?: CallDefaults | undefined
}

/** Those of protocols that begin in clear and may go on over TLS. */
export interface SessionConnectOptions extends LoginConnectOptions {
  /**
   * How TLS is negotiated. Default `implicit` for schemes of TLS such as `ftps:` and `smtps:`; `opportunistic` where the
   * server is on this machine, and for anonymous logins of FTP; else `required`.
   */
  readonly security?: Security | undefined
  /** TLS options of every connection to the server. Default: certificates are verified against the system's authorities. */
  readonly tls?: TlsOptions | undefined
  /** `true` sends the password without TLS to servers on other machines too, `false` not even to this machine. Default: this machine only. */
  readonly dangerouslyAllowPlaintextAuth?: boolean | undefined
}

/** What these options may be: `optionsDoor(place, { ...loginConnectTable, hostKeyAlias: option.text })`. */
export const loginConnectTable: OptionTable<LoginConnectOptions> = {
  ...option.perCall,
  user: option.text,
  password: option.credential,
  dialer: roadOption.dialer,
  proxy: roadOption.proxy,
  block: roadOption.block,
  log: option.log,
  defaults: option.defaults,
}

/** As `loginConnectTable`, for the options of protocols that may go on over TLS. */
export const sessionConnectTable: OptionTable<SessionConnectOptions> = {
  ...loginConnectTable,
  security,
  tls: roadOption.tls,
  dangerouslyAllowPlaintextAuth: option.flag,
}
