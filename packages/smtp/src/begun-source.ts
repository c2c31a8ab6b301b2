/* A source whose first bytes are there already: one that fails before them fails before anything is sent. */

import { copyOf, type OpenSource } from '@net/core/authoring'

/** Reads the first bytes; resolves to all of them, which can be read once. Rejects with what the source throws. */
export async function beginSource(source: OpenSource): Promise<AsyncIterable<Uint8Array>> {
  const iterator = source.chunks()[Symbol.asyncIterator]()
  const first = await iterator.next()
  // Its owner may use it again meanwhile.
  return first.done === true ? rest(iterator) : rest(iterator, copyOf(first.value))
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
