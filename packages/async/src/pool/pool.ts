/*
 * Resources that are expensive to make, such as connections, lent to one user at a time. It must not know what they are.
 */

import { isAbort, type CloseOptions, type NetError, type PoolEvent } from '@net/core'
import {
  WaitList,
  clock,
  closeDoor,
  isHeard,
  netError,
  nextId,
  option,
  optionsDoor,
  optionsObject,
  tell,
  type OptionsDoor,
  type Taken,
} from '@net/core/authoring'

import { asError, isCancellation } from '../tasks/cancellation.ts'
import type { JobContext, WaitOptions } from '../tasks/job.ts'
import { LimitedCall } from '../tasks/limited-call.ts'
import { IdleMembers } from './idle.ts'
import { MemberLease, PoolMember, type PoolOwner } from './member.ts'
import type { PoolLease, PoolOptions, PoolTimeout } from './options.ts'
import { RetiredResources } from './retired.ts'
import { reportLate } from '../report-late.ts'
import { waitRefusal } from '../locks/wait-refusal.ts'
import { within } from '../tasks/within.ts'

/**
 * A pool. Calls are served in order; the resource that was used last is lent first, so that surplus ones lie
 * idle and are destroyed. A resource that was begun for a call that has ended goes to the next call. Disposing closes it. The
 * constructor throws `NET_BAD_OPTION`.
 */
export class Pool<T> implements AsyncDisposable {
  /** Resolves once it is closed or drained, to what failed in giving resources up. Never rejects. */
  readonly closed: Promise<NetError | undefined>

  readonly #options: Taken<PoolOptions<T>>
  readonly #timeout: { readonly [K in keyof PoolTimeout]-?: number }
  readonly #max: number
  readonly #maxAge: number
  readonly #maxWaiting: number
  readonly #id: number = nextId()
  readonly #ending = new AbortController()
  readonly #end: PromiseWithResolvers<NetError | undefined> = Promise.withResolvers()
  readonly #owner: PoolOwner<T>
  readonly #idle: IdleMembers<T>
  readonly #retired: RetiredResources<T>
  readonly #lent = new Set<PoolMember<T>>()
  readonly #waiting: WaitList<PoolLease<T>>
  readonly #emptied = new WaitList<void>({ what: 'the resources of the pool to come back' })
  #state: 'open' | 'draining' | 'closed' = 'open'
  #making = 0
  // The oldest first, with what is checked.
  readonly #checks = new Map<LimitedCall<boolean>, PoolMember<T>>()
  // How many resources are on their way to those who wait.
  #coming = 0
  #over = false
  #closing: Promise<void> | undefined

  constructor(options: PoolOptions<T>) {
    const taken = (poolDoor as unknown as OptionsDoor<PoolOptions<T>>)(options)
    const { idle = 60_000, destroy } = taken
    this.#options = taken
    const { create = 60_000, check = 2000, destroy: giveUp = 2000 } = taken.timeout ?? {}
    this.#timeout = { create, check, destroy: giveUp }
    this.#max = taken.max ?? 10
    this.#maxAge = taken.maxAge ?? Infinity
    this.#maxWaiting = taken.maxWaiting ?? Infinity
    this.#idle = new IdleMembers({
      idle,
      maxAge: this.#maxAge,
      expired: (member) => this.#destroy(member.value),
    })
    this.#retired = new RetiredResources({
      destroy,
      limit: this.#timeout.destroy,
      freed: () => {
        this.#serve()
        this.#look()
      },
      asked: () => this.#state !== 'open' && !this.#over,
    })
    this.#waiting = new WaitList({
      what: 'a resource of the pool',
      code: 'NET_TIMEOUT_POOL',
      left: (_, by) => this.#left(by),
    })
    this.#owner = {
      lends: (member) => this.#lent.has(member),
      takeBack: (member, good) => this.#takeBack(member, good),
    }
    this.closed = this.#end.promise
  }

  /** How many resources there are, including those that are being made or destroyed. */
  get size(): number {
    return this.#idle.size + this.#lent.size + this.#making + this.#checks.size + this.#retired.size
  }

  /** How many are lent. */
  get busy(): number {
    return this.#lent.size
  }

  /** How many lie idle. */
  get idle(): number {
    return this.#idle.size
  }

  /** How many wait. */
  get waiting(): number {
    return this.#waiting.size
  }

  /**
   * Lends a resource: `await using lease = await pool.acquire()`. `timeout` is 60,000 by default; past it
   * `NET_TIMEOUT_POOL`. Rejects with what `create` threw, with `NET_QUEUE_FULL` if too many wait, and with `NET_CLOSED`.
   */
  acquire(options?: WaitOptions): Promise<PoolLease<T>> {
    const refused = waitRefusal(options) ?? (this.#state === 'open' ? undefined : closedError())
    if (refused !== undefined) return Promise.reject(refused)
    const ready = this.tryAcquire()
    if (ready !== undefined) return Promise.resolve(ready)
    if (this.#isCrowded()) return Promise.reject(tooMany(this.#maxWaiting))
    const lease = this.#waiting.wait(undefined, { timeout: PATIENCE, ...acquireDoor(options) })
    this.#tell('wait')
    this.#serve()
    return lease
  }

  /** Lends an idle resource if that needs no waiting, not even for its check; else undefined. */
  tryAcquire(): PoolLease<T> | undefined {
    if (this.#state !== 'open' || this.#waiting.size > 0) return undefined
    if (this.#options.check !== undefined) return undefined
    const member = this.#idle.take()
    return member && this.#lend(member)
  }

  /**
   * Lends only to the calls that wait already, and resolves when every resource has come back and was destroyed.
   * Rejects with what `destroy` threw; a GroupError if it was several. A call that is aborted or times out leaves the pool draining.
   */
  async drain(options?: WaitOptions): Promise<void> {
    const refused = waitRefusal(options)
    if (refused !== undefined) throw refused
    if (this.#state === 'open') this.#state = 'draining'
    this.#destroyIdle()
    this.#look()
    if (!this.#isEmpty()) await this.#emptied.wait(undefined, options)
    const failure = this.#retired.failure
    if (failure !== undefined) throw failure
  }

  /**
   * Closes it: calls that wait reject with `NET_CLOSED`, lent resources have `grace` to come back. Rejects only with
   * `NET_BAD_OPTION`; `closed` has the failures. Only the first call counts.
   */
  async close(options?: CloseOptions): Promise<void> {
    const grace = graceOf(options)
    this.#closing ??= this.#close(grace)
    await this.#closing
  }

  /** Closes it with 2 s of grace. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #close(grace: number): Promise<void> {
    this.#state = 'closed'
    this.#waiting.failAll(closedError)
    this.#ending.abort(closedError())
    this.#destroyIdle()
    if (grace > 0) await this.#emptyWithin(grace)
    for (const member of this.#lent) this.#destroyMember(member)
    // A check that hears nothing must not keep what it holds.
    for (const member of this.#checks.values()) this.#destroyMember(member)
    this.#checks.clear()
    await this.#emptyWithin(this.#timeout.destroy)
    this.#finish()
  }

  #lend(member: PoolMember<T>): PoolLease<T> {
    this.#lent.add(member)
    this.#tell('acquire')
    return new MemberLease(this.#owner, member)
  }

  #takeBack(member: PoolMember<T>, good: boolean): void {
    this.#lent.delete(member)
    // As above.
    this.#making++
    this.#tell('release')
    this.#making--
    if (good && clock().now() - member.born < this.#maxAge) this.#arrive(member)
    else this.#destroyMember(member)
  }

  /** Finds a resource for each waiting call for which none is being made yet. */
  #serve(): void {
    while (this.#coming < this.#waiting.size) {
      const member = this.#idle.take()
      if (member !== undefined) this.#offer(member)
      else if (this.size < this.#max) void this.#make()
      else return
    }
  }

  #offer(member: PoolMember<T>): void {
    const { check } = this.#options
    if (check === undefined) this.#arrive(member)
    else void this.#examine(member, check)
  }

  async #make(): Promise<void> {
    this.#coming++
    this.#making++
    const made = await this.#created()
    this.#came()
    // A listener may use the pool: until its place is known the resource counts as one that is being made.
    if (made instanceof PoolMember) this.#tell('create')
    this.#making--
    if (made instanceof PoolMember) this.#arrive(made)
    else this.#notMade(made.error)
    this.#serve()
    this.#look()
  }

  async #created(): Promise<PoolMember<T> | { readonly error: unknown }> {
    const call = new LimitedCall((context) => this.#options.create(context), {
      what: 'a resource of the pool was not made',
      limit: this.#timeout.create,
      signal: this.#ending.signal,
      late: (made) => this.#madeLate(made),
    })
    try {
      return new PoolMember(await call.result)
    } catch (error) {
      return { error }
    }
  }

  #madeLate(made: PromiseSettledResult<T>): void {
    if (made.status === 'fulfilled') this.#destroy(made.value)
    else if (!isAbort(made.reason)) {
      reportLate('a resource of a pool could not be made, and no call waits for it', made.reason)
    }
  }

  #notMade(error: unknown): void {
    const next = this.#waiting.shift()
    if (next !== undefined) next.fail(asError(error))
    else if (!isCancellation(error, this.#ending.signal.reason)) {
      reportLate('a resource of a pool could not be made, and no call waits for it', error)
    }
    this.#left()
  }

  async #examine(member: PoolMember<T>, check: PoolCheck<T>): Promise<void> {
    this.#coming++
    const call = new LimitedCall<boolean>((context) => check(member.value, context), {
      what: 'a resource of the pool was not checked',
      limit: this.#timeout.check,
      signal: this.#ending.signal,
    })
    this.#checks.set(call, member)
    // A resource whose check fails is destroyed; the call that waits gets another.
    const good = await call.result.catch(() => false)
    // A pool that was closed meanwhile has destroyed it.
    if (!this.#checks.delete(call)) return
    this.#came()
    if (good) this.#arrive(member)
    else this.#destroyMember(member)
    this.#serve()
    this.#look()
  }

  /** Gives a resource that is good and free to the next, or keeps it. */
  #arrive(member: PoolMember<T>): void {
    const next = this.#waiting.shift()
    if (next !== undefined) {
      next.grant(this.#lend(member))
      this.#left()
    } else if (this.#state === 'open') this.#idle.add(member)
    else this.#destroyMember(member)
  }

  #destroyMember(member: PoolMember<T>): void {
    this.#lent.delete(member)
    this.#destroy(member.value)
  }

  #destroy(resource: T): void {
    this.#retired.retire(resource)
    this.#tell('destroy')
  }

  #destroyIdle(): void {
    for (const member of this.#idle.takeAll()) this.#destroyMember(member)
  }

  #came(): void {
    // A resource that was begun for a call that has ended is extra.
    this.#coming = Math.max(this.#coming - 1, 0)
  }

  #left(by?: 'limit' | 'signal'): void {
    this.#coming = Math.min(this.#coming, this.#waiting.size)
    // A check that outlasts the call it was made for may hang, as when a peer is frozen.
    if (by === 'limit' && this.#checks.size > this.#coming) {
      const [oldest] = this.#checks.keys()
      oldest?.giveUp()
    }
    this.#look()
  }

  #isCrowded(): boolean {
    if (this.#idle.size > 0 || this.size < this.#max) return false
    return this.#waiting.size - this.#coming >= this.#maxWaiting
  }

  #isEmpty(): boolean {
    return this.size === 0 && this.#waiting.size === 0
  }

  #look(): void {
    if (this.#state === 'open' || !this.#isEmpty()) return
    if (this.#state === 'draining') this.#finish()
    else this.#emptied.grantAll()
  }

  async #emptyWithin(limit: number): Promise<void> {
    if (!this.#isEmpty()) await within(limit, this.#emptied.wait(undefined, undefined))
  }

  #finish(): void {
    this.#over = true
    this.#end.resolve(this.#retired.failure)
    this.#emptied.grantAll()
  }

  #tell(action: PoolEvent['action']): void {
    const { client, protocol = 'pool' } = this.#options
    if (!isHeard('pool', client?.log)) return
    const event: PoolEvent = {
      type: 'pool',
      action,
      version: 1,
      id: this.#id,
      ...(client === undefined ? {} : { client: client.id }),
      protocol,
      operation: 'pool',
      time: clock().now(),
      size: this.size,
      busy: this.busy,
      waiting: this.waiting,
    }
    tell(event, client?.log)
  }
}

function closedError(): NetError {
  return netError('NET_CLOSED', { message: 'the pool is closed' })
}

function tooMany(limit: number): NetError {
  return netError('NET_QUEUE_FULL', { message: `${limit} calls wait for the pool already`, limit })
}

type PoolCheck<T> = (resource: T, context: JobContext) => PromiseLike<boolean> | boolean

const poolDoor = optionsDoor<PoolOptions<unknown>>(
  { protocol: 'async', call: 'new Pool' },
  {
    create: option.required(option.callback()),
    check: option.callback(),
    destroy: option.callback(),
    timeout: optionsObject<PoolTimeout>({
      create: option.limit,
      check: option.limit,
      destroy: option.limit,
    }),
    max: option.count,
    idle: option.milliseconds,
    maxAge: option.limit,
    maxWaiting: option.size,
    protocol: option.text,
    client: option.anything,
  },
)
const acquireDoor = optionsDoor<WaitOptions>(
  { protocol: 'async', call: 'pool.acquire' },
  { signal: option.signal, timeout: option.limit },
)
const graceOf = closeDoor({ protocol: 'async', call: 'pool.close' })
const PATIENCE = 60_000
