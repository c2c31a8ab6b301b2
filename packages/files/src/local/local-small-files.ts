/* Small files of this machine in one go each, for copies from and to trees elsewhere. */

import type { CallOptions, RemoteEntry } from '@net/core'
import type { DiskPace } from '@net/core/authoring'

import type { SmallFile, SmallFiles, SmallWrite } from '../small-files.ts'
import { nameOf, partsOf } from '../tree-path.ts'
import type { FolderHandles } from './folder-handles.ts'
import { treeError } from './local-error.ts'
import { entryOf } from './local-listing.ts'
import { checkNew, type LocalNames } from './local-names.ts'
import { makeSmall, readSmall } from './small-file.ts'
import { systemPath } from './system-path.ts'

/** Where they are. */
export interface LocalPlace {
  readonly folders: FolderHandles
  readonly pace: DiskPace
  readonly names: LocalNames
}

/** The small files of one tree. */
export class LocalSmallFiles implements SmallFiles {
  readonly most = 262_144
  readonly callsOfTiny = 64
  readonly #place: LocalPlace

  constructor(place: LocalPlace) {
    this.#place = place
  }

  read(path: string, size: number, { signal }: CallOptions): Promise<SmallFile | undefined> {
    return this.#in(path, signal, (at) => {
      const memory = Buffer.allocUnsafe(size + 1)
      const read = readSmall({ at, path }, memory, size)
      const entry = entryOf(path, nameOf(path), read.found)
      return { bytes: memory.subarray(0, read.size), entry }
    })
  }

  async write(
    path: string,
    bytes: Uint8Array,
    { mode, modified, signal }: SmallWrite,
  ): Promise<RemoteEntry | undefined> {
    checkNew(partsOf(path), this.#place.names)
    return this.#in(path, signal, (at) => {
      const made = makeSmall(at, bytes, { mode, modified })
      return made && entryOf(path, nameOf(path), made)
    })
  }

  /** Undefined while the disk is slow: everything else would have to wait for it. */
  async #in<T>(
    path: string,
    signal: AbortSignal | undefined,
    work: (at: string | Buffer) => T,
  ): Promise<T | undefined> {
    const { folders, pace } = this.#place
    signal?.throwIfAborted()
    if (pace.isSlow) return undefined
    await pace.rest()
    try {
      return await folders.use(partsOf(path).slice(0, -1), async (folder) =>
        pace.timed(() => work(systemPath(folder, nameOf(path)))),
      )
    } catch (error) {
      throw treeError(error, path)
    }
  }
}
