/* The lines of a body, as they come in. */

import { leavable } from '@net/core/authoring'

import type { HttpBody } from './body.ts'
import { decoderOf, tooLong, type ReadingRules } from './reading.ts'

/**
 * The lines of a text, without their ends (LF, CRLF or CR). Throws `NET_PROTO_LIMIT` for one that is too long. Leaving it
 * while it waits for the peer gives the body up at once.
 */
export function readLines(
  body: HttpBody,
  charset: string,
  rules: ReadingRules,
): AsyncGenerator<string, undefined> {
  return leavable(linesOf(body, charset, rules), { leave: () => body.cancel() })
}

async function* linesOf(
  body: HttpBody,
  charset: string,
  { most, context }: ReadingRules,
): AsyncGenerator<string, void> {
  const decoder = decoderOf(charset, context)
  let rest = ''
  // A CR at the end, which may be the first half of CRLF. What is in front of it is not looked through again: a line may
  // come in thousands of chunks.
  let open = ''
  for await (const chunk of body) {
    const lines = (open + decoder.decode(chunk, { stream: true })).split(/\r\n|\n|\r(?!$)/)
    const last = lines.pop() ?? ''
    open = last.endsWith('\r') ? '\r' : ''
    yield* joined(rest, lines)
    rest = (lines.length === 0 ? rest : '') + last.slice(0, last.length - open.length)
    if (rest.length > most) throw tooLong(body, most, context)
  }
  const lines = (open + decoder.decode()).split(/\r\n|\n|\r/)
  const all = joined(rest, lines)
  if (all.at(-1) === '') all.pop()
  yield* all
}

/** The lines, of which the first one had begun before. */
function joined(begun: string, [first, ...lines]: readonly string[]): string[] {
  return first === undefined ? [] : [begun + first, ...lines]
}
