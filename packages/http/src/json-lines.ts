/* The values of a body with a JSON value on each line (NDJSON, JSON Lines), as they come in. */

import { netError } from '@net/core/authoring'

import type { ReadingRules } from './reading.ts'

/** The value of every line that is not empty. Throws `NET_PROTO_DECODE`, which names the line. */
export async function* readJsonLines<T>(
  lines: AsyncIterable<string>,
  { context }: Pick<ReadingRules, 'context'>,
  checked: (value: unknown) => T | Promise<T>,
): AsyncGenerator<T, void> {
  let number = 0
  for await (const line of lines) {
    number += 1
    if (line.trim() === '') continue
    yield await checked(valueOf(line, number, context))
  }
}

function valueOf(line: string, number: number, context: ReadingRules['context']): unknown {
  try {
    return JSON.parse(line)
  } catch {
    // The platform's message quotes the text, which may hold anything.
    const message = `line ${number} is not JSON`
    throw netError('NET_PROTO_DECODE', { message, phase: 'receive', ...context })
  }
}
