/* The messages that an embedded server has taken, and waiting for those that are still to come. */

import type { ParsedMessage } from './parse-message.ts'

/** A message that the server has taken. */
export interface ReceivedMail extends ParsedMessage {
  readonly envelope: { readonly from: string; readonly to: readonly string[] }
  /** Every byte of it, with doubled dots undone. */
  readonly raw: Uint8Array
  /** Who was logged in. */
  readonly user?: string
  /** Whether it came over TLS. */
  readonly secure: boolean
}

/** The messages of one server. */
export class Mailbox {
  readonly #messages: ReceivedMail[] = []
  readonly #waiting = new Set<(mail: ReceivedMail) => void>()

  /** In the order in which they came. */
  get messages(): readonly ReceivedMail[] {
    return this.#messages
  }

  /** Forgets the messages that are there. */
  clear(): void {
    this.#messages.length = 0
  }

  /** The first message for which the predicate holds, here already or still to come. Rejects after 10 real seconds. */
  waitFor(predicate: (mail: ReceivedMail) => boolean = () => true): Promise<ReceivedMail> {
    const found = this.#messages.find(predicate)
    if (found !== undefined) return Promise.resolve(found)
    return new Promise((resolve, reject) => {
      const look = (mail: ReceivedMail): void => {
        if (!predicate(mail)) return
        clearTimeout(timer)
        this.#waiting.delete(look)
        resolve(mail)
      }
      // Real time: what sends the message may wait for real sockets.
      const timer = setTimeout(() => {
        this.#waiting.delete(look)
        reject(new Error('no such message came within 10 s'))
      }, LONGEST_WAIT)
      this.#waiting.add(look)
    })
  }

  /** Takes a message in. */
  add(mail: ReceivedMail): void {
    this.#messages.push(mail)
    for (const look of this.#waiting) look(mail)
  }
}

const LONGEST_WAIT = 10_000
