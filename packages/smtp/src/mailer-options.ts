/* What can be asked of a mailer, and the doors that check it. */

import type { RetryOption } from '@net/core'
import { option, optionsDoor, optionsObject, type OptionsDoor } from '@net/core/authoring'

import { connectSpellings, connectTable, type SmtpConnectOptions } from './client-options.ts'
import type { Message } from './message.ts'
import type { SendResult } from './send-result.ts'

/** The connections of a mailer. Times are in milliseconds. */
export interface MailerPool {
  /** How many there are at most. Default 5. */
  readonly connections?: number | undefined
  /** How many messages begin in any stretch of time, over all connections: a number a second, or of another interval. Default no limit. */
  readonly rate?: number | RateOption | undefined
  /** How long one may lie idle. Default 30,000: many servers close one after a minute or less. */
  readonly idle?: number | undefined
  /** How old one may be when it is used. Default `Infinity`. */
  readonly maxAge?: number | undefined
}

/** So many in a stretch of time. */
export interface RateOption {
  readonly limit: number
  /** Milliseconds. Default 1,000. */
  readonly interval?: number | undefined
}

/** Options of `createMailer`. `timeout` and `signal` are those of each connect; `defaults` are those of sending. */
export interface MailerOptions extends Omit<SmtpConnectOptions, 'onProgress' | 'signal'> {
  readonly pool?: MailerPool | undefined
}

/** Options of `sendAll`. */
export interface SendAllOptions {
  /** Aborting it ends what is under way and begins nothing more. */
  readonly signal?: AbortSignal | undefined
  /** Whether a message that could not be sent is repeated, as in `send`. Default as the mailer says. */
  readonly retry?: RetryOption | undefined
  /** Called for each message once its outcome is known; the next ones wait for what it returns. */
  readonly onOutcome?: ((outcome: MailOutcome) => void | Promise<void>) | undefined
}

/** What became of one of many messages. */
export interface MailOutcome {
  readonly message: Message
  /** Its place in the input, from 0. */
  readonly index: number
  readonly result?: SendResult
  /** Why it was not sent, or why that is unknown (`NET_DELIVERY_UNKNOWN`). */
  readonly error?: unknown
}

/** What became of many messages. */
export interface MailReport {
  /** Messages that were accepted for all their recipients. */
  readonly accepted: number
  /** Messages that were refused for some of them. */
  readonly partial: number
  /** Messages that were not delivered. */
  readonly failed: number
  /** Messages that may have been delivered. */
  readonly unknown: number
  /** Those that were not accepted for everybody, up to 10,000. */
  readonly exceptions: readonly MailOutcome[]
}

/** Takes the options of `createMailer`. Throws `NET_BAD_OPTION`. */
export const mailerOptions: OptionsDoor<MailerOptions> = optionsDoor<MailerOptions>(
  { protocol: 'smtp', call: 'createMailer' },
  mailerTable(),
  { ...connectSpellings, maxConnections: 'pool.connections', rateLimit: 'pool.rate' },
)

/** Takes the options of `sendAll`. Throws `NET_BAD_OPTION`. */
export const sendAllOptions: OptionsDoor<SendAllOptions> = optionsDoor<SendAllOptions>(
  { protocol: 'smtp', call: 'sendAll' },
  { signal: option.signal, retry: option.retry, onOutcome: option.callback() },
)

function mailerTable(): Parameters<typeof optionsDoor<MailerOptions>>[1] {
  const { onProgress: _, signal: __, ...table } = connectTable
  const rate = option.either<number | RateOption>([
    option.atLeast(0.001),
    optionsObject<RateOption>({
      limit: option.required(option.atLeast(0.001)),
      interval: option.atLeast(1),
    }),
  ])
  return {
    ...table,
    pool: optionsObject<MailerPool>({
      connections: option.between(1, 1000),
      rate,
      idle: option.limit,
      maxAge: option.limit,
    }),
  }
}
