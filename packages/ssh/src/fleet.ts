/*
 * One job on many hosts: so many at once, a result for each, as they come or in the order of the hosts. What fails on one host
 * is its result, and stops no other.
 */

import type { RetryPolicy } from '@net/core'
import {
  abortError,
  argument,
  inCall,
  onSignalAbort,
  option,
  optionsDoor,
  type OptionsDoor,
} from '@net/core/authoring'

import type { SshConnectOptions } from './client-options.ts'
import type { SshClient } from './client.ts'
import { connect } from './connect.ts'
import { SharedJumps } from './shared-jumps.ts'

/** A host of a fleet: its URL, or its name in ssh_config; with options of its own. */
export type FleetHost = string | URL | (SshConnectOptions & { readonly url: string | URL })

/** What is done on each host. */
export type FleetJob<T> = (host: SshClient, about: FleetContext) => Promise<T>

/** What a job knows besides its host. */
export interface FleetContext {
  /** The place of the host in the list. */
  readonly index: number
  /** Aborts when the whole is given up; the connection is closed then. */
  readonly signal: AbortSignal
}

/** Options of `fleet`. */
export interface FleetOptions {
  /** How many hosts are worked on at once; default 10. */
  readonly concurrency?: number | undefined
  /** How to connect where a host has no options of its own. */
  readonly connect?: SshConnectOptions | undefined
  /** Aborting it gives up the hosts that are not done. */
  readonly signal?: AbortSignal | undefined
}

/** What became of one host. */
export interface FleetResult<T> {
  /** The place of the host in the list, so that the same host twice stays two. */
  readonly index: number
  /** The host as it was given, without credentials. */
  readonly host: string
  /** What the job gave; undefined if it failed. */
  readonly value: T | undefined
  /** Why it failed: connecting, or what the job threw; undefined if it did not. */
  readonly error: unknown
}

/** A fleet at work. Iterating gives each result as it comes; leaving the loop gives up the rest, and so does disposing. */
export interface FleetRun<T> extends AsyncDisposable, AsyncIterable<FleetResult<T>> {
  /** All results in the order of the hosts. Never rejects. */
  all(): Promise<readonly FleetResult<T>[]>
}

/**
 * Connects to each host, does the job and closes: `fleet(hosts, (host) => host.exec('uptime'), { connect: { user } })`. Hosts
 * whose `jump` is the same share one connection to it. A server that takes no more logins at once (MaxStartups) is asked again,
 * later and later, within the limits of connecting. Throws `NET_BAD_OPTION`.
 */
export function fleet<T>(
  hosts: readonly FleetHost[],
  job: FleetJob<T>,
  options?: FleetOptions,
): FleetRun<T> {
  const place = { protocol: 'ssh', call: 'fleet' }
  const taken = fleetDoor(options)
  inCall(place, () => {
    argument('the hosts', option.list(option.anything), hosts)
    argument('the job', option.callback<FleetJob<T>>(), job)
  })
  return new Fleet(hosts, job, taken)
}

class Fleet<T> implements FleetRun<T> {
  readonly #hosts: readonly FleetHost[]
  readonly #job: FleetJob<T>
  readonly #options: FleetOptions
  readonly #stop = new AbortController()
  readonly #jumps = new SharedJumps(connect)
  readonly #done: FleetResult<T>[] = []
  readonly #over: Promise<void>
  #heard: () => void = () => {}
  #next = 0
  #isOver = false

  constructor(hosts: readonly FleetHost[], job: FleetJob<T>, options: FleetOptions) {
    this.#hosts = hosts
    this.#job = job
    this.#options = options
    this.#over = this.#run()
  }

  async all(): Promise<readonly FleetResult<T>[]> {
    await this.#over
    return this.#done.toSorted((a, b) => a.index - b.index)
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<FleetResult<T>, void> {
    try {
      for (let at = 0; ; at++) {
        while (at >= this.#done.length && !this.#isOver) await this.#more()
        const result = this.#done[at]
        if (result === undefined) return
        yield result
      }
    } finally {
      await this[Symbol.asyncDispose]()
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort(abortError('the fleet was given up'))
    await this.#over
  }

  #more(): Promise<void> {
    return new Promise((resolve) => {
      this.#heard = resolve
    })
  }

  async #run(): Promise<void> {
    const { signal, concurrency = AT_ONCE } = this.#options
    const stop = (reason: unknown): void => this.#stop.abort(reason)
    if (signal?.aborted === true) stop(signal.reason)
    const forget = signal === undefined ? undefined : onSignalAbort(signal, stop)
    const count = Math.min(concurrency, this.#hosts.length)
    await Promise.all(Array.from({ length: count }, () => this.#work()))
    forget?.()
    await this.#jumps[Symbol.asyncDispose]()
    this.#isOver = true
    this.#heard()
  }

  async #work(): Promise<void> {
    while (this.#next < this.#hosts.length) {
      const index = this.#next++
      this.#done.push(await this.#one(index))
      this.#heard()
    }
  }

  async #one(index: number): Promise<FleetResult<T>> {
    const given = this.#hosts[index] ?? ''
    const isPlain = typeof given === 'string' || given instanceof URL
    const { url, ...own } = isPlain ? { url: given } : given
    // Whatever stands in the password, also what no URL may have there.
    const host = String(url).replace(/^(\w+:\/\/)?([^:]*):.*@/s, '$1$2@')
    try {
      const value = await this.#on(url, own, index)
      return { index, host, value, error: undefined }
    } catch (error) {
      return { index, host, value: undefined, error }
    }
  }

  async #on(url: string | URL, own: SshConnectOptions, index: number): Promise<T> {
    const { signal } = this.#stop
    signal.throwIfAborted()
    const { jump, ...options }: SshConnectOptions = { ...this.#options.connect, ...own }
    const { config, log } = options
    const road =
      jump === undefined ? {} : { dialer: this.#jumps.dialer(jump, { config, log, retry, signal }) }
    const client = await connect(url, { retry, ...options, ...road, signal })
    const forget = onSignalAbort(signal, () => void client.close({ grace: 0 }))
    try {
      return await this.#job(client, { index, signal })
    } finally {
      forget()
      await client.close()
    }
  }
}

/** Servers drop connections at random before their greeting where too many are logging in; one that says nothing is dead. */
const retry: RetryPolicy = {
  delay: ({ error, attempt }) =>
    error.phase === 'greeting' &&
    error.retry === 'safe' &&
    error.code !== 'NET_TIMEOUT_GREETING' &&
    attempt < MOST_ATTEMPTS
      ? (0.5 + Math.random()) * SHORTEST * 2 ** Math.min(attempt, 5)
      : undefined,
}

const fleetDoor: OptionsDoor<FleetOptions> = optionsDoor<FleetOptions>(
  { protocol: 'ssh', call: 'fleet' },
  { concurrency: option.count, connect: option.anything, signal: option.signal },
  { limit: 'concurrency', parallel: 'concurrency', options: 'connect' },
)
const AT_ONCE = 10
const MOST_ATTEMPTS = 12
const SHORTEST = 50
