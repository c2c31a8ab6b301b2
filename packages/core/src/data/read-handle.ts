/*
 * A file that is open for reading, by its descriptor: of a small file a FileHandle costs as much as what is read. It must not
 * know what is read.
 */

import { descriptors } from './disk.ts'
import type { DiskPace } from './disk-pace.ts'

/** An open file. Rejects with the errors of the file system. */
export class ReadHandle {
  readonly #pace: DiskPace | undefined
  #descriptor: number | undefined
  #reading: Promise<number> | undefined

  private constructor(descriptor: number, pace: DiskPace | undefined) {
    this.#descriptor = descriptor
    this.#pace = pace
  }

  /** With a pace the file is small, and is opened and read here and now where its disk is quick. */
  static async open(path: string, pace?: DiskPace): Promise<ReadHandle> {
    const inBackground = (): Promise<number> => opening(path)
    const descriptor = await (pace?.runIfQuick(() => openedAtOnce(path), inBackground) ??
      inBackground())
    return new ReadHandle(descriptor, pace)
  }

  /** Reads so many bytes at most from there on to the beginning of the memory; one read at a time. */
  read(memory: Uint8Array, length: number, position: number): Promise<number> {
    const inBackground = (): Promise<number> =>
      new Promise((resolve, reject) => {
        descriptors().read(this.#opened(), memory, 0, length, position, (error, bytes) => {
          if (error === null) resolve(bytes)
          else reject(error)
        })
      })
    const atOnce = (): number => descriptors().readSync(this.#opened(), memory, 0, length, position)
    this.#reading = this.#pace?.runIfQuick(atOnce, inBackground) ?? inBackground()
    return this.#reading
  }

  /** How many bytes the file has now. */
  size(): Promise<number> {
    return new Promise((resolve, reject) => {
      descriptors().fstat(this.#opened(), (error, found) => {
        if (error === null) resolve(found.size)
        else reject(error)
      })
    })
  }

  /** Ends it behind the read under way. A file that was only read has nothing to be written, so that its close is no wait. */
  async close(): Promise<void> {
    const descriptor = this.#descriptor
    if (descriptor === undefined) return
    this.#descriptor = undefined
    // Its number may soon be that of another file, which a late read must not touch.
    if (this.#reading !== undefined) await this.#reading.catch(() => {})
    descriptors().closeSync(descriptor)
  }

  #opened(): number {
    if (this.#descriptor === undefined) throw new Error('the file is closed')
    return this.#descriptor
  }
}

function opening(path: string): Promise<number> {
  return new Promise((resolve, reject) => {
    descriptors().open(path, 'r', (error, descriptor) => {
      if (error === null) resolve(descriptor)
      else reject(error)
    })
  })
}

/** Undefined where the file is held by somebody who has to give it back first. A pipe that has taken its place does not wait for a writer. */
function openedAtOnce(path: string): number | undefined {
  const { constants, openSync } = descriptors()
  try {
    return openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  } catch (error) {
    if (Reflect.get(error as Error, 'code') === 'EAGAIN') return undefined
    throw error
  }
}
