/* What can be asked of a connection to a mail server and of the messages that go over it, and the doors that check it. */

import type { CallOptions } from '@net/core'
import { option, optionsDoor, optionsObject, type OptionsDoor } from '@net/core/authoring'
import { sessionConnectTable, type SessionConnectOptions } from '@net/socket/authoring'

import { address } from './address.ts'
import { mechanism, type AuthMechanism } from './auth.ts'
import type { Envelope } from './envelope.ts'

/** Options of `connect`. `timeout` and `signal` are those of connecting; `defaults` are those of later calls. */
export interface SmtpConnectOptions extends SessionConnectOptions {
  /** The login mechanisms that may be used, the best first. Default `plain()`, then `login()`. */
  readonly auth?: AuthMechanism | readonly AuthMechanism[] | undefined
  /** The IP address from which to connect. */
  readonly localAddress?: string | undefined
  /** How we introduce ourselves in EHLO. Default our address as a literal; no name is looked up. */
  readonly name?: string | undefined
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

/** Takes the options of `connect`. Throws `NET_BAD_OPTION`. */
export const connectOptions: OptionsDoor<SmtpConnectOptions> = optionsDoor<SmtpConnectOptions>(
  { protocol: 'smtp', call: 'connect' },
  {
    ...sessionConnectTable,
    auth: option.oneOrMore(mechanism),
    localAddress: option.text,
    name: option.text,
  },
  {
    host: 'the URL, as in smtp://host:587',
    hostname: 'the URL, as in smtp://host:587',
    port: 'the URL, as in smtp://host:587',
    requireTLS: 'security',
    ignoreTLS: 'security',
    method: 'auth',
    authMethod: 'auth',
  },
)

/** Takes the options of `send`. Throws `NET_BAD_OPTION`. */
export const sendOptions: OptionsDoor<SendOptions> = optionsDoor<SendOptions>(
  { protocol: 'smtp', call: 'send' },
  {
    ...option.perCall,
    partial: option.oneOf('return', 'throw'),
    envelope: optionsObject<Envelope>(
      { from: address, to: option.oneOrMore(address) },
      { sender: 'from', recipient: 'to', recipients: 'to' },
    ),
  },
)
