/*
 * A file that is open for reading, by its descriptor: of a small file a FileHandle costs as much as what is read. It must not
 * know what is read.
 */

import { descriptors } from './disk.ts'

/** An open file. Rejects with the errors of the file system. */
export class ReadHandle {
  #descriptor: number | undefined
  #reading: Promise<unknown> | undefined

  private constructor(descriptor: number) {
    this.#descriptor = descriptor
  }

  static open(path: string): Promise<ReadHandle> {
    return new Promise((resolve, reject) => {
      descriptors().open(path, 'r', (error, descriptor) => {
        if (error === null) resolve(new ReadHandle(descriptor))
        else reject(error)
      })
    })
  }

  /** Reads so many bytes at most from there on to the beginning of the memory; one read at a time. */
  read(memory: Uint8Array, length: number, position: number): Promise<number> {
    const reading = new Promise<number>((resolve, reject) => {
      descriptors().read(this.#opened(), memory, 0, length, position, (error, bytes) => {
        this.#reading = undefined
        if (error === null) resolve(bytes)
        else reject(error)
      })
    })
    this.#reading = reading
    return reading
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
