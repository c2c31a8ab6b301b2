/* Remembers the answers of another resolver. Knows nothing of DNS. */

import {
  abortError,
  clock,
  onSignalAbort,
  option,
  optionsDoor,
  type OptionsDoor,
} from '@net/core/authoring'

import { handled } from './handled.ts'
import { systemResolver, type ResolvedAddress, type Resolver } from './resolver.ts'

/** Options of `cachingResolver`. */
export interface CachingResolverOptions {
  /** Whose answers are remembered; default those of the operating system, which do not say how long they hold. */
  readonly resolver?: Resolver | undefined
  /** For how many milliseconds an answer holds that does not say so itself. Default 30,000. */
  readonly ttl?: number | undefined
  /** The most that an answer holds, whatever it says. Default 300,000. */
  readonly maxTtl?: number | undefined
  /** How many names are remembered; the one that was not asked for the longest goes first. Default 1,000. */
  readonly max?: number | undefined
}

/** A resolver with a memory. */
export interface CachingResolver extends Resolver {
  /** Forgets the answers for a host, or all. */
  forget(host?: string): void
}

/**
 * A resolver that asks once for calls at the same time, and again when the answer's time has passed. Failures are not
 * remembered. Share one between clients: `tcpDialer({ resolver })`.
 */
export function cachingResolver(options?: CachingResolverOptions): CachingResolver {
  const cache = new NameCache(cachingDoor(options))
  const resolver: Resolver = (host, { signal }) => cache.get(host, signal)
  return Object.assign(resolver, { forget: (host?: string) => cache.forget(host) })
}

type Addresses = readonly ResolvedAddress[]

interface Asking {
  readonly answer: Promise<Addresses>
  readonly stop: AbortController
  waiting: number
}

class NameCache {
  readonly #resolver: Resolver
  readonly #ttl: number
  readonly #maxTtl: number
  readonly #max: number
  /** In the order in which they were asked for last. */
  readonly #known = new Map<string, { readonly addresses: Addresses; readonly until: number }>()
  readonly #asking = new Map<string, Asking>()

  constructor(options: CachingResolverOptions) {
    const { resolver = systemResolver, ttl = 30_000, maxTtl = 300_000, max = 1000 } = options
    this.#resolver = resolver
    this.#ttl = ttl
    this.#maxTtl = maxTtl
    this.#max = max
  }

  get(host: string, signal: AbortSignal): Promise<Addresses> {
    const known = this.#known.get(host)
    this.#known.delete(host)
    if (known === undefined || known.until <= clock().now()) return this.#wait(host, signal)
    this.#known.set(host, known)
    return Promise.resolve(known.addresses)
  }

  forget(host: string | undefined): void {
    // What is being asked now would bring the old answer back.
    if (host === undefined) {
      this.#known.clear()
      this.#asking.clear()
    } else {
      this.#known.delete(host)
      this.#asking.delete(host)
    }
  }

  #wait(host: string, signal: AbortSignal): Promise<Addresses> {
    const asking = this.#asking.get(host) ?? this.#ask(host)
    asking.waiting += 1
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        asking.waiting -= 1
        if (asking.waiting === 0) this.#givenUp(host, asking)
      }
      const forget = onSignalAbort(signal, (reason) => {
        leave()
        reject(abortError(reason))
      })
      asking.answer.then(
        (addresses) => {
          forget()
          resolve(addresses)
        },
        (error: unknown) => {
          forget()
          reject(error)
        },
      )
    })
  }

  #ask(host: string): Asking {
    const stop = new AbortController()
    const answer = handled(this.#resolver(host, { signal: stop.signal }))
    const asking = { answer, stop, waiting: 0 }
    this.#asking.set(host, asking)
    answer.then(
      (addresses) => this.#remember(host, asking, addresses),
      () => this.#over(host, asking),
    )
    return asking
  }

  #remember(host: string, asking: Asking, addresses: Addresses): void {
    if (!this.#over(host, asking) || addresses.length === 0) return
    const least = Math.min(...addresses.map(({ ttl = this.#ttl }) => ttl), this.#maxTtl)
    if (least <= 0) return
    this.#known.set(host, { addresses, until: clock().now() + least })
    if (this.#known.size <= this.#max) return
    for (const oldest of this.#known.keys()) {
      this.#known.delete(oldest)
      return
    }
  }

  /** Nobody waits any more. */
  #givenUp(host: string, asking: Asking): void {
    if (this.#over(host, asking)) asking.stop.abort()
  }

  /** Whether it was the one that is asked for this host. */
  #over(host: string, asking: Asking): boolean {
    return this.#asking.get(host) === asking && this.#asking.delete(host)
  }
}

const cachingDoor: OptionsDoor<CachingResolverOptions> = optionsDoor<CachingResolverOptions>(
  { protocol: 'dns', call: 'cachingResolver' },
  {
    resolver: option.callback(),
    ttl: option.milliseconds,
    maxTtl: option.milliseconds,
    max: option.count,
  },
  { maxEntries: 'max', size: 'max' },
)
