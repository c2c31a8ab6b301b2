/*
 * Reads a local file as chunks, and notices when it is not the file that was promised: its size is told to peers
 * before its first byte is sent. Files of /proc and /sys have no size, or a wrong one: these are read to their end.
 */

import type { Stats } from 'node:fs'
import { dirname } from 'node:path'

import { netError, type NetError } from '../errors/net-error.ts'
import { descriptors } from './disk.ts'
import { DiskPace } from './disk-pace.ts'
import type { FileSource } from './file.ts'
import { localError } from './local-error.ts'
import { ReadHandle } from './read-handle.ts'

/** A file that can be read once. */
export interface FileReading {
  /** How many bytes are meant; absent where only reading will tell. */
  readonly size?: number
  /** The bytes in chunks of at most 64 KiB, of the file that `open` has opened or else of one that is opened now. The file is closed on every path. */
  read(file?: Promise<FileBytes>): AsyncGenerator<Uint8Array, void>
  /** Opens the file to be read into memory of the reader's. Absent for a file whose bytes are here already. */
  readonly open?: () => Promise<FileBytes>
}

/** Looks at the file. Rejects with `NET_LOCAL_IO`, also for anything but a regular file, and for a range beyond the end. */
export async function readingOfFile(source: FileSource): Promise<FileReading> {
  const { path, start, end } = source
  const pace = paceOf(path)
  const found = await pace
    .runIfQuick(
      () => descriptors().statSync(path),
      () => statOf(path),
    )
    .catch((error: unknown) => {
      throw localError(error, 'reading', path)
    })
  if (!found.isFile()) {
    throw netError('NET_LOCAL_IO', { message: `${path} is ${whatIs(found)}, not a regular file` })
  }
  // Such a file has told nothing, or has no bytes on a disk: its size may be anything.
  if (found.size === 0 || found.blocks === 0) return unsizedReading(source, found.size)
  const last = end ?? found.size
  if (last > found.size || start > found.size) throw changed(path, found.size, end ?? start)
  return sizedReading(source, last - start)
}

/** How fast files of that folder are read. Small files mostly come one after the other from one folder; another may be on a disk far away. */
function paceOf(path: string): DiskPace {
  const folder = dirname(path)
  if (folder !== last?.folder) last = { folder, pace: new DiskPace() }
  return last.pace
}

let last: { readonly folder: string; readonly pace: DiskPace } | undefined

/** Of a small file the promise of `fs/promises` costs as much as its bytes. */
function statOf(path: string): Promise<Stats> {
  return new Promise((resolve, reject) => {
    descriptors().stat(path, (error, found) => {
      if (error === null) resolve(found)
      else reject(error)
    })
  })
}

async function unsizedReading(source: FileSource, told: number): Promise<FileReading> {
  const { path, start, end } = source
  const held: Uint8Array[] = []
  let length = 0
  for await (const chunk of chunksUntil(source, {
    most: Math.min(CHUNK + 1, (end ?? Infinity) - start),
  })) {
    held.push(chunk)
    length += chunk.length
  }
  if (length <= CHUNK) {
    const there = start + length
    if (length === 0 && start > told) throw changed(path, told, start)
    if (end !== undefined && there < end) throw changed(path, there, end)
    return { size: length, read: () => given(held) }
  }
  if (end !== undefined) return sizedReading(source, end - start)
  return told > start + length
    ? sizedReading(source, told - start)
    : { read: () => chunksUntil(source, {}) }
}

function sizedReading(source: FileSource, size: number): FileReading {
  const extent = size <= CHUNK ? { size, pace: paceOf(source.path) } : { size }
  return {
    size,
    read: (file) => chunksUntil(source, extent, file),
    open: () => FileBytes.open(source, extent),
  }
}

/** How much of a file is read. */
interface Extent {
  /** How many bytes there must be. */
  readonly size?: number
  /** After how many bytes to stop; default at the end. */
  readonly most?: number
  /** Of a small file that of its folder: a trip to another thread costs more than its bytes. */
  readonly pace?: DiskPace
}

async function* chunksUntil(
  source: FileSource,
  extent: Extent,
  opened?: Promise<FileBytes>,
): AsyncGenerator<Uint8Array, void> {
  const file = await (opened ?? FileBytes.open(source, extent))
  try {
    for (;;) {
      // A buffer of its own for every chunk: the reader may keep it.
      const buffer = Buffer.allocUnsafeSlow(Math.min(CHUNK, file.left))
      const read = await file.readInto(buffer)
      if (read === 0) return
      yield buffer.subarray(0, read)
    }
  } finally {
    await file.close()
  }
}

/** A file that is open, and gives its bytes in order. */
export class FileBytes {
  readonly #file: ReadHandle
  readonly #source: FileSource
  readonly #extent: Extent
  readonly #most: number
  #received = 0

  private constructor(file: ReadHandle, source: FileSource, extent: Extent) {
    this.#file = file
    this.#source = source
    this.#extent = extent
    this.#most = extent.most ?? extent.size ?? (source.end ?? Infinity) - source.start
  }

  static async open(source: FileSource, extent: Extent): Promise<FileBytes> {
    const { path } = source
    const file = await ReadHandle.open(path, extent.pace).catch((error: unknown) => {
      throw localError(error, 'opening', path)
    })
    return new FileBytes(file, source, extent)
  }

  /** How many bytes may still come. */
  get left(): number {
    return this.#most - this.#received
  }

  /**
   * Reads the next bytes to the beginning of the memory, as many as the system gives at once; 0 at the end. Memory for
   * one byte more than are left spares a trip to the file system: what is read there tells that the file has grown.
   */
  async readInto(memory: Uint8Array): Promise<number> {
    const { size } = this.#extent
    const { start, end } = this.#source
    const { left } = this
    const isLimited = size !== undefined && end === undefined
    const looksBehind = isLimited && left > 0 && memory.length > left
    const most = looksBehind ? left + 1 : Math.min(memory.length, left)
    const read = await this.#read(memory, start + this.#received, most)
    this.#received += read
    if (size !== undefined) await this.#check(read, size, looksBehind)
    return read
  }

  /** Before the last of it leaves: with that the peer has all that it was promised. */
  async #check(read: number, size: number, hasLookedBehind: boolean): Promise<void> {
    const { path, end } = this.#source
    const isWhole = read > 0 && this.#received >= size
    const isCertain = hasLookedBehind && this.#received === size
    if (isWhole && end === undefined && !isCertain) await this.#refuseGrown(size)
    if (this.#received > size) throw changed(path, this.#received, size)
    if (read === 0 && this.#received < size) throw changed(path, this.#received, size)
  }

  close(): Promise<void> {
    return this.#file.close()
  }

  async #read(memory: Uint8Array, position: number, most: number): Promise<number> {
    if (most === 0) return 0
    try {
      return await this.#file.read(memory, most, position)
    } catch (error) {
      throw localError(error, 'reading', this.#source.path)
    }
  }

  async #refuseGrown(size: number): Promise<void> {
    const { path, start } = this.#source
    const now = await this.#file.size()
    if (now - start > size) throw changed(path, now - start, size)
  }
}

async function* given(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array, void> {
  yield* chunks
}

function whatIs(found: Stats): string {
  if (found.isDirectory()) return 'a folder'
  if (found.isFIFO()) return 'a pipe'
  return found.isSocket() ? 'a socket' : 'a device'
}

function changed(path: string, received: number, expected: number): NetError {
  return netError('NET_LOCAL_IO', {
    message: `${path} has ${received} bytes where ${expected} were expected; it was changed while it was read`,
    received,
    expected,
  })
}

const CHUNK = 65_536
