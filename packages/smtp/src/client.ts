/*
 * What a user holds: a connection to a mail server and its verbs, each one operation. What is said to the server is
 * said elsewhere.
 */

import {
  PartialError,
  type CallOptions,
  type CloseOptions,
  type NetError,
  type Source,
} from '@net/core'
import { closeDoor, inCall, type CallPlace, type Taken } from '@net/core/authoring'
import { CommandClient, type ClientIdentity, type Verb } from '@net/socket/authoring'

import type { SmtpCapabilities } from './capabilities.ts'
import { sendOptions, type SendOptions, type SendRawOptions } from './client-options.ts'
import { deliver, type PreparedMail } from './delivery.ts'
import { replyError } from './errors.ts'
import type { Message } from './message.ts'
import { prepareMail, recipientsShown } from './prepared-mail.ts'
import type { SmtpReply } from './reply.ts'
import type { SendResult } from './send-result.ts'
import { sendLimits, type SendLimits } from './send-limits.ts'
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
  /** Asks whether the server is still there (NOOP). Kind of call: command; repeated twice by default. */
  noop(options?: CallOptions): Promise<void>
  /**
   * Says goodbye (QUIT) once the calls under way have ended; what is not done within `grace` is cut off. Rejects for
   * wrong options only.
   */
  close(options?: CloseOptions): Promise<void>
  /** Settles once the connection has ended, with what took it, or undefined after an orderly end; never rejects. */
  readonly closed: Promise<NetError | undefined>
}

/** A client over what `connect` has opened. */
export class ConnectedClient implements SmtpClient {
  readonly closed: Promise<NetError | undefined>
  readonly #session: SmtpSession
  readonly #identity: ClientIdentity
  readonly #calls: CommandClient<SmtpReply>

  constructor(session: SmtpSession, identity: ClientIdentity) {
    this.#session = session
    this.#identity = identity
    this.#calls = new CommandClient(identity, session)
    this.closed = session.closed
  }

  get capabilities(): SmtpCapabilities {
    return this.#session.capabilities
  }

  get encrypted(): boolean {
    return this.#session.transport.info.encrypted
  }

  async send(message: Message | Source, options?: SendOptions): Promise<SendResult> {
    const taken = sendOptions(options)
    const { partial, envelope: _, ...common } = taken
    const { mail, limits } = inCall(SEND, () => this.#prepare(message, taken))
    const to = mail.envelope.recipients.map(({ address }) => address)
    const verb: Verb = { operation: 'send', target: recipientsShown(to), kind: 'exchange' }
    const call = { ...common, timeout: limits.operation }
    return this.#calls.call(verb, call, async (_, op, attempt) => {
      const result = await deliver(op, attempt, this.#session, mail)
      if (partial === 'throw' && result.rejected.length > 0) throw partialError(result)
      return result
    })
  }

  async noop(options?: CallOptions): Promise<void> {
    const verb: Verb = { operation: 'noop', kind: 'command', idempotent: true }
    await this.#calls.call(verb, options, (session, op) =>
      op.phase('command', async () => {
        const reply = await session.ask('NOOP')
        if (reply.status >= 300) throw replyError(reply, { command: 'NOOP' })
      }),
    )
  }

  async close(options?: CloseOptions): Promise<void> {
    await this.#calls.close(graceOf(options), 'QUIT')
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #prepare(
    message: Message | Source,
    taken: Taken<SendOptions>,
  ): { readonly mail: PreparedMail; readonly limits: SendLimits } {
    const limits = sendLimits(taken.timeout, this.#identity.client.defaults?.timeout)
    return { limits, mail: prepareMail(message, taken.envelope, limits) }
  }
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
