/* What holds for every codec. */

import type { FrameCodec } from '@net/socket'

/** The messages out of the bytes of `messages`, given in pieces of these sizes. */
export function roundTrip<T>(
  make: () => FrameCodec<T>,
  messages: readonly T[],
  sizes: readonly number[],
): T[] {
  const encoder = make()
  const whole = Buffer.concat(messages.map((each) => encoder.encode(each)))
  const decoder = make()
  const got: T[] = []
  let at = 0
  for (const size of [...sizes, whole.length]) {
    got.push(...decoder.decode(whole.subarray(at, at + size)))
    at += size
  }
  decoder.finish()
  return got
}
