/*
 * The way of small files from one local folder to another: each is read, written into its part, looked at, and given its
 * mode, its time and its name here and now. A trip to another thread for each of these costs several times the work.
 */

import { lstatSync, renameSync, unlinkSync } from 'node:fs'

import type { RemoteEntry } from '@net/core'

import { sourceChanged } from '../refusals.ts'
import type { CarriedFile, ShortRoad } from '../short-road.ts'
import { folderOf, nameOf, partsOf } from '../tree-path.ts'
import type { DiskPace } from './disk-pace.ts'
import type { FolderHandles, HeldFolder } from './folder-handles.ts'
import { treeError } from './local-error.ts'
import { entryOf } from './local-listing.ts'
import { checkNew, type LocalNames } from './local-names.ts'
import { makeSmall, readSmall, type SmallRead } from './small-file.ts'
import { systemPath } from './system-path.ts'

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

  async carry(file: CarriedFile): Promise<RemoteEntry | undefined> {
    const { pace, names } = this.#ends
    const { size = Infinity } = file.source
    if (size > SMALL || pace.isSlow) return undefined
    await pace.rest()
    const [from, to] = [this.#from.at(file.from), this.#to.at(file.to)]
    // Most files are neighbours of the one before. Another program may have put another folder there since.
    if (from !== undefined && to !== undefined && this.#to.isThere()) {
      return this.#carriedIn(file, from, to)
    }
    checkNew(partsOf(file.to), names)
    return this.#from.use(file.from, (source) =>
      this.#to.use(file.to, (target) => this.#carriedIn(file, source, target)),
    )
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
    const { modified, source } = file
    const from = systemPath(fromFolder, nameOf(file.from))
    const part = systemPath(toFolder, nameOf(file.part))
    const read = this.#read(from, file)
    const bytes = this.#memory.subarray(0, read.size)
    const made = makeSmall(part, bytes, { mode: file.mode ?? read.mode, modified })
    // What an earlier run left there is not this road's to judge.
    if (made === undefined) return undefined
    try {
      const after = lstatSync(from, { throwIfNoEntry: false })
      const modifiedNow = after && Math.round(after.mtimeMs)
      if (after?.size !== source.size || modifiedNow !== source.modified) {
        throw sourceChanged(file.from)
      }
      renameSync(part, systemPath(toFolder, nameOf(file.to)))
    } catch (error) {
      unlinkSync(part)
      throw error
    }
    return entryOf(file.to, nameOf(file.to), made)
  }

  #read(at: string | Buffer, { from, source }: CarriedFile): SmallRead {
    try {
      const read = readSmall({ at, path: from }, this.#memory)
      if (read.size !== source.size) throw sourceChanged(from)
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
