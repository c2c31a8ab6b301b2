/*
 * Signals of the operating system as something to wait for. A listener replaces the default effect of a signal, such as
 * ending the program; the last one to leave gives it back.
 */

import { constants } from 'node:os'

import { clock, netError, type Timer } from '@net/core/authoring'

import { cancellationOf, CancelScope } from './cancel-scope.ts'
import { doorOf, waitTable } from '../doors.ts'
import type { WaitOptions } from './job.ts'

/** Signals as they come in. It listens from its making until the loop over it is left, or it is disposed. */
export interface SignalIterator extends AsyncIterableIterator<NodeJS.Signals> {
  next(): Promise<IteratorResult<NodeJS.Signals, undefined>>
  /** Stops listening and ends the iteration. */
  return(): Promise<IteratorResult<NodeJS.Signals, undefined>>
  [Symbol.asyncDispose](): Promise<void>
}

/**
 * Iterates over these signals as the process receives them; one that comes again before it was taken counts once. While
 * the loop waits, the process stays alive. `signal` and `timeout` end the whole iteration with their errors. Throws
 * `NET_BAD_OPTION` for no names, and for a signal that a process cannot listen to.
 */
export function signals(names: readonly NodeJS.Signals[], options?: WaitOptions): SignalIterator {
  if (!Array.isArray(names) || names.length === 0) {
    throw netError('NET_BAD_OPTION', { message: 'names must be a list of signals, such as SIGHUP' })
  }
  return new Signals(names, options)
}

/** Calls the listener with each of these signals, until the result is disposed. Throws `NET_BAD_OPTION`. */
export function listenTo(
  names: readonly NodeJS.Signals[],
  listener: (name: NodeJS.Signals) => void,
): Disposable {
  for (const name of names) {
    if (!Object.hasOwn(constants.signals, name) || DEAF.has(name)) {
      throw netError('NET_BAD_OPTION', {
        message: `${name} is not a signal that a program can listen to`,
      })
    }
  }
  for (const name of names) process.on(name, listener)
  return {
    [Symbol.dispose]: () => {
      for (const name of names) process.off(name, listener)
    },
  }
}

type Next = IteratorResult<NodeJS.Signals, undefined>

class Signals implements SignalIterator {
  readonly #scope: CancelScope
  readonly #listening: Disposable
  readonly #received = new Set<NodeJS.Signals>()
  readonly #waiting: PromiseWithResolvers<Next>[] = []
  #hold: Timer | undefined
  #ended = false
  #failure: Error | undefined

  constructor(names: readonly NodeJS.Signals[], options: WaitOptions | undefined) {
    const taken = signalsDoor(options)
    // First: where it throws no limit must be left behind.
    this.#listening = listenTo(names, (name) => this.#receive(name))
    this.#scope = new CancelScope(taken)
    this.#scope.onCancel(() => {
      this.#failure = cancellationOf(this.#scope)
      this.#end()
    })
  }

  async next(): Promise<Next> {
    for (const name of this.#received) {
      this.#received.delete(name)
      return { done: false, value: name }
    }
    if (this.#ended) return this.#last()
    const waiting = Promise.withResolvers<Next>()
    this.#waiting.push(waiting)
    this.#hold ??= clock().after(Infinity, () => {})
    return waiting.promise
  }

  async return(): Promise<Next> {
    this.#received.clear()
    this.#end()
    return { done: true, value: undefined }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return()
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  #receive(name: NodeJS.Signals): void {
    const waiting = this.#waiting.shift()
    if (waiting === undefined) this.#received.add(name)
    else waiting.resolve({ done: false, value: name })
    if (this.#waiting.length === 0) this.#letGo()
  }

  #end(): void {
    if (this.#ended) return
    this.#ended = true
    this.#listening[Symbol.dispose]()
    void this.#scope[Symbol.asyncDispose]()
    this.#letGo()
    for (const waiting of this.#waiting.splice(0)) waiting.resolve(this.#last())
  }

  /** Throws the error of its end once; then the iteration has ended. */
  async #last(): Promise<Next> {
    const failure = this.#failure
    this.#failure = undefined
    if (failure !== undefined) throw failure
    return { done: true, value: undefined }
  }

  #letGo(): void {
    this.#hold?.clear()
    this.#hold = undefined
  }
}

// No program can handle these.
const DEAF: ReadonlySet<string> = new Set(['SIGKILL', 'SIGSTOP'])

const signalsDoor = doorOf<WaitOptions>('signals', waitTable)
