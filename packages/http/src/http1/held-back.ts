/*
 * The end of a body whose length was told: its last piece leaves only when the source has ended, as a server takes a body of
 * that length for complete, whatever else was to follow.
 */

import { wrongLength } from '../content-length.ts'

/** The pieces of a body of this length. Throws `NET_BAD_OPTION` instead of the last one if the source has another length. */
export async function* heldBack(
  body: AsyncIterable<Uint8Array>,
  length: number,
): AsyncGenerator<Uint8Array> {
  let left = length
  let last: Uint8Array | undefined
  for await (const piece of body) {
    if (piece.length > left) throw wrongLength()
    left -= piece.length
    if (left > 0) yield piece
    // A copy, as the source may use its bytes again to say that it has ended.
    else if (piece.length > 0) last = Uint8Array.from(piece)
  }
  if (left > 0) throw wrongLength()
  if (last !== undefined) yield last
}
