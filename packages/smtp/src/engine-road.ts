/*
 * The transport that the engine takes for the server. It gets whole replies one at a time, each to the command that it
 * answers; the greeting and the capabilities, which are known already, come from here. What becomes of every recipient
 * and of the message is noted where it passes.
 */

import type { NetError } from '@net/core'
import { netError, piecesOf, sizeOf } from '@net/core/authoring'
import type { ConnectionInfo, Transport } from '@net/socket'

import { formatCapabilities } from './capabilities.ts'
import { replyError } from './errors.ts'
import { formatReply, type SmtpReply } from './reply.ts'
import type { SmtpSession } from './session.ts'
import type { Transaction } from './transaction.ts'

/** A transport for the engine over an open session. */
export class EngineRoad implements Transport {
  readonly info: ConnectionInfo
  readonly #session: SmtpSession
  readonly #inbox: Uint8Array[] = [Buffer.from('220 peer\r\n')]
  #waiting: PromiseWithResolvers<Uint8Array | null> | undefined
  #introduced = false
  #login = false
  #transaction: Transaction | undefined
  #utf8Headers = false
  #lastRefusal: SmtpReply | undefined
  #goodbye: NetError | undefined
  #over: { readonly failed: boolean } | undefined

  constructor(session: SmtpSession) {
    this.#session = session
    this.info = session.transport.info
    session.onEnd((error) => this.#ended(error))
  }

  /** The last reply that refused a login; forgotten once asked for. */
  takeRefusal(): SmtpReply | undefined {
    const refusal = this.#lastRefusal
    this.#lastRefusal = undefined
    return refusal
  }

  /** What the engine sends from here on belongs to this transaction. */
  begin(transaction: Transaction, { utf8Headers }: { readonly utf8Headers: boolean }): void {
    this.#transaction = transaction
    this.#utf8Headers = utf8Headers
  }

  /** The transaction is over. */
  finish(): void {
    this.#transaction = undefined
    this.#session.withinMessage = false
  }

  read(): Promise<Uint8Array | null> {
    const bytes = this.#inbox.shift()
    if (bytes !== undefined) return Promise.resolve(bytes)
    if (this.#over !== undefined) return settled(this.#over.failed)
    this.#waiting = Promise.withResolvers()
    return this.#waiting.promise
  }

  async write(chunks: readonly Uint8Array[]): Promise<void> {
    if (this.#over !== undefined) throw gone()
    if (this.#session.withinMessage) return this.#message(chunks)
    const text = this.#completed(Buffer.concat(chunks).toString('utf8'))
    for (const line of text.split('\r\n').slice(0, -1)) this.#command(line)
    if (this.#introduced) return this.#pass([Buffer.from(text)])
    this.#introduced = true
    this.#deliver(Buffer.from(formatCapabilities(this.#session.capabilities)))
  }

  async end(): Promise<void> {
    await this.close()
  }

  async close(): Promise<void> {
    // The engine leaves after a 421, and whenever something is wrong that it alone has seen.
    if (!this.#session.ended) this.#session.fail(this.#goodbye ?? engineLeft())
  }

  abort(): void {
    void this.close()
  }

  /** The engine looks at the addresses alone when it decides whether a message needs SMTPUTF8. */
  #completed(commands: string): string {
    if (!this.#utf8Headers) return commands
    return commands.replace(MAIL, (line) => (UTF8.test(line) ? line : `${line} SMTPUTF8`))
  }

  #command(line: string): void {
    if (!this.#introduced) return
    const [verb = ''] = line.split(' ')
    const command = this.#login ? 'AUTH' : verb
    if (verb === 'AUTH') this.#login = true
    this.#session.tell(this.#login ? masked(line) : line)
    this.#session.expect({
      take: (reply) => this.#answer(command, line, reply),
      drop: () => {},
    })
  }

  #answer(command: string, line: string, reply: SmtpReply): void {
    if (command === 'AUTH' && reply.status !== 334) {
      this.#login = false
      this.#lastRefusal = reply.status < 300 ? undefined : reply
    }
    if (reply.status === SHUTDOWN) this.#goodbye = replyError(reply, { command })
    this.#transaction?.answered(command, line, reply)
    if (command === 'DATA' && reply.status < 400 && reply.status !== 354) {
      // The engine would go on to send the message, and take what comes next for the server's consent.
      const message = `the server answered DATA with ${formatReply(reply)} instead of asking for the message`
      this.#session.fail(netError('NET_PROTO_UNEXPECTED', { message, reply }))
      return
    }
    this.#session.withinMessage = command === 'DATA' && reply.status === 354
    this.#deliver(Buffer.from(`${formatReply(reply)}\r\n`))
  }

  /** Piece by piece, so that a large message may take its time while it moves. */
  async #message(chunks: readonly Uint8Array[]): Promise<void> {
    const transaction = this.#transaction
    if (transaction === undefined) return
    for (const chunk of chunks) {
      for (const piece of piecesOf([chunk])) await this.#messagePiece(piece, transaction)
    }
    this.#session.progress(transaction.transferred)
  }

  async #messagePiece(piece: readonly Uint8Array[], transaction: Transaction): Promise<void> {
    if (transaction.passes(piece)) {
      this.#session.withinMessage = false
      this.#session.tell(`(${transaction.transferred} bytes of message)`)
      this.#session.expect({
        take: (reply) => this.#answer('message', '.', reply),
        drop: () => {},
      })
      transaction.dotted()
    }
    const waits = [transaction.stall, transaction.drip]
    for (const wait of waits) wait?.start()
    await this.#pass(piece)
    for (const wait of waits) {
      wait?.stop()
      wait?.moved(sizeOf(piece))
    }
  }

  async #pass(chunks: readonly Uint8Array[]): Promise<void> {
    try {
      await this.#session.send(chunks)
    } catch {
      // The session knows why, and rejects the calls that wait.
      throw gone()
    }
  }

  #deliver(bytes: Uint8Array): void {
    if (this.#waiting === undefined) this.#inbox.push(bytes)
    else this.#waiting.resolve(bytes)
    this.#waiting = undefined
  }

  #ended(error: NetError | undefined): void {
    this.#over = { failed: error !== undefined }
    this.#transaction?.stall?.stop()
    this.#transaction?.drip?.stop()
    if (error === undefined) this.#waiting?.resolve(null)
    else this.#waiting?.reject(gone())
    this.#waiting = undefined
  }
}

function engineLeft(): NetError {
  return netError('NET_CONN_CLOSED', { message: 'the engine ended the session' })
}

function settled(failed: boolean): Promise<null> {
  return failed ? Promise.reject(gone()) : Promise.resolve(null)
}

/** One for the engine alone, which writes into the errors that it gets. */
function gone(): Error {
  return new Error('the session has ended')
}

function masked(line: string): string {
  // All that follows the mechanism is a user and a password, in whatever form.
  const mechanism = /^AUTH \S+/.exec(line)?.[0]
  if (mechanism === undefined) return '[secret]'
  return mechanism.length === line.length ? line : `${mechanism} [secret]`
}

const MAIL = /^MAIL FROM:.*/m
const UTF8 = / SMTPUTF8(?: |$)/
const SHUTDOWN = 421
