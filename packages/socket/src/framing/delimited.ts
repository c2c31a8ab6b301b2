/* Messages that end with a delimiter, such as NUL or a blank line. */

import {
  argument,
  inCall,
  netError,
  option,
  optionsDoor,
  type OptionsDoor,
} from '@net/core/authoring'

import { notEmpty } from '../call-doors.ts'
import { incomplete, tooLong } from '../reads.ts'
import { frameCodec, type FrameCodec } from './frame-codec.ts'

/** Options of `delimited`. */
export interface DelimitedOptions {
  /** At most so many bytes a message, its delimiter not counted; default 64 KiB. */
  readonly limit?: number | undefined
}

/**
 * A codec for messages that end with a delimiter, which is no part of them; a text is UTF-8. `encode` throws `NET_INJECTION`
 * for a message in which the delimiter would be found too early.
 */
export function delimited(
  delimiter: string | Uint8Array,
  options?: DelimitedOptions,
): FrameCodec<Uint8Array> {
  const { limit = LIMIT } = delimitedDoor(options)
  const place = { protocol: 'socket', call: 'delimited' } as const
  const end = Buffer.from(inCall(place, () => argument('delimiter', notEmpty, delimiter)))
  return frameCodec(
    (message) => {
      if (message.length > limit) throw tooLong(message.length, 'message', limit)
      const whole = Buffer.concat([message, end])
      if (whole.indexOf(end) < message.length) {
        throw netError('NET_INJECTION', { message: 'the message contains the delimiter' })
      }
      return whole
    },
    () => {
      let searched = 0
      return (queue, ended) => {
        const at = queue.indexOf(end, searched)
        if (at > limit || (at < 0 && queue.length >= limit + end.length))
          throw tooLong(queue.length, 'message', limit)
        if (at >= 0) return { done: false, value: queue.take(at + end.length).subarray(0, at) }
        // A delimiter may have begun at the end of what is there.
        searched = Math.max(queue.length - end.length + 1, 0)
        if (!ended) return undefined
        throw incomplete(queue, 'before the delimiter')
      }
    },
  )
}

const LIMIT = 64 * 1024
const delimitedDoor: OptionsDoor<DelimitedOptions> = optionsDoor<DelimitedOptions>(
  { protocol: 'socket', call: 'delimited' },
  { limit: option.bytes },
  { maxLength: 'limit' },
)
