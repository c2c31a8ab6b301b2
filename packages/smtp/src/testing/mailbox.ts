/* The messages that an embedded server has taken, and waiting for those that are still to come. */

import { option, optionsDoor } from '@net/core/authoring'

import type { ParsedMessage } from '../incoming/parse-message.ts'
import type { HeadAndText } from './head-and-text.ts'

/** A message that the server has taken. */
export interface ReceivedMail extends HeadAndText {
  readonly envelope: { readonly from: string; readonly to: readonly string[] }
  /** Every byte of it, with doubled dots undone. */
  readonly raw: Uint8Array
  /** The message as `parseMessage` reads it: decoded text, addresses, attachments. */
  readonly parsed: ParsedMessage
  /** Who was logged in. */
  readonly user?: string
  /** Whether it came over TLS. */
  readonly secure: boolean
}

/** Options of `waitFor`. */
export interface WaitForMailOptions {
  /** Real milliseconds: what sends the message may wait for real sockets. Default 10,000. */
  readonly timeout?: number | undefined
}

/** The messages of one server, or those for one recipient. */
export interface MailboxView {
  /** In the order in which they came. */
  readonly messages: readonly ReceivedMail[]
  /**
   * The first message for which the predicate holds, here already or still to come, that no earlier call of this view was
   * given. Rejects when the time is over, with an error that says what did arrive.
   */
  waitFor(
    predicate?: (mail: ReceivedMail) => boolean,
    options?: WaitForMailOptions,
  ): Promise<ReceivedMail>
}

/** The messages of one server. */
export class Mailbox implements MailboxView {
  readonly #messages: ReceivedMail[] = []
  readonly #whole: View = new View(this.#messages, () => true)
  readonly #byAddress = new Map<string, View>()

  get messages(): readonly ReceivedMail[] {
    return this.#messages
  }

  /** Forgets the messages that are there. */
  clear(): void {
    this.#messages.length = 0
  }

  /** What came and will come for one recipient, also by Bcc: the same view each time, which gives its messages apart from all others. */
  for(address: string): MailboxView {
    let view = this.#byAddress.get(address)
    if (view === undefined) {
      view = new View(this.#messages, ({ envelope }) => envelope.to.includes(address))
      this.#byAddress.set(address, view)
    }
    return view
  }

  waitFor(
    predicate?: (mail: ReceivedMail) => boolean,
    options?: WaitForMailOptions,
  ): Promise<ReceivedMail> {
    return this.#whole.waitFor(predicate, options)
  }

  /** Takes a message in. */
  add(mail: ReceivedMail): void {
    this.#messages.push(mail)
    for (const view of [this.#whole, ...this.#byAddress.values()]) view.came(mail)
  }
}

class View implements MailboxView {
  readonly #all: readonly ReceivedMail[]
  readonly #has: (mail: ReceivedMail) => boolean
  /** Those that a call was given. */
  readonly #given = new WeakSet<ReceivedMail>()
  readonly #waiting = new Set<Wait>()

  constructor(all: readonly ReceivedMail[], has: (mail: ReceivedMail) => boolean) {
    this.#all = all
    this.#has = has
  }

  get messages(): readonly ReceivedMail[] {
    return this.#all.filter(this.#has)
  }

  waitFor(
    predicate: (mail: ReceivedMail) => boolean = () => true,
    options?: WaitForMailOptions,
  ): Promise<ReceivedMail> {
    const { timeout = LONGEST_WAIT } = waitOptions(options)
    const found = this.messages.find((mail) => !this.#given.has(mail) && predicate(mail))
    if (found !== undefined) {
      this.#given.add(found)
      return Promise.resolve(found)
    }
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(wait)
        reject(new Error(`no such message came within ${timeout} ms; ${this.#arrived()}`))
      }, timeout)
      const wait: Wait = {
        predicate,
        give: (mail) => {
          clearTimeout(timer)
          resolve(mail)
        },
      }
      this.#waiting.add(wait)
    })
  }

  /** One has come, which goes to the call that has waited longest for such a one. */
  came(mail: ReceivedMail): void {
    if (!this.#has(mail)) return
    for (const wait of this.#waiting) {
      if (!wait.predicate(mail)) continue
      this.#waiting.delete(wait)
      this.#given.add(mail)
      wait.give(mail)
      return
    }
  }

  #arrived(): string {
    if (this.#all.length === 0) return 'none came at all'
    const shown = this.#all
      .slice(-MOST_SHOWN)
      .map(({ parsed, envelope }) => `"${parsed.subject}" to ${envelope.to.join(', ')}`)
    return `these came: ${shown.join('; ')}`
  }
}

interface Wait {
  readonly predicate: (mail: ReceivedMail) => boolean
  readonly give: (mail: ReceivedMail) => void
}

const waitOptions = optionsDoor<WaitForMailOptions>(
  { protocol: 'smtp', call: 'waitFor' },
  { timeout: option.limit },
)
const LONGEST_WAIT = 10_000
const MOST_SHOWN = 10
