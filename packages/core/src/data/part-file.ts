/*
 * A local file that is being written: into `path.part`, which takes the name of the file once it is whole. What is
 * in `path.part` already is removed and made anew, so that no link laid there leads anywhere else. A link at `path` is
 * followed: the part lies beside the file it leads to.
 */

import { constants, type Stats } from 'node:fs'
import { open, rename, rm, type FileHandle } from 'node:fs/promises'

import { netError } from '../errors/net-error.ts'
import { shared } from '../shared.ts'
import type { FileSink } from './file.ts'
import { localError } from './local-error.ts'
import { endOfLinks, fileAt, firstMode, takeOver } from './replaced-file.ts'

/** One file while it is written. All errors are `NET_LOCAL_IO` or `NET_LOCAL_LIMIT`. */
export class PartFile {
  /** How many bytes the file has. */
  position: number
  readonly #place: Place
  readonly #file: FileHandle
  #closed = false

  private constructor(place: Place, file: FileHandle, position: number) {
    this.#place = place
    this.#file = file
    this.position = position
  }

  /**
   * Opens the file; if asked to resume, at the end of what an earlier call left in `path.part`. Rejects with `NET_BUSY`
   * while another call writes the same file.
   */
  static async open(sink: FileSink, asked: boolean): Promise<PartFile> {
    const place = await placeOf(sink)
    const { written } = place
    const resume = asked && written !== place.path
    if (inUse.has(written)) {
      throw netError('NET_BUSY', { message: `${sink.path} is being written by another call` })
    }
    inUse.add(written)
    try {
      const file = await openFile(place, resume)
      const position = await sizeToResume(file, written, resume)
      await dress(file, place)
      return new PartFile(place, file, position)
    } catch (error) {
      inUse.delete(written)
      throw localError(error, 'opening', written)
    }
  }

  /** Appends the chunk. */
  async write(chunk: Uint8Array): Promise<void> {
    try {
      for (let offset = 0; offset < chunk.length;) {
        const { bytesWritten } = await this.#file.write(chunk, offset, chunk.length - offset)
        offset += bytesWritten
        this.position += bytesWritten
      }
    } catch (error) {
      throw localError(error, 'writing', this.#place.written)
    }
  }

  /** Closes the file and gives it its name. */
  async commit(): Promise<void> {
    const { path, written } = this.#place
    try {
      await this.#close()
      if (written !== path) await rename(written, path)
    } catch (error) {
      await this.abort()
      throw localError(error, 'finishing', path)
    }
  }

  /** Closes the file; removes `path.part` unless it is to be kept. */
  async abort(): Promise<void> {
    const { path, written, sink } = this.#place
    try {
      await this.#close()
      if (written !== path && !sink.keepPart) await rm(written, { force: true })
    } catch (error) {
      throw localError(error, 'removing', written)
    }
  }

  async #close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    inUse.delete(this.#place.written)
    await this.#file.close()
  }
}

/** Where a sink is. */
interface Place {
  readonly sink: FileSink
  /** Where its file is to be in the end. */
  readonly path: string
  /** The file that is written: the same, or the part. */
  readonly written: string
  /** What is there already. */
  readonly old: Stats | undefined
}

async function placeOf(sink: FileSink): Promise<Place> {
  try {
    const path = await endOfLinks(sink.path)
    const old = await fileAt(path)
    // A device is written to, and never replaced.
    const inPlace = sink.inPlace || old?.isCharacterDevice() === true
    return { sink, path, written: inPlace ? path : `${path}.part`, old }
  } catch (error) {
    throw localError(error, 'opening', sink.path)
  }
}

async function openFile(place: Place, resume: boolean): Promise<FileHandle> {
  const { O_APPEND, O_CREAT, O_TRUNC, O_WRONLY } = constants
  const { sink, path, written } = place
  // `mode` is only asked for where the file is made; a part that is resumed keeps its own.
  if (written === path) return open(written, O_WRONLY | O_CREAT | O_TRUNC, sink.mode)
  if (resume) {
    const flags = O_WRONLY | O_CREAT | O_APPEND | CAREFUL
    return open(written, flags, modeOf(place))
  }
  await rm(written, { force: true })
  return open(written, O_WRONLY | O_CREAT | constants.O_EXCL, modeOf(place))
}

function modeOf({ sink, old }: Place): number | undefined {
  return sink.mode ?? (old && firstMode(old))
}

async function dress(file: FileHandle, { sink, path, written, old }: Place): Promise<void> {
  if (written === path || sink.mode !== undefined || old === undefined) return
  try {
    await takeOver(file, old)
  } catch (error) {
    await file.close()
    throw error
  }
}

async function sizeToResume(file: FileHandle, written: string, resume: boolean): Promise<number> {
  if (!resume) return 0
  const found = await file.stat()
  if (found.isFile() && found.nlink === 1) return found.size
  await file.close()
  throw netError('NET_LOCAL_IO', { message: `${written} is not a file of its own` })
}

// Neither follow a link nor wait for the reader of a pipe that was laid there. Windows has neither flag.
const CAREFUL: number = (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)
// Shared by all copies of this package.
const inUse: Set<string> = shared('part-files', () => new Set())
