/*
 * A local file that is being written: into `path.part`, which takes the name of the file once it is whole. What is
 * in `path.part` already is removed and made anew, so that no link laid there leads anywhere else. A link at `path` is
 * followed: the part lies beside the file it leads to.
 */

import type { Stats } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

import { isError } from '../errors/is-error.ts'
import { codeOf } from '../errors/from-node.ts'
import { netError } from '../errors/net-error.ts'
import { disk } from './disk.ts'
import type { FileSink } from './file.ts'
import { localError } from './local-error.ts'
import { isSameVersion, VersionFile, type PartVersion, type VersionPlace } from './part-version.ts'
import { useFile, type FileUse } from './parts-in-use.ts'
import { openReadOnly } from './read-only-part.ts'
import { checkWritable, endOfLinks, firstMode, hasSameReach, takeOver } from './replaced-file.ts'
import { isZero } from './zeros.ts'

/** What is known of the bytes. */
export interface PartOptions {
  /** Of which version of which file they are. */
  readonly version?: SinkVersion | undefined
  /** Whether chunks of zeros are left out. */
  readonly sparse?: boolean | undefined
}

/** One file while it is written. All errors are `NET_LOCAL_IO` or `NET_LOCAL_LIMIT`. */
export class PartFile {
  /** How many bytes the file has. */
  position: number
  readonly #place: Place
  readonly #file: FileHandle
  readonly #use: FileUse
  readonly #versions: VersionFile | undefined
  /** What the file system calls the file, whatever its name. */
  readonly #self: Pick<Stats, 'dev' | 'ino'>
  readonly #isSparse: boolean
  /** Whether each write says where it goes: another program may go on with the same part, and what it has written must not move ours. */
  readonly #isPlaced: boolean
  #committing: Promise<void> | undefined
  #aborting: Promise<void> | undefined

  private constructor({ place, file, found, use, versions, isSparse, resume }: PartFileParts) {
    this.#place = place
    this.#file = file
    this.#use = use
    this.#versions = versions
    this.#self = found
    this.#isSparse = isSparse && found.isFile()
    this.#isPlaced = resume
    this.position = found.size
  }

  /**
   * Opens the file; if asked to resume, at the end of what an earlier call left in `path.part`, where that is of the same version.
   * Rejects with `NET_BUSY` while another call writes the same file. With `sparse` chunks of zeros are left out of a regular
   * file: behind what was written it has them by itself.
   */
  static async open(sink: FileSink, asked: boolean, options: PartOptions = {}): Promise<PartFile> {
    const { version, sparse: isSparse = false } = options
    const place = await placeOf(sink)
    const { key, path, written } = place
    const use = await useFile(key, sink.path)
    try {
      const isPart = written !== path
      const versions = version && isPart ? new VersionFile(path, version) : undefined
      const resume = asked && isPart && (await mayGoOn(written, versions, version))
      const file = await openFile(place, resume)
      const found = await ownFile(file, written, resume)
      await dress(file, found, place)
      if (found.size === 0 && sink.keepPart) await remember(file, versions, version)
      use.opened()
      return new PartFile({ place, file, found, use, versions, isSparse, resume })
    } catch (error) {
      use.ended()
      throw localError(error, 'opening', written)
    }
  }

  /** Appends the chunks. */
  async writeAll(chunks: readonly Uint8Array[]): Promise<void> {
    try {
      if (this.#isSparse) return await this.#writeSparse(chunks)
      let left = chunks
      while (left.length > 0) {
        const taken = await this.#append(left)
        this.position += taken
        left = without(left, taken)
      }
    } catch (error) {
      throw localError(error, 'writing', this.#place.written)
    }
  }

  async #writeSparse(chunks: readonly Uint8Array[]): Promise<void> {
    for (const chunk of chunks) {
      if (isZero(chunk)) {
        this.position += chunk.length
        continue
      }
      for (let left = chunk; left.length > 0;) {
        const { bytesWritten } = await this.#file.write(left, 0, left.length, this.position)
        this.position += bytesWritten
        left = left.subarray(bytesWritten)
      }
    }
  }

  /** One trip to the file system; resolves to how many bytes it took. */
  async #append(chunks: readonly Uint8Array[]): Promise<number> {
    const [first] = chunks
    const at = this.#isPlaced ? this.position : undefined
    const done =
      chunks.length === 1 && first !== undefined
        ? this.#file.write(first, 0, first.length, at)
        : this.#file.writev([...chunks], at)
    return (await done).bytesWritten
  }

  /** Closes the file and gives it its name. Rejects where what has that name is not the file that was written. */
  commit(): Promise<void> {
    this.#committing ??= this.#commit().finally(() => this.#use.ended())
    return this.#committing
  }

  /** Closes the file; removes `path.part` unless it is to be kept. A commit that has begun is waited for instead. */
  async abort(): Promise<void> {
    if (this.#committing !== undefined) {
      await this.#committing.catch(() => {})
      return
    }
    this.#use.ending()
    this.#aborting ??= this.#abort().finally(() => this.#use.ended())
    await this.#aborting
  }

  async #commit(): Promise<void> {
    const { path, written, old: before } = this.#place
    try {
      if (written !== path) {
        // What was put there or made private meanwhile counts: the new file takes its mode and owner.
        const old = await disk()
          .stat(path)
          .catch(() => undefined)
        if (old !== undefined && !(before !== undefined && hasSameReach(old, before))) {
          await dress(this.#file, await this.#file.stat(), { ...this.#place, old })
        }
      }
      // What ends with zeros that were left out is too short.
      if (this.#isSparse) await this.#file.truncate(this.position)
      await this.#file.close()
      if (written !== path) await this.#giveName()
      await this.#versions?.remove()
    } catch (error) {
      await this.#abort()
      throw localError(error, 'finishing', path)
    }
  }

  /**
   * Another program may write to the same part, or put its own there at any moment: its half must not pass for our whole.
   * So the part is taken aside, looked at under a name that only we know, and only then gets the file's name.
   */
  async #giveName(): Promise<void> {
    const { path, written } = this.#place
    // Behind the part its name could become too long.
    const aside = join(dirname(written), `.${crypto.randomUUID()}.part`)
    try {
      await disk().rename(written, aside)
    } catch (error) {
      // Another program that went on with the same part has given it the name: the file is whole.
      if (await this.#isOurs(path, this.position).catch(() => false)) return
      throw taken(error, written)
    }
    try {
      if (!(await this.#isOurs(aside, this.position))) {
        throw netError('NET_LOCAL_IO', {
          message: `another program has written to ${written} at the same time`,
        })
      }
      await disk().rename(aside, path)
    } catch (error) {
      await giveBack(aside, written)
      throw error
    }
  }

  async #abort(): Promise<void> {
    const { path, written, sink } = this.#place
    try {
      await this.#file.close()
      if (written === path || sink.keepPart) return
      if (await this.#isOurs(written).catch(() => false)) await disk().rm(written, { force: true })
      await this.#versions?.remove()
    } catch (error) {
      throw localError(error, 'removing', written)
    }
  }

  /** Whether what has that name is the file that was opened, and whole. */
  async #isOurs(name: string, size?: number): Promise<boolean> {
    const there = await disk().lstat(name)
    const isSame = there.ino === this.#self.ino && there.dev === this.#self.dev
    return isSame && (size === undefined || there.size === size)
  }
}

/** Of which version of which file the bytes are. */
export type SinkVersion = PartVersion & VersionPlace

interface PartFileParts {
  readonly place: Place
  readonly file: FileHandle
  readonly found: Stats
  readonly use: FileUse
  readonly versions: VersionFile | undefined
  readonly isSparse: boolean
  readonly resume: boolean
}

/** Whether what was left is of the version. A part that is longer than the whole is for the caller to refuse, unless it is known to be of another version. */
async function mayGoOn(
  written: string,
  versions: VersionFile | undefined,
  version: SinkVersion | undefined,
): Promise<boolean> {
  if (versions === undefined || version === undefined) return true
  const kept = await versions.read()
  if (kept !== undefined) return isSameVersion(kept, version)
  const { size = 0 } =
    (await disk()
      .lstat(written)
      .catch(() => undefined)) ?? {}
  return version.size !== undefined && size > version.size
}

async function remember(
  file: FileHandle,
  versions: VersionFile | undefined,
  version: SinkVersion | undefined,
): Promise<void> {
  if (versions === undefined || version?.validator === undefined) return
  try {
    await versions.write(version)
  } catch (error) {
    await file.close()
    throw error
  }
}

/** The error for a part that cannot be given its name. */
function taken(error: unknown, written: string): unknown {
  if (codeOf(error as Error) !== 'ENOENT') return error
  return netError('NET_LOCAL_IO', {
    message: `another program has taken ${written} away`,
    cause: error,
  })
}

/** Puts a part back where it was, unless there is a newer one. */
async function giveBack(aside: string, written: string): Promise<void> {
  try {
    // Unlike a rename it replaces nothing.
    await disk().link(aside, written)
    await disk().rm(aside, { force: true })
  } catch (error) {
    if (isExisting(error)) await disk().rm(aside, { force: true })
    else await disk().rename(aside, written)
  }
}

/** What is left of the chunks behind so many bytes. */
function without(chunks: readonly Uint8Array[], taken: number): readonly Uint8Array[] {
  let rest = taken
  for (const [at, chunk] of chunks.entries()) {
    if (rest < chunk.length) return [chunk.subarray(rest), ...chunks.slice(at + 1)]
    rest -= chunk.length
  }
  return []
}

/** Where a sink is. */
interface Place {
  readonly sink: FileSink
  /** Where its file is to be in the end. */
  readonly path: string
  /** The file that is written: the same, or the part. */
  readonly written: string
  /** The file that is written, by whatever names its folders go. */
  readonly key: string
  /** What is there already. */
  readonly old: Stats | undefined
}

async function placeOf(sink: FileSink): Promise<Place> {
  try {
    const end = await endOfLinks(sink.path)
    checkWritable(end)
    const { path, found: old } = end
    // A device is written to, and never replaced.
    const inPlace = sink.inPlace || old?.isCharacterDevice() === true
    const written = inPlace ? path : `${path}.part`
    const key = join(await disk().realpath(dirname(written)), basename(written))
    return { sink, path, written, key, old }
  } catch (error) {
    throw localError(error, 'opening', sink.path)
  }
}

async function openFile(place: Place, resume: boolean): Promise<FileHandle> {
  const { constants, open } = disk()
  const { O_CREAT, O_EXCL, O_TRUNC, O_WRONLY } = constants
  // Neither follow a link nor wait for the reader of a pipe that was laid there. Windows has neither flag.
  const careful = (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)
  const { sink, path, written } = place
  // `mode` is only asked for where the file is made; a part that is resumed keeps its own.
  if (written === path) return open(written, O_WRONLY | O_CREAT | O_TRUNC, sink.mode)
  if (resume) {
    const flags = O_WRONLY | O_CREAT | careful
    return open(written, flags, modeOf(place)).catch((error: unknown) => {
      if (codeOf(error as Error) !== 'EACCES') throw error
      return openReadOnly(written, flags, error)
    })
  }
  const make = (): Promise<FileHandle> => open(written, O_WRONLY | O_CREAT | O_EXCL, modeOf(place))
  return make().catch(async (error: unknown) => {
    if (!isExisting(error)) throw error
    await disk().rm(written, { force: true })
    return make()
  })
}

function isExisting(error: unknown): boolean {
  return isError(error) && Reflect.get(error, 'code') === 'EEXIST'
}

function modeOf({ sink, old }: Place): number | undefined {
  return sink.mode ?? (old && firstMode(old))
}

async function dress(file: FileHandle, made: Stats, place: Place): Promise<void> {
  const { sink, path, written, old } = place
  if (written === path || sink.mode !== undefined || old === undefined) return
  try {
    await takeOver(file, made, old)
  } catch (error) {
    await file.close()
    throw error
  }
}

/** What was opened; a part that is resumed must have no other name. */
async function ownFile(file: FileHandle, written: string, resume: boolean): Promise<Stats> {
  const found = await file.stat()
  if (!resume || (found.isFile() && found.nlink === 1)) return found
  await file.close()
  throw netError('NET_LOCAL_IO', {
    message: `${written} is not a regular file with one name, so nothing is written to it`,
  })
}
