/* What every protocol does with chunks of bytes that belong to somebody else. */

/** How many bytes the chunks have together. */
export function sizeOf(chunks: readonly Uint8Array[]): number {
  let size = 0
  for (const { length } of chunks) size += length
  return size
}

/** The same bytes in memory of our own; a small chunk takes it from the pool of Buffer. */
export function copyOf(chunk: Uint8Array): Uint8Array {
  const copy = Buffer.allocUnsafe(chunk.length)
  copy.set(chunk)
  return copy
}

/** Up to this size a copy costs less than to wait until the kernel has taken the chunk. */
export const SMALL_CHUNK = 2048
