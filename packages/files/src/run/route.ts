/* Both ends of a copy, and what holds for every file on the way between them. */

import { RateLimiter } from '@net/async'
import type { RemoteCapabilities, RetryOption } from '@net/core'
import type { Operation } from '@net/core/authoring'

import type { TreePlace } from '../place.ts'
import { hasRoads, roadBetween, type ShortRoad } from '../short-road.ts'
import { smallFilesOf, type SmallFiles } from '../small-files.ts'
import { Dress } from './dress.ts'

/** What a route is made of. */
export interface RouteParts {
  readonly from: TreePlace
  readonly to: TreePlace
  readonly fromCan: RemoteCapabilities
  readonly toCan: RemoteCapabilities
  readonly op: Operation
  readonly bandwidth: number | undefined
  readonly verify: 'size' | 'hash'
  /** Of each file. */
  readonly retry: RetryOption | undefined
}

/** The way between two places. */
export class Route implements AsyncDisposable {
  readonly from: TreePlace
  readonly to: TreePlace
  readonly fromCan: RemoteCapabilities
  readonly toCan: RemoteCapabilities
  readonly op: Operation
  readonly retry: RetryOption | undefined
  /** How what was copied gets its mode and time. */
  readonly dress: Dress
  /** The algorithm by which copies are verified; undefined where size has to do. */
  readonly hash: string | undefined
  /** Whether the target has not yet said that it cannot copy from the source by itself. */
  mayCopyWithin: boolean
  /** The way of small files, where both trees are of this machine. */
  readonly road: ShortRoad | undefined
  /** How each side handles small files; undefined where it has only its verbs. */
  readonly smallFrom: SmallFiles | undefined
  readonly smallTo: SmallFiles | undefined
  /** Up to how many bytes a file is copied as a whole; -1 where none is. */
  readonly mostSmall: number
  /** How many tiny files at a time are of use. */
  readonly callsOfTiny: number
  readonly #limiter: RateLimiter | undefined
  readonly #burst: number
  #moved = 0
  #total = 0

  constructor(parts: RouteParts) {
    const { bandwidth, from, fromCan, op, retry, to, toCan, verify } = parts
    this.from = from
    this.to = to
    this.fromCan = fromCan
    this.toCan = toCan
    this.op = op
    this.retry = retry
    this.dress = new Dress(to.files, toCan)
    this.hash = verify === 'hash' ? commonHash(parts) : undefined
    this.mayCopyWithin = to.files.copyWithin !== undefined && bandwidth === undefined
    this.road = this.mayCopyWithin ? roadBetween(from.files, to.files) : undefined
    this.smallFrom = smallFilesOf(from.files)
    this.smallTo = smallFilesOf(to.files)
    this.mostSmall = this.#mayBeSmall()
      ? Math.min(mostOf(this.smallFrom), mostOf(this.smallTo))
      : -1
    this.callsOfTiny = Math.min(
      this.smallFrom?.callsOfTiny ?? fromCan.calls,
      this.smallTo?.callsOfTiny ?? toCan.calls,
    )
    this.#burst = Math.max(1, Math.ceil((bandwidth ?? 0) / 4))
    this.#limiter =
      bandwidth === undefined
        ? undefined
        : new RateLimiter({ limit: bandwidth, burst: this.#burst })
  }

  /** Where one side knows a shorter way than its verbs, and the bytes go through this process. */
  #mayBeSmall(): boolean {
    const isKnown = this.smallFrom !== undefined || this.smallTo !== undefined
    const areBothHere = hasRoads(this.from.files) && hasRoads(this.to.files)
    return isKnown && !areBothHere && this.hash === undefined && this.toCan.rename !== 'none'
  }

  /** So many bytes are going to be moved in all. */
  expect(total: number): void {
    this.#total = total
    this.op.progress(0, total)
  }

  /** So many bytes have moved; a negative number for those of an attempt that is begun anew. */
  moved(bytes: number): void {
    this.#moved += bytes
    this.op.progress(this.#moved, Math.max(this.#total, this.#moved))
  }

  /** Waits until so many bytes may leave. */
  async pass(bytes: number, signal: AbortSignal): Promise<void> {
    if (this.#limiter === undefined) return
    for (let left = bytes; left > 0; left -= this.#burst) {
      await this.#limiter.acquire({ tokens: Math.min(left, this.#burst), signal })
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.road?.[Symbol.asyncDispose]()
  }
}

function mostOf(small: SmallFiles | undefined): number {
  return small?.most ?? MOST_BY_VERBS
}

/** The strongest algorithm that both sides have. */
function commonHash({ from, to, fromCan, toCan }: RouteParts): string | undefined {
  if (from.files.hash === undefined || to.files.hash === undefined) return undefined
  return ALGORITHMS.find((name) => fromCan.hashes.includes(name) && toCan.hashes.includes(name))
}

/** What is held in memory of a file that the verbs read or write as a whole. */
const MOST_BY_VERBS = 262_144
const ALGORITHMS = ['sha256', 'sha512', 'sha1', 'md5'] as const
