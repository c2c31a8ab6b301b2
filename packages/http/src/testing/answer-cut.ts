/* A fault at a byte of an answer: what is before it leaves exactly, then it strikes. */

import { pause } from '@net/core/authoring'
import type { FaultWord } from '@net/socket/testing'

import type { HttpFault } from './faults.ts'

/** Thrown behind the last byte that leaves: what happens now. */
export class Struck extends Error {
  readonly word: FaultWord

  constructor(word: FaultWord) {
    super(`the fault ${word} strikes`)
    this.word = word
  }
}

/** Sends bytes; resolves when there is room for more. */
export type SendBytes = (chunks: readonly Uint8Array[]) => Promise<void>

/** Counts what an answer sends. */
export class AnswerCut {
  readonly #what: FaultWord | { readonly delay: number } | undefined
  #left: number

  constructor(fault: HttpFault | undefined) {
    const what = fault?.do
    const isLater = (fault?.after ?? 0) > 0
    this.#what = !isLater || what === undefined || isReply(what) ? undefined : what
    this.#left = fault?.after ?? 0
  }

  /** Sends the chunks up to the fault. Throws `Struck` there; a delay waits and goes on. */
  async send(chunks: readonly Uint8Array[], send: SendBytes): Promise<void> {
    const what = this.#what
    if (what === undefined || this.#left === 0) return send(chunks)
    const bytes = Buffer.concat(chunks)
    const first = bytes.subarray(0, this.#left)
    this.#left -= first.length
    await send([first])
    if (this.#left > 0) return undefined
    if (typeof what === 'string') throw new Struck(what)
    await pause(what.delay)
    return first.length < bytes.length ? send([bytes.subarray(first.length)]) : undefined
  }
}

function isReply(what: HttpFault['do']): what is { readonly reply: object } {
  return typeof what === 'object' && 'reply' in what
}
