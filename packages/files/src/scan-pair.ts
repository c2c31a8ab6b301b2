/*
 * Lists two trees side by side, folder by folder, and settles at once what is the same on both sides: of two trees that
 * differ in little, no more than that little is held.
 */

import { Semaphore } from '@net/async'

import type { Settling } from './plan/settling.ts'
import type { Scan, Spot } from './scan.ts'
import type { Listed, ScannedFolder } from './scanned.ts'
import { nameOf } from './tree-path.ts'

/** What both trees hold, without the files that were settled. */
export interface ScannedPair {
  readonly source: ScannedFolder
  readonly target: ScannedFolder
}

/** Lists both trees. Rejects only when a signal aborts. */
export function scanPair(source: Scan, target: Scan, settling: Settling): Promise<ScannedPair> {
  return new PairScan(source, target, settling).folder(source.root, target.root)
}

class PairScan {
  readonly #source: Scan
  readonly #target: Scan
  readonly #settling: Settling
  /** A side that ran ahead of the other would hold what only both together can settle. */
  readonly #listings: Semaphore

  constructor(source: Scan, target: Scan, settling: Settling) {
    this.#source = source
    this.#target = target
    this.#settling = settling
    this.#listings = new Semaphore(Math.min(source.calls, target.calls))
  }

  async folder(from: Spot, to: Spot): Promise<ScannedPair> {
    const [ours, theirs] = await this.#listed(from, to)
    const pairs = new Map<string, Promise<ScannedPair>>()
    for (const name of ours.found.keys()) {
      const one = this.#source.innerOf(from, name, ours)
      const other = this.#target.innerOf(to, name, theirs)
      const isPair = one !== undefined && other !== undefined && this.#settling.isPair(name)
      if (isPair) pairs.set(name, this.folder(one, other))
    }
    const pairAt = ({ path }: Spot): Promise<ScannedPair> | undefined => pairs.get(nameOf(path))
    const [source, target] = await Promise.all([
      this.#source.filled(from, ours, async (spot) => {
        return (await pairAt(spot))?.source ?? this.#source.folder(spot)
      }),
      this.#target.filled(to, theirs, async (spot) => {
        return (await pairAt(spot))?.target ?? this.#target.folder(spot)
      }),
    ])
    return { source, target }
  }

  async #listed(from: Spot, to: Spot): Promise<readonly [Listed, Listed]> {
    using _ = await this.#listings.acquire({ signal: this.#source.signal })
    const [ours, theirs] = await Promise.all([this.#source.listed(from), this.#target.listed(to)])
    this.#settling.settle(from.path, ours, theirs)
    return [ours, theirs]
  }
}
