/* A source whose first bytes are there already: one that fails before them fails before anything is sent. */

import { copyOf, type OpenSource } from '@net/core/authoring'

/** Reads the first bytes; resolves to all of them, which can be read once. Rejects with what the source throws. */
export async function beginSource(source: OpenSource): Promise<AsyncIterable<Uint8Array>> {
  if (source.reader !== undefined) return blocksOf(await source.reader(), source.size)
  const iterator = source.chunks()[Symbol.asyncIterator]()
  const first = await iterator.next()
  // Its owner may use it again meanwhile.
  return first.done === true ? rest(iterator) : rest(iterator, copyOf(first.value))
}

/** A file in blocks, one read while the one before it is on its way; the memory of a block is used again for the one after the next. */
async function blocksOf(
  readInto: (memory: Uint8Array) => Promise<number>,
  size: number = Infinity,
): Promise<AsyncIterable<Uint8Array>> {
  // One byte more than there should be: where that is read, the file has grown.
  const length = Math.min(BLOCK, size + 1)
  let filling = Buffer.allocUnsafeSlow(length)
  let filled = Buffer.allocUnsafeSlow(length)
  let read = await readInto(filling)
  return (async function* () {
    while (read > 0) {
      ;[filling, filled] = [filled, filling]
      const reading = readInto(filling)
      // It is waited for once the block was taken, or nobody wants it any more.
      reading.catch(() => {})
      yield filled.subarray(0, read)
      read = await reading
    }
  })()
}

async function* rest(
  iterator: AsyncIterator<Uint8Array>,
  first?: Uint8Array,
): AsyncGenerator<Uint8Array, void> {
  if (first === undefined) return
  yield first
  for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) {
    yield next.value
  }
}

/** Each block is a trip to the file system. */
const BLOCK = 262_144
