/* What every protocol does with chunks of bytes that belong to the caller. */

/** How many bytes the chunks have together. */
export function sizeOf(chunks: readonly Uint8Array[]): number {
  let size = 0
  for (const { length } of chunks) size += length
  return size
}

/**
 * The same bytes in groups of at most 64 KiB, in order. What is sent in such pieces shows that it moves: a large chunk
 * in one write would not, and a slow peer would look like a dead one.
 */
export function* piecesOf(chunks: readonly Uint8Array[]): Generator<readonly Uint8Array[], void> {
  let group: Uint8Array[] = []
  let room = PIECE
  for (const chunk of chunks) {
    for (let at = 0; at < chunk.length;) {
      const piece = chunk.subarray(at, at + room)
      group.push(piece)
      at += piece.length
      room -= piece.length
      if (room > 0) continue
      yield group
      group = []
      room = PIECE
    }
  }
  if (group.length > 0) yield group
}

/** The same bytes in memory of our own; a small chunk takes it from the pool of Buffer. */
export function copyOf(chunk: Uint8Array): Uint8Array {
  const copy = Buffer.allocUnsafe(chunk.length)
  copy.set(chunk)
  return copy
}

/** Up to this size a copy costs less than to wait until the kernel has taken the chunk. */
export const SMALL_CHUNK = 8192

/** How many bytes a piece has at most. */
export const PIECE = 65_536
