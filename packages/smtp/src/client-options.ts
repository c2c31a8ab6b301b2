/* What can be asked of a connection to a mail server and of the messages that go over it, and the doors that check it. */

import type { CallDefaults, CallOptions, Credential, LogOption } from '@net/core'
import { option, optionsDoor, optionsObject, type OptionsDoor } from '@net/core/authoring'
import {
  roadOption,
  type BlockOption,
  type Dialer,
  type ProxyOption,
  type TlsOptions,
} from '@net/socket'

import { mechanism, type AuthMechanism } from './auth.ts'
import type { Envelope } from './envelope.ts'
import type { Security } from './security.ts'

/** Options of `connect`. `timeout` and `signal` are those of connecting; `defaults` are those of later calls. */
export interface ConnectOptions extends CallOptions {
  /** The user to log in as; without one no login is sent. Default that of the URL. */
  readonly user?: string | undefined
  /** Default that of the URL. */
  readonly password?: Credential | undefined
  /** The login mechanisms that may be used, the best first. Default `plain()`, then `login()`. */
  readonly auth?: AuthMechanism | readonly AuthMechanism[] | undefined
  /** How TLS is negotiated. Default `implicit` for `smtps:`, `opportunistic` on loopback without a proxy, else `required`. */
  readonly security?: Security | undefined
  /** Options of TLS, whenever it is used. */
  readonly tls?: TlsOptions | undefined
  /** How the server is reached. Default straight over TCP, or over a Unix socket for `unix:`. Excludes `proxy`. */
  readonly dialer?: Dialer | undefined
  /** A proxy, or a chain of them, nearest first; `'environment'` for ALL_PROXY. Default false. */
  readonly proxy?: ProxyOption | undefined
  /** `'private'` lets addresses of the public internet pass and no others: else `NET_ADDRESS_BLOCKED`. Default none. */
  readonly block?: BlockOption | undefined
  /** The IP address from which to connect. */
  readonly localAddress?: string | undefined
  /** How we introduce ourselves in EHLO. Default our address as a literal; no name is looked up. */
  readonly name?: string | undefined
  /** Where what happens on this connection is logged. */
  readonly log?: LogOption | undefined
  /** Limits and repeats of later calls. */
  readonly defaults?: CallDefaults | undefined
  /**
   * True lets a password go over a connection that is not encrypted, where everybody in between can read it; false
   * forbids that on this machine too, where it is allowed by default.
   */
  readonly dangerouslyAllowPlaintextAuth?: boolean | undefined
}

/** Options of `send`. */
export interface SendOptions extends CallOptions {
  /** What becomes of a message that some recipients were refused for: it counts as sent, or `NET_PARTIAL_RECIPIENTS`. Default `return`. */
  readonly partial?: 'return' | 'throw' | undefined
  /** Sender and recipients that go over the wire instead of those of the message. */
  readonly envelope?: Envelope | undefined
}

/** Options of `send` for a message that is sent as it is. */
export interface SendRawOptions extends SendOptions {
  readonly envelope: Envelope
}

/** Options of `close`. */
export interface CloseOptions {
  /** Milliseconds that calls under way and the goodbye may take; default 2,000. */
  readonly grace?: number | undefined
}

/** Takes the options of `connect`. Throws `NET_BAD_OPTION`. */
export const connectOptions: OptionsDoor<ConnectOptions> = optionsDoor<ConnectOptions>(
  { protocol: 'smtp', call: 'connect' },
  {
    ...option.perCall,
    user: option.text,
    password: option.credential,
    auth: option.oneOrMore(mechanism),
    security: option.oneOf('required', 'implicit', 'opportunistic', 'off'),
    tls: roadOption.tls,
    dialer: roadOption.dialer,
    proxy: roadOption.proxy,
    block: roadOption.block,
    localAddress: option.text,
    name: option.text,
    log: option.log,
    defaults: option.defaults,
    dangerouslyAllowPlaintextAuth: option.flag,
  },
  { requireTLS: 'security', ignoreTLS: 'security', method: 'auth', authMethod: 'auth' },
)

/** Takes the options of `send`. Throws `NET_BAD_OPTION`. */
export const sendOptions: OptionsDoor<SendOptions> = optionsDoor<SendOptions>(
  { protocol: 'smtp', call: 'send' },
  {
    ...option.perCall,
    partial: option.oneOf('return', 'throw'),
    envelope: optionsObject<Envelope>(
      { from: option.anything, to: option.anything },
      { sender: 'from', recipient: 'to', recipients: 'to' },
    ),
  },
)

/** Takes the options of `noop`. Throws `NET_BAD_OPTION`. */
export const noopOptions: OptionsDoor<CallOptions> = optionsDoor<CallOptions>(
  { protocol: 'smtp', call: 'noop' },
  option.perCall,
)

/** Takes the options of `close`. Throws `NET_BAD_OPTION`. */
export const closeOptions: OptionsDoor<CloseOptions> = optionsDoor<CloseOptions>(
  { protocol: 'smtp', call: 'close' },
  { grace: option.milliseconds },
)
