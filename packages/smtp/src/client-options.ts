/* What can be asked of a connection to a mail server and of the messages that go over it, and the doors that check it. */

import type { CallOptions, Credential } from '@net/core'
import {
  option,
  optionsDoor,
  optionsObject,
  type OptionsDoor,
  type OptionTable,
  type Spellings,
} from '@net/core/authoring'
import { sessionConnectTable, type SessionConnectOptions } from '@net/socket/authoring'

import { address } from './address.ts'
import { mechanism, type AuthMechanism } from './auth/mechanism.ts'
import { dkimShape, type DkimOptions } from './dkim/key.ts'
import { encodingOptions, type EncodingOptions } from './encoding-options.ts'
import type { Envelope } from './envelope.ts'
import { extensionTable, type ExtensionOptions } from './extensions.ts'
import { resentShape, type Resent } from './resent.ts'
import type { SignEntity } from './signed-content.ts'

/** Options of `connect`. `timeout` and `signal` are those of connecting; `defaults` are those of later calls. */
export interface SmtpConnectOptions extends SessionConnectOptions {
  /**
   * The login mechanisms that may be used, the best first. Default for a password those of SCRAM, `plain()`, `login()` and
   * `cramMd5()`; for a token `oauthbearer()`, then `xoauth2()`.
   */
  readonly auth?: AuthMechanism | readonly AuthMechanism[] | undefined
  /**
   * A bearer token of OAuth in place of a password, or a callback for it, which is asked again each time the server refuses
   * a token that it had accepted. A token is never sent as a password, nor the other way round.
   */
  readonly token?: Credential | undefined
  /** `'lmtp'` over a Unix socket (RFC 2033). Default what the URL says, and SMTP for `unix:`. */
  readonly protocol?: 'smtp' | 'lmtp' | undefined
  /**
   * Whether a small message goes out together with its commands, in one round trip, where the server has CHUNKING and
   * PIPELINING (RFC 3030). A connection that is lost meanwhile leaves it unknown whether the message was delivered. Default
   * false: two round trips, and nothing is delivered before the last one begins.
   */
  readonly chunking?: boolean | undefined
  /**
   * The keys with which messages are signed (DKIM, RFC 6376). A key that cannot sign is refused when the client is made. With
   * it a message is read before it is sent, so that streams of more than 32 MiB are refused. Default none.
   */
  readonly dkim?: DkimOptions | readonly DkimOptions[] | undefined
  /** The IP address from which to connect. */
  readonly localAddress?: string | undefined
  /** How we introduce ourselves in EHLO. Default our address as a literal; no name is looked up. */
  readonly name?: string | undefined
}

/** Options of `send`. */
export interface SendOptions extends CallOptions, ExtensionOptions {
  /** What becomes of a message that some recipients were refused for: it counts as sent, or `NET_PARTIAL_RECIPIENTS`. Default `return`. */
  readonly partial?: 'return' | 'throw' | undefined
  /** Sender and recipients that go over the wire instead of those of the message. */
  readonly envelope?: Envelope | undefined
  /** How the message is written where there is a choice. */
  readonly encoding?: EncodingOptions | undefined
  /**
   * Signs or encrypts the MIME part of the message, as S/MIME and PGP do. Gets it from its Content-Type on, and gives another
   * one. Default nothing.
   */
  readonly sign?: SignEntity | undefined
}

/** Options of `send` for a message that is sent as it is. */
export interface SendRawOptions extends Omit<SendOptions, 'encoding'> {
  readonly envelope: Envelope
}

/** Options of `send` for a finished message that is sent on to others. */
export interface ResendOptions extends Omit<SendOptions, 'encoding'> {
  /** Who sends it on, and to whom; stands in headers of its own before those of the message (RFC 5322, section 3.6.6). */
  readonly resent: Resent
}

/** The options of each way to send. */
export interface AnySendOptions extends SendOptions {
  readonly resent?: Resent | undefined
}

/** What the options of a message may be. */
export const sendTable: OptionTable<AnySendOptions> = {
  ...option.perCall,
  ...extensionTable,
  partial: option.oneOf('return', 'throw'),
  envelope: optionsObject<Envelope>(
    { from: address, to: option.oneOrMore(address) },
    { sender: 'from', recipient: 'to', recipients: 'to' },
  ),
  encoding: encodingOptions,
  sign: option.callback(),
  resent: resentShape,
}

/** What the options of a connection may be. */
export const connectTable: OptionTable<SmtpConnectOptions> = {
  ...sessionConnectTable,
  auth: option.oneOrMore(mechanism),
  token: option.credential,
  protocol: option.oneOf('smtp', 'lmtp'),
  chunking: option.flag,
  dkim: dkimShape,
  localAddress: option.text,
  name: option.text,
}

/** What others call the options of a connection. */
export const connectSpellings: Spellings = {
  host: 'the URL, as in smtp://host:587',
  hostname: 'the URL, as in smtp://host:587',
  port: 'the URL, as in smtp://host:587',
  requireTLS: 'security',
  ignoreTLS: 'security',
  method: 'auth',
  authMethod: 'auth',
  accessToken: 'token',
}

/** Takes the options of `connect`. Throws `NET_BAD_OPTION`. */
export const connectOptions: OptionsDoor<SmtpConnectOptions> = optionsDoor<SmtpConnectOptions>(
  { protocol: 'smtp', call: 'connect' },
  connectTable,
  connectSpellings,
)

/** Takes the options of `send`. Throws `NET_BAD_OPTION`. */
export const sendOptions: OptionsDoor<AnySendOptions> = optionsDoor<AnySendOptions>(
  { protocol: 'smtp', call: 'send' },
  sendTable,
)
