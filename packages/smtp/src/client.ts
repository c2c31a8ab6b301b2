/*
 * What a user holds: a connection to a mail server and its verbs, each one operation. What is said to the server is
 * said elsewhere.
 */

import {
  PartialError,
  type CallOptions,
  type CloseOptions,
  type NetError,
  type RetryOption,
  type Source,
} from '@net/core'
import {
  closeDoor,
  inCall,
  type Attempt,
  type CallPlace,
  type Operation,
  type Taken,
} from '@net/core/authoring'
import { CommandClient, type Verb } from '@net/socket/authoring'

import type { Address } from './address.ts'
import type { SmtpCapabilities } from './capabilities.ts'
import {
  sendOptions,
  type AnySendOptions,
  type ResendOptions,
  type SendOptions,
  type SendRawOptions,
} from './client-options.ts'
import {
  commanding,
  expanding,
  helping,
  verifying,
  type Ask,
  type Verification,
} from './commands.ts'
import { deliver } from './delivery.ts'
import { replyError } from './errors.ts'
import { patientRetry } from './greylisting.ts'
import type { Message } from './message.ts'
import type { SmtpPlan } from './opening-plan.ts'
import { prepareMail, recipientsShown, takeSource, type PreparedMail } from './prepared-mail.ts'
import type { SmtpReply } from './reply.ts'
import type { SendResult } from './send-result.ts'
import { clientLimits } from './send-limits.ts'
import type { SmtpSession } from './session.ts'

/**
 * A connection to a mail server. Calls made at the same time queue. After the loss of the connection, or an abort or a
 * time limit in the middle of a call, every further call rejects with an error that is `safe` to repeat; connect again.
 */
export interface SmtpClient extends AsyncDisposable {
  /** What the server can do, as it said last: after TLS began, where it did. */
  readonly capabilities: SmtpCapabilities
  /** Whether TLS protects the connection. */
  readonly encrypted: boolean
  /**
   * Sends a message. Kind of call: exchange; the answer after the final dot may take 10 minutes (RFC 5321, section
   * 4.5.3.2). Never repeated by itself. Rejects with ArgumentErrors such as `NET_BAD_ADDRESS` before a byte is
   * sent, with an SmtpReplyError if the server refuses the message or all recipients, and with `NET_DELIVERY_UNKNOWN` if
   * the connection was lost after the final dot.
   */
  send(message: Message, options?: SendOptions): Promise<SendResult>
  /**
   * Sends a finished message, headers and text, as it is; only line ends and leading dots are brought into the form of
   * the wire. Also rejects, before a byte is sent where the source can be read twice, with `NET_UNSUPPORTED` for bytes
   * that this server does not take, and with `NET_BAD_HEADER` or `NET_BAD_OPTION` for a line above 998 bytes.
   */
  send(raw: Source, options: SendRawOptions): Promise<SendResult>
  /** Sends a finished message on to others: as it is, with headers before it that say who did so (RFC 5322, section 3.6.6). */
  send(raw: Source, options: ResendOptions): Promise<SendResult>
  /**
   * Asks whether the server knows a mailbox (VRFY). Kind of call: command. Most servers say nothing to strangers: `known` is
   * false then. Rejects with an SmtpReplyError such as `NET_NOT_FOUND`.
   */
  verify(address: Address, options?: CallOptions): Promise<Verification>
  /** The mailboxes of a list (EXPN), each as the server writes it. Kind of call: command. Rejects with an SmtpReplyError. */
  expand(list: string, options?: CallOptions): Promise<readonly string[]>
  /** The server's help (HELP), in general or for a topic. Kind of call: command. Rejects with an SmtpReplyError. */
  help(topic?: string, options?: CallOptions): Promise<string>
  /**
   * Sends a command of your own and resolves to its reply, also to one that refuses. Kind of call: command. Rejects with
   * `NET_BAD_OPTION` for commands that change what the connection means, such as DATA and AUTH.
   */
  command(line: string, options?: CallOptions): Promise<SmtpReply>
  /** Asks whether the server is still there (NOOP). Kind of call: command; repeated twice by default. */
  noop(options?: CallOptions): Promise<void>
  /**
   * Says goodbye (QUIT) once the calls under way have ended; what is not done within `grace` is cut off. Rejects for
   * wrong options only.
   */
  close(options?: CloseOptions): Promise<void>
  /** Settles once the connection has ended, with what took it, or undefined after `close`; never rejects. */
  readonly closed: Promise<NetError | undefined>
}

/** A client over what `connect` has opened. */
export class ConnectedClient implements SmtpClient {
  readonly closed: Promise<NetError | undefined>
  readonly #session: SmtpSession
  readonly #limits: ReturnType<typeof clientLimits>
  readonly #retry: RetryOption | undefined
  readonly #calls: CommandClient<SmtpReply>
  readonly #dkim: SmtpPlan['dkim']

  constructor(session: SmtpSession, { identity, dkim }: Pick<SmtpPlan, 'identity' | 'dkim'>) {
    this.#session = session
    this.#limits = clientLimits(identity.client.defaults?.timeout)
    this.#retry = identity.client.defaults?.retry
    this.#dkim = dkim
    this.#calls = new CommandClient(identity, session)
    this.closed = this.#calls.closed
  }

  get capabilities(): SmtpCapabilities {
    return this.#session.capabilities
  }

  get encrypted(): boolean {
    return this.#session.transport.info.encrypted
  }

  send(message: Message | Source, options?: AnySendOptions): Promise<SendResult> {
    // No async function, which takes more memory while it waits: messages in line are many.
    try {
      return this.#send(message, options)
    } catch (error) {
      return Promise.reject(error)
    }
  }

  #send(message: Message | Source, options: AnySendOptions | undefined): Promise<SendResult> {
    inCall(SEND, () => takeSource(message))
    const taken = sendOptions(options)
    const mail = inCall(SEND, () => this.#prepare(message, taken))
    const to = mail.envelope.recipients.map(({ address }) => address)
    const verb: Verb = { operation: 'send', target: recipientsShown(to), kind: 'exchange' }
    const retry = patientRetry(taken.retry ?? this.#retry)
    const call = { ...perCall(taken), retry, timeout: mail.limits.operation }
    const run = (
      _: unknown,
      op: Operation,
      attempt: Attempt,
      passOn: () => boolean,
    ): Promise<SendResult> => {
      const delivered = deliver(op, attempt, { session: this.#session, mail, passOn })
      return taken.partial === 'throw' ? delivered.then(wholly) : delivered
    }
    return this.#calls.call(verb, call, run, true)
  }

  async verify(address: Address, options?: CallOptions): Promise<Verification> {
    return this.#ask('verify', () => verifying(address), options)
  }

  async expand(list: string, options?: CallOptions): Promise<readonly string[]> {
    return this.#ask('expand', () => expanding(list), options)
  }

  async help(topic?: string, options?: CallOptions): Promise<string> {
    return this.#ask('help', () => helping(topic), options)
  }

  async command(line: string, options?: CallOptions): Promise<SmtpReply> {
    return this.#ask('command', () => commanding(line), options)
  }

  async noop(options?: CallOptions): Promise<void> {
    const verb: Verb = { operation: 'noop', kind: 'command', idempotent: true }
    await this.#calls.call(verb, options, async (_, op) => {
      // No limit of ours runs while the message before it waits for its verdict.
      await this.#session.alone()
      await op.phase('command', async () => {
        const reply = await this.#session.ask('NOOP')
        if (reply.status >= 300) throw replyError(reply, { command: 'NOOP' })
      })
    })
  }

  async close(options?: CloseOptions): Promise<void> {
    await this.#calls.close(graceOf(options), 'QUIT')
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #ask<T>(
    operation: 'verify' | 'expand' | 'help' | 'command',
    prepare: () => Ask<T>,
    options: CallOptions | undefined,
  ): Promise<T> {
    const ask = inCall({ protocol: 'smtp', call: operation }, prepare)
    const verb: Verb = { operation, kind: 'command', idempotent: operation !== 'command' }
    return this.#calls.call(verb, options, async (_, op) => {
      await this.#session.alone()
      return ask(this.#session, op)
    })
  }

  #prepare(message: Message | Source, taken: Taken<AnySendOptions>): PreparedMail {
    return prepareMail(message, taken, { limits: this.#limits(taken.timeout), dkim: this.#dkim })
  }
}

/** The result, or the error that the caller wants for one that is not whole. */
export function judged(result: SendResult, partial: SendOptions['partial']): SendResult {
  if (partial === 'throw' && result.rejected.length > 0) throw partialError(result)
  return result
}

function wholly(result: SendResult): SendResult {
  return judged(result, 'throw')
}

function perCall({ signal, onProgress }: CallOptions): CallOptions {
  return { signal, onProgress }
}

function partialError(result: SendResult): PartialError {
  const { accepted, rejected } = result
  const all = accepted.length + rejected.length
  return new PartialError('NET_PARTIAL_RECIPIENTS', {
    message: `the server refused ${rejected.length} of ${all} recipients and accepted the message for the others`,
    sent: true,
    partial: result,
    reply: result.reply,
    errors: rejected.map(({ error }) => error),
  })
}

const graceOf = closeDoor({ protocol: 'smtp', call: 'close' })
const SEND: CallPlace = { protocol: 'smtp', call: 'send' }
