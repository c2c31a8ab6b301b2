/*
 * What can be stopped as one: an operation, or one attempt of it. Stopping tells every listener at once and lets
 * the work settle by itself for a moment; work that does not is left behind, so that a caller never waits for it.
 */

import { isNetError, type NetError } from '../errors/net-error.ts'
import { guarded } from '../callbacks/guarded.ts'
import { OwnController } from '../callbacks/signal-listeners.ts'
import { LinkedList, type Linked } from '../linked-list.ts'
import type { Timer } from '../time/clock.ts'

/** What a scope stops: a part of it, or what only wants to hear. */
interface Member extends Linked<Member> {
  stop(reason: NetError): void
}

/** One stoppable stretch of work. */
export class Scope implements Member {
  before: Member | undefined = undefined
  after: Member | undefined = undefined
  listed = false
  #reason: NetError | undefined
  readonly #members = new LinkedList<Member>()
  #controller: OwnController | undefined

  /** Why it was stopped; undefined while it runs. */
  get reason(): NetError | undefined {
    return this.#reason
  }

  /** A signal that aborts when the scope stops; made at the first look. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new OwnController()
      if (this.#reason !== undefined) this.#controller.abort(this.#reason)
    }
    return this.#controller.signal
  }

  /** Calls the listener when the scope stops, at once if it has; returns how to take it back. */
  onStop(listener: (reason: NetError) => void): () => void {
    if (this.#reason !== undefined) {
      listener(this.#reason)
      return () => {}
    }
    const member = this.#members.add(new Listener(listener))
    return () => void this.#members.delete(member)
  }

  /** Takes a part in, which stops with this scope, at once if this has stopped, until it leaves. */
  adopt(part: Scope): void {
    if (this.#reason === undefined) this.#members.add(part)
    else part.stop(this.#reason)
  }

  /** A part that has come to its end. */
  leave(part: Scope): void {
    this.#members.delete(part)
  }

  /** Stops it; later reasons are ignored. */
  stop(reason: NetError): void {
    if (this.#reason !== undefined) return
    this.#reason = reason
    this.#controller?.abort(reason)
    for (let next = this.#members.shift(); next !== undefined; next = this.#members.shift())
      next.stop(reason)
  }

  /** Runs the work; once stopped, rejects with the reason as soon as the work has settled, after 50 ms at the latest. */
  race<T>(run: () => Promise<T>): Promise<T> {
    if (this.#reason !== undefined) return Promise.reject(this.#reason)
    return new Promise((resolve, reject) => {
      const late = run()
      const race = new Race(reject)
      if (this.#reason === undefined) this.#members.add(race)
      else race.stop(this.#reason)
      late.then(
        (result) => {
          if (this.#reason === undefined) {
            this.#settle(race)
            resolve(result)
            return
          }
          // What disposes it may take its time, and is not waited for longer than any other work.
          void discard(result).then(() => {
            this.#settle(race)
            reject(this.#reason)
          })
        },
        (error: unknown) => {
          this.#settle(race)
          reject(this.because(error))
        },
      )
    })
  }

  #settle(race: Race): void {
    race.settled()
    this.#members.delete(race)
  }

  /** What work failed with that was to end: with the reason, of which it may have the same error with more fields, such as `received`. */
  because(error: unknown): unknown {
    if (this.#reason === undefined) return error
    return isNetError(error) && error.code === this.#reason.code ? error : this.#reason
  }
}

/** What wants to hear that a scope stops. One that fails must not keep the others from letting go. */
class Listener implements Member {
  before: Member | undefined = undefined
  after: Member | undefined = undefined
  listed = false
  readonly #listener: (reason: NetError) => void

  constructor(listener: (reason: NetError) => void) {
    this.#listener = listener
  }

  stop(reason: NetError): void {
    guarded('an abort listener', this.#listener)(reason)
  }
}

/** Work that is left behind if it does not settle soon after the stop. */
class Race implements Member {
  before: Member | undefined = undefined
  after: Member | undefined = undefined
  listed = false
  readonly #reject: (reason: NetError) => void
  #grace: Timer | undefined

  constructor(reject: (reason: NetError) => void) {
    this.#reject = reject
  }

  stop(reason: NetError): void {
    this.#grace = afterGrace(() => this.#reject(reason))
  }

  settled(): void {
    this.#grace?.clear()
  }
}

/** Calls back when work that was stopped has had its time to settle: 50 ms of real time, as this waits for code and not for a peer. */
export function afterGrace(callback: () => void): Timer {
  const timer = setTimeout(callback, GRACE)
  return { clear: () => clearTimeout(timer) }
}

async function discard(result: unknown): Promise<void> {
  // No caller will get this result; its resources must not leak.
  if (isDisposable(result)) await disposed(result)
}

const disposed = async (result: AsyncDisposable): Promise<void> => {
  try {
    await result[Symbol.asyncDispose]()
  } catch (error) {
    warnOfDisposal(error)
  }
}

const warnOfDisposal = guarded('the disposal of a result that came too late', (error: unknown) => {
  throw error
})

function isDisposable(value: unknown): value is AsyncDisposable {
  return typeof value === 'object' && value !== null && Symbol.asyncDispose in value
}

const GRACE = 50
