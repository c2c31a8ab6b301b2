/*
 * A local file that is written. What is there goes when the first byte comes and not before: a source may fail until then. A
 * file from which this process reads meanwhile, perhaps what it writes, is replaced by another one, and keeps its bytes.
 */

import { constants, type Stats } from 'node:fs'
import { open, rename, stat, unlink, type FileHandle } from 'node:fs/promises'

import type { Source } from '@net/core'
import { isFileSource, netError } from '@net/core/authoring'

import type { PartFile } from '../part-file.ts'
import { ownPartName } from '../plan/part-name.ts'
import { badName } from '../tree-path.ts'
import { isBeingRead } from './files-being-read.ts'
import type { FilePlace, WritePlan } from './file-place.ts'

/** What is written to. */
export class WriteTarget {
  readonly #place: FilePlace
  readonly #plan: WritePlan
  readonly #source: Source
  #file: FileHandle | undefined
  /** What was there; undefined for nothing. */
  readonly #found: Stats | undefined
  /** Where the bytes are until all are there, if the file that is there has to stay until then. */
  #beside: string | Buffer | undefined
  #hasBegun = false

  private constructor(
    place: FilePlace,
    plan: WritePlan,
    source: Source,
    there: { readonly file: FileHandle; readonly found: Stats } | undefined,
  ) {
    this.#place = place
    this.#plan = plan
    this.#source = source
    this.#file = there?.file
    this.#found = there?.found
  }

  /** Opens what is there. Throws `NET_BAD_NAME` for what is no file, `NET_SIZE_MISMATCH` for one that is too short to go on behind. */
  static async open(place: FilePlace, plan: WritePlan, source: Source): Promise<WriteTarget> {
    const there = await opened(place)
    try {
      if (plan.file?.isBegun === true) {
        if (there === undefined) throw plan.file.lost(place.path)
        plan.file.check(there.found, place.path)
      }
      const size = there?.found.size ?? 0
      if (plan.start > size && !plan.keepRest) {
        throw netError('NET_SIZE_MISMATCH', {
          message: `${place.path} has ${size} bytes, not the ${plan.start} to go on behind`,
        })
      }
    } catch (error) {
      await there?.file.close()
      throw error
    }
    return new WriteTarget(place, plan, source, there)
  }

  /** Writes the chunk at that place. */
  async write(chunk: Uint8Array, position: number): Promise<void> {
    const file = await this.#begun()
    for (let done = 0; done < chunk.length;) {
      const { bytesWritten } = await file.write(chunk, done, chunk.length - done, position + done)
      done += bytesWritten
    }
  }

  /** All of it is there: the file ends at that place. */
  async end(position: number): Promise<void> {
    const file = await this.#begun()
    const size = this.#found?.size ?? 0
    if (!this.#isNew && !this.#plan.keepRest && size > position) await file.truncate(position)
    const beside = this.#beside
    if (beside === undefined) return
    await this.#close()
    await rename(beside, this.#place.at)
    this.#beside = undefined
  }

  /** Closes the file, and removes what was not to stay. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close()
    if (this.#beside !== undefined) await unlink(this.#beside).catch(() => {})
  }

  get #isNew(): boolean {
    return this.#plan.start === 0 && !this.#plan.keepRest
  }

  async #close(): Promise<void> {
    const file = this.#file
    this.#file = undefined
    await file?.close()
  }

  async #begun(): Promise<FileHandle> {
    if (!this.#hasBegun) await this.#begin()
    this.#hasBegun = true
    if (this.#file === undefined) throw netError('NET_CLOSED', { message: 'it was closed' })
    return this.#file
  }

  async #begin(): Promise<void> {
    const found = this.#found
    const { file } = this.#plan
    if (file?.isBegun === false && this.#isNew) await this.#beginPart(file)
    else if (this.#file === undefined || found === undefined) {
      const flags = CREATE | (this.#isNew ? constants.O_TRUNC : 0)
      this.#file = await open(this.#place.at, flags, this.#plan.mode)
      await checkFile(this.#file, this.#place.path)
    } else if (this.#isNew && (isBeingRead(found) || (await isOf(this.#source, found)))) {
      await this.#close()
      const beside = nextTo(this.#place.at)
      this.#file = await open(beside, CREATE | constants.O_EXCL, 0o600)
      this.#beside = beside
      await this.#file.chmod(found.mode & PERMISSIONS)
    } else if (this.#isNew) {
      // Through its name: another program may have given what was opened another one since, and count on it.
      await this.#close()
      this.#file = await open(this.#place.at, CREATE | constants.O_TRUNC, this.#plan.mode)
      await this.#checkOwn(this.#file)
    } else if (file !== undefined) await this.#checkOwn(this.#file)
  }

  /** Another process may be at work with what is there: it keeps its file, and finds that it has lost its name. */
  async #beginPart(file: PartFile): Promise<void> {
    await this.#close()
    if (this.#found !== undefined) await unlink(this.#place.at).catch(unlessGone)
    try {
      this.#file = await open(this.#place.at, CREATE | constants.O_EXCL, this.#plan.mode)
    } catch (error) {
      const isTaken = Reflect.get(error as Error, 'code') === 'EEXIST'
      throw isTaken ? file.lost(this.#place.path) : error
    }
    await this.#checkOwn(this.#file)
  }

  async #checkOwn(opened: FileHandle): Promise<void> {
    const found = await checkFile(opened, this.#place.path)
    this.#plan.file?.check(found, this.#place.path)
  }
}

async function opened(
  place: FilePlace,
): Promise<{ readonly file: FileHandle; readonly found: Stats } | undefined> {
  let file: FileHandle
  try {
    file = await open(place.at, constants.O_WRONLY | CAREFUL)
  } catch (error) {
    if (Reflect.get(error as Error, 'code') === 'ENOENT') return undefined
    throw error
  }
  try {
    return { file, found: await checkFile(file, place.path) }
  } catch (error) {
    await file.close()
    throw error
  }
}

function unlessGone(error: unknown): void {
  if (Reflect.get(error as Error, 'code') !== 'ENOENT') throw error
}

/** What the handle leads to. Throws `NET_BAD_NAME` for what is no file. */
export async function checkFile(file: FileHandle, path: string): Promise<Stats> {
  const found = await file.stat()
  if (!found.isFile()) throw badName(path, 'it is not a regular file')
  return found
}

/** Whether the source is that file. */
async function isOf(source: Source, { dev, ino }: Stats): Promise<boolean> {
  if (!isFileSource(source)) return false
  const there = await stat(source.path).catch(() => undefined)
  return there?.ino === ino && there.dev === dev
}

/** A name in the same folder that nothing has. */
function nextTo(at: string | Buffer): string | Buffer {
  const name = ownPartName()
  if (typeof at === 'string') return at.slice(0, at.lastIndexOf('/') + 1) + name
  return Buffer.concat([at.subarray(0, at.lastIndexOf('/') + 1), Buffer.from(name)])
}

/** Neither follow a link nor wait for the reader of a pipe. Windows has neither flag. */
export const CAREFUL: number = (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)
/** The bits of a mode that can be set. */
export const PERMISSIONS = 0o7777
const CREATE: number = constants.O_WRONLY | constants.O_CREAT | CAREFUL
