/*
 * The way of one queue to its store. A test can cut it: then the store hears nothing of this queue and the queue nothing of the
 * store, which is what both see of a process that died, sleeps, or lost its network.
 */

import type { JobCounts, JobState } from './job.ts'
import type { QueueEvent } from './queue-event.ts'
import type {
  Claimed,
  ClaimRequest,
  InstantStore,
  JobLease,
  JobStore,
  NewJob,
  Settlement,
  StoredJob,
} from './store.ts'

/** A store as one queue reaches it. */
export class StoreRoad implements JobStore {
  declare readonly ready?: () => Promise<void>
  readonly #store: JobStore
  #isCut = false

  constructor(store: JobStore) {
    this.#store = store
    const { ready } = store
    if (ready !== undefined) this.ready = () => this.#go(() => ready())
  }

  /** Nothing goes either way from now on. */
  cut(): void {
    this.#isCut = true
  }

  get atOnce(): InstantStore | undefined {
    return this.#isCut ? undefined : this.#store.atOnce
  }

  add(jobs: readonly NewJob[]): Promise<readonly (JobState | undefined)[]> {
    return this.#go((store) => store.add(jobs))
  }

  claim(request: ClaimRequest): Promise<Claimed> {
    return this.#go((store) => store.claim(request))
  }

  renew(leases: readonly JobLease[], lease: number): Promise<readonly string[]> {
    return this.#go((store) => store.renew(leases, lease))
  }

  settle(settlements: readonly Settlement[]): Promise<readonly boolean[]> {
    return this.#go((store) => store.settle(settlements))
  }

  mark(lease: JobLease, name: string): Promise<boolean> {
    return this.#go((store) => store.mark(lease, name))
  }

  progress(lease: JobLease, value: string): Promise<boolean> {
    return this.#go((store) => store.progress(lease, value))
  }

  get(id: string): Promise<StoredJob | undefined> {
    return this.#go((store) => store.get(id))
  }

  list(state: JobState, after: number, limit: number): Promise<readonly StoredJob[]> {
    return this.#go((store) => store.list(state, after, limit))
  }

  counts(): Promise<JobCounts> {
    return this.#go((store) => store.counts())
  }

  pause(paused: boolean): Promise<void> {
    return this.#go((store) => store.pause(paused))
  }

  drain(): Promise<number> {
    return this.#go((store) => store.drain())
  }

  retry(id: string | undefined): Promise<number> {
    return this.#go((store) => store.retry(id))
  }

  remove(id: string): Promise<JobState | undefined> {
    return this.#go((store) => store.remove(id))
  }

  onWork(listener: () => void): () => void {
    return this.#store.onWork(() => {
      if (!this.#isCut) listener()
    })
  }

  onEvent(listener: (event: QueueEvent) => void): Promise<() => void> {
    return this.#store.onEvent((event) => {
      if (!this.#isCut) listener(event)
    })
  }

  close(): Promise<void> {
    return this.#store.close()
  }

  #go<T>(call: (store: JobStore) => Promise<T>): Promise<T> {
    return this.#isCut ? Promise.withResolvers<T>().promise : call(this.#store)
  }
}

/** Cuts the road of a queue of ours; false if it is none. */
export function cutRoad(queue: object): boolean {
  const road = roads.get(queue)
  road?.cut()
  return road !== undefined
}

/** The road of a queue, remembered for `cutRoad`. */
export function roadOf(queue: object, store: JobStore): JobStore {
  const road = new StoreRoad(store)
  roads.set(queue, road)
  return road
}

const roads = new WeakMap<object, StoreRoad>()
