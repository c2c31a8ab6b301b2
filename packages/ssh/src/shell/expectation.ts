/* What is waited for in the text of a terminal, and what is answered meanwhile. Pure. */

import { netError } from '@net/core/authoring'

/** A text, or a pattern, to be found in what a terminal shows. */
export type Wanted = string | RegExp

/** A question that may come before what is waited for, with what is sent in answer to it. */
export type Answer = readonly [question: Wanted, answer: string]

/** What was found first. */
export interface Found {
  /** What stood before it. */
  readonly before: string
  /** What fits, and its groups. */
  readonly match: readonly string[]
  /** Which of the wanted it is; or which of the answers, and what is to be sent. */
  readonly index: number
  readonly answer: string | undefined
  /** How much of the text it ends. */
  readonly end: number
}

/** One wait. */
export class Expectation {
  readonly #patterns: readonly { readonly pattern: RegExp; readonly answer: string | undefined }[]
  readonly #wanted: number

  constructor(wanted: readonly Wanted[], answers: readonly Answer[]) {
    if (wanted.length === 0) {
      throw netError('NET_BAD_OPTION', { message: 'expect needs a text or a pattern to wait for' })
    }
    this.#wanted = wanted.length
    this.#patterns = [
      ...wanted.map((one) => ({ pattern: patternOf(one), answer: undefined })),
      ...answers.map(([question, answer]) => ({ pattern: patternOf(question), answer })),
    ]
  }

  /** What stands first in the text, of those that begin at one place the one that was named first. */
  find(text: string): Found | undefined {
    let first: Found | undefined
    let at = Infinity
    for (const [index, { pattern, answer }] of this.#patterns.entries()) {
      const match = pattern.exec(text)
      if (match === null || match.index >= at) continue
      // An answer to nothing would be given for ever.
      if (answer !== undefined && match[0] === '') continue
      at = match.index
      first = {
        before: text.slice(0, at),
        match: [...match].map((group) => group ?? ''),
        index: answer === undefined ? index : index - this.#wanted,
        answer,
        end: at + match[0].length,
      }
    }
    return first
  }
}

/** Without the flags by which a pattern remembers where it was. */
function patternOf(wanted: Wanted): RegExp {
  if (typeof wanted === 'string')
    return new RegExp(wanted.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
  return new RegExp(wanted.source, wanted.flags.replaceAll(/[gy]/g, ''))
}

/**
 * The text without the echo of what was sent at its beginning, also where a terminal has broken it into lines, or has drawn the
 * line with its prompt anew.
 */
export function withoutEcho(text: string, sent: string, prompt: string = ''): string {
  let at = prompt !== '' && text.startsWith(prompt) ? prompt.length : 0
  for (const letter of sent.trim()) {
    while (BLANK.test(text.charAt(at)) && text.charAt(at) !== letter) at += 1
    if (text.charAt(at) !== letter) return text
    at += 1
  }
  return sent.trim() === '' ? text : text.slice(at).replace(/^[ \r]*\n/, '')
}

const BLANK = /^\s$/
