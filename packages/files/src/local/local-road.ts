/*
 * The way of small files from one local folder to another: each is read, written into its part, looked at, and given its
 * mode, its time and its name here and now. A trip to another thread for each of these costs several times the work.
 */

import { renameSync, unlinkSync } from 'node:fs'

import type { RemoteEntry } from '@net/core'
import type { DiskPace } from '@net/core/authoring'

import { sourceChanged } from '../refusals.ts'
import type { CarriedFile, ShortRoad } from '../short-road.ts'
import { folderOf, nameOf, partsOf } from '../tree-path.ts'
import type { FolderHandles, HeldFolder } from './folder-handles.ts'
import { hasHandles } from './handle-path.ts'
import { treeError } from './local-error.ts'
import { entryOf } from './local-listing.ts'
import { checkNew, type LocalNames } from './local-names.ts'
import { makeSmall, readSmall, type SmallRead } from './small-file.ts'
import { systemPath } from './system-path.ts'
import { PERMISSIONS } from './write-target.ts'

/** What a road leads between. */
export interface RoadEnds {
  readonly from: FolderHandles
  readonly to: FolderHandles
  readonly pace: DiskPace
  /** The names that the target takes. */
  readonly names: LocalNames
}

/** The road between two local trees. */
export class LocalRoad implements ShortRoad {
  readonly #ends: RoadEnds
  readonly #from: Stay
  readonly #to: Stay
  readonly #memory: Buffer = Buffer.allocUnsafeSlow(SMALL + 1)

  constructor(ends: RoadEnds) {
    this.#ends = ends
    this.#from = new Stay(ends.from)
    this.#to = new Stay(ends.to)
  }

  get isQuick(): boolean {
    return hasHandles()
  }

  async carry(file: CarriedFile): Promise<RemoteEntry | undefined> {
    const { pace } = this.#ends
    if (!this.#takes(file)) return undefined
    await pace.rest()
    const [from, to] = [this.#from.at(file.from), this.#to.at(file.to)]
    if (from !== undefined && to !== undefined && this.#to.isThere()) {
      return this.#carriedIn(file, from, to)
    }
    return this.#within(file, (source, target) => this.#carriedIn(file, source, target))
  }

  enter(file: CarriedFile): Promise<void> | undefined {
    if (!this.#takes(file)) return undefined
    const isHere = this.#from.at(file.from) !== undefined && this.#to.at(file.to) !== undefined
    return isHere && !this.#ends.pace.mustRest ? undefined : this.#entered(file)
  }

  carryNow(file: CarriedFile): RemoteEntry | undefined {
    const [from, to] = [this.#from.at(file.from), this.#to.at(file.to)]
    if (from === undefined || to === undefined || !this.#takes(file)) return undefined
    return this.#carriedIn(file, from, to)
  }

  #takes({ source: { size = Infinity } }: CarriedFile): boolean {
    return size <= SMALL && !this.#ends.pace.isSlow
  }

  /** Another program may have put another folder there while others had their turn. */
  async #entered(file: CarriedFile): Promise<void> {
    await this.#ends.pace.rest()
    await this.#within(file, () => {})
  }

  /** Most files are neighbours of the one before, so that their folders are open. */
  #within<T>(file: CarriedFile, work: (from: string, to: string) => T): Promise<T> {
    checkNew(partsOf(file.to), this.#ends.names)
    return this.#from.use(file.from, (from) => this.#to.use(file.to, (to) => work(from, to)))
  }

  #carriedIn(file: CarriedFile, from: string, to: string): RemoteEntry | undefined {
    const { names, pace } = this.#ends
    try {
      checkNew([nameOf(file.to)], names)
      return pace.timed(() => this.#carried(file, from, to))
    } catch (error) {
      throw treeError(error, file.to)
    }
  }

  #carried(file: CarriedFile, fromFolder: string, toFolder: string): RemoteEntry | undefined {
    const from = systemPath(fromFolder, nameOf(file.from))
    const part = systemPath(toFolder, nameOf(file.part))
    const read = this.#read(from, file)
    const bytes = this.#memory.subarray(0, read.size)
    const mode = file.mode ?? read.found.mode & PERMISSIONS
    const made = makeSmall(part, bytes, { mode, modified: file.modified })
    // What an earlier run left there is not this road's to judge.
    if (made === undefined) return undefined
    try {
      renameSync(part, systemPath(toFolder, nameOf(file.to)))
    } catch (error) {
      unlinkSync(part)
      throw error
    }
    return entryOf(file.to, nameOf(file.to), made)
  }

  #read(at: string | Buffer, { from, source }: CarriedFile): SmallRead {
    try {
      const read = readSmall({ at, path: from }, this.#memory, source.size ?? 0)
      const { mtimeMs, size } = read.found
      const isSame = size === source.size && Math.round(mtimeMs) === source.modified
      if (!isSame || read.size !== size) throw sourceChanged(from)
      return read
    } catch (error) {
      throw treeError(error, from)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#from.end()
    await this.#to.end()
  }
}

/** One end of a road. The folder that was last at work stays open, as the next file is most likely in it, too. */
class Stay {
  readonly #folders: FolderHandles
  #path: string | undefined
  #held: HeldFolder | undefined

  constructor(folders: FolderHandles) {
    this.#folders = folders
  }

  /** The folder of the file, where it is the one that is held open: for work that does not wait. */
  at(file: string): string | undefined {
    return this.#held?.isOwn === true && folderOf(file) === this.#path ? this.#held.at : undefined
  }

  /** Whether the folder that is held open still has its name. */
  isThere(): boolean {
    return this.#held?.isThere() === true
  }

  /** Runs the work with the folder of the file, which stays open behind it. */
  async use<T>(file: string, work: (folder: string) => T | Promise<T>): Promise<T> {
    const path = folderOf(file)
    try {
      return await this.#folders.use(partsOf(path), async (folder) => {
        if (path !== this.#path || !this.isThere()) await this.#moveTo(path)
        return work(folder)
      })
    } catch (error) {
      throw treeError(error, file)
    }
  }

  async #moveTo(path: string): Promise<void> {
    const held = await this.#folders.hold(partsOf(path))
    const left = this.#held
    this.#path = path
    this.#held = held
    await left?.letGo()
  }

  async end(): Promise<void> {
    const left = this.#held
    this.#path = undefined
    this.#held = undefined
    await left?.letGo()
  }
}

/** Up to so many bytes a file is copied here and now. */
const SMALL = 262_144
