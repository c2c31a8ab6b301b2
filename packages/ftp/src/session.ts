/*
 * One session with a server: who may talk when, and what becomes of a call that is stopped in the middle. A call
 * that was stopped has let go of everything of the caller's; what the server still owes is waited for here.
 */

import type { NetError } from '@net/core'
import { clock, netError, stoppable, type Attempt, type Operation } from '@net/core/authoring'
import { endedBefore, Turns, type FramedSession } from '@net/socket/authoring'

import type { Control } from './control.ts'
import type { DataConnections } from './data-connection.ts'
import { Dialog } from './dialog.ts'
import type { Features } from './features.ts'
import { isPositive, type FtpReply } from './reply.ts'

/** A session that is logged in. */
export class Session implements FramedSession {
  readonly control: Control
  readonly data: DataConnections
  readonly features: Features
  readonly #turns = new Turns()
  readonly #debts = new Set<string>()
  readonly #unknown = new Set<string>()
  readonly #understood = new Set<string>()
  #home: string | undefined
  #callerHolds = 0
  #closed = false

  constructor(control: Control, data: DataConnections, features: Features) {
    this.control = control
    this.data = data
    this.features = features
  }

  get ended(): boolean {
    return this.control.failure !== undefined
  }

  /** Whether another command would be answered: the connection is there, and no reply to an earlier one is missing. */
  get usable(): boolean {
    return !this.#closed && !this.ended && !this.control.owed
  }

  /**
   * Runs the work when it is its turn. Rejects as `endedBefore` says where the session is over, and with `NET_BUSY`
   * where the turn belongs to a call that waits for a stream or function of the caller's: waiting for it could be
   * waiting for oneself.
   */
  async use<T>(op: Operation, attempt: Attempt, work: (dialog: Dialog) => Promise<T>): Promise<T> {
    this.#checkOpen()
    if (this.#callerHolds > 0) throw busy()
    const leave = await this.#turns.take(op)
    try {
      this.#checkOpen()
      const dialog = new Dialog(op, this.control, attempt)
      await this.repay(dialog)
      return await work(dialog)
    } finally {
      this.#leave(leave)
    }
  }

  /**
   * Says that the server has to be told this before any other call, because it will hold something that was meant for
   * one command alone, such as an offset. `settle` takes it back.
   */
  owe(command: string): void {
    this.#debts.add(command)
  }

  /** What was owed has been used up or taken back. */
  settle(command: string): void {
    this.#debts.delete(command)
  }

  /** Tells the server what is owed. Rejects, and ends the session, if it refuses. */
  async repay(dialog: Dialog): Promise<void> {
    if (this.#debts.size === 0) return
    await stoppable(dialog.op, this.#settled())
    for (const command of this.#debts) await this.#pay(dialog, command)
  }

  /** Whether it is worth sending this verb: the server has not said that it does not know it. */
  knows(verb: string): boolean {
    return !this.#unknown.has(verb)
  }

  /** The server does not know the verb, whatever FEAT says; of one that it has understood before, the argument was wrong. */
  refused(verb: string): void {
    if (!this.#understood.has(verb)) this.#unknown.add(verb)
  }

  /** The server has done what the verb asks for. */
  understood(verb: string): void {
    this.#understood.add(verb)
  }

  /** The folder in which paths begin, from the root; undefined if the server does not tell. */
  async home(dialog: Dialog): Promise<string | undefined> {
    if (this.#home !== undefined || !this.knows('PWD')) return this.#home
    const reply = await dialog.op.phase('command', () => dialog.ask('PWD'))
    this.#home = quotedPath(reply)
    if (this.#home === undefined) this.refused('PWD')
    return this.#home
  }

  /** Waits for code of the caller's; meanwhile no other call may wait for the session. */
  async callerTurn<T>(run: () => Promise<T>): Promise<T> {
    this.#callerHolds += 1
    try {
      return await run()
    } finally {
      this.#callerHolds -= 1
    }
  }

  /** Says goodbye when it is its turn; calls that wait for theirs are refused. */
  async quit(op: Operation): Promise<void> {
    this.#closed = true
    const leave = await this.#turns.take(op)
    try {
      await this.control.quit(op)
    } finally {
      leave()
    }
  }

  /** Ends the session, also where it has been closed, but the server goes on sending instead of ending as well. */
  cut(error: NetError): void {
    this.control.lose(error)
    this.control.transport.abort(error)
  }

  async #pay(dialog: Dialog, command: string): Promise<void> {
    const reply = await dialog.op.phase('command', () => dialog.ask(command))
    if (reply.status >= 400) {
      // What the next command would do is not known: no command may follow.
      const error = notTakenBack(command, reply)
      this.control.lose(error)
      throw error
    }
    this.settle(command)
  }

  #leave(leave: () => void): void {
    void this.#settled().then(leave)
  }

  /** Waits until no reply is owed: a server that says nothing is reminded, and then given up. */
  async #settled(): Promise<void> {
    const { control } = this
    const timers = [
      clock().after(REMINDED, () => control.interrupt()),
      clock().after(OWED, () =>
        control.lose(netError('NET_TIMEOUT_REPLY', { message: OWED_TEXT, limit: OWED })),
      ),
    ]
    await control.idle()
    for (const timer of timers) timer.clear()
  }

  #checkOpen(): void {
    if (this.#closed) throw endedBefore(undefined)
    if (this.ended) throw endedBefore(this.control.failure)
  }
}

/** RFC 959, appendix II: the path in quotes, those in it doubled. */
function quotedPath(reply: FtpReply): string | undefined {
  const [, path] = isPositive(reply) ? (/^\d{3}[ -]"((?:[^"]|"")+)"/.exec(reply.text) ?? []) : []
  return path?.replaceAll('""', '"')
}

/** Its code is not that of the reply, which is not about what the call was asked for. */
function notTakenBack(command: string, { status, text }: FtpReply): NetError {
  return netError('NET_CONN_CLOSED', {
    message: `the server refused ${command}, without which no other command is safe, so the connection was closed: ${text}`,
    reply: { status, text },
  })
}

function busy(): Error {
  return netError('NET_BUSY', {
    message:
      'the session waits for a stream or function of yours; use another connection inside it',
  })
}

// The last reply of a call that was stopped arrives within milliseconds, or the server is not there any more.
const OWED = 1000
// pure-ftpd says nothing at all when a download was cut, but answers ABOR.
const REMINDED = 500
const OWED_TEXT = 'the server did not answer a call that was stopped'
