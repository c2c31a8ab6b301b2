/*
 * A file as blocks to be sent, one read while the one before it is on its way. It must not know where they go.
 */

import type { FileSource } from '@net/core'
import {
  isFileSource,
  openSourceAtOnce,
  shape,
  type OpenSource,
  type Shape,
} from '@net/core/authoring'

import { handled } from './handled.ts'

/** A file to send. */
export const fileSource: Shape<FileSource> = shape('fromFile(path)', isFileSource)

/** The blocks of one file, which is opened when the first one is asked for. */
export class FileFill {
  /** How many bytes were given. */
  size = 0
  readonly #file: FileSource
  #opened: Promise<OpenSource> | undefined
  #blocks: NextBlock | undefined

  constructor(file: FileSource) {
    this.#file = file
  }

  /** The next block, which stays as it is until the one after it is asked for; undefined at the end. */
  async next(): Promise<Uint8Array | undefined> {
    this.#blocks ??= await blocksOf(await (this.#opened ??= openSourceAtOnce(this.#file)))
    const block = await this.#blocks()
    this.size += block?.length ?? 0
    return block
  }

  async close(): Promise<void> {
    // One that could not be opened has told so.
    const source = await this.#opened?.catch(() => undefined)
    await source?.close()
  }
}

type NextBlock = () => Promise<Uint8Array | undefined>

async function blocksOf(source: OpenSource): Promise<NextBlock> {
  if (source.reader !== undefined) return readAhead(await source.reader(), source.size ?? Infinity)
  // A file that has told no size was read already, or is read by chunks.
  const chunks = source.chunks()[Symbol.asyncIterator]()
  return async () => {
    const next = await chunks.next()
    return next.done === true ? undefined : next.value
  }
}

function readAhead(readInto: (memory: Uint8Array) => Promise<number>, size: number): NextBlock {
  // One byte more than there should be: where that is read, the file has grown.
  const length = Math.min(BLOCK, size + 1)
  let filling = Buffer.allocUnsafeSlow(length)
  let filled = Buffer.allocUnsafeSlow(length)
  let reading = handled(readInto(filling))
  return async () => {
    const read = await reading
    if (read === 0) return undefined
    ;[filling, filled] = [filled, filling]
    reading = handled(readInto(filling))
    return filled.subarray(0, read)
  }
}

/** Each block is a trip to the file system. */
const BLOCK = 1_048_576
