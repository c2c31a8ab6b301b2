/*
 * How an error reads: one sentence that says what we did, to whom, what happened, in which phase and after how
 * long. What it is made of has no secrets any more; here it becomes one line without control characters, and not endless.
 */

import { redact, type SecretOwners } from '../redaction/redact.ts'

/** What the sentence is made of; a part that is unknown is left out. */
export interface Sentence {
  readonly what: string
  readonly protocol?: string
  readonly operation?: string
  readonly target?: string
  readonly phase?: string
  readonly elapsed?: number
}

/** One sentence: `http GET http://127.0.0.1/: the connection was refused (connect, after 3 ms)`. */
export function render(parts: Sentence): string {
  const who = [parts.protocol, parts.operation, parts.target].filter(isGiven).join(' ')
  const after = parts.elapsed === undefined ? undefined : `after ${Math.round(parts.elapsed)} ms`
  const when = [parts.phase, after].filter(isGiven).join(', ')
  const sentence = `${who === '' ? '' : `${who}: `}${parts.what}${when === '' ? '' : ` (${when})`}`
  return printable(sentence)
}

/** A peer's text as one line without secrets, of these owners or else of all clients; struck out before the cut, which could halve one. */
export function harmless(text: string, owners?: SecretOwners): string {
  return printable(redact(text, owners))
}

/** Text of a peer as one harmless line: control, bidirectional and line-breaking characters escaped, cut at 2,000 characters by default. */
export function printable(text: string, longest: number = LONGEST): string {
  const cut =
    text.length > longest ? `${text.slice(0, longest)}… (${text.length} characters)` : text
  return cut.replace(UNPRINTABLE, escape)
}

function escape(character: string): string {
  const code = character.charCodeAt(0)
  const known = SHORT.get(character)
  if (known !== undefined) return known
  return code < 0x100
    ? `\\x${code.toString(16).padStart(2, '0')}`
    : `\\u${code.toString(16).padStart(4, '0')}`
}

function isGiven(part: string | undefined): part is string {
  return part !== undefined && part !== ''
}

const LONGEST = 2000
const SHORT: ReadonlyMap<string, string> = new Map([
  ['\r', '\\r'],
  ['\n', '\\n'],
  ['\t', '\\t'],
])
// C0, DEL and C1 drive terminals; the line separators end a log line; the bidirectional marks reorder it.
const UNPRINTABLE: RegExp = /[\p{Cc}\p{Bidi_Control}\u2028\u2029\ufeff]/gu
