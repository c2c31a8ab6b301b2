/*
 * One session with a server: who may talk when, and what becomes of a call that is stopped in the middle. A call
 * that was stopped has let go of everything of the caller's; what the server still owes is waited for here.
 */

import type { NetError } from '@net/core'
import {
  clock,
  netError,
  stoppable,
  type Attempt,
  type Operation,
  type Timer,
} from '@net/core/authoring'
import { endedBefore, Turns, type FramedSession } from '@net/socket/authoring'

import { Ahead } from './ahead.ts'
import type { Control } from './control.ts'
import type { DataConnections } from './data-connection.ts'
import { Dialog, verbOf } from './dialog.ts'
import type { Features } from './features.ts'
import { asArgument } from './remote-path.ts'
import { replyError } from './errors.ts'
import { SessionTimes, type SharedTimes } from './session-times.ts'
import { isPositive, type FtpReply } from './reply.ts'

/** What all sessions of a client share. */
export interface SharedPlace {
  /** The folder in which paths begin, from the root, once the client has changed it. */
  folder?: string
  /** The one in which they began before. */
  login?: string
  /** Whether there are other sessions, now or after a loss, which have to go there as well. */
  isShared?: boolean
  /** Whether a session that ends is replaced by a new one. */
  isReplaced?: boolean
}

/** How a session is held. */
export interface SessionRules {
  readonly place?: SharedPlace
  readonly times?: SharedTimes | undefined
  /** Milliseconds between NOOPs; default `Infinity`. */
  readonly keepAlive?: number
  /** Whether a command may go along with one whose answer it does not need. Default true. */
  readonly pipelining?: boolean
}

/** A session that is logged in. */
export class Session implements FramedSession {
  readonly control: Control
  readonly data: DataConnections
  readonly features: Features
  /** What is known of the server's clock. */
  readonly times: SessionTimes
  readonly #turns = new Turns()
  readonly #ahead: Ahead
  readonly #debts = new Set<string>()
  readonly #unknown = new Set<string>()
  readonly #understood = new Set<string>()
  readonly #place: SharedPlace
  readonly #keepAlive: number
  readonly #pipelining: boolean
  /** The folder of the place that this session is in. */
  #folder: string | undefined
  #home: string | undefined
  #callerHolds = 0
  #changed = false
  #isWornOut = false
  #closed = false
  #idle: Timer | undefined
  /** Whether a call waits for whichever session is free. */
  #isAwaited: () => boolean = () => false

  constructor(
    control: Control,
    data: DataConnections,
    features: Features,
    { place = {}, times, keepAlive = Infinity, pipelining = true }: SessionRules = {},
  ) {
    this.control = control
    this.data = data
    this.#ahead = new Ahead(data)
    this.features = features
    this.#place = place
    this.times = new SessionTimes(times)
    this.#keepAlive = keepAlive
    this.#pipelining = pipelining
    this.#rest()
  }

  get ended(): boolean {
    return this.control.failure !== undefined
  }

  /** Whether the caller changed what the server does in this session (SITE), so that it is not like the others any more. */
  get changed(): boolean {
    return this.#changed
  }

  /** Whether it can move no data any more. */
  get wornOut(): boolean {
    return this.#isWornOut
  }

  /** Where paths begin, in all sessions of the client. */
  get place(): Readonly<SharedPlace> {
    return this.#place
  }

  /** From here on it is not like the others. */
  change(): void {
    this.#changed = true
  }

  /** From here on it can move no data. */
  wearOut(): void {
    this.#isWornOut = true
  }

  /** Whether it waits for a stream or function of the caller's. */
  get heldByCaller(): boolean {
    return this.#callerHolds > 0
  }

  /** Whether another command would be answered: the connection is there, and no reply to an earlier one is missing. */
  get usable(): boolean {
    return !this.#closed && !this.ended && (!this.control.owed || this.#ahead.owed)
  }

  /**
   * Runs the work when it is its turn. Rejects as `endedBefore` says where the session is over, and with `NET_BUSY`
   * where the turn belongs to a call that waits for a stream or function of the caller's: waiting for it could be
   * waiting for oneself. `isAwaited` tells whether a call waits for a session without being in line for this one.
   */
  async use<T>(
    op: Operation,
    attempt: Attempt,
    work: (dialog: Dialog) => Promise<T>,
    isAwaited?: () => boolean,
  ): Promise<T> {
    this.#checkOpen()
    if (this.#callerHolds > 0) throw busy()
    const leave = await this.#turns.take(op)
    this.#idle?.clear()
    try {
      this.#checkOpen()
      this.data.begin()
      if (isAwaited !== undefined) this.#isAwaited = isAwaited
      const dialog = new Dialog(op, this.control, attempt)
      if (this.#debts.size > 0) await this.repay(dialog)
      if (this.#place.folder !== this.#folder) await this.#follow(dialog)
      return await work(dialog)
    } finally {
      this.#leave(leave)
    }
  }

  /** As `ask` of the dialog, for the last command of a call. Where another call waits, what its transfer asks first goes along. */
  askLast(dialog: Dialog, command: string): Promise<FtpReply> {
    const isFollowed = this.#turns.awaited || this.#isAwaited()
    return isFollowed && this.#pipelining ? this.#ahead.ask(dialog, command) : dialog.ask(command)
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

  /** Whether it has. */
  hasUnderstood(verb: string): boolean {
    return this.#understood.has(verb)
  }

  /** The folder in which paths begin, from the root; undefined if the server does not tell. */
  async home(dialog: Dialog): Promise<string | undefined> {
    if (this.#home !== undefined || !this.knows('PWD')) return this.#home
    const reply = await dialog.op.phase('command', () => dialog.ask('PWD'))
    this.#home = quotedPath(reply)
    if (this.#home === undefined) this.refused('PWD')
    else if (this.#place.folder === undefined) this.#place.login ??= this.#home
    return this.#home
  }

  /** As `home`. Rejects with `NET_UNSUPPORTED` if the server does not tell. */
  async requireHome(dialog: Dialog): Promise<string> {
    const home = await this.home(dialog)
    if (home !== undefined) return home
    throw netError('NET_UNSUPPORTED', { message: 'the server does not tell its current folder' })
  }

  /**
   * Goes to another folder, in which paths then begin, also those of the client's other sessions. Rejects with `NET_UNSUPPORTED`
   * where those could not follow.
   */
  async enter(dialog: Dialog, folder: string): Promise<void> {
    const before = await this.home(dialog)
    if (before === undefined && this.#place.isShared === true) throw cannotFollow()
    const back = before === undefined ? undefined : `CWD ${before}`
    // A call that is stopped in the middle has gone nowhere: the next one goes back first.
    if (back !== undefined) this.owe(back)
    const reply = await dialog.op.phase('command', () => dialog.ask(`CWD ${asArgument(folder)}`))
    if (!isPositive(reply)) {
      if (back !== undefined) this.settle(back)
      throw replyError(reply, 'CWD')
    }
    this.#home = undefined
    const home = await this.home(dialog)
    if (home === undefined && this.#place.isShared === true) throw cannotFollow()
    if (back !== undefined) this.settle(back)
    if (home === undefined) return
    this.#place.folder = home
    this.#folder = home
  }

  /** Says NOOP now and then while a transfer runs; gives what ends that. */
  keepAlive(): () => void {
    if (this.#keepAlive === Infinity) return () => {}
    let timer: Timer
    const again = (): void => {
      timer = clock().after(this.#keepAlive, () => {
        this.control.keepAlive()
        again()
      })
    }
    again()
    return () => timer.clear()
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
    this.#idle?.clear()
    const leave = await this.#turns.take(op)
    try {
      await this.control.quit(op)
    } finally {
      leave()
    }
  }

  /** Ends the session, also where it has been closed, but the server goes on sending instead of ending as well. */
  cut(error: NetError): void {
    this.#idle?.clear()
    this.control.lose(error)
    this.control.transport.abort(error)
  }

  async #pay(dialog: Dialog, command: string): Promise<void> {
    const reply = await dialog.op.phase('command', () => dialog.ask(command))
    // A rename that the server does not hold is none that has to be taken back.
    if (reply.status >= 400 && verbOf(command) !== 'RNTO') {
      // What the next command would do is not known: no command may follow.
      const error = notTakenBack(command, reply)
      this.control.lose(error)
      throw error
    }
    this.settle(command)
  }

  async #follow(dialog: Dialog): Promise<void> {
    const { folder } = this.#place
    if (folder === undefined) return
    await dialog.op.phase('command', () => dialog.prepare(`CWD ${asArgument(folder)}`))
    this.#folder = folder
    this.#home = folder
  }

  /** Between two calls, NOOPs tell the server, and whatever is on the way, that we are there. */
  #rest(): void {
    if (this.#keepAlive === Infinity || this.#closed || this.ended) return
    this.#idle?.clear()
    this.#idle = clock().after(this.#keepAlive, () => this.#sayNoop())
  }

  #sayNoop(): void {
    if (this.#closed || this.ended) return
    const leave = this.#turns.takeAtOnce()
    if (leave === undefined) return
    this.control.begin(undefined, 'NOOP')
    this.#leave(leave, ANSWERED)
  }

  #leave(leave: () => void, limit = this.#ahead.owed ? ANSWERED : OWED): void {
    if (!this.control.owed) {
      this.#ahead.settled()
      leave()
      this.#rest()
      return
    }
    void this.#settled(limit).then(() => {
      this.#ahead.settled()
      leave()
      this.#rest()
    })
  }

  /** Waits until no reply is owed: a server that says nothing is reminded, and then given up. */
  async #settled(limit = OWED): Promise<void> {
    const { control } = this
    const message = this.#ahead.owed ? AHEAD_TEXT : OWED_TEXT
    const timers = [
      clock().after(REMINDED, () => control.interrupt()),
      clock().after(limit, () => control.lose(netError('NET_TIMEOUT_REPLY', { message, limit }))),
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

function cannotFollow(): NetError {
  return netError('NET_UNSUPPORTED', {
    message:
      'the server does not tell its current folder, so that other sessions of this client could not follow; use one session, without reconnect, or whole paths',
  })
}

/** Its code is not that of the reply, which is not about what the call was asked for. */
function notTakenBack(command: string, { status, text }: FtpReply): NetError {
  return netError('NET_CONN_CLOSED', {
    message: `the server refused ${command}, without which no other command is safe, so the connection was closed: ${text}`,
    reply: { status, text },
  })
}

/** The error for a call that would wait for the call it was made in. */
export function busy(): Error {
  return netError('NET_BUSY', {
    message:
      'the session waits for a stream or function of yours; use another connection inside it',
  })
}

// The last reply of a call that was stopped arrives within milliseconds, or the server is not there any more.
const OWED = 1000
// A reply to a NOOP, or to a question asked ahead, belongs to no call that was stopped, and may take a long round trip.
const ANSWERED = 30_000
// pure-ftpd says nothing at all when a download was cut, but answers ABOR.
const REMINDED = 500
const AHEAD_TEXT = 'the server did not say where it waits for the next transfer'
const OWED_TEXT = 'the server did not answer a call that was stopped'
