/*
 * What a codec is, and how one is made of two halves: how a message is written, and the rule by which the next one is read.
 * A codec has no I/O and may be given its bytes in any pieces.
 */

import { ByteQueue, ITERATION_END, option, type Shape } from '@net/core/authoring'

import type { ItemRule } from '../reads.ts'

/** Messages to bytes and back, for one direction of one connection. */
export interface FrameCodec<T> {
  /** The bytes of one message. Throws `NET_PROTO_LIMIT` if it is too long. */
  encode(message: T): Uint8Array
  /**
   * The messages that are complete with this chunk, whose memory may be used again then. Throws `NET_PROTO_LIMIT` or
   * `NET_PROTO_MALFORMED`; behind messages that are whole, it is the next call that throws.
   */
  decode(chunk: Uint8Array): T[]
  /** Says that no more will come. Throws `NET_PROTO_INCOMPLETE` in the middle of a message. */
  finish(): void
}

/** What can be used as a codec. */
export const isFrameCodec: Shape<FrameCodec<unknown>> = option.methods<FrameCodec<unknown>>(
  'a codec, such as lengthPrefixed() gives',
  'encode',
  'decode',
  'finish',
)

/** Makes a codec; `next` makes the rule of one message. */
export function frameCodec<T>(
  encode: (message: T) => Uint8Array,
  next: () => ItemRule<T>,
): FrameCodec<T> {
  const queue = new ByteQueue()
  let rule = next()
  /** What is to be thrown behind the messages that were given. */
  let failure: { readonly error: unknown } | undefined
  return {
    encode,
    decode(chunk) {
      queue.push(new Uint8Array(chunk))
      const late = failure
      failure = undefined
      if (late !== undefined) throw late.error
      const complete: T[] = []
      try {
        for (let item = rule(queue, false); item?.done === false; item = rule(queue, false)) {
          complete.push(item.value)
          // A rule remembers how far it has looked, which holds for one message only.
          rule = next()
        }
      } catch (error) {
        // What is whole before the fault is not lost, in whatever pieces it came.
        if (complete.length === 0) throw error
        failure = { error }
      }
      return complete
    },
    finish() {
      if (failure !== undefined) throw failure.error
      if (queue.length > 0) rule(queue, true)
    },
  }
}

/** The rule by which all loops over one connection read the messages of a codec. */
export function messagesOf<T>(codec: FrameCodec<T>): ItemRule<T> {
  let ready: readonly T[] = []
  let taken = 0
  /** Whether a fault may stand behind the messages, which the codec tells when it is asked again. */
  let mayFail = false
  return (queue, ended) => {
    while (taken === ready.length && (queue.length > 0 || mayFail)) {
      const chunk = mayFail ? NOTHING : queue.next()
      mayFail = false
      ready = codec.decode(chunk)
      mayFail = ready.length > 0
      taken = 0
    }
    if (taken < ready.length) return { done: false, value: ready[taken++] as T }
    if (!ended) return undefined
    codec.finish()
    return ITERATION_END
  }
}

const NOTHING: Uint8Array = new Uint8Array(0)
