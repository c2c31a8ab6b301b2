/*
 * A local file that is being written: into `path.part`, which takes the name of the file once it is whole. What is
 * in `path.part` already is removed and made anew, so that no link laid there leads anywhere else.
 */

import { constants } from 'node:fs'
import { open, rename, rm, stat, type FileHandle } from 'node:fs/promises'
import { resolve } from 'node:path'

import { netError } from '../errors/net-error.ts'
import { shared } from '../shared.ts'
import type { FileSink } from './file.ts'
import { localError } from './local-error.ts'

/** One file while it is written. All errors are `NET_LOCAL_IO` or `NET_LOCAL_LIMIT`. */
export class PartFile {
  /** How many bytes the file has. */
  position: number
  readonly #sink: FileSink
  readonly #written: string
  readonly #file: FileHandle
  #closed = false

  private constructor(sink: FileSink, file: FileHandle, position: number) {
    this.#sink = sink
    this.#written = writtenPath(sink)
    this.#file = file
    this.position = position
  }

  /**
   * Opens the file; if asked to resume, at the end of what an earlier call left in `path.part`. Rejects with `NET_BUSY`
   * while another call writes the same file.
   */
  static async open(sink: FileSink, asked: boolean): Promise<PartFile> {
    const resume = asked && !sink.inPlace
    const written = writtenPath(sink)
    if (inUse.has(written)) {
      throw netError('NET_BUSY', { message: `${sink.path} is being written by another call` })
    }
    inUse.add(written)
    try {
      const file = await openFile(sink, written, resume)
      return new PartFile(sink, file, await sizeToResume(file, written, resume))
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
      throw localError(error, 'writing', this.#written)
    }
  }

  /** Closes the file and gives it its name. */
  async commit(): Promise<void> {
    const { path, inPlace } = this.#sink
    try {
      await this.#close()
      if (!inPlace) await rename(this.#written, path)
    } catch (error) {
      await this.abort()
      throw localError(error, 'finishing', path)
    }
  }

  /** Closes the file; removes `path.part` unless it is to be kept. */
  async abort(): Promise<void> {
    try {
      await this.#close()
      if (!this.#sink.inPlace && !this.#sink.keepPart) await rm(this.#written, { force: true })
    } catch (error) {
      throw localError(error, 'removing', this.#written)
    }
  }

  async #close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    inUse.delete(this.#written)
    await this.#file.close()
  }
}

function writtenPath({ path, inPlace }: FileSink): string {
  return inPlace ? resolve(path) : `${resolve(path)}.part`
}

async function openFile(sink: FileSink, written: string, resume: boolean): Promise<FileHandle> {
  const { O_APPEND, O_CREAT, O_EXCL, O_TRUNC, O_WRONLY } = constants
  // `mode` is only asked for where the file is made; a part that is resumed keeps its own.
  if (sink.inPlace) return open(written, O_WRONLY | O_CREAT | O_TRUNC, sink.mode)
  await refuseFolder(sink.path)
  if (resume) return open(written, O_WRONLY | O_CREAT | O_APPEND | CAREFUL, sink.mode)
  await rm(written, { force: true })
  return open(written, O_WRONLY | O_CREAT | O_EXCL, sink.mode)
}

async function refuseFolder(path: string): Promise<void> {
  const found = await stat(path).catch((error: unknown) => {
    if (error instanceof Error && Reflect.get(error, 'code') === 'ENOENT') return undefined
    throw error
  })
  // Else the name would be refused only after everything has been transferred.
  if (found?.isDirectory() === true) {
    throw netError('NET_LOCAL_IO', { message: `${path} is a folder` })
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
