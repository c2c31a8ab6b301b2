/*
 * The race of RFC 8305: the addresses of a host are tried side by side, each a little after the one before or as
 * soon as that has failed, and the first that connects wins. Knows nothing of sockets.
 */

import { clock, type Timer } from '@net/core/authoring'

import type { ResolvedAddress } from './resolver.ts'

/** One attempt under way. */
export interface Contender<T> {
  readonly connected: Promise<T>
  /** Gives it up, also after it has connected. */
  readonly cancel: () => void
}

/** A race under way: rejects with all failures, in the order of the addresses, once every attempt has failed. */
export interface Race<T> {
  readonly won: Promise<T>
  /** Ends every attempt; `won` never settles then. */
  readonly cancel: () => void
}

/** Every attempt of a race failed. */
export class AllFailed extends Error {
  readonly errors: readonly Error[]

  constructor(errors: readonly Error[]) {
    super('every address failed')
    this.errors = errors
  }
}

/** Families take turns, the first address's family first (section 4). */
export function interleave(addresses: readonly ResolvedAddress[]): ResolvedAddress[] {
  const first = addresses.filter(({ family }) => family === addresses[0]?.family)
  const second = addresses.filter(({ family }) => family !== addresses[0]?.family)
  const order: ResolvedAddress[] = []
  for (let at = 0; at < Math.max(first.length, second.length); at++) {
    for (const address of [first[at], second[at]]) if (address !== undefined) order.push(address)
  }
  return order
}

/** Tries the addresses in their order, `stagger` milliseconds apart (section 5), or one after the other if it is false. */
export function raceAddresses<T>(
  addresses: readonly ResolvedAddress[],
  stagger: number | false,
  begin: (address: ResolvedAddress) => Contender<T>,
): Race<T> {
  const race = new RunningRace(addresses, stagger, begin)
  return { won: race.won.promise, cancel: () => race.cancel() }
}

class RunningRace<T> {
  readonly won: PromiseWithResolvers<T> = Promise.withResolvers<T>()
  readonly #addresses: readonly ResolvedAddress[]
  readonly #stagger: number | false
  readonly #begin: (address: ResolvedAddress) => Contender<T>
  readonly #running = new Set<Contender<T>>()
  readonly #errors: (Error | undefined)[] = []
  #next = 0
  #failed = 0
  #over = false
  #timer: Timer | undefined

  constructor(
    addresses: readonly ResolvedAddress[],
    stagger: number | false,
    begin: (address: ResolvedAddress) => Contender<T>,
  ) {
    this.#addresses = addresses
    this.#stagger = stagger
    this.#begin = begin
    this.#start()
  }

  cancel(): void {
    this.#over = true
    this.#timer?.clear()
    for (const contender of this.#running) contender.cancel()
    this.#running.clear()
  }

  #start(): void {
    this.#timer?.clear()
    const at = this.#next++
    const address = this.#addresses[at]
    if (address === undefined) return
    const contender = this.#begin(address)
    this.#running.add(contender)
    contender.connected.then(
      (result) => {
        if (!this.#over) this.#win(contender, result)
      },
      (error: Error) => {
        if (!this.#over) this.#fail(contender, at, error)
      },
    )
    if (this.#stagger !== false && this.#next < this.#addresses.length) {
      this.#timer = clock().after(this.#stagger, () => this.#start())
    }
  }

  #win(contender: Contender<T>, result: T): void {
    this.#running.delete(contender)
    // Those that connect in the same turn as the winner are cancelled with the rest.
    this.cancel()
    this.won.resolve(result)
  }

  #fail(contender: Contender<T>, at: number, error: Error): void {
    this.#running.delete(contender)
    this.#errors[at] = error
    this.#failed += 1
    if (this.#failed === this.#addresses.length) {
      this.won.reject(new AllFailed(this.#errors.filter((each) => each !== undefined)))
    } else if (this.#next < this.#addresses.length) {
      this.#start()
    }
  }
}
