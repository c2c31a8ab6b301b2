/*
 * Answers that are a reply and a text behind it, up to a line with nothing but a dot: POP3 (RFC 1939, section 3), NNTP (RFC
 * 3977, section 3.1.1), and lists of many others. It must not know what the reply or the text means.
 */

import { netError } from '@net/core/authoring'

import type { Commands } from './commands.ts'

/** How the answer is read. */
export interface DottedTextOptions {
  /** Whether a text follows the reply; behind a refusal there is none. */
  readonly follows: (reply: string) => boolean
  /** At most so many bytes of text, as they come over the wire; more ends the connection with `NET_PROTO_LIMIT`. Default 64 MiB. */
  readonly maxBytes?: number
}

/** A reply, and the text behind it. */
export interface DottedText {
  readonly first: string
  /** The lines, each byte as one character, without the line that ends them and without the dots put before others. */
  readonly lines: readonly string[]
}

/** Sends one line, and reads the reply and its text; only within `during`. Limits and phases are those of `askMany`. */
export async function askDotted(
  commands: Pick<Commands<string>, 'askMany'>,
  line: string,
  { follows, maxBytes = LARGEST }: DottedTextOptions,
): Promise<DottedText> {
  let size = 0
  const [first = '', ...lines] = await commands.askMany(line, (reply, place) => {
    if (place === 0) return follows(reply)
    if (reply === END) return false
    size += reply.length + LINE_END
    if (size > maxBytes) throw tooLong(maxBytes)
    return true
  })
  return { first, lines: lines.slice(0, -1).map(undotted) }
}

function undotted(line: string): string {
  return line.startsWith(END) ? line.slice(1) : line
}

function tooLong(limit: number): Error {
  return netError('NET_PROTO_LIMIT', {
    message: `the server sent a text with more than ${limit} bytes`,
    limit,
  })
}

const END = '.'
const LINE_END = 2
const LARGEST = 67_108_864
