/*
 * Resources that are dear to make, such as connections, lent to one user at a time. It knows nothing of what they are.
 */

import type { NetError, PoolEvent } from '@net/core'
import { clock, isHeard, merge, netError, nextId, own, tell } from '@net/core/authoring'

import { asError, isCancellation } from './cancellation.ts'
import type { WaitOptions } from './job.ts'
import { countOf, jobOf, lengthOf, limitOf, sizeOf } from './option-checks.ts'
import { DESTROY_LIMIT, RetiredResources, within } from './pool-retired.ts'
import { IdleMembers } from './pool-idle.ts'
import { MemberLease, PoolMember, type PoolOwner } from './pool-member.ts'
import type { PoolCloseOptions, PoolLease, PoolOptions } from './pool-options.ts'
import { reportLate } from './report-late.ts'
import { refusal, WaitList } from './wait-list.ts'

/**
 * A pool. Who waits is served in order; the resource that was used last is lent first, so that what is too many lies
 * idle and goes. A resource that was begun for somebody who gave up goes to the next. Disposing closes it. The
 * constructor throws `NET_BAD_OPTION`.
 */
export class Pool<T> implements AsyncDisposable {
  /** Resolves once it is closed or drained, to what failed in giving resources up. Never rejects. */
  readonly closed: Promise<NetError | undefined>

  readonly #options: PoolOptions<T>
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
  #checking = 0
  // How many resources are on their way to those who wait.
  #coming = 0
  #over = false
  #closing: Promise<void> | undefined

  constructor(options: PoolOptions<T>) {
    jobOf('create', own(options, 'create'))
    this.#options = options
    this.#max = countOf('max', own(options, 'max') ?? 10)
    this.#maxAge = limitOf('maxAge', own(options, 'maxAge'))
    this.#maxWaiting = sizeOf('maxWaiting', own(options, 'maxWaiting') ?? Infinity)
    const idle = lengthOf('idle', own(options, 'idle') ?? 60_000)
    this.#idle = new IdleMembers({
      idle,
      maxAge: this.#maxAge,
      expired: (member) => this.#destroy(member),
    })
    this.#retired = new RetiredResources({
      destroy: own(options, 'destroy'),
      freed: () => {
        this.#serve()
        this.#look()
      },
      asked: () => this.#state !== 'open' && !this.#over,
    })
    this.#waiting = new WaitList({
      what: 'a resource of the pool',
      code: 'NET_TIMEOUT_POOL',
      left: () => this.#left(),
    })
    this.#owner = {
      lends: (member) => this.#lent.has(member),
      takeBack: (member, good) => this.#takeBack(member, good),
    }
    this.closed = this.#end.promise
  }

  /** How many resources there are, those that are being made or given up included. */
  get size(): number {
    return this.#idle.size + this.#lent.size + this.#making + this.#checking + this.#retired.size
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
    const refused = refusal(options) ?? (this.#state === 'open' ? undefined : closedError())
    if (refused !== undefined) return Promise.reject(refused)
    const ready = this.tryAcquire()
    if (ready !== undefined) return Promise.resolve(ready)
    if (this.#isCrowded()) return Promise.reject(tooMany(this.#maxWaiting))
    const lease = this.#waiting.wait(undefined, merge({ timeout: PATIENCE }, options))
    this.#tell('wait')
    this.#serve()
    return lease
  }

  /** Lends an idle resource if that needs no waiting, not even for its check; else undefined. */
  tryAcquire(): PoolLease<T> | undefined {
    if (this.#state !== 'open' || this.#waiting.size > 0) return undefined
    if (own(this.#options, 'check') !== undefined) return undefined
    const member = this.#idle.take()
    return member && this.#lend(member)
  }

  /**
   * Lends to those who wait already and to nobody else, and resolves when everything has come back and was given up.
   * Rejects with what `destroy` threw; a GroupError if it was several. Who gives up waiting leaves it draining.
   */
  async drain(options?: WaitOptions): Promise<void> {
    const refused = refusal(options)
    if (refused !== undefined) throw refused
    if (this.#state === 'open') this.#state = 'draining'
    this.#destroyIdle()
    this.#look()
    if (!this.#isEmpty()) await this.#emptied.wait(undefined, options)
    const failure = this.#retired.failure
    if (failure !== undefined) throw failure
  }

  /**
   * Closes it: who waits gets `NET_CLOSED`, what is lent has `grace` to come back. Rejects with nothing but
   * `NET_BAD_OPTION`; `closed` tells what failed. Only the first call counts.
   */
  async close(options?: PoolCloseOptions): Promise<void> {
    const grace = lengthOf('grace', own(options, 'grace') ?? GRACE)
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
    for (const member of this.#lent) this.#destroy(member)
    await this.#emptyWithin(DESTROY_LIMIT)
    this.#finish()
  }

  #lend(member: PoolMember<T>): PoolLease<T> {
    this.#lent.add(member)
    this.#tell('acquire')
    return new MemberLease(this.#owner, member)
  }

  #takeBack(member: PoolMember<T>, good: boolean): void {
    this.#lent.delete(member)
    this.#tell('release')
    if (good && clock().now() - member.born < this.#maxAge) this.#arrive(member)
    else this.#destroy(member)
  }

  /** Finds a resource for each who waits and has none coming yet. */
  #serve(): void {
    while (this.#coming < this.#waiting.size) {
      const member = this.#idle.take()
      if (member !== undefined) this.#offer(member)
      else if (this.size < this.#max) void this.#make()
      else return
    }
  }

  #offer(member: PoolMember<T>): void {
    if (own(this.#options, 'check') === undefined) this.#arrive(member)
    else void this.#examine(member)
  }

  async #make(): Promise<void> {
    this.#coming++
    this.#making++
    const made = await this.#created()
    this.#making--
    this.#came()
    if (made instanceof PoolMember) {
      this.#tell('create')
      this.#arrive(made)
    } else this.#notMade(made.error)
    this.#serve()
    this.#look()
  }

  async #created(): Promise<PoolMember<T> | { readonly error: unknown }> {
    try {
      return new PoolMember(await this.#options.create({ signal: this.#ending.signal }))
    } catch (error) {
      return { error }
    }
  }

  #notMade(error: unknown): void {
    const next = this.#waiting.shift()
    if (next !== undefined) next.fail(asError(error))
    else if (!isCancellation(error, this.#ending.signal.reason)) {
      reportLate('a resource of a pool could not be made, and nobody waits for it', error)
    }
    this.#left()
  }

  async #examine(member: PoolMember<T>): Promise<void> {
    this.#coming++
    this.#checking++
    const good = await this.#isGood(member)
    this.#checking--
    this.#came()
    if (good) this.#arrive(member)
    else this.#destroy(member)
    this.#serve()
    this.#look()
  }

  async #isGood({ value }: PoolMember<T>): Promise<boolean> {
    try {
      return (await this.#options.check?.(value, { signal: this.#ending.signal })) !== false
    } catch {
      // What cannot even be checked is no use to anybody; the one who waits gets another.
      return false
    }
  }

  /** Gives a resource that is good and free to the next, or keeps it. */
  #arrive(member: PoolMember<T>): void {
    const next = this.#waiting.shift()
    if (next !== undefined) {
      next.grant(this.#lend(member))
      this.#left()
    } else if (this.#state === 'open') this.#idle.add(member)
    else this.#destroy(member)
  }

  #destroy(member: PoolMember<T>): void {
    this.#lent.delete(member)
    this.#retired.retire(member.value)
    this.#tell('destroy')
  }

  #destroyIdle(): void {
    for (const member of this.#idle.takeAll()) this.#destroy(member)
  }

  #came(): void {
    // What was begun for somebody who gave up was not counted on any more.
    this.#coming = Math.max(this.#coming - 1, 0)
  }

  #left(): void {
    this.#coming = Math.min(this.#coming, this.#waiting.size)
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
    const client = own(this.#options, 'client')
    if (!isHeard('pool', client?.log)) return
    const event: PoolEvent = {
      type: 'pool',
      action,
      version: 1,
      id: this.#id,
      ...(client === undefined ? {} : { client: client.id }),
      protocol: own(this.#options, 'protocol') ?? 'pool',
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
  return netError('NET_QUEUE_FULL', { message: `${limit} wait for the pool already`, limit })
}

const PATIENCE = 60_000
const GRACE = 2000
